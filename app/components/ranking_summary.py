"""The ranking in short: how many, the first few with their ranges, and why some are not in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.components.markup import link, text
from app.components.ranking_table import Ranked, range_bar
from app.components.sentences import reason
from app.text import Language
from metrics.model import RankRow

FIRST = 5


def first_places(
    rows: Sequence[RankRow], ranked: Mapping[str, Ranked], t: Language, page: str, first: int = FIRST
) -> str:
    """Return the first places as a small table; the place never without its range."""
    count = len(rows)
    body = ""
    for row in rows[:first]:
        name = ranked[row.region].name if row.region in ranked else row.region
        body += (
            f'<tr><td class="pm-rank"><b>{text(t.number(row.rank))}</b></td>'
            f"<td>{link(name, page, t.code, region=row.region)}</td>"
            f'<td class="num pm-soft pm-small">{text(t.span(row.rank_low, row.rank_high))}</td>'
            f"<td>{range_bar(row, count, t)}</td></tr>"
        )
    head = "".join(
        f'<th scope="col" class="{css}">{text(t(key))}</th>'
        for key, css in (
            ("rank.head_place", ""),
            ("rank.head_region", ""),
            ("rank.head_range", "num"),
            ("rank.head_drawn", ""),
        )
    )
    return f'<table class="pm-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def reasons_list(counted: Sequence[tuple[str, int]], t: Language, of: str = "reason.regions") -> str:
    """Return why regions (or provinces) are not ranked, with how many have each reason."""
    items = "".join(
        f"<li><b>{text(t.number(n))}</b> {text(t(of))} · {text(reason(stored, t))}</li>"
        for stored, n in counted
    )
    return f'<ul class="pm-facts">{items}</ul>'
