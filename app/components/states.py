"""Designed states of a page: nothing there, one region, simulated, old, failed."""

from __future__ import annotations

from app.components.markup import text
from app.text import Language

STALE_DAYS = 45
"""Data older than this against the clock are called old on every page."""


def empty(title: str, body: str, command: str = "") -> str:
    """Return a quiet box that says what is missing and what to do."""
    code = f"<div><code>{text(command)}</code></div>" if command else ""
    return f'<div class="pm-empty" role="status"><h2>{text(title)}</h2><p>{text(body)}</p>{code}</div>'


def notice(lead: str, body: str) -> str:
    """Return a note that stands out by its edge and its first words."""
    return f'<div class="pm-note" role="note"><b>{text(lead)}</b> {text(body)}</div>'


def simulated(t: Language) -> str:
    """Return the banner of every page whose store holds simulated records."""
    return notice(t("simulated.lead"), t("simulated.body"))


def heading(title: str, under: str = "") -> str:
    """Return the page's heading with one quiet line under it."""
    below = f"<p>{text(under)}</p>" if under else ""
    return f'<div class="pm-head"><h1>{text(title)}</h1>{below}</div>'
