"""Pieces of HTML that several parts of the report are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.components.markup import text
from app.text import Language
from app.text.monitors import check_name
from checks.masking import mask_text
from metrics.regions import Registry


def stacked(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Return a table whose rows become cards on a narrow screen. Heads are plain text, cells HTML.

    The first cell of each row is its head. ``kind``: class of a table with a look of its own.
    """
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(_row(heads, row) for row in rows)
    return f'<table class="stack {kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(heads: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(
        f'<td data-label="{text(name)}">{cell}</td>' for name, cell in zip(heads[1:], row[1:], strict=True)
    )
    return f'<tr><th scope="row">{row[0]}</th>{cells}</tr>'


def listed(facts: Iterable[tuple[str, str]]) -> str:
    """Return names with what is to be said of each. Names are plain text, the rest HTML."""
    return f"<dl>{''.join(f'<dt>{text(name)}<dd>{said}' for name, said in facts)}</dl>"


def technical(notes: Iterable[str]) -> str:
    """Return notes that are English in every language, each once, without personal data."""
    said = "; ".join(text(mask_text(note)) for note in dict.fromkeys(notes) if note)
    return f'<p class="note technical" lang="en">{said}</p>' if said else ""


def check_named(check: str, t: Language) -> str:
    """Return the name of a check, beginning a sentence."""
    name = check_name(check, t.code)
    return name[0].upper() + name[1:]


def region_named(code: str, registry: Registry) -> str:
    """Return a region's name with its code; the code alone of one that the registry does not have."""
    region = registry.regions.get(code)
    return f"{region.full_name} ({code})" if region else code


def region_anchor(code: str) -> str:
    """Return the name of the place in the report at which a region's part begins."""
    return f"r-{code}"
