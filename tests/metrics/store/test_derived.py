"""Indicator values, rankings, rollout events, published figures, registry and single facts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from metrics.errors import StoreError, UnknownName
from metrics.model import Province, PublishedFigure, Region, ValueStatus
from metrics.regions import Registry
from metrics.store import Store
from tests.metrics.store import facts
from tests.metrics.store.test_rollups import fill


def test_indicator_values_come_back_in_order_and_narrowed(store: Store) -> None:
    none = replace(facts.value("11.02", figure=None), status=ValueStatus.TOO_FEW, reason="n = 3", low=None)
    store.put_indicator_values([none, facts.value(), facts.value(period="2025-07")], computed=facts.NOON)
    assert store.indicator_values().select("region", "period", "value", "status", "computed").rows() == [
        ("11.01", "2025", 12.5, "ok", facts.NOON),
        ("11.01", "2025-07", 12.5, "ok", facts.NOON),
        ("11.02", "2025", None, "too_few", facts.NOON),
    ]
    assert store.indicator_values(region=["11.01", "11.02"], period="2025").height == 2
    assert store.indicator_values(indicator="ikm").height == 0
    assert store.indicator_values(level="region", region="11.02")["reason"].to_list() == ["n = 3"]


def test_indicator_values_take_the_place_of_all_that_were_there(store: Store) -> None:
    store.put_indicator_values([facts.value(), facts.value("11.02")], computed=facts.NOON)
    store.put_indicator_values([facts.value("11.03")], computed=facts.NOON)
    assert store.indicator_values()["region"].to_list() == ["11.03"]
    store.put_indicator_values([], computed=facts.NOON)
    assert store.indicator_values().height == 0


def test_figure_that_is_not_a_number_is_refused(store: Store) -> None:
    store.put_indicator_values([facts.value()], computed=facts.NOON)
    with pytest.raises(StoreError, match=r"on_time_ratio, region 11\.01, period 2025: not a number"):
        store.put_indicator_values([facts.value(figure=float("nan"))], computed=facts.NOON)
    assert store.indicator_values().height == 1


def test_ranking_comes_back_as_it_was_put(store: Store) -> None:
    number = store.put_ranking(facts.ranking())
    assert store.ranking(number) == facts.ranking()
    assert store.latest_ranking() == facts.ranking()
    assert list(store.ranking(number).rows[0].parts) == ["on_time_ratio", "ikm"]


def test_identical_ranking_is_not_stored_again(store: Store) -> None:
    number = store.put_ranking(facts.ranking())
    later = replace(facts.ranking(), computed=facts.NOON + timedelta(days=1))
    assert store.put_ranking(later) == number
    assert [head.id for head in store.rankings()] == [number]


@pytest.mark.parametrize(
    "other",
    [facts.ranking(score=70.0), facts.ranking(version="2"), facts.ranking(archive=4)],
    ids=["rows", "method version", "archive version"],
)
def test_ranking_that_differs_is_stored_beside_the_first(store: Store, other: object) -> None:
    assert isinstance(other, type(facts.ranking()))
    first = store.put_ranking(facts.ranking())
    second = store.put_ranking(other)
    assert second > first
    assert store.ranking(first) == facts.ranking()
    assert store.latest_ranking() == other
    assert store.previous_ranking() == facts.ranking()


def test_ranking_that_comes_back_after_another_is_the_latest_again(store: Store) -> None:
    first = store.put_ranking(facts.ranking())
    store.put_ranking(facts.ranking(method="other"))
    third = store.put_ranking(facts.ranking())
    assert third > first
    assert store.latest_ranking() == facts.ranking()


def test_previous_ranking_is_of_the_same_method_and_period(store: Store) -> None:
    store.put_ranking(facts.ranking(score=1.0))
    store.put_ranking(facts.ranking(score=2.0, period="2024"))
    store.put_ranking(facts.ranking(score=3.0, method="other"))
    last = store.put_ranking(facts.ranking(score=4.0))
    store.put_ranking(facts.ranking(score=5.0, period="2024"))
    assert store.previous_ranking(last) == facts.ranking(score=1.0)
    assert store.previous_ranking(period="2024") == facts.ranking(score=2.0, period="2024")
    assert store.latest_ranking("2024") == facts.ranking(score=5.0, period="2024")
    assert [head.period for head in store.rankings()] == ["2024", "2025", "2025", "2024", "2025"]
    assert store.rankings("2024")[0].archive_versions == {"transactions": 3}


def test_before_the_first_ranking_there_is_none(store: Store) -> None:
    assert store.latest_ranking() is None
    assert store.previous_ranking() is None
    only = store.put_ranking(facts.ranking())
    assert store.previous_ranking(only) is None
    with pytest.raises(UnknownName, match=f"no ranking number {only + 1}"):
        store.ranking(only + 1)


def test_seed_events_stay_when_imported_ones_are_replaced(store: Store) -> None:
    imported = replace(facts.event(2), date=facts.event().date.replace(day=1))
    store.put_seed_events([facts.event(1), facts.event(3)])
    fill(store, "rollout_events", facts.events(imported))
    assert store.rollout_events() == [imported, facts.event(1), facts.event(3)]
    store.put_seed_events([facts.event(1)])
    store.replace_rollup("rollout_events", ["2023-06"], {}, archive_version=2, calendar_hash="")
    assert store.rollout_events() == [facts.event(1)]
    assert store.partitions("rollout_events") == []


def test_imported_events_cannot_claim_to_be_the_seed(store: Store) -> None:
    with pytest.raises(StoreError, match="came with the program"):
        fill(store, "rollout_events", facts.events(facts.event(), partition="seed"))


def test_one_simulated_batch_or_event_makes_the_store_simulated(store: Store) -> None:
    assert store.simulated() is False
    store.put_seed_events([facts.event(simulated=True)])
    assert store.simulated() is True
    store.put_seed_events([])
    with store.rollup_transaction("transactions") as writer:
        writer.batches([facts.batch(simulated=True)])
    assert store.simulated() is True


def test_published_figures_keep_their_order_and_contradictions(store: Store) -> None:
    figures = [
        PublishedFigure(
            series="mpp_digital",
            as_of="2024-12",
            value=figure,
            unit="regions",
            denominator="",
            authority=authority,
            source="press",
            verified=False,
            contradiction="the other one",
        )
        for figure, authority in ((199.0, "b"), (None, "a"))
    ]
    store.put_published_figures(figures)
    store.put_published_figures(figures)
    assert store.published_figures() == figures


def test_registry_comes_back_as_it_was_put(store: Store) -> None:
    north = Province("1", "North", "Isles", 1, 2, "N")
    plain = Province("2", "South", "Isles")
    regions = [
        Region("1.10", "Ten", "kota", north, "Asia/Jayapura", -2.5, 140.7, 400_000, "2024-06", "census", 1.5),
        Region("1.1", "One", "kabupaten", north, "Asia/Jakarta", seat="Town", old_code="9.1", calendar="x"),
        Region("2.1", "Else", "", plain, "Europe/Amsterdam"),
    ]
    first = Registry.of("first", regions[:1])
    whole = Registry.of("whole", regions)
    store.put_registry(first)
    store.put_registry(whole)
    found = store.registry()
    assert (found.name, found.digest) == ("whole", whole.digest)
    assert found.regions == whole.regions
    assert found.provinces == whole.provinces
    assert list(found.regions) == list(whole.regions)


def test_store_without_a_registry_says_so(store: Store) -> None:
    with pytest.raises(StoreError, match="no registry yet; run `pantau init`"):
        store.registry()


def test_single_fact_is_the_one_written_last(store: Store) -> None:
    assert store.meta("colour") is None
    store.put_meta("colour", "blue")
    store.put_meta("colour", "green")
    assert store.meta("colour") == "green"
