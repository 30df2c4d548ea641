"""One region or province: where it stands, how sure that is, its own past, its rollout, its data."""

from __future__ import annotations

import streamlit as st

from app import address, data, shell
from app.components import choices, frames, sentences, states
from app.components.chart import CONFIG
from app.components.history import history
from app.components.markup import REGION_PAGE, text
from app.components.profile import directory, parts_table, profile, reported, tracks
from app.components.ranking_table import (
    band_words,
    place_words,
    range_bar,
    ranking_table,
    regions_ranked,
    score_words,
)
from app.components.scorecard import Entry, scorecard
from app.components.source_table import region_line
from app.reading import quality, ranks, sources
from app.reading.values import at, by_indicator, months, ordered, place, with_gaps
from app.text import Language
from metrics.catalogue import CATALOGUE
from metrics.model import Province, Region


def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page of the region or province that the address names."""
    province, region = _choose(t, facts)
    if region:
        _region(t, facts, region)
    elif province:
        _province(t, facts, province)
    else:
        shell.heading(t, facts, t("region.title"))
        st.html(states.empty(t("region.pick"), t("region.pick_body")))
        st.subheader(t("region.provinces"), anchor=False)
        st.html(directory(facts.registry, t, REGION_PAGE))


def _choose(t: Language, facts: data.Facts) -> tuple[Province | None, Region | None]:
    """Return what is chosen. A region from the address counts even where the province is not given."""
    provinces, regions = facts.registry.provinces, facts.registry.regions
    left, right = st.columns([1, 1.6])
    with left:
        code = choices.province(t, provinces)
    with right:
        chosen = address.search(
            t("choose.region"),
            [key for key, region in regions.items() if code in (None, region.province.code)],
            key="region",
            words=lambda key: f"{regions[key].full_name} · {key} · {regions[key].province.name}",
            placeholder=t("choose.region_hint"),
        )
    return provinces.get(code or ""), regions.get(chosen or "")


def _region(t: Language, facts: data.Facts, region: Region) -> None:
    shell.heading(t, facts, region.full_name, *profile(region, t))
    _place(t, facts, region)
    _indicators(t, facts, region.code, "region")
    _history(t, region.code, "region", region.full_name)
    st.subheader(t("region.rollout"), anchor=False)
    st.html(tracks([event for event in facts.events if event.region == region.code], t))
    _data_problems(t, facts, region)


def _province(t: Language, facts: data.Facts, province: Province) -> None:
    members = [r for r in facts.registry.regions.values() if r.province.code == province.code]
    shell.heading(t, facts, province.name, province.code, t("regions", n=t.number(len(members))))
    _indicators(t, facts, province.code, "province")
    _history(t, province.code, "province", province.name)
    st.subheader(t("region.members"), anchor=False)
    codes = {member.code for member in members}
    rows = [row for row in ranks.ranked(facts.ranking) if row.region in codes]
    rest = [row for row in ranks.not_ranked(facts.ranking) if row.region in codes]
    count = len(ranks.ranked(facts.ranking))
    if rows:
        st.html(ranking_table(rows, regions_ranked(facts.registry), count, t, REGION_PAGE))
    else:
        st.caption(t("rank.none_here"))
    listed = rest or ([] if rows else [ranks.unlisted(code) for code in sorted(codes)])
    table = [
        {
            t("table.code"): row.region,
            t("table.name"): facts.registry.regions[row.region].full_name,
            t("table.reason"): " ".join(sentences.reason(one, t) for one in row.reasons) or t("reason.none"),
        }
        for row in listed
    ]
    if table:
        frames.under(t, table, key="table-not-ranked", title=t("table.not_ranked", n=t.number(len(table))))


def _place(t: Language, facts: data.Facts, region: Region) -> None:
    """Lay out the place with its range, or why there is none; and what counts in it."""
    row = ranks.row_of(facts.ranking, region.code)
    count = len(ranks.ranked(facts.ranking))
    if row is None or not row.ranked or facts.ranking is None:
        reasons = [sentences.reason(one, t) for one in row.reasons] if row else [t("rank.unlisted")]
        st.html(states.notice(t("rank.none"), " ".join(reasons)))
        return
    score = t("rank.score", score=score_words(row, t))
    band = f" · {band_words(row, t)}" if row.band else ""
    lead = t("rank.of", place=place_words(row, t), count=t.number(count))
    st.html(
        f'<section class="pm-card"><p class="pm-lead">{text(lead)}</p>{range_bar(row, count, t)}'
        f'<p class="pm-soft">{text(score)}{text(band)} · {text(t("rank.caution"))}</p></section>'
    )
    if row.parts:
        with st.expander(t("rank.parts"), key="parts"):
            st.html(parts_table(row, t))
            st.caption(sentences.method_line(facts.ranking, t, facts.timezone))


def _indicators(t: Language, facts: data.Facts, code: str, level: str) -> None:
    st.subheader(t("region.indicators"), anchor=False)
    periods = data.periods()
    if not periods:
        st.html(states.empty(t("empty.values"), t("empty.body")))
        return
    ranked = facts.ranking.period if facts.ranking else periods[0]
    period = address.select(
        t("choose.period"),
        periods,
        key="period",
        default=ranked if ranked in periods else periods[0],
        words=t.period,
        width=260,
    )
    own = by_indicator(at(data.values_of(code, level), period=period))
    nation = by_indicator(data.values_at(period, "nation"))
    others = data.values_at(period, level)
    entries = []
    for name in ordered(CATALOGUE):
        value, reference = own.get(name), nation.get(name)
        column = at(others, indicator=name)["value"].to_list()
        spread = place(value.value if value else None, column, sentences.direction_of(name))
        entries.append(Entry(name, value, reference, spread))
    st.html(scorecard(entries, t, level))
    st.caption(t("region.indicators_note", nation=t("strip.legend")))


def _history(t: Language, code: str, level: str, name: str) -> None:
    frame = data.values_of(code, level)
    known = [key for key in ordered(CATALOGUE) if months(at(frame, indicator=key))["value"].count()]
    if not known:
        return
    st.subheader(t("history.title"), anchor=False)
    chosen = address.select(
        t("choose.indicator"),
        known,
        key="indicator",
        default=known[0],
        words=lambda key: sentences.indicator_name(key, t),
        width=520,
    )
    own = with_gaps(months(at(frame, indicator=chosen)))
    nation = months(at(data.values_of("*", "nation"), indicator=chosen))
    unit = CATALOGUE[chosen].unit
    st.caption(t("history.body", unit=t.unit(unit) or "%"))
    figure = history(own, nation, name, unit, t)
    alt = t("history.alt", indicator=sentences.indicator_name(chosen, t), name=name)
    st.plotly_chart(figure, key="history", config=CONFIG, alt=alt)
    frames.under(t, sentences.month_rows(own, unit, t), key="table-history")


def _data_problems(t: Language, facts: data.Facts, region: Region) -> None:
    st.subheader(t("region.data"), anchor=False)
    cover = quality.coverage(facts.freshness, facts.registry, quality.REPORTED)
    active = quality.active(cover)
    mine = cover.filter(region=region.code)
    st.html(reported(mine, active, t))
    own = sources.of_region(sources.assessed(data.collection().states, facts.registry), region.code)
    if own:
        st.html(region_line(own, t, region.province.code))
    rejected = facts.rejections.filter(region=region.code)
    failed = data.check_failures(region.code)
    if rejected.height:
        st.markdown(t("region.rejected", n=t.number(int(rejected["n"].sum()))))
        frames.under(t, sentences.rejection_rows(rejected, t), key="table-rejected")
    if failed.height:
        st.markdown(t("region.failed", n=t.number(failed.height)))
        frames.under(t, sentences.check_rows(failed, t), key="table-checks")
    if not rejected.height and not failed.height:
        st.caption(t("region.no_problems"))


page(shell.chosen(), data.facts())
