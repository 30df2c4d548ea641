"""How a check comes out now, region by region."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.components.finding_table import measured, region_link
from app.components.grid import grid, grid_row, plain
from app.components.marks import mark_badge
from app.components.markup import text
from app.reading.checks import Judged
from app.text import Language
from metrics.regions import Registry

HEADS = (
    "table.name",
    "quality.head_mark",
    "fresh.dataset",
    "checks.head_since",
    "quality.head_runs",
    "checks.head_measured",
    "checks.head_concerned",
)


def judged_table(check: str, found: Iterable[Judged], registry: Registry, t: Language, zone: str) -> str:
    """Return how a check comes out, in the order given; each region leads to the history of its data."""
    heads = [t(key) for key in HEADS]
    return grid(heads, (_row(check, one, heads, registry, t, zone) for one in found))


def _row(check: str, one: Judged, heads: Sequence[str], registry: Registry, t: Language, zone: str) -> str:
    cells = plain(
        mark_badge(one.mark, t),
        text(t.word("dataset", one.dataset)),
        text(t.instant(one.since, zone)),
        text(t.number(one.runs)),
        text(measured(check, one.value, one.bound, t)),
        text(t("table.bad_of", bad=t.number(one.bad), n=t.number(one.n))),
    )
    return grid_row(region_link(one.region, registry, t), cells, heads)
