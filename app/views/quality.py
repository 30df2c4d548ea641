"""Data quality: what arrived, what was turned away and why, how fresh it is, and who is silent."""

from __future__ import annotations

import polars as pl
import streamlit as st

from app import data, shell
from app.components import frames, sentences, states
from app.components.bars import bars
from app.components.chart import CONFIG
from app.components.freshness import freshness_matrix
from app.components.markup import REGION_PAGE
from app.components.totals import totals_cards
from app.reading import quality
from app.text import Language
from app.text.rules import rule_text

BARS = 10
LATEST = 50


def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page."""
    shell.heading(t, facts, t("quality.title"), t("quality.batches", n=t.number(len(facts.batches))))
    if not facts.batches and facts.freshness.height == 0:
        st.html(states.empty(t("empty.title"), t("empty.body"), t("empty.command")))
        return
    cover = quality.coverage(facts.freshness, facts.registry, quality.REPORTED)
    silent = quality.silent_regions(cover)
    st.html(totals_cards(quality.totals(facts.batches), silent, len(facts.registry.regions), t))
    left, right = st.columns(2, gap="large")
    with left:
        _rules(t, facts)
    with right:
        _regions(t, facts)
    _silent(t, facts, silent)
    _matrix(t, facts, cover)
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


def _matrix(t: Language, facts: data.Facts, cover: pl.DataFrame) -> None:
    active = quality.active(cover)
    if not active:
        return
    st.subheader(t("quality.matrix"), anchor=False)
    st.caption(t("quality.matrix_body", days=t.number(quality.SILENT_DAYS)))
    st.html(freshness_matrix(quality.matrix(cover), facts.registry.provinces, active, t, REGION_PAGE))


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
