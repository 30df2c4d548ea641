"""Incidents: what is wrong with the data now, where and since when; one incident with all that is known."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import address, data, shell
from app.components import choices, frames, states
from app.components.finding_table import finding_table, placed_rows
from app.components.incident_card import incident_card, log_list
from app.components.incident_table import incident_table, part_list
from app.components.incident_verdict import incident_verdict
from app.components.markup import link
from app.components.quality_verdict import INCIDENTS_PAGE
from app.reading import incidents as reading
from app.reading import observation
from app.reading.incidents import PRESENT, STATES, Case
from app.text import Language
from app.text.monitors import MONITORS, check_name
from metrics.observation import Incident

ROWS = 50
"""Incidents in one part of the list."""
FINDINGS = 25
"""Findings that are laid out; all are in the table."""


def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page: of one incident where the address names one, else of all."""
    shell.heading(t, facts, t("incidents.title"))
    known = data.incidents()
    cases = reading.cases(known)
    query = {"state": address.held("state", STATES), **_held(facts, cases)}
    named = st.query_params.get("id")
    if named is not None:
        case = reading.case_of(known, named)
        if case is not None:
            _one(t, facts, known, case, query)
            return
        st.html(states.notice(t("incidents.no_such"), t("incidents.no_such_body")))
    watch = data.observation().watch
    st.html(incident_verdict(cases, watch, facts.registry, t, facts.timezone))
    if cases:
        _list(t, facts, cases)
    elif watch is not None:
        st.html(states.empty(t("incidents.empty"), t("incidents.empty_body")))


def _held(facts: data.Facts, cases: Sequence[Case]) -> dict[str, str | None]:
    """Return what the address holds of the choices, but for the state."""
    return {
        "province": address.held("province", facts.registry.provinces),
        "dataset": address.held("dataset", _datasets(cases)),
        "check": address.held("check", _checks(cases)),
    }


def _datasets(cases: Sequence[Case]) -> list[str]:
    return sorted({case.incident.dataset for case in cases})


def _checks(cases: Sequence[Case]) -> list[str]:
    return sorted({check for case in cases for check in case.checks})


def _list(t: Language, facts: data.Facts, cases: Sequence[Case]) -> None:
    """Lay out the choices and the incidents that they leave, in parts."""
    place = st.container()
    query = _choose(t, facts, cases)
    shown = reading.chosen(
        cases,
        facts.registry,
        states=STATES[query["state"] or PRESENT],
        province=query["province"],
        dataset=query["dataset"],
        check=query["check"],
    )
    place.subheader(t("incidents.list", n=t.number(len(shown))), anchor=False)
    if not shown:
        st.caption(t("incidents.none_match"))
        return
    st.caption(t("incidents.order"))
    holder = st.empty()
    part = shown[address.part(len(shown), ROWS, key="page")]
    holder.html(incident_table(part, facts.registry, t, facts.timezone, query))


def _choose(t: Language, facts: data.Facts, cases: Sequence[Case]) -> dict[str, str | None]:
    """Return what is chosen, by its key in the address."""
    provinces = facts.registry.provinces
    first, second, third, fourth = st.columns(4)
    with first:
        state = address.select(
            t("incidents.show"),
            list(STATES),
            key="state",
            default=PRESENT,
            words=lambda code: t(f"incidents.show.{code}"),
        )
    with second:
        province = choices.province(t, provinces)
    with third:
        dataset = address.search(
            t("incidents.dataset"),
            _datasets(cases),
            key="dataset",
            words=lambda code: t.word("dataset", code),
            placeholder=t("incidents.all_datasets"),
        )
    with fourth:
        check = address.search(
            t("incidents.check"),
            _checks(cases),
            key="check",
            words=lambda code: check_name(code, t.code),
            placeholder=t("incidents.all_checks"),
        )
    chosen = None if state == PRESENT else state
    return {"state": chosen, "province": province, "dataset": dataset, "check": check}


def _one(
    t: Language,
    facts: data.Facts,
    known: Sequence[Incident],
    case: Case,
    query: dict[str, str | None],
) -> None:
    """Lay out one incident, the most urgent first."""
    incident, registry = case.incident, facts.registry
    parent = next((one for one in known if one.id == incident.parent), None)
    st.html(f"<p>{link(t('incidents.back'), INCIDENTS_PAGE, t.code, **query)}</p>")
    st.html(incident_card(incident, parent, registry, t, facts.timezone))
    if case.parts:
        st.subheader(t("incidents.own_parts", n=t.number(len(case.parts))), anchor=False)
        st.html(part_list(case.parts, registry, t, query))
    st.subheader(t("incidents.log"), anchor=False)
    acts = data.log_of(incident.id)
    if acts:
        st.html(log_list(acts, t, facts.timezone))
    else:
        st.caption(t("incidents.no_log"))
    _commands(t, incident)
    _findings(t, facts, case)


def _commands(t: Language, incident: Incident) -> None:
    st.subheader(t("incidents.act"), anchor=False)
    st.caption(t("incidents.act_body"))
    for act, command in reading.commands(incident, t("incidents.note"), t("incidents.who")).items():
        st.caption(t(f"incidents.do.{act}"))
        st.code(command, language=None, wrap_lines=True)


def _findings(t: Language, facts: data.Facts, case: Case) -> None:
    found = observation.found(reading.related(data.findings_of(sorted(case.checks)), case))
    st.subheader(t("incidents.findings", n=t.number(len(found))), anchor=False)
    if not found:
        gone = not case.checks.isdisjoint(MONITORS)
        st.caption(t("incidents.findings_gone") if gone else t("incidents.no_findings"))
        return
    st.caption(t("incidents.findings_body"))
    if len(found) > FINDINGS:
        st.caption(t("incidents.more", n=t.number(FINDINGS)))
    st.html(finding_table(found[:FINDINGS], facts.registry, t, checks=True))
    frames.under(t, placed_rows(found, facts.registry, t), key="table-findings")


page(shell.chosen(), data.facts())
