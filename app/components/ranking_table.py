"""The ranking as a table: a place is printed with its range, and the range is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.components.markup import badge, link, percent, spoken, text
from app.text import Language
from metrics.model import RankRow
from metrics.regions import Registry


@dataclass(frozen=True, slots=True)
class Ranked:
    """Who stands in a row. ``under``: printed below the name. ``choice``: what the address calls it."""

    name: str
    under: str
    choice: str


def regions_ranked(registry: Registry) -> dict[str, Ranked]:
    """Regions by code, each with its province."""
    return {
        code: Ranked(region.full_name, region.province.name, "region")
        for code, region in registry.regions.items()
    }


def provinces_ranked(registry: Registry, t: Language) -> dict[str, Ranked]:
    """Provinces by code, each with how many regions it has."""
    members = [region.province.code for region in registry.regions.values()]
    return {
        code: Ranked(province.name, t("regions", n=t.number(members.count(code))), "province")
        for code, province in registry.provinces.items()
    }


def place_words(row: RankRow, t: Language) -> str:
    """Return the place in words: "Peringkat 12 (kisaran 5–31)"."""
    if not row.ranked or row.rank is None:
        return t("rank.none")
    if row.rank_low is None or row.rank_high is None:
        return t("rank.place_bare", rank=t.number(row.rank))
    return t("rank.place", rank=t.number(row.rank), span=t.span(row.rank_low, row.rank_high))


def ranking_table(
    rows: Iterable[RankRow],
    ranked: Mapping[str, Ranked],
    count: int,
    t: Language,
    page: str,
    who: str = "rank.head_region",
) -> str:
    """Return a table of ranked regions or provinces. ``count``: how many are ranked: the ranges' scale."""
    heads = (
        ("rank.head_place", "pm-rank"),
        (who, ""),
        ("rank.head_range", ""),
        ("rank.head_score", "num"),
        ("rank.head_band", "pm-wide"),
    )
    head = "".join(f'<th scope="col" class="{css}">{text(t(key))}</th>' for key, css in heads)
    body = "".join(_row(row, ranked.get(row.region), count, t, page) for row in rows)
    return (
        f'<table class="pm-table"><caption class="pm-sr">{text(t("rank.caption"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def range_bar(row: RankRow, count: int, t: Language) -> str:
    """Return the range of places drawn from the first place on the left to the last on the right."""
    if row.rank is None:
        return ""
    low, high = row.rank_low or row.rank, row.rank_high or row.rank
    steps = max(count - 1, 1)
    start, end, here = ((place - 1) / steps for place in (low, high, row.rank))
    return (
        f'<div class="pm-span" role="img" aria-label="{text(place_words(row, t))}">'
        f'<i class="range" style="left:{percent(start)};width:{percent(end - start)}"></i>'
        f'<i class="dot" style="left:{percent(here)}"></i></div>'
    )


def score_words(row: RankRow, t: Language) -> str:
    """Return the score with its interval: "71,4 (68,0–74,9)"."""
    if row.score is None:
        return t.number(None)
    score = t.number(row.score, 1)
    if row.score_low is None or row.score_high is None:
        return score
    return f"{score} ({t.number(row.score_low, 1)}–{t.number(row.score_high, 1)})"


def band_words(row: RankRow, t: Language) -> str:
    """Return the band as a word; nothing for a row without one."""
    return t("rank.band", band=row.band) if row.band else ""


def _row(row: RankRow, who: Ranked | None, count: int, t: Language, page: str) -> str:
    who = who or Ranked(row.region, "", "region")
    band = band_words(row, t)
    return (
        f'<tr><td class="pm-rank"><b>{text(t.number(row.rank))}</b>'
        f"<small>{spoken(t('rank.head_range'))} {text(t.span(row.rank_low, row.rank_high))}</small></td>"
        f"<td>{link(who.name, page, t.code, **{who.choice: row.region})}<small>{text(who.under)}</small></td>"
        f"<td>{range_bar(row, count, t)}</td>"
        f'<td class="num">{text(t.number(row.score, 1))}</td>'
        f'<td class="pm-wide">{badge(band) if band else ""}</td></tr>'
    )
