"""Checks: what is checked, how it comes out, what it costs; one check with its history."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from app import address, data, shell
from app.components import choices, frames, sentences, states
from app.components.chart import CONFIG
from app.components.check_card import check_card, check_counters
from app.components.check_charts import by_day, cost_rows, failing_over_time, moment_rows
from app.components.check_table import check_table, check_verdict
from app.components.finding_table import finding_table, placed_rows
from app.components.judged_table import judged_table
from app.components.quality_verdict import CHECK_COMMAND
from app.reading import checks as reading
from app.reading import incidents, observation
from app.reading.checks import GROUPS, Check
from app.text import Language
from app.text.monitors import MONITORS, check_name

ROWS = 25
"""Regions, checks or findings that are laid out at a time; all findings are in the table below them."""
KINDS = ("monitor", "rule")


def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page: of one check where the address names one, else of all."""
    shell.heading(t, facts, t("checks.title"))
    now = observation.marked(data.observation().standings, MONITORS)
    known = data.checking()
    checks = reading.listed(now, known.rules, known.costs, MONITORS)
    by_id = {check.id: check for check in checks}
    if address.held("check", by_id) is None:
        _answer(t, checks)
    chosen = address.search(
        t("checks.search"),
        sorted(by_id, key=lambda key: check_name(key, t.code).casefold()),
        key="check",
        words=lambda key: f"{check_name(key, t.code)} · {key}",
        placeholder=t("choose.region_hint"),
    )
    if chosen is None:
        _list(t, checks)
        return
    _one(t, facts, by_id[chosen], now)


def _answer(t: Language, checks: Sequence[Check]) -> None:
    watch = data.observation().watch
    if watch is None:
        st.html(states.empty(t("quality.lead_unwatched"), t("quality.lead_unwatched_body"), CHECK_COMMAND))
    st.html(check_verdict(checks, watch, t))


def _list(t: Language, checks: Sequence[Check]) -> None:
    """Lay out the choices and the checks that they leave, in parts."""
    place = st.container()
    first, second, third = st.columns(3)
    with first:
        kind = address.search(
            t("checks.kind"),
            KINDS,
            key="kind",
            words=lambda code: t(f"checks.kind.{code}"),
            placeholder=t("checks.all_kinds"),
        )
    with second:
        dataset = _dataset(t, sorted({name for check in checks for name in check.datasets}))
    with third:
        group = _group(t)
    shown = reading.chosen(checks, kind=kind, dataset=dataset, group=group)
    place.subheader(t("checks.list", n=t.number(len(shown))), anchor=False)
    if not shown:
        st.caption(t("checks.none_match"))
        return
    st.caption(t("checks.order"))
    holder = st.empty()
    part = shown[address.part(len(shown), ROWS, key="page")]
    query = {"kind": kind, "dataset": dataset, "group": group}
    holder.html(check_table(part, t, query))


def _dataset(t: Language, datasets: Sequence[str]) -> str | None:
    return address.search(
        t("incidents.dataset"),
        datasets,
        key="dataset",
        words=lambda code: t.word("dataset", code),
        placeholder=t("incidents.all_datasets"),
    )


def _group(t: Language) -> str | None:
    return address.search(
        t("checks.group"),
        list(GROUPS),
        key="group",
        words=lambda code: t(f"checks.group.{code}"),
        placeholder=t("checks.all_groups"),
    )


def _one(t: Language, facts: data.Facts, check: Check, now: pl.DataFrame) -> None:
    """Lay out one check: what it is, how it comes out, what it found, what it costs."""
    known = data.observation()
    watch = known.watch
    findings = data.findings_of([check.id])
    rate = reading.rate(findings, watch, check.judged) if check.monitor else None
    cases = incidents.chosen(incidents.cases(known.incidents), facts.registry, check=check.id)
    st.html(check_card(check, rate, (watch.first, watch.last) if watch else None, len(cases), t))
    _now(t, facts, check, now)
    _history(t, facts, check)
    if check.monitor:
        _findings(t, facts, findings)
    else:
        _rejected(t, facts, check)
    _costs(t, check)


