"""Data quality: which regions' data fail now, one region's history; what came in and what was turned away."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from app import address, data, shell
from app.components import choices, frames, sentences, states
from app.components.bars import bars
from app.components.chart import CONFIG
from app.components.freshness import freshness_matrix
from app.components.marks import legend
from app.components.markup import REGION_PAGE
from app.components.quality_matrix import region_matrix
from app.components.quality_region import (
    SHOWN,
    finding_list,
    finding_rows,
    hold_list,
    incident_list,
    region_card,
)
from app.components.quality_verdict import QUALITY_PAGE, province_rows, tiles, verdict
from app.components.stretches import history_chart, history_rows
from app.components.tile_map import tile_map
from app.components.totals import totals_cards
from app.reading import observation, quality
from app.reading.observation import Row
from app.text import Language
from app.text.monitors import MONITORS
from app.text.rules import rule_text
from metrics.model import Region

BARS = 10
LATEST = 50
ROWS = 50
"""Regions in one part of the matrix."""
TROUBLE, ALL = "trouble", "all"
"""What the matrix shows, by its code in the address; the first is not written out."""


def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page: of one region where the address names one, else of all."""
    shell.heading(t, facts, t("quality.title"), t("quality.batches", n=t.number(len(facts.batches))))
    if not facts.batches and facts.freshness.height == 0:
        st.html(states.empty(t("empty.title"), t("empty.body"), t("empty.command")))
        return
    cover = quality.coverage(facts.freshness, facts.registry, quality.REPORTED)
    known = data.observation()
    now = observation.marked(known.standings, MONITORS)
    sets = quality.active(cover) or list(quality.REPORTED)
    rows = observation.matrix(cover.filter(pl.col("dataset").is_in(sets)), now, known.holds)
    regions = facts.registry.regions
    chosen = address.held("region", regions)
    if chosen:
        _choose_region(t, facts)
        _region(t, facts, regions[chosen], next(row for row in rows if row.region == chosen), sets)
        return
    _answer(t, facts, known, rows, now)
    _choose_region(t, facts)
    _regions_matrix(t, facts, rows, sets)
    _arrivals(t, facts, cover, sets)


def _choose_region(t: Language, facts: data.Facts) -> None:
    regions = facts.registry.regions
    address.search(
        t("quality.one"),
        list(regions),
        key="region",
        words=lambda key: f"{regions[key].full_name} · {key} · {regions[key].province.name}",
        placeholder=t("choose.region_hint"),
    )


def _answer(
    t: Language, facts: data.Facts, known: data.Observation, rows: Sequence[Row], now: pl.DataFrame
) -> None:
    """Lay out the verdict, and beside it the provinces."""
    left, right = st.columns([1, 1.8], gap="medium")
    with left:
        st.html(verdict(known.watch, rows, now, known.incidents, t, facts.timezone))
    with right:
        st.subheader(t("quality.provinces"), anchor=False)
        sums = observation.by_province(rows)
        st.html(tile_map(tiles(facts.registry.provinces, sums, t), t, QUALITY_PAGE))
        st.caption(t("quality.provinces_body"))
        frames.under(t, province_rows(facts.registry.provinces, sums, t), key="table-provinces")


def _regions_matrix(t: Language, facts: data.Facts, rows: Sequence[Row], sets: Sequence[str]) -> None:
    """Lay out the choices and the regions that they leave, in parts."""
    place = st.container()
    provinces = facts.registry.provinces
    left, right = st.columns(2)
    with left:
        province = choices.province(t, provinces)
    with right:
        show = address.select(
            t("quality.show"),
            [TROUBLE, ALL],
            key="show",
            default=TROUBLE,
            words=lambda code: t(f"quality.show.{code}"),
        )
    shown = observation.chosen(rows, province=province, trouble=show == TROUBLE)
    place.subheader(t("quality.grid", n=t.number(len(shown))), anchor=False)
    if not shown:
        st.caption(t("quality.grid_none"))
        return
    st.caption(t("quality.grid_body"))
    st.html(legend(t))
    holder = st.empty()
    part = shown[address.part(len(shown), ROWS, key="page")]
    holder.html(region_matrix(part, sets, facts.registry, t))


def _region(t: Language, facts: data.Facts, region: Region, row: Row, sets: Sequence[str]) -> None:
    """Lay out what the checks say of one region, the most urgent first."""
    known = data.history_of(region.code)
    st.html(region_card(row, sets, region, t))
    held = observation.holds_of(data.observation().holds, region.code)
    if held:
        st.subheader(t("quality.holds"), anchor=False)
        st.html(hold_list(held, t))
    _incidents(t, facts, known)
    _findings(t, known)
    _timeline(t, region, observation.stretches(observation.marked(known.standings, MONITORS)))
    st.subheader(t("quality.own_rejected"), anchor=False)
    rejected = facts.rejections.filter(pl.col("region") == region.code)
    if rejected.height:
        frames.table(sentences.rejection_rows(rejected, t), alt=t("quality.own_rejected"))
    else:
        st.caption(t("quality.no_rejected"))


