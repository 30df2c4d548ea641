"""Findings of several regions as rows: each region leads to the history of its data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.components.check_words import measure
from app.components.grid import grid, grid_row, plain
from app.components.marks import days_text, mark_badge
from app.components.markup import link, text
from app.components.quality_region import column_words, finding_rows
from app.components.quality_verdict import QUALITY_PAGE
from app.components.sentences import place_name
from app.reading.observation import Mark
from app.text import NONE, Language
from app.text.monitors import check_name
from metrics.observation import Finding
from metrics.regions import Registry

CHECK = "quality.head_check"
HEADS = (
    "table.name",
    CHECK,
    "quality.head_mark",
    "fresh.dataset",
    "quality.head_days",
    "quality.head_field",
    "checks.head_measured",
    "checks.head_concerned",
)


def finding_table(findings: Iterable[Finding], registry: Registry, t: Language, *, checks: bool) -> str:
    """Return the table, in the order given. ``checks``: whether each finding says which check it is of."""
    heads = [t(key) for key in HEADS if checks or key != CHECK]
    return grid(heads, (_row(one, heads, registry, t, checks=checks) for one in findings))


def placed_rows(findings: Sequence[Finding], registry: Registry, t: Language) -> list[dict[str, str]]:
    """Return findings as rows of a table of data, with their regions."""
    return [
        {t("table.name"): region_words(one.region, registry, t), **row}
        for one, row in zip(findings, finding_rows(findings, t), strict=True)
    ]


def region_words(region: str | None, registry: Registry, t: Language) -> str:
    """Return a region with its code, or that it is about none in particular."""
    return t("incidents.everywhere") if region is None else place_name(region, registry, t)


def region_link(region: str | None, registry: Registry, t: Language) -> str:
    """Return a region as a link to the history of its data, with its province below."""
    words = region_words(region, registry, t)
    known = registry.regions.get(region or "")
    if known is None:
        return text(words)
    place = link(words, QUALITY_PAGE, t.code, region=known.code)
    return f"{place}<small>{text(known.province.name)}</small>"


def measured(check: str, value: float | None, bound: float | None, t: Language) -> str:
    """Return what a check measured with its bound; a dash where there is no figure."""
    if value is None:
        return NONE
    return t("checks.of_bound", value=measure(value, check, t), bound=measure(bound, check, t))


def _row(one: Finding, heads: Sequence[str], registry: Registry, t: Language, *, checks: bool) -> str:
    cells = plain(
        *([text(check_name(one.monitor, t.code))] if checks else []),
        mark_badge(Mark(one.severity), t),
        text(t.word("dataset", one.dataset)),
        text(days_text(one.days, t)),
        text(column_words(one.field, t)),
        text(measured(one.monitor, one.value, one.bound, t)),
        text(t("table.bad_of", bad=t.number(one.bad), n=t.number(one.n))),
    )
    return grid_row(region_link(one.region, registry, t), cells, heads)
