"""The answer of the page on quality: how many regions fail now, what is open, when it was last checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from app.components import states
from app.components.marks import days_text
from app.components.markup import link, text
from app.components.tile_map import Tile
from app.reading import observation as reading
from app.reading.incidents import standing_alone
from app.reading.observation import Row, Sum
from app.text import Language
from app.text.monitors import check_name
from metrics.model import Province
from metrics.observation import Incident, Watch

INCIDENTS_PAGE = "insiden"
"""Address of the page of incidents."""
QUALITY_PAGE = "kualitas-data"
"""Address of the page on quality."""
CHECK_COMMAND = "pantau check"
NAMED = 3
"""Checks that fail most often and are named."""
SHADES = (0.0, 0.1, 0.25, 0.5)
"""Shares of failing regions above which a tile is darker."""


def verdict(
    watch: Watch | None,
    rows: Sequence[Row],
    now: pl.DataFrame,
    incidents: Sequence[Incident],
    t: Language,
    zone: str,
) -> str:
    """Return the answer in plain words. ``now``: the current standings, marked."""
    if watch is None:
        return states.empty(t("quality.lead_unwatched"), t("quality.lead_unwatched_body"), CHECK_COMMAND)
    whole = reading.summed(rows)
    of = t.number(whole.reporting)
    lead = (
        t("quality.lead", n=t.number(whole.critical), of=of)
        if whole.critical
        else t("quality.lead_none", of=of)
    )
    watched = t(
        "quality.watched", day=t.instant(watch.started, zone), days=days_text((watch.first, watch.last), t)
    )
    facts = "".join(f"<li>{text(fact)}</li>" for fact in _facts(rows, whole, now, t))
    return (
        f'<section class="pm-card"><p class="pm-lead">{text(lead)}</p><p>{_incidents(incidents, t)}</p>'
        f'<p class="pm-soft">{text(watched)}</p><ul class="pm-facts">{facts}</ul></section>'
    )


def _incidents(incidents: Sequence[Incident], t: Language) -> str:
    if not incidents:
        return text(t("quality.incidents_none"))
    alone = standing_alone(incidents)
    return link(t("quality.incidents_open", n=t.number(alone)), INCIDENTS_PAGE, t.code)


def _facts(rows: Sequence[Row], whole: Sum, now: pl.DataFrame, t: Language) -> list[str]:
    """Return what else is to be known, the most urgent first."""
    made = reading.outcomes(now)
    often = [
        t("quality.frequent_one", check=check_name(check, t.code), n=t.number(n))
        for check, n in reading.frequent(now)[:NAMED]
    ]
    held = sum(bool(row.held) for row in rows)
    facts = {
        f"{t('quality.frequent')} {', '.join(often)}": len(often),
        t("quality.held", n=t.number(held)): held,
        t("quality.warned", n=t.number(whole.warned)): whole.warned,
        t("quality.broken", n=t.number(made.broken)): made.broken,
        t("quality.undone", n=t.number(made.learning), of=t.number(made.all)): made.learning,
    }
    return [fact for fact, n in facts.items() if n]


def tiles(provinces: Mapping[str, Province], sums: Mapping[str, Sum], t: Language) -> list[Tile]:
    """Return a tile for each province: its regions that fail a critical check, darker for more."""
    return [_tile(province, sums[code], t) for code, province in provinces.items() if code in sums]


def _tile(province: Province, found: Sum, t: Language) -> Tile:
    says = t(
        "quality.tile",
        province=province.name,
        critical=t.number(found.critical),
        regions=t.number(found.regions),
        warned=t.number(found.warned),
        reporting=t.number(found.reporting),
    )
    if not found.reporting:
        return Tile(province, "", None, says)
    share = found.critical / found.regions
    shade = sum(share > bound for bound in SHADES)
    return Tile(
        province,
        t("quality.tile_figure", n=t.number(found.critical), of=t.number(found.regions)),
        shade,
        says,
    )


def province_rows(
    provinces: Mapping[str, Province], sums: Mapping[str, Sum], t: Language
) -> list[dict[str, str]]:
    """Return the rows of the table under the tiles."""
    return [
        {
            t("table.province"): provinces[code].name,
            t("quality.all_regions"): t.number(found.regions),
            t("quality.reporting"): t.number(found.reporting),
            t("quality.critical"): t.number(found.critical),
            t("quality.warned_only"): t.number(found.warned),
        }
        for code, found in sums.items()
    ]


def dataset_words(datasets: Iterable[str], t: Language) -> str:
    """Return the names of record sets in one line."""
    return ", ".join(t.word("dataset", name) for name in datasets)
