"""Watching an installation: records come in, monitors and rules judge them, incidents come and go."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import pytest

from checks.chunk import ISSUES_SCHEMA, MappedChunk
from checks.compile import load_contract
from exporters.intake import Delivery
from metrics.datasets import DATASETS
from metrics.model import SourceRun, SourceState
from metrics.observation import Incident, State
from pantau.home import Home, Settings
from pantau.installation import Installation
from pantau.profiles import JUDGED
from pantau.watching import Watching
from tests.checks.defects.trial import LAST, NOW, World, clean
from tests.services.command import install

SEED = 3
NOVEMBER, DECEMBER = dt.date(2025, 11, 30), dt.date(2025, 12, 31)
Records = Mapping[str, pl.DataFrame]


@pytest.fixture(scope="module")
def world() -> World:
    return clean(SEED)


class Clock:
    """The time that an installation is told."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def installation(tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    """An empty installation."""
    install(tmp_path / "home")
    with Installation(Home(tmp_path / "home", Settings(), tell=print), clock=clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def year(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home of an installation with a clean year, watched once. Copy it before writing."""
    home = tmp_path_factory.mktemp("year") / "home"
    install(home)
    with Installation(Home(home, Settings(), tell=print), clock=Clock(NOW)) as opened:
        deliver(opened, world.evidence.records)
        opened.watch()
    return home


