"""Sources: what is down, since when and where to look; each source's state and its history."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import address, data, shell
from app.components import choices, frames, states
from app.components.chart import CONFIG
from app.components.fetches import fetch_rows, fetches
from app.components.source_table import source_card, source_name, source_table
from app.components.source_verdict import counters, verdict
from app.reading import sources as reading
from app.reading.sources import Condition, Source
from app.text import Language
from app.text.causes import CAUSES, cause_text
from metrics.errors import StoreError

REFRESH_SECONDS = 30
ROWS = 50
"""Sources in one part of the list."""

DEFAULT = "trouble"
CHOICES: dict[str, frozenset[Condition]] = {
    DEFAULT: reading.TROUBLE,
    **{condition.value: frozenset({condition}) for condition in Condition},
    "all": frozenset(Condition),
}
"""Conditions by the code of the choice; ``DEFAULT`` is not written out."""


@st.fragment(run_every=REFRESH_SECONDS)
def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page, again and again: the choices are in the address and stay."""
    try:
        found = data.collection()
    except StoreError as error:
        st.html(states.heading(t("sources.title")))
        st.html(states.empty(t("no_store.lead"), t("no_store.body"), str(error)))
        return
    _heading(t, facts, found)
    if not found.states:
        body, command = t("sources.empty_body"), t("sources.empty_command")
        st.html(states.empty(t("sources.empty"), body, command))
        return
    if found.simulated and not facts.simulated:
        st.html(states.simulated(t))
    sources = reading.assessed(found.states, facts.registry)
    st.html(verdict(sources, facts.registry, t, facts.timezone))
    st.html(counters(sources, t))
    _one(t, facts, sources)
    _list(t, facts, sources)


def _heading(t: Language, facts: data.Facts, found: data.Collection) -> None:
    asked = reading.last_asked(found.states)
    latest = t("sources.asked", day=t.instant(asked, facts.timezone)) if asked else t("sources.never_asked")
    read = t("sources.read", day=t.instant(found.read, facts.timezone), seconds=t.number(REFRESH_SECONDS))
    st.html(states.heading(t("sources.title"), f"{latest} · {read}"))


def _one(t: Language, facts: data.Facts, sources: Sequence[Source]) -> None:
    """Lay out the history of the source that is chosen."""
    st.subheader(t("sources.one"), anchor=False)
    known = {one.stored.id: one for one in sources}
    chosen = address.search(
        t("sources.search"),
        list(known),
        key="source",
        words=lambda key: f"{source_name(known[key], facts.registry, t)} · {key}",
        placeholder=t("choose.region_hint"),
    )
    if chosen is None:
        return
    one = known[chosen]
    st.html(source_card(one, facts.registry, t, facts.timezone))
    runs = data.runs_of(chosen)
    if not runs:
        st.caption(t("sources.no_runs"))
        return
    st.caption(t("sources.chart"))
    alt = t("sources.chart_alt", source=source_name(one, facts.registry, t))
    st.plotly_chart(fetches(runs, t, facts.timezone), key="fetches", config=CONFIG, alt=alt)
    frames.under(t, fetch_rows(runs, t, facts.timezone), key="table-fetches")


def _list(t: Language, facts: data.Facts, sources: Sequence[Source]) -> None:
    """Lay out the choices and the sources that they leave, in parts."""
    place = st.container()
    query = _choose(t, facts, sources)
    shown = reading.chosen(
        sources,
        conditions=CHOICES[query["state"] or DEFAULT],
        province=query["province"],
        kind=query["kind"],
        reason=query["reason"],
    )
    place.subheader(t("sources.list", n=t.number(len(shown))), anchor=False)
    if not shown:
        st.caption(t("sources.none_match"))
        return
    st.caption(t("sources.order"))
    holder = st.empty()
    part = shown[address.part(len(shown), ROWS, key="page")]
    holder.html(source_table(part, facts.registry, t, facts.timezone, query))


def _choose(t: Language, facts: data.Facts, sources: Sequence[Source]) -> dict[str, str | None]:
    """Return what is chosen, by its key in the address. Options do not come and go with the failures."""
    provinces = facts.registry.provinces
    first, second, third, fourth = st.columns(4)
    with first:
        state = address.select(
            t("sources.state"),
            list(CHOICES),
            key="state",
            default=DEFAULT,
            words=lambda code: t(f"condition.{code}"),
        )
    with second:
        known = [code for code in provinces if any(one.province == code for one in sources)]
        province = choices.province(t, provinces, known)
    with third:
        kind = address.search(
            t("sources.kind"),
            sorted({one.stored.kind for one in sources}),
            key="kind",
            words=lambda code: t.word("source_kind", code),
            placeholder=t("sources.all_kinds"),
        )
    with fourth:
        reason = address.search(
            t("sources.reason"),
            list(CAUSES),
            key="reason",
            words=lambda code: cause_text(code, t.code),
            placeholder=t("sources.all_reasons"),
        )
    return {
        "state": None if state == DEFAULT else state,
        "province": province,
        "kind": kind,
        "reason": reason,
    }


page(shell.chosen(), data.facts())