def _incidents(t: Language, facts: data.Facts, known: data.History) -> None:
    st.subheader(t("quality.own_incidents", n=t.number(len(known.incidents))), anchor=False)
    if known.incidents:
        st.html(incident_list(observation.latest_first(known.incidents), t, facts.timezone))
    else:
        st.caption(t("quality.no_incidents"))


def _findings(t: Language, known: data.History) -> None:
    found = observation.found(known.findings)
    st.subheader(t("quality.findings", n=t.number(len(found))), anchor=False)
    if not found:
        st.caption(t("quality.no_findings"))
        return
    st.caption(t("quality.findings_body"))
    st.html(finding_list(found, t))
    if len(found) > SHOWN:
        st.caption(t("quality.more", n=t.number(len(found) - SHOWN)))
    frames.under(t, finding_rows(found, t), key="table-findings")


def _timeline(t: Language, region: Region, history: Sequence[observation.Stretch]) -> None:
    if not history:
        return
    st.subheader(t("quality.timeline"), anchor=False)
    told = observation.eventful(history)
    drawn, whole = observation.checks_in(told), observation.checks_in(history)
    if told:
        st.caption(t("quality.timeline_body", n=t.number(drawn), all=t.number(whole)))
        alt = t("quality.timeline_alt", region=region.full_name)
        figure = history_chart(told, t, region.timezone)
        st.plotly_chart(figure, key="stretches", config=CONFIG, alt=alt)
    else:
        st.caption(t("quality.timeline_none", all=t.number(whole)))
    frames.under(t, history_rows(history, t, region.timezone), key="table-stretches")


def _arrivals(t: Language, facts: data.Facts, cover: pl.DataFrame, sets: list[str]) -> None:
    """Lay out what came in, what was turned away and why, and who is silent."""
    silent = quality.silent_regions(cover)
    st.subheader(t("quality.matrix"), anchor=False)
    st.caption(t("quality.matrix_body", days=t.number(quality.SILENT_DAYS)))
    st.html(freshness_matrix(quality.matrix(cover), facts.registry.provinces, sets, t, REGION_PAGE))
    _silent(t, facts, silent)
    st.html(totals_cards(quality.totals(facts.batches), silent, len(facts.registry.regions), t))
    left, right = st.columns(2, gap="large")
    with left:
        _rules(t, facts)
    with right:
        _regions(t, facts)
    _warnings(t, facts)
    _batches(t, facts)


def _rules(t: Language, facts: data.Facts) -> None:
    st.subheader(t("quality.rules"), anchor=False)
    counted = quality.by_rule(facts.batches)
    if counted.height == 0:
        st.caption(t("quality.no_rejected"))
        return
    top = counted.group_by("rule").agg(pl.col("n").sum()).sort(["n", "rule"], descending=[True, False])
    labels = [rule_text(rule, t.code) or rule for rule in top["rule"].head(BARS)]
    figure = bars(labels, top["n"].head(BARS).to_list(), t)
    st.plotly_chart(figure, key="rules", config=CONFIG, alt=t("quality.rules"))
    frames.under(t, sentences.rejection_rows(counted, t), key="table-rules")


def _regions(t: Language, facts: data.Facts) -> None:
    st.subheader(t("quality.regions"), anchor=False)
    counted = quality.by_region(facts.rejections)
    if counted.height == 0:
        st.caption(t("quality.no_rejected"))
        return
    rows = [
        (sentences.place_name(row["region"], facts.registry, t), int(row["n"]))
        for row in counted.iter_rows(named=True)
    ]
    figure = bars([name for name, _ in rows[:BARS]], [n for _, n in rows[:BARS]], t)
    st.plotly_chart(figure, key="regions", config=CONFIG, alt=t("quality.regions"))
    table = [{t("table.name"): name, t("table.rows"): t.number(n)} for name, n in rows]
    frames.under(t, table, key="table-regions")


def _silent(t: Language, facts: data.Facts, silent: pl.DataFrame) -> None:
    st.subheader(t("quality.silent", n=t.number(silent.height)), anchor=False)
    st.caption(t("quality.silent_body", days=t.number(quality.SILENT_DAYS)))
    rows = [
        {
            t("table.code"): row["region"],
            t("table.name"): sentences.place_name(row["region"], facts.registry, t),
            t("quality.missing"): ", ".join(t.word("dataset", name) for name in row["missing"].split(",")),
            t("quality.behind"): t("quality.never") if row["days"] is None else t.number(row["days"]),
        }
        for row in silent.iter_rows(named=True)
    ]
    if rows:
        frames.table(rows, alt=t("quality.silent", n=t.number(silent.height)))


def _warnings(t: Language, facts: data.Facts) -> None:
    counted = quality.by_rule(facts.batches, warned=True)
    if counted.height == 0:
        return
    st.subheader(t("quality.warnings"), anchor=False)
    st.caption(t("quality.warnings_body"))
    frames.table(sentences.rejection_rows(counted, t), alt=t("quality.warnings"))


def _batches(t: Language, facts: data.Facts) -> None:
    if not facts.batches:
        return
    st.subheader(t("quality.latest"), anchor=False)
    rows = [sentences.batch_row(batch, t, facts.timezone) for batch in facts.batches[:LATEST]]
    frames.table(rows, alt=t("quality.latest"))


page(shell.chosen(), data.facts())
