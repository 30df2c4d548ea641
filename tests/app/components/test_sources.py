"""What the page on sources says: the answer on top, the rows, the fetches."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest

from app.components.fetches import fetch_rows, fetches
from app.components.source_table import SOURCES_PAGE, region_line, source_card, source_table
from app.components.source_verdict import counters, headline, verdict
from app.main import PAGES
from app.reading.sources import Source, assessed
from app.text import LANGUAGES, Language
from exporters.errors import FetchReason
from metrics.model import SourceState
from metrics.regions import indonesia
from tests.app.collected import NOW, failed, fetches_of, sources_of

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
REGISTRY = indonesia()
ZONE = "Asia/Jakarta"
STATES = sources_of(REGISTRY.regions, simulated=False)


def read(*changed: SourceState) -> list[Source]:
    """All sources of the country, some of them changed."""
    new = {one.id: one for one in changed}
    return assessed([new.get(one.id, one) for one in STATES], REGISTRY)


def of(beginning: str) -> list[SourceState]:
    return [one for one in STATES if one.id.startswith(beginning)]


def test_page_that_links_lead_to_is_the_page() -> None:
    assert PAGES["sources"] == SOURCES_PAGE


def test_headline_counts_what_failed_and_names_where_most_of_it_is() -> None:
    sources = read(*(failed(one) for one in [*of("73.07"), *of("11.01/permits")]))
    assert headline(sources, REGISTRY, ID) == (
        "5 dari 2.056 sumber gagal pada pengambilan terakhir; 4 di antaranya di Sulawesi Selatan."
    )
    assert headline(sources, REGISTRY, EN) == (
        "5 of 2,056 sources failed at their last fetch; 4 of them are in Sulawesi Selatan."
    )


def test_headline_names_no_place_for_failures_all_over() -> None:
    sources = read(*(failed(one) for code in ("11.01", "32.73", "73.07") for one in of(f"{code}/permits")))
    assert headline(sources, REGISTRY, EN) == "3 of 2,056 sources failed at their last fetch."
    assert headline(read(), REGISTRY, EN) == "No source failed at its last fetch (2,056 sources)."


@EVERY_LANGUAGE
def test_common_loss_is_said_before_the_count(t: Language) -> None:
    said = verdict(read(*(failed(one) for one in of("73."))), REGISTRY, t, ZONE)
    n = t.number(len(of("73.")))
    loss = t("sources.loss.province", province="Sulawesi Selatan", n=n, of=n)
    count = t("sources.failing_all_in", n=n, of=t.number(len(STATES)), province="Sulawesi Selatan")
    assert 0 <= said.index(loss) < said.index(count)
    assert t.instant(failed(STATES[0]).succeeded, ZONE) in said


def test_only_three_common_losses_are_named_and_the_others_counted() -> None:
    lost = [failed(one) for code in ("11.", "12.", "13.", "14.", "15.") for one in of(code)]
    said = verdict(read(*lost), REGISTRY, EN, ZONE)
    assert said.count("fail together.</p>") == 3 + 1
    assert "2 more groups fail together." in said


@EVERY_LANGUAGE
def test_loss_of_everything_sends_to_pantau_first(t: Language) -> None:
    said = unescape(verdict(read(*(failed(one) for one in STATES)), REGISTRY, t, ZONE))
    n = t.number(len(STATES))
    assert t("sources.loss.nation", n=n, of=n) in said


def test_reasons_stand_under_the_side_that_they_point_to() -> None:
    one, two, three = (of(f"{code}/permits")[0] for code in ("11.01", "32.73", "73.07"))
    sources = read(
        failed(one, FetchReason.REFUSED),
        failed(two, FetchReason.TIMEOUT),
        failed(three, FetchReason.INTERNAL),
    )
    said = unescape(verdict(sources, REGISTRY, EN, ZONE))
    region, unsettled, ours = (
        said.index(EN(f"sources.side.{side}")) for side in ("region", "unsettled", "ours")
    )
    assert region < said.index("the connection is refused (1)") < unsettled
    assert unsettled < said.index("no answer within the time limit (1)") < ours


@EVERY_LANGUAGE
def test_counters_have_every_condition_and_the_bound_of_staleness(t: Language) -> None:
    said = counters(read(failed(STATES[0]), failed(STATES[1], circuit="open")), t)
    for condition in ("up", "failing", "left_alone", "stale", "never"):
        assert t(f"condition.{condition}") in said
    assert t.number(len(STATES) - 2) in said
    assert t("sources.under.stale", hours="48") in said


def test_row_has_the_reason_in_words_and_the_detail_as_it_is_but_never_as_markup() -> None:
    (source,) = assessed([failed(of("73.07/permits")[0])], REGISTRY)
    said = source_table([source], REGISTRY, ID, ZONE, {})
    assert "Kabupaten Sinjai (73.07)" in said
    assert "tidak menjawab sampai batas waktu" in said
    assert "<code>73.07/permits: &lt;b&gt;no answer&lt;/b&gt; &amp; no remedy</code>" in said
    assert "<b>no answer" not in said
    assert "2 Maret 2026 13.05 WIB" in said


def test_row_leads_to_the_history_and_keeps_what_was_chosen() -> None:
    said = source_table(read()[:1], REGISTRY, EN, ZONE, {"state": "all", "province": "11", "kind": None})
    assert f"./{SOURCES_PAGE}?state=all&amp;province=11&amp;source=11.01%2Fpermits&amp;lang=en" in said


@EVERY_LANGUAGE
def test_source_that_never_succeeded_or_tells_of_several_regions_says_so(t: Language) -> None:
    state = failed(replace(STATES[0], region=None), hours=None)
    (source,) = assessed([state], REGISTRY)
    for said in (source_table([source], REGISTRY, t, ZONE, {}), source_card(source, REGISTRY, t, ZONE)):
        assert t("sources.several") in said
        assert t("sources.never") in said


@EVERY_LANGUAGE
def test_simulated_source_is_marked(t: Language) -> None:
    states = [STATES[0], replace(STATES[1], simulated=True)]
    real, simulated = (source_card(one, REGISTRY, t, ZONE) for one in assessed(states, REGISTRY))
    assert t("simulated.word") in simulated
    assert t("simulated.word") not in real


def test_line_of_a_region_counts_its_sources() -> None:
    sources = assessed([failed(STATES[0]), *STATES[1:4]], REGISTRY)
    assert "1 of 4 sources of this region failed" in region_line(sources, EN, "11")
    assert "state=all" in region_line(sources[1:], EN, "11")


def test_chart_has_every_fetch_once_with_a_cross_for_those_that_failed() -> None:
    runs = fetches_of(failed(STATES[0]), "timeout", "", "")
    succeeded, crossed = fetches(runs, ID, ZONE).data
    assert (len(succeeded.x), len(crossed.x)) == (2, 1)
    assert (succeeded.marker.symbol, crossed.marker.symbol) == ("circle", "x")
    assert crossed.x[0].isoformat() == "2026-03-02T14:05:00", "on the clock of the zone"


def test_fetches_are_written_in_the_form_of_the_language() -> None:
    state = failed(STATES[0])
    (row, _) = fetch_rows(fetches_of(state, "timeout", ""), ID, ZONE)
    assert row[ID("table.started")] == ID.instant(NOW, ZONE)
    assert (row[ID("sources.seconds")], row[ID("sources.queue")]) == ("30,00", "0,50")
    assert row[ID("sources.reason")] == "tidak menjawab sampai batas waktu"
    assert row[ID("sources.detail")] == state.detail
