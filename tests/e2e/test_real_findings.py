"""Real records of others are taken in and judged: each of their traps is raised, and the page lists the rest.

Traps of the records are raised on the records. Traps of how they are read are raised where a mapping
falls into them. What is neither is in docs/reference/real-data-findings.md, with the reason.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from metrics.archive import Archive
from metrics.datasets import DATASETS
from pantau.home import Home, Settings
from pantau.installation import Installation
from tests.exporters.realdata import FILES, ROOT, mapping_of, real
from tests.services.command import Installed, install

PAGE = ROOT / "docs" / "reference" / "real-data-findings.md"
PLACES = FILES | {"access-log": "access-logs/apache_logs"}
TITLES = {"access-log": "access-logs"}
"""Headings of the page that are not the name of the mapping."""
REGISTRIES = {"access-log": "open311"}
DISTRICTS = {f"BP-{number:02d}" for number in range(1, 24)}
MUNICIPALITIES = {"NL-1", "NL-2", "NL-3"}
NO_FINDING, CRITICAL = 0, 1


@dataclass(frozen=True)
class Judged:
    """A real set, taken in and judged: the account, what `pantau check` lists, and how each check stands."""

    home: Path
    dataset: str
    account: dict[str, Any]
    alarms: list[dict[str, Any]]
    standings: pl.DataFrame

    def of(self, check: str, field: str | None) -> list[dict[str, Any]]:
        """Alarms of a monitor about a field."""
        return [row for row in self.alarms if (row["check"], row["field"]) == (check, field)]

    def regions(self, check: str, *, outcome: str | None = None) -> dict[str, int]:
        """Bad records by region, of a check."""
        rows = self.standings.filter(pl.col("check") == check)
        rows = (
            rows.filter(pl.col("bad") > 0) if outcome is None else rows.filter(pl.col("outcome") == outcome)
        )
        return dict(rows.select("region", "bad").iter_rows())


def taken_in(home: Path, name: str, mapping: Path) -> tuple[Installed, dict[str, Any]]:
    registry = ROOT / "tests" / "registries" / f"{REGISTRIES.get(name, name)}.csv"
    path = real(PLACES[name])
    installed = install(home, registry)
    return installed, installed.run("import", path, "--mapping", mapping).json


def stands(home: Path) -> pl.DataFrame:
    with Installation(Home(home, Settings(), tell=print)) as installation:
        return installation.store.standings(current=True)


def conflicts(home: Path) -> dict[str, int]:
    """How many records the check of keys says to contradict another of the same file."""
    with Installation(Home(home, Settings(), tell=print)) as installation:
        results = installation.store.check_results()
    keys = results.filter(pl.col("rule") == "key-unique", pl.col("region").is_null(), pl.col("bad") > 0)
    return dict(keys.select("rule", "bad").iter_rows())


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Judged]:
    """A real set by its name, taken in and judged over all its days; once for each."""
    made: dict[str, Judged] = {}

    def give(name: str) -> Judged:
        if name not in made:
            home = tmp_path_factory.mktemp(name)
            installed, account = taken_in(home, name, ROOT / "tests" / "mappings" / f"{name}.yaml")
            answer = installed.run("check", "--from", "2000-01-01")
            assert answer.status in {NO_FINDING, CRITICAL}, answer.err
            made[name] = Judged(home, mapping_of(name).dataset, account, answer.json, stands(home))
        return made[name]

    return give


Real = Callable[[str], Judged]

BY_RULE: list[tuple[str, str, dict[str, int]]] = [
    ("permits-nl", "submitted-not-in-future", {"NL-1": 1}),
    ("permits-nl", "due-not-before-submitted", {"NL-1": 1}),
    ("permits-nl", "completed-not-after-observed", {"NL-1": 10}),
    ("permits-nl", "status-agrees-with-dates", {"NL-1": 468, "NL-2": 50, "NL-3": 96}),
    ("permits-wabo", "completed-not-before-submitted", {"NL-W": 2}),
    (
        "complaints-budapest",
        "status-agrees-with-dates",
        {"BP-02": 2, "BP-03": 1, "BP-04": 1, "BP-11": 2, "BP-13": 1},
    ),
]
"""Set, rule, and the records in each region that break it."""


@pytest.mark.parametrize(("name", "rule", "regions"), BY_RULE)
def test_trap_of_single_records_is_raised_by_its_rule_in_its_region(
    judged: Real, name: str, rule: str, regions: dict[str, int]
) -> None:
    assert judged(name).regions(rule) == regions


def test_start_in_the_future_is_on_the_day_that_the_source_says(judged: Real) -> None:
    (row,) = Installed(judged("permits-nl").home)("rejected")
    assert (row["rule"], row["region"]) == ("submitted-not-in-future", "NL-1")
    assert json.loads(row["payload"])["startDate"].startswith("2015-08-01")


def test_districts_that_resolve_before_they_answer_are_named(judged: Real) -> None:
    by_district = judged("complaints-budapest").regions("responded-not-after-resolved")
    assert set(by_district) == DISTRICTS
    assert (sum(by_district.values()), by_district["BP-03"], by_district["BP-17"]) == (690, 114, 4)


def test_complaints_without_a_district_are_raised_without_a_region(judged: Real) -> None:
    found = judged("complaints-budapest")
    assert found.account["rejected_by_rule"] == {"region-missing": 226}
    rows = Installed(found.home)("rejected")
    assert {(row["rule"], row["region"]) for row in rows} == {("region-missing", None)}


BY_MONITOR: list[tuple[str, str, str | None, set[str]]] = [
    ("permits-nl", "placeholder-times", "completed", {"NL-1", "NL-2"}),
    ("complaints-budapest", "left-open", "resolved", DISTRICTS - {"BP-12", "BP-20"}),
    (
        "probe-history",
        "uneven-sampling",
        "up",
        {
            "catalog-autocomplete",
            "catalog-search",
            "did-you-mean-playground",
            "manual",
            "mysql-playground",
            "playground",
        },
    ),
]


@pytest.mark.parametrize(("name", "check", "field", "regions"), BY_MONITOR)
def test_trap_of_many_records_is_raised_by_its_monitor_in_its_regions_and_field(
    judged: Real, name: str, check: str, field: str | None, regions: set[str]
) -> None:
    found = judged(name)
    assert {row["region"] for row in found.of(check, field)} == regions
    assert len(found.of(check, field)) == len(regions)


@pytest.mark.parametrize("name", ["complaints-budapest", "probe-history", "permits-nl"])
def test_days_of_a_finding_are_days_of_the_records(judged: Real, name: str) -> None:
    found = judged(name)
    records = archived(found)
    anchor = pl.col(DATASETS[found.dataset].anchor).dt.date()
    first = records.select(anchor.min()).item() - dt.timedelta(days=1)
    assert found.alarms
    assert all(first <= dt.date.fromisoformat(row["first_day"]) for row in found.alarms)
    assert all(row["first_day"] <= row["last_day"] for row in found.alarms)


@pytest.mark.parametrize(
    ("name", "regions", "told"),
    [
        ("permits-nl", {"NL-3"}, "00:00:00"),
        ("permits-wabo", {"NL-W"}, "01:06:40"),
        ("complaints-budapest", DISTRICTS, "00:00:00"),
    ],
)
def test_dates_without_times_are_named_with_the_time_that_stands_in_for_them(
    judged: Real, name: str, regions: set[str], told: str
) -> None:
    rows = judged(name).standings.filter(
        pl.col("check") == "placeholder-times", pl.col("outcome") == "error", pl.col("cause") == "absent"
    )
    assert set(rows["region"]) == regions
    assert all(told in detail for detail in rows["detail"])


@pytest.mark.parametrize(
    ("name", "regions"),
    [("permits-nl", MUNICIPALITIES), ("permits-wabo", {"NL-W"}), ("complaints-budapest", DISTRICTS)],
)
@pytest.mark.parametrize("check", ["twins", "repeated-days", "copied-regions"])
def test_dates_without_times_are_not_taken_for_copies(
    judged: Real, check: str, name: str, regions: set[str]
) -> None:
    found = judged(name)
    assert not found.regions(check, outcome="fail")
    assert set(found.regions(check, outcome="error")) == regions


def test_cases_that_are_open_no_longer_than_cases_take_are_no_defect(judged: Real) -> None:
    assert set(judged("permits-nl").regions("left-open", outcome="pass")) == MUNICIPALITIES
    assert set(judged("permits-wabo").regions("left-open", outcome="pass")) == {"NL-W"}


READ_WRONG: list[tuple[str, str, str, str, int]] = [
    (
        "permits-nl",
        "region: {column: municipality, by: name}",
        "region: {constant: NL-1}",
        "key-unique",
        1,
    ),
    ("complaints-budapest", "      Megoldott: resolved\n", "", "word-unknown", 21_413),
]
"""Set, what its mapping says, what it says instead, the check that raises it, and the records."""


@pytest.mark.parametrize(("name", "right", "wrong", "check", "number"), READ_WRONG)
def test_mapping_that_falls_into_a_trap_is_told_by_a_check(
    tmp_path: Path, name: str, right: str, wrong: str, check: str, number: int
) -> None:
    text = (ROOT / "tests" / "mappings" / f"{name}.yaml").read_text(encoding="utf-8")
    assert right in text
    mapping = tmp_path / "map.yaml"
    mapping.write_text(text.replace(right, wrong), encoding="utf-8")
    _, account = taken_in(tmp_path / "home", name, mapping)
    told = account["rejected_by_rule"] | conflicts(tmp_path / "home")
    assert told[check] == number


def test_snapshots_of_counters_are_refused_line_by_line(tmp_path: Path) -> None:
    installed = install(tmp_path / "home", ROOT / "tests" / "registries" / "open311.csv")
    mapping = ROOT / "tests" / "mappings" / "access-log.yaml"
    answer = installed.run("import", real("access-logs/nginxplus_json_logs"), "--mapping", mapping)
    assert answer.json["rejected_by_rule"] == {"line-malformed": 500}


def test_events_that_are_not_grouped_into_cases_give_the_same_cases(tmp_path: Path, judged: Real) -> None:
    text = (ROOT / "tests" / "mappings" / "permits-wabo.yaml").read_text(encoding="utf-8")
    mapping = tmp_path / "map.yaml"
    mapping.write_text(text.replace("group_by: case:concept:name\n", ""), encoding="utf-8")
    _, account = taken_in(tmp_path / "home", "permits-wabo", mapping)
    assert (account["read"], account["new"], account["unchanged"]) == (8577, 1432, 7141)
    assert account["new"] == judged("permits-wabo").account["new"]


def archived(found: Judged) -> pl.DataFrame:
    records = Archive(found.home / "archive").records(found.dataset)
    assert records is not None
    return pl.DataFrame(records.to_table())


# The page


def cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def tables(heading: str, width: int) -> list[list[str]]:
    """Rows of the tables of a section that are so wide, without their heads."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    (mine,) = [part for part in section if part.partition("\n")[0] == heading]
    rows = [cells(line) for line in mine.splitlines() if line.startswith("|")]
    return [row for row in rows if len(row) == width and row[0] not in {"check", "data", "---"}]