def _now(t: Language, facts: data.Facts, check: Check, now: pl.DataFrame) -> None:
    st.subheader(t("checks.now"), anchor=False)
    if not check.judged:
        st.caption(t("checks.now_none"))
        return
    st.html(check_counters(check, t))
    provinces = facts.registry.provinces
    first, second, third = st.columns(3)
    with first:
        province = choices.province(t, provinces)
    with second:
        dataset = _dataset(t, check.datasets)
    with third:
        group = _group(t)
    found = reading.of_choice(
        reading.judged(now, check.id), facts.registry, group=group, province=province, dataset=dataset
    )
    if not found:
        st.caption(t("checks.now_match"))
        return
    st.caption(t("checks.now_order", n=t.number(len(found))))
    holder = st.empty()
    part = found[address.part(len(found), ROWS, key="page")]
    holder.html(judged_table(check.id, part, facts.registry, t, facts.timezone))


def _history(t: Language, facts: data.Facts, check: Check) -> None:
    st.subheader(t("checks.history"), anchor=False)
    history = observation.marked(data.history_of_check(check.id), MONITORS)
    moments = reading.over_time(history)
    if not moments:
        st.caption(t("checks.history_none"))
        return
    if len(moments) == 1:
        st.caption(t("checks.history_one"))
    else:
        alt = t("checks.history_alt", check=check_name(check.id, t.code))
        figure = failing_over_time(moments, t, facts.timezone)
        st.plotly_chart(figure, key="failing", config=CONFIG, alt=alt)
    frames.under(t, moment_rows(moments, t, facts.timezone), key="table-failing")


def _findings(t: Language, facts: data.Facts, findings: pl.DataFrame) -> None:
    found = observation.found(findings)
    st.subheader(t("checks.findings", n=t.number(len(found))), anchor=False)
    if not found:
        st.caption(t("checks.no_findings"))
        return
    st.caption(t("checks.findings_body"))
    if len(found) > ROWS:
        st.caption(t("incidents.more", n=t.number(ROWS)))
    st.html(finding_table(found[:ROWS], facts.registry, t, checks=False))
    frames.under(t, placed_rows(found, facts.registry, t), key="table-findings")


def _rejected(t: Language, facts: data.Facts, check: Check) -> None:
    rejected = facts.rejections.filter(pl.col("rule") == check.id).sort("n", descending=True)
    st.subheader(t("checks.rejected", n=t.number(int(rejected["n"].sum()))), anchor=False)
    if not rejected.height:
        st.caption(t("checks.rejected_none"))
        return
    rows = [
        {
            t("table.name"): sentences.place_name(region, facts.registry, t),
            t("fresh.dataset"): t.word("dataset", dataset),
            t("table.rows"): t.number(n),
        }
        for region, dataset, n in rejected.select("region", "dataset", "n").iter_rows()
    ]
    frames.table(rows, alt=t("checks.head_check"))


def _costs(t: Language, check: Check) -> None:
    st.subheader(t("checks.cost_title"), anchor=False)
    costs = reading.daily(data.checking().costs, check.id)
    if not costs:
        st.caption(t("checks.cost_none"))
        return
    name = check_name(check.id, t.code)
    if not check.monitor:
        st.caption(t("checks.cost_shared"))
    left, right = st.columns(2, gap="large")
    with left:
        st.caption(t("checks.cost_time"))
        figure = by_day({day: cost.milliseconds for day, cost in costs.items()}, t)
        st.plotly_chart(figure, key="cost-time", config=CONFIG, alt=t("checks.cost_time_alt", check=name))
    with right:
        st.caption(t("checks.cost_records"))
        figure = by_day({day: cost.rows for day, cost in costs.items()}, t)
        alt = t("checks.cost_records_alt", check=name)
        st.plotly_chart(figure, key="cost-records", config=CONFIG, alt=alt)
    frames.under(t, cost_rows(costs, t), key="table-costs")


page(shell.chosen(), data.facts())
