"""Rejected rows tried again: what is mended is resolved by name of the batch, what is not stays open."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exporters.deliver import deliver_file
from exporters.mapping import Mapping
from exporters.replay import replay
from metrics.archive import REJECTED
from metrics.model import Batch
from metrics.quarantine import OPEN, REASON_REMOVED, RESOLVED
from metrics.quarantine.retention import ALL, Policy, Retention
from pantau.home import Home, Settings
from pantau.installation import Installation
from tests.e2e.cases import Case, write, write_mapping
from tests.services.command import install

BEGUN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LACKING, MENDED = {"done": "completed"}, {"done": "completed", "selesai": "completed"}
GOOD = {"status": "done"}
UNKNOWN_WORD = {"status": "selesai"}
BACKWARDS = {"completed": "2025-02-01T00:00:00Z"}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Source:
    """A source of applications with a name of its own, and the one record that it tells of."""

    installation: Installation
    folder: Path
    name: str

    def mapping(self, words: dict[str, str]) -> Mapping:
        fields = {
            "id": "id",
            "submitted": "submitted",
            "completed": "completed",
            "status": {"column": "status", "words": words},
        }
        return Mapping.load(write_mapping(self.folder / "mapping.yaml", source=self.name, fields=fields))

    def delivers(self, *records: dict[str, str], words: dict[str, str] = LACKING) -> Batch:
        """Take in a file of the source, with a record of each; its key is always the same."""
        case: Case = {
            "region": "32.73",
            "id": self.name,
            "submitted": "2025-03-01T00:00:00Z",
            "completed": "2025-03-02T00:00:00Z",
            "status": "done",
            "seen": "2025-07-01T00:00:00Z",
        }
        file = write(self.folder / "cases.csv", [{**case, **record} for record in records])
        mapping, installation = self.mapping(words), self.installation
        return installation.intake.take(
            deliver_file(file, mapping, installation.registry, now=installation.clock())
        )

    def replays(self, words: dict[str, str]) -> Batch | None:
        installation = self.installation
        return replay(
            installation.intake, self.mapping(words), installation.registry, clock=installation.clock
        )

    def aside(self) -> list[dict[str, Any]]:
        """The rows set aside, as they are now."""
        return self.installation.intake.quarantine.rows(source=self.name, state=None).to_dicts()

    def archive_versions(self) -> list[int]:
        return [self.installation.archive.version(name) for name in ("transactions", REJECTED)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("replay") / "home"
    install(home)
    minutes = itertools.count()
    clock = lambda: BEGUN + dt.timedelta(minutes=next(minutes))  # noqa: E731 - a clock in one line
    with Installation(Home(home, Settings()), clock=clock) as opened:
        yield opened


@pytest.fixture
def source(installation: Installation, tmp_path: Path) -> Source:
    return Source(installation, tmp_path, f"S{next(_numbers)}")


def test_mended_row_is_resolved_by_the_batch_mapping_and_contract_that_took_it_in(source: Source) -> None:
    first = source.delivers(UNKNOWN_WORD)
    batch = source.replays(MENDED)
    assert batch is not None
    assert (batch.accepted, batch.rejected) == (1, 0)
    (row,) = source.aside()
    versions = source.installation.intake.quarantine.versions(row["rejected_id"])
    told = versions.select("state", "batch", "mapping_hash", "contract_version").rows()
    assert told == [
        (OPEN, first.id, source.mapping(LACKING).digest, batch.contract_version),
        (RESOLVED, batch.id, source.mapping(MENDED).digest, batch.contract_version),
    ]
    assert batch.id in {known.id for known in source.installation.store.batches()}


def test_row_that_still_fails_stays_open_under_its_new_reason(source: Source) -> None:
    source.delivers({**UNKNOWN_WORD, **BACKWARDS})
    (before,) = source.aside()
    batch = source.replays(MENDED)
    assert batch is not None
    (after,) = source.aside()
    assert before["rule"] == "word-unknown"
    assert after["rule"] == "completed-not-before-submitted"
    assert after["reason"] != before["reason"]
    assert (after["state"], after["batch"]) == (OPEN, batch.id)


def test_replaying_again_changes_nothing(source: Source) -> None:
    source.delivers(UNKNOWN_WORD, {**UNKNOWN_WORD, **BACKWARDS, "id": f"{source.name}b"})
    source.replays(MENDED)
    rows, versions = source.aside(), source.archive_versions()
    again = source.replays(MENDED)
    assert again is not None
    assert (again.read, again.accepted, again.rejected) == (1, 0, 1)
    assert (source.aside(), source.archive_versions()) == (rows, versions)


def test_row_that_the_source_delivers_anew_and_right_is_resolved_by_that_batch(source: Source) -> None:
    source.delivers(BACKWARDS)
    anew = source.delivers(GOOD)
    assert anew.new == 1
    batch = source.replays(LACKING)
    assert batch is not None
    (row,) = source.aside()
    assert (row["state"], row["batch"], row["mapping_hash"]) == (RESOLVED, anew.id, anew.mapping_hash)
    assert source.replays(LACKING) is None


def test_row_that_came_after_what_was_accepted_stays_open(source: Source) -> None:
    source.delivers(GOOD)
    source.delivers(BACKWARDS)
    source.replays(LACKING)
    assert [row["state"] for row in source.aside()] == [OPEN]


def test_what_was_accepted_of_an_older_version_resolves_nothing(source: Source) -> None:
    source.delivers(BACKWARDS)
    source.delivers({**GOOD, "seen": "2025-06-01T00:00:00Z"})
    source.replays(LACKING)
    assert [row["state"] for row in source.aside()] == [OPEN]


def test_right_version_that_the_archive_had_before_cannot_be_told_and_the_row_stays_open(
    source: Source,
) -> None:
    source.delivers(GOOD)
    source.delivers(BACKWARDS)
    assert source.delivers(GOOD).unchanged == 1
    source.replays(LACKING)
    assert [row["state"] for row in source.aside()] == [OPEN]


def test_older_row_that_a_replay_takes_in_does_not_resolve_a_later_one(source: Source) -> None:
    source.delivers(UNKNOWN_WORD)
    source.delivers(BACKWARDS)
    for _ in range(2):
        source.replays(MENDED)
        states = {row["rule"]: row["state"] for row in source.aside()}
        assert states == {"word-unknown": RESOLVED, "completed-not-before-submitted": OPEN}


def test_record_of_another_source_resolves_nothing(source: Source, installation: Installation) -> None:
    source.delivers(BACKWARDS)
    other = Source(installation, source.folder, f"{source.name} bis")
    other.delivers({**GOOD, "id": source.name})
    source.replays(LACKING)
    assert [row["state"] for row in source.aside()] == [OPEN]


def test_row_without_its_content_is_not_tried_and_says_so(source: Source) -> None:
    source.delivers(UNKNOWN_WORD)
    installation = source.installation
    retention = Retention(installation.archive, installation.home.scratch)
    retention.apply(Policy(0, ALL), by="auditor", now=installation.clock())
    assert source.replays(MENDED) is None
    (row,) = source.aside()
    assert (row["state"], row["payload"], row["reason"]) == (OPEN, None, REASON_REMOVED)


def test_record_whose_number_holds_personal_data_is_found_again_by_its_digest(source: Source) -> None:
    number = "3273014501900001"
    source.delivers({**BACKWARDS, "id": number})
    (row,) = source.aside()
    assert number not in json.dumps(row, default=str)
    source.delivers({**GOOD, "id": number})
    source.replays(LACKING)
    assert [row["state"] for row in source.aside()] == [RESOLVED]
