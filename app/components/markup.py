"""HTML that is put together by hand. Every fact goes through ``text``: nothing from data is markup."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlencode

REGION_PAGE = "wilayah"
"""Address of the page of one region or province, which tables and maps link to."""

STYLE = Path(__file__).with_name("style.css")


def text(value: object) -> str:
    """Any value as text that is safe between tags and in quoted attributes."""
    return escape(str(value), quote=True)


def style() -> str:
    """Return the style sheet as one element."""
    return f"<style>{STYLE.read_text(encoding='utf-8')}</style>"


def href(page: str, lang: str, query: Mapping[str, str | None]) -> str:
    """Return a relative address of a page with its state; the default language is left out."""
    fields = {key: value for key, value in query.items() if value}
    if lang != "id":
        fields["lang"] = lang
    return text(f"./{page}" + (f"?{urlencode(fields)}" if fields else ""))


def link(label: str, page: str, lang: str, **query: str | None) -> str:
    """Return a link to a page of the dashboard."""
    return f'<a href="{href(page, lang, query)}" target="_self">{text(label)}</a>'


def badge(label: str, tone: str = "") -> str:
    """Return a word in a rounded border. ``tone``: "good", "warn" or none."""
    return f'<span class="pm-badge {text(tone)}">{text(label)}</span>'


def percent(share: float) -> str:
    """Return a share as a CSS length, kept within the box."""
    return f"{min(max(share, 0.0), 1.0) * 100:.2f}%"


def spoken(words: str) -> str:
    """Return text that only a screen reader meets."""
    return f'<span class="pm-sr">{text(words)}</span>'