def raised(found: Judged) -> Counter[tuple[str, str]]:
    """(check, outcome) and how often: of rules records, of monitors alarms, or regions not checked."""
    told: Counter[tuple[str, str]] = Counter(
        {(rule, "rejected"): number for rule, number in found.account["rejected_by_rule"].items()}
        | {(rule, "warned"): number for rule, number in found.account["warned_by_rule"].items()}
    )
    told.update((row["check"], "alarm") for row in found.alarms)
    lacking = found.standings.filter(pl.col("outcome") == "error", pl.col("cause") == "absent")
    told.update((check, "not checked") for check in lacking["check"])
    return told


@pytest.mark.parametrize("name", PLACES)
def test_page_counts_what_the_checks_raise_and_nothing_else(judged: Real, name: str) -> None:
    listed = {(row[0], row[1]): int(row[2].replace(",", "")) for row in tables(TITLES.get(name, name), 5)}
    assert listed == raised(judged(name))


@pytest.mark.parametrize("name", PLACES)
def test_page_lists_each_alarm_with_what_it_is(judged: Real, name: str) -> None:
    rows = tables(TITLES.get(name, name), 7)
    alarms = [
        (row["check"], row["region"], row["field"] or "", row["first_day"], row["last_day"])
        for row in judged(name).alarms
    ]
    assert sorted(tuple(row[:5]) for row in rows) == sorted(alarms)
    assert {row[5] for row in rows} <= {"source", "real event", "false alarm"}
    assert all(row[6] for row in rows)


@pytest.mark.parametrize("name", PLACES)
def test_page_says_how_often_the_checks_cry_wolf_and_it_is_once_a_region_and_year_at_most(
    judged: Real, name: str
) -> None:
    found, title = judged(name), TITLES.get(name, name)
    told = Counter(row[5] for row in tables(title, 7))
    (line,) = [row for row in tables("How often the checks cry wolf", 8) if row[0] == title]
    anchor = pl.col(DATASETS[found.dataset].anchor)
    years = archived(found).select((anchor.max() - anchor.min()).dt.total_days()).item() / 365.25
    regions = archived(found)["region"].n_unique()
    false = told["false alarm"]
    counts = [told.total(), told["source"], told["real event"], false]
    rate = false / (regions * years) if false else 0.0
    assert line[1:] == [str(regions), f"{regions * years:.1f}", *map(str, counts), f"{rate:.2f}"]
    assert rate <= 1.0
