"""National overview: how far the two tracks are, the map, the ranking, and what changed."""

from __future__ import annotations

import polars as pl
import streamlit as st

from app import address, data, shell
from app.components import atlas, choices, frames, sentences, states, tile_map
from app.components.chart import CONFIG
from app.components.markup import REGION_PAGE
from app.components.point_map import off_map, point_map
from app.components.ranking_summary import first_places, reasons_list
from app.components.ranking_table import (
    band_words,
    provinces_ranked,
    ranking_table,
    regions_ranked,
    score_words,
)
from app.components.timeline import timeline
from app.components.tracks import track_cards
from app.reading import ranks
from app.reading.progress import standings
from app.reading.values import Classes, at, by_region, classes, ordered
from app.text import Language
from metrics.catalogue import CATALOGUE
from metrics.model import RankRow

ROWS = 20
FIRST_PROVINCES = 10
SERIES = "mpp_physical"


def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page."""
    shell.heading(t, facts, t("national.title"), t("regions", n=t.number(len(facts.registry.regions))))
    tracks = standings(facts.figures, facts.events, facts.registry)
    if tracks:
        st.html(track_cards(tracks, t))
    periods = data.periods()
    if not periods and facts.ranking is None:
        st.html(states.empty(t("empty.title"), t("empty.body"), t("empty.command")))
    else:
        _figures(t, facts, periods)
    _published(t, facts)


def _figures(t: Language, facts: data.Facts, periods: list[str]) -> None:
    wide, narrow = st.columns([1.65, 1], gap="large")
    with wide:
        st.subheader(t("map.title"), anchor=False)
        chosen = _choose(t, facts, periods)
        if chosen:
            _province_map(t, facts, *chosen)
    with narrow:
        _ranking_in_short(t, facts)
    if chosen:
        _region_map(t, facts, *chosen)
    _provinces(t, facts)
    _ranking(t, facts)
    _not_ranked(t, facts)


def _choose(t: Language, facts: data.Facts, periods: list[str]) -> tuple[str, str] | None:
    """Return the indicator and the period that the reader looks at; ``None`` where there are none."""
    if not periods:
        st.html(states.empty(t("empty.values"), t("empty.body")))
        return None
    left, right = st.columns([2, 1])
    with left:
        known = ordered(CATALOGUE)
        indicator = address.select(
            t("choose.indicator"),
            known,
            key="indicator",
            default=known[0],
            words=lambda key: sentences.indicator_name(key, t),
        )
    with right:
        ranked = facts.ranking.period if facts.ranking else periods[0]
        period = address.select(
            t("choose.period"),
            periods,
            key="period",
            default=ranked if ranked in periods else periods[0],
            words=t.period,
        )
    return indicator, period


def _scale(frame: pl.DataFrame, indicator: str) -> Classes:
    return classes(frame["value"].to_list(), sentences.direction_of(indicator))


def _province_map(t: Language, facts: data.Facts, indicator: str, period: str) -> None:
    frame = at(data.values_at(period, "province"), indicator=indicator)
    scale, values = _scale(frame, indicator), by_region(frame)
    unit = CATALOGUE[indicator].unit
    nation = by_region(at(data.values_at(period, "nation"), indicator=indicator)).get("*")
    st.caption(t("map.nation", value=sentences.value_line(nation, t)))
    provinces = facts.registry.provinces
    st.html(tile_map.tile_map(atlas.tiles(provinces.values(), values, scale, t), t, REGION_PAGE))
    side = sentences.shade_words(indicator, t)
    st.html(tile_map.legend(scale, tile_map.class_labels(scale, unit, t), side, t))
    names = {code: province.name for code, province in provinces.items()}
    frames.under(t, atlas.table(names, values, t), key="table-provinces", title=t("table.provinces"))


def _region_map(t: Language, facts: data.Facts, indicator: str, period: str) -> None:
    st.subheader(t("map.points"), anchor=False)
    frame = at(data.values_at(period, "region"), indicator=indicator)
    scale, values = _scale(frame, indicator), by_region(frame)
    labels = tile_map.class_labels(scale, CATALOGUE[indicator].unit, t)
    points = atlas.points(facts.registry.regions.values(), values, scale, t)
    name = sentences.indicator_name(indicator, t)
    st.caption(f"{name} · {t.period(period)} · {sentences.shade_words(indicator, t)}")
    if off_map(points) < len(points):
        alt = t("map.points_alt", indicator=name)
        st.plotly_chart(point_map(points, labels, t), key="points", config=CONFIG, alt=alt)
    if off_map(points):
        st.caption(t("map.off", n=t.number(off_map(points))))
    names = {code: region.full_name for code, region in facts.registry.regions.items()}
    frames.under(t, atlas.table(names, values, t), key="table-points", title=t("table.regions"))


def _ranking_in_short(t: Language, facts: data.Facts) -> None:
    st.subheader(t("rank.title"), anchor=False)
    rows, rest = ranks.ranked(facts.ranking), ranks.not_ranked(facts.ranking)
    if not facts.ranking or not rows:
        reasons = reasons_list(ranks.reasons(rest), t) if rest else ""
        st.html(states.empty(t("rank.empty"), t("rank.empty_body")) + reasons)
        return
    st.markdown(t("rank.counts", ranked=t.number(len(rows)), rest=t.number(len(rest))))
    st.html(first_places(rows, regions_ranked(facts.registry), t, REGION_PAGE))
    st.caption(t("rank.caution"))
    found = ranks.changes(facts.ranking, facts.previous)
    st.markdown(f"**{t('changes.title')}** {sentences.changed(found, facts.previous, t, facts.timezone)}")


def _provinces(t: Language, facts: data.Facts) -> None:
    rows, rest = ranks.ranked(facts.provinces), ranks.not_ranked(facts.provinces)
    if not facts.provinces or not rows:
        return
    st.subheader(t("rank.provinces"), anchor=False)
    st.caption(t("rank.provinces_body"))
    named = provinces_ranked(facts.registry, t)
    shown = rows[:FIRST_PROVINCES]
    st.html(ranking_table(shown, named, len(rows), t, REGION_PAGE, "choose.province"))
    more = rows[FIRST_PROVINCES:]
    if more:
        with st.expander(t("rank.more", n=t.number(len(more))), key="more-provinces"):
            st.html(ranking_table(more, named, len(rows), t, REGION_PAGE, "choose.province"))
    if rest:
        st.caption(t("rank.provinces_rest", n=t.number(len(rest))))
        st.html(reasons_list(ranks.reasons(rest), t, "reason.provinces"))


def _ranking(t: Language, facts: data.Facts) -> None:
    rows, regions = ranks.ranked(facts.ranking), facts.registry.regions
    if not facts.ranking or not rows:
        return
    st.subheader(t("rank.all"), anchor=False)
    st.caption(sentences.method_line(facts.ranking, t, facts.timezone))
    provinces = facts.registry.provinces
    chosen = choices.province(t, provinces, width=360)
    shown = [row for row in rows if chosen in (None, ranks.province_of(row, regions))]
    with st.container(key="ranking"):
        holder = st.empty()
        part = shown[address.part(len(shown), ROWS, key="page")]
    named = regions_ranked(facts.registry)
    holder.html(ranking_table(part, named, len(rows), t, REGION_PAGE) if part else t("rank.none_here"))
    frames.under(t, [_flat(row, facts, t) for row in shown], key="table-ranking", title=t("table.ranking"))


def _flat(row: RankRow, facts: data.Facts, t: Language) -> dict[str, str]:
    region = facts.registry.regions.get(row.region)
    return {
        t("rank.head_place"): t.number(row.rank),
        t("rank.head_range"): t.span(row.rank_low, row.rank_high),
        t("table.code"): row.region,
        t("table.name"): region.full_name if region else row.region,
        t("table.province"): region.province.name if region else "",
        t("rank.head_score"): score_words(row, t),
        t("rank.head_band"): band_words(row, t),
    }


def _not_ranked(t: Language, facts: data.Facts) -> None:
    rest, regions = ranks.not_ranked(facts.ranking), facts.registry.regions
    if not rest or not ranks.ranked(facts.ranking):
        return
    st.subheader(t("rank.not_ranked", n=t.number(len(rest))), anchor=False)
    st.caption(t("rank.not_ranked_body"))
    st.html(reasons_list(ranks.reasons(rest), t))
    rows = [
        {
            t("table.code"): row.region,
            t("table.name"): regions[row.region].full_name if row.region in regions else row.region,
            t("table.reason"): " ".join(sentences.reason(one, t) for one in row.reasons),
        }
        for row in rest
    ]
    frames.under(t, rows, key="table-not-ranked", title=t("table.not_ranked", n=t.number(len(rest))))


def _published(t: Language, facts: data.Facts) -> None:
    mine = [figure for figure in facts.figures if figure.series == SERIES]
    if not mine:
        return
    st.subheader(t("timeline.title"), anchor=False)
    st.caption(t("timeline.body"))
    st.plotly_chart(timeline(mine, t), key="timeline", config=CONFIG, alt=t("timeline.title"))
    rows = [sentences.figure_row(figure, t) for figure in mine]
    frames.under(t, rows, key="table-timeline")


page(shell.chosen(), data.facts())
