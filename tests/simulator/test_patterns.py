"""The simulated country behaves as its parameters say."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from metrics.model import Region
from metrics.regions import indonesia
from simulator.country import ADOPTION_EFFECT, Country
from simulator.services import SERVICES
from simulator.year import simulate

Records = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def country() -> Country:
    every = list(indonesia().regions.values())
    return Country.of(every, seed=11, year=2025, scale=0.3)


@pytest.fixture(scope="module")
def records(country: Country) -> Records:
    return simulate(country)


def local_day(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    parts = [
        part.with_columns(local=pl.col(column).dt.convert_time_zone(zone).dt.replace_time_zone(None))
        for (zone,), part in frame.group_by("zone", maintain_order=True)
    ]
    return pl.concat(parts)


def test_volume_of_a_full_year_is_near_six_hundred_thousand(country: Country) -> None:
    silent = country.traits["silent_from"].is_not_null().mean()
    assert country.traits["cases"].sum() == pytest.approx(630_000 * 0.3, rel=0.04)
    assert silent is not None
    assert 0.02 < float(str(silent)) < 0.05


def test_mondays_are_busier_than_fridays_and_counters_rest_on_sundays(records: Records) -> None:
    frame = local_day(records["transactions"], "submitted").with_columns(weekday=pl.col("local").dt.weekday())
    number = dict(frame.group_by("weekday").len().iter_rows())
    assert number[1] > 1.2 * number[5]
    assert number[7] < 0.2 * number[1]
    assert frame.filter(pl.col("weekday") > 5)["channel"].unique().to_list() == ["digital"]


def test_counters_rest_on_holidays(records: Records) -> None:
    frame = local_day(records["transactions"].filter(pl.col("channel") == "counter"), "submitted")
    days = set(frame["local"].dt.date())
    assert dt.date(2025, 3, 31) not in days
    assert dt.date(2025, 8, 18) not in days
    assert dt.date(2025, 8, 19) in days


def test_months_differ(records: Records) -> None:
    frame = local_day(records["transactions"], "submitted")
    number = dict(frame.group_by(pl.col("local").dt.month()).len().iter_rows())
    assert number[7] > 1.3 * number[12]


def test_work_is_finished_within_opening_hours(records: Records) -> None:
    frame = local_day(records["transactions"].drop_nulls("completed"), "completed")
    minute = frame["local"].dt.hour().cast(pl.Int64) * 60 + frame["local"].dt.minute().cast(pl.Int64)
    assert minute.min() == 7 * 60 + 30
    assert int(str(minute.max())) < 16 * 60 + 30


def test_digital_cases_begin_with_adoption(country: Country, records: Records) -> None:
    adopted = country.traits.select("region", "adopted")
    digital = local_day(records["transactions"].filter(pl.col("channel") == "digital"), "submitted")
    joined = digital.join(adopted, on="region")
    assert joined["adopted"].null_count() == 0
    assert (joined["local"].dt.date() >= joined["adopted"]).all()


def test_digital_share_grows_after_adoption(country: Country, records: Records) -> None:
    opening = dt.date(2025, 1, 1)
    young = country.traits.filter(pl.col("adopted").is_between(opening, dt.date(2025, 4, 1)))
    frame = records["transactions"].join(young.select("region"), on="region", how="semi")
    share = dict(
        frame.group_by(pl.col("submitted").dt.month())
        .agg((pl.col("channel") == "digital").mean())
        .iter_rows()
    )
    assert share[12] > share[8] > share[5] > 0


def test_adoption_shortens_the_working_time_by_the_stated_factor(country: Country, records: Records) -> None:
    within = country.traits.filter(pl.col("adopted") > dt.date(2025, 1, 1)).select(
        "region", "adopted", "speed"
    )
    frame = local_day(records["transactions"], "submitted").join(within, on="region")
    medians = pl.DataFrame(
        {"service": [s.name for s in SERVICES], "hours": [s.median_hours for s in SERVICES]}
    )
    frame = frame.join(medians, on="service").with_columns(
        after=pl.col("local").dt.date() >= pl.col("adopted"),
        relative=(pl.col("worked_seconds") / 3600 / pl.col("hours") / pl.col("speed")).log(),
    )
    frame = frame.filter(pl.col("hours") > 2)
    medians_of = dict(frame.group_by("after").agg(pl.col("relative").median()).iter_rows())
    assert np.exp(medians_of[True] - medians_of[False]) == pytest.approx(ADOPTION_EFFECT, rel=0.03)
    assert np.exp(medians_of[False]) == pytest.approx(1.0, rel=0.02)


def test_slow_regions_are_slow_and_fast_ones_fast(country: Country, records: Records) -> None:
    frame = records["transactions"].join(country.traits.select("region", "pace"), on="region")
    hours = dict(frame.group_by("pace").agg(pl.col("worked_seconds").median() / 3600).iter_rows())
    assert hours["slow"] > 1.7 * hours["ordinary"]
    assert hours["fast"] < 0.6 * hours["ordinary"]


def test_promises_are_mostly_kept_but_less_in_slow_regions(country: Country, records: Records) -> None:
    frame = records["transactions"].join(country.traits.select("region", "pace"), on="region")
    kept = dict(frame.group_by("pace").agg((pl.col("completed") <= pl.col("due")).mean()).iter_rows())
    assert 0.8 < kept["ordinary"] < 0.98
    assert kept["slow"] < kept["ordinary"] < kept["fast"]


def test_some_cases_are_open_at_the_end_of_the_year(records: Records) -> None:
    share = (records["transactions"]["status"] == "open").mean()
    assert 0.002 < float(str(share)) < 0.05


def test_complaints_follow_the_rate_of_each_region(country: Country, records: Records) -> None:
    cases, complaints = (records[name].group_by("region").len() for name in ("transactions", "complaints"))
    both = cases.join(complaints, on="region", suffix="_complaints").join(country.traits, on="region")
    expected = both["len"] * both["complaints_per_1000"] / 1000
    wrong = (both["len_complaints"] - expected).abs() / expected.sqrt()
    assert float(str(wrong.max())) < 5


def test_silent_regions_are_silent(country: Country, records: Records) -> None:
    silent = country.traits.filter(pl.col("silent_from").is_not_null()).select("region", "silent_from")
    assert silent.filter(pl.col("silent_from") == dt.date(2025, 1, 1)).height == 6
    columns = {"transactions": "observed_at", "complaints": "observed_at", "surveys": "answered"}
    for dataset, column in {**columns, "probes": "checked", "traffic": "started"}.items():
        joined = local_day(records[dataset], column).join(silent, on="region")
        assert joined.height > 0
        assert (joined["local"].dt.date() < joined["silent_from"]).all()


def test_tiny_regions_are_too_small_to_judge(country: Country, records: Records) -> None:
    tiny = country.traits.filter("tiny").select("region")
    number = records["transactions"].join(tiny, on="region", how="semi").group_by("region").len()
    assert tiny.height >= 10
    assert int(str(number["len"].max())) < 40


def test_availability_differs_between_regions_and_is_never_a_hole(records: Records) -> None:
    frame = records["probes"].with_columns(
        gap=pl.col("checked").diff().over("region"), before=pl.col("up").shift().over("region")
    )
    longest = frame["gap"].max()
    assert isinstance(longest, dt.timedelta)
    assert longest <= dt.timedelta(days=1)
    down = frame.group_by("region").agg(pl.col("gap").filter(~pl.col("before")).sum().dt.total_hours())
    assert down["gap"].n_unique() > 50
    assert frame.filter(~pl.col("up"))["reason"].unique().sort().to_list() == [
        "dns", "refused", "status", "timeout", "tls",
    ]  # fmt: skip


def test_surveys_follow_the_satisfaction_of_each_region(country: Country, records: Records) -> None:
    means = records["surveys"].group_by("region").agg(pl.len(), mean=pl.col("procedure").mean())
    both = means.filter(pl.col("len") > 100).join(country.traits, on="region")
    assert float(str(both.select(pl.corr("mean", "satisfaction")).item())) > 0.8


def test_histogram_of_each_day_counts_every_request(records: Records) -> None:
    frame = records["traffic"]
    assert (frame["latency_counts"].list.sum() == frame["requests"]).all()
    assert (frame["errors"] <= frame["requests"]).all()


def test_adoption_is_the_last_step_of_the_digital_track(country: Country, records: Records) -> None:
    live = records["rollout_events"].filter(pl.col("stage") == "live").select("region", "occurred")
    adopted = country.traits.drop_nulls("adopted").select("region", "adopted")
    joined = adopted.join(live, on="region", how="full")
    assert (joined["adopted"] == joined["occurred"]).all()
    assert joined.null_count().sum_horizontal().item() == 0


def test_parameters_are_those_of_no_real_region(regions: list[Region]) -> None:
    one, two = (Country.of(regions, seed=seed, year=2025, scale=1.0).traits for seed in (1, 2))
    assert (one["speed"] != two["speed"]).all()
    assert (one["population"] == two["population"]).all()