@pytest.fixture
def watched(year: Path, tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    """A copy of the year, to go on with."""
    shutil.copytree(year, tmp_path / "home")
    with Installation(Home(tmp_path / "home", Settings(), tell=print), clock=clock) as opened:
        yield opened


def deliver(
    to: Installation, records: Records, *, raw: pl.DataFrame | None = None, source: str = "a year"
) -> None:
    """Take records in, one batch a record set."""
    for dataset, rows in records.items():
        if rows.is_empty():
            continue
        numbered = rows.drop("_row").with_row_index("_row", offset=1).cast({"_row": pl.Int64})
        chunk = MappedChunk(
            numbered,
            pl.DataFrame(schema=ISSUES_SCHEMA),
            raw if raw is not None else numbered.select("_row", "id"),
            listed=frozenset({"channel"}),
        )
        to.intake.take(
            Delivery(load_contract(dataset), source, "a test", [chunk], to.clock(), simulated=True)
        )


def until(records: Records, day: dt.date, region: str | None = None) -> Records:
    """Records that began before a day was over (UTC); with a region, only of that one others are left out."""
    end = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(days=1)

    def early(dataset: str) -> pl.Expr:
        began = pl.col(DATASETS[dataset].anchor) < end
        return began if region is None else began | (pl.col("region") != region)

    return {dataset: rows.filter(early(dataset)) for dataset, rows in records.items() if dataset in JUDGED}


def broken(rows: pl.DataFrame, region: str, share: float) -> pl.DataFrame:
    """Rows of which a share of a region's ends before it began."""
    here = pl.col("completed").is_not_null() & (pl.col("region") == region)
    struck = here & (pl.int_range(pl.len()) % 10 < share * 10)
    early = pl.col("submitted") - pl.duration(days=2)
    return rows.with_columns(completed=pl.when(struck).then(early).otherwise("completed"))


def present(installation: Installation, check: str) -> list[Incident]:
    return installation.store.incidents(present=True, check=check)


def test_profile_of_the_archive_is_that_of_the_records(watched: Installation, world: World) -> None:
    for name, whole in (("counts", world.evidence.counts), ("shares", world.evidence.shares)):
        frames = [
            frame
            for dataset in JUDGED
            for frame in watched.store.profile(name, dataset, "2024-01", "2026-12")
        ]
        keys = [column for column in whole.columns if column != "n"]
        added = pl.concat(frames).group_by(keys).agg(pl.col("n").sum()).sort(keys)
        expected = whole.filter(pl.col("dataset").is_in(JUDGED)).group_by(keys).agg(pl.col("n").sum())
        assert added.equals(expected.sort(keys).select(added.columns))


def test_run_judges_every_day_at_first_and_then_what_is_new(watched: Installation, clock: Clock) -> None:
    (first,) = watched.store.watches()
    assert (first.first, first.last, first.simulated) == (dt.date(2025, 1, 1), LAST, True)
    assert first.rows > 0
    clock.now += dt.timedelta(minutes=5)
    assert watched.watch() is None
    assert len(watched.store.watches()) == 1
    again = watched.watch(from_day=dt.date(2025, 6, 1))
    assert again is not None
    assert (again.first, again.last) == (dt.date(2025, 6, 1), LAST)


def test_days_that_are_judged_again_are_found_the_same(watched: Installation, clock: Clock) -> None:
    def told() -> pl.DataFrame:
        return watched.store.findings(outcome=None).drop("watch")

    before = told()
    clock.now += dt.timedelta(minutes=5)
    assert watched.watch(from_day=dt.date(2025, 1, 1)) is not None
    assert told().equals(before)


def test_every_monitor_has_a_cost_and_every_region_a_standing(watched: Installation, world: World) -> None:
    costs = watched.store.costs()
    assert {"volume", "silence", "drift", "twins"} <= set(costs["check"])
    assert costs.filter(pl.col("check") == "volume")["milliseconds"].item() > 0
    standings = watched.store.standings(current=True, check=["volume", "region-known"])
    found = standings.filter(pl.col("dataset") == "transactions").group_by("region").len()
    assert set(found["region"]) == set(world.evidence.regions["region"])


def test_region_that_falls_silent_has_one_incident_until_its_records_come(
    installation: Installation, world: World, clock: Clock
) -> None:
    records = world.evidence.records
    deliver(installation, until(records, NOVEMBER, world.region))
    assert installation.watch() is not None
    assert {incident.place for incident in present(installation, "silence")} == {world.region}
    clock.now += dt.timedelta(days=1)
    deliver(installation, records)
    watch = installation.watch()
    assert watch is not None
    assert watch.first <= NOVEMBER < watch.last
    assert present(installation, "silence") == []
    gone = installation.store.incidents(check="silence")
    assert {incident.state for incident in gone} == {State.RESOLVED}
    acts = [act.act for act in installation.store.incident_acts(gone[0].id)]
    assert acts[0] == "opened"
    assert acts[-1] == "resolved"
    stretches = installation.store.standings(region=world.region, check="silence", dataset="transactions")
    assert stretches.select("outcome", "runs", "current").rows() == [("pass", 1, True), ("fail", 1, False)]


def test_rule_that_many_rows_break_calls_somebody_and_holds_the_figures_until_it_passes(
    watched: Installation, world: World, clock: Clock
) -> None:
    watched.refresh()
    clock.now += dt.timedelta(days=1)
    rows = world.evidence.records["transactions"].filter(pl.col("region") == world.region)
    rule = "completed-not-before-submitted"
    deliver(watched, {"transactions": broken(rows, world.region, 0.3)})
    watched.conclude()
    (incident,) = [one for one in present(watched, rule) if one.place == world.region]
    assert "30" not in incident.place
    assert incident.bad > 0
    assert incident.remedy
    assert rule in {hold.check for hold in watched.store.holds(world.region)}
    values = watched.store.indicator_values(
        indicator="completion_days_median", region=world.region, period="all"
    )
    assert values["status"].to_list() == ["withheld"]
    assert rule in values["reason"].item()
    clock.now += dt.timedelta(days=1)
    deliver(watched, {"transactions": rows})
    watched.conclude()
    assert present(watched, rule) == []
    again = watched.store.indicator_values(
        indicator="completion_days_median", region=world.region, period="all"
    )
    assert again["status"].to_list() == ["ok"]


def test_single_row_that_breaks_a_rule_alarms_nobody(
    watched: Installation, world: World, clock: Clock
) -> None:
    clock.now += dt.timedelta(days=1)
    rows = world.evidence.records["transactions"].filter(pl.col("region") == world.region).head(300)
    spoilt = pl.concat([broken(rows.head(1), world.region, 1.0), rows.tail(299)])
    deliver(watched, {"transactions": spoilt})
    watched.conclude()
    assert present(watched, "completed-not-before-submitted") == []


def test_column_that_is_renamed_is_an_incident_until_its_mapping_is_mended(
    watched: Installation, world: World, clock: Clock
) -> None:
    rows = world.evidence.records["transactions"].filter(pl.col("region") == world.region).head(200)
    numbered = rows.drop("_row").with_row_index("_row", offset=1).cast({"_row": pl.Int64})
    raw = numbered.select("_row", "id", "channel")
    source = f"{world.region}/permits"
    clock.now += dt.timedelta(hours=2)
    deliver(watched, {"transactions": rows}, raw=raw, source=source)
    watched.conclude()
    assert present(watched, "schema") == []
    for _ in range(2):  # the next batch looks the same: the trouble is still there
        clock.now += dt.timedelta(hours=2)
        deliver(watched, {"transactions": rows}, raw=raw.rename({"channel": "channel_name"}), source=source)
        watched.conclude()
        (incident,) = present(watched, "schema")
        assert (incident.place, incident.field) == (world.region, "channel")
    clock.now += dt.timedelta(hours=2)
    deliver(watched, {"transactions": rows}, raw=raw, source=source)
    watched.conclude()
    assert present(watched, "schema") == []


def test_words_that_are_kept_of_a_batch_are_those_of_lists(
    watched: Installation, world: World, clock: Clock
) -> None:
    rows = world.evidence.records["transactions"].filter(pl.col("region") == world.region).head(200)
    numbered = rows.drop("_row").with_row_index("_row", offset=1).cast({"_row": pl.Int64})
    raw = numbered.select("_row", "channel", pl.lit("Siti Aminah").alias("officer"))
    clock.now += dt.timedelta(hours=2)
    deliver(watched, {"transactions": rows}, raw=raw)
    watched.watch()
    (shape,) = [one for one in watched.store.shapes() if one.dataset == "transactions"]
    words = {column["field"]: column["values"] for column in shape.columns}
    assert words["channel"]
    assert words["officer"] is None
    assert "Siti" not in repr(shape)


def test_watching_after_the_store_lost_its_profiles_finds_the_same(
    watched: Installation, clock: Clock
) -> None:
    before = watched.store.findings(outcome=None).drop("watch")
    for dataset in JUDGED:
        mark = watched.store.profile_mark(dataset)
        if mark is not None:
            watched.store.put_profile_mark(dataset, mark.__class__(mark.archive_version, "older"), [])
    clock.now += dt.timedelta(minutes=5)
    assert watched.watch(from_day=dt.date(2025, 1, 1)) is not None
    assert watched.store.findings(outcome=None).drop("watch").equals(before)


def test_sources_that_gave_less_than_they_have_or_nothing_at_all_are_found(
    watched: Installation, world: World, clock: Clock
) -> None:
    asked = clock.now - dt.timedelta(days=9)
    unknown = next(code for code in watched.registry.regions if code not in world.evidence.codes)
    states = [
        SourceState(f"{code}/permits", code, "permits", "rest", "transactions", attempted=clock.now)
        for code in (world.region, unknown)
    ]
    runs = [
        SourceRun(states[0].id, asked, 0.1, 0.0, "", "", 80, 1, 100, 80),
        SourceRun(states[1].id, asked, 0.1, 0.0, "", "", 0, 1),
    ]
    watched.store.put_collection(states, runs, keep_from=asked)
    clock.now += dt.timedelta(minutes=5)
    assert watched.watch(from_day=LAST) is not None
    found = watched.store.findings(check=["totals", "never-delivered"])
    assert {(row["check"], row["region"]) for row in found.to_dicts()} == {
        ("totals", world.region),
        ("never-delivered", unknown),
    }


def test_run_that_dies_after_counting_leaves_the_days_to_the_next_one(
    watched: Installation, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now += dt.timedelta(days=1)
    june = dt.date(2025, 6, 3)
    late = world.evidence.records["surveys"].filter(pl.col("answered").dt.date() == june)
    deliver(watched, {"surveys": late.with_columns(id=pl.col("id") + "-late")})
    with monkeypatch.context() as patch:
        patch.setattr(Watching, "_evidence", lambda *_: pytest.fail("the process dies here"))
        with pytest.raises(pytest.fail.Exception):
            watched.watch()
    again = watched.watch()
    assert again is not None
    assert again.first <= june
    clock.now += dt.timedelta(hours=2)
    assert watched.watch() is None
