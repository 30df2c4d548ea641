"""A table that becomes a list of cards on a narrow screen: there each cell says the name of its column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.components.markup import text

Cell = tuple[str, str]
"""A piece of HTML, and the class of its cell. A cell without content is not shown on a narrow screen."""


def grid(heads: Sequence[str], rows: Iterable[str]) -> str:
    """Return the table. ``heads``: names of the columns; ``rows``: of ``grid_row``, or rows of their own."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(rows)
    return f'<table class="pm-table pm-grid"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def grid_row(first: str, cells: Iterable[Cell], heads: Sequence[str]) -> str:
    """Return a row: a piece of HTML as its head, and a cell for each of the other columns."""
    shown = "".join(
        f'<td class="{css if content else "pm-none"}" data-label="{text(name)}">{content}</td>'
        for name, (content, css) in zip(heads[1:], cells, strict=True)
    )
    return f'<tr><th scope="row">{first}</th>{shown}</tr>'


def plain(*contents: str) -> list[Cell]:
    """Return cells of no class."""
    return [(content, "") for content in contents]
