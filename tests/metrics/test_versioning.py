"""Archive and versions: whatever arrives in whatever order, each record has one current version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from metrics.archive import Archive
from metrics.errors import ArchiveError
from metrics.staging import Staging
from metrics.versioning import Account, Comparison, connect

SCHEMA = pa.schema(
    [
        ("region", pa.string()),
        ("id", pa.string()),
        ("observed_at", pa.timestamp("us", "UTC")),
        ("submitted", pa.timestamp("us", "UTC")),
        ("file_complete", pa.timestamp("us", "UTC")),
        ("completed", pa.timestamp("us", "UTC")),
        ("due", pa.timestamp("us", "UTC")),
        ("status", pa.string()),
    ]
)
ZONES = {"A": "Asia/Jayapura", "B": "Europe/Amsterdam"}
START = datetime(2025, 1, 31, 12, tzinfo=UTC)
Row = tuple[str, str, int, int, str]
"""region, id, day of observation, month of submission, status."""


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    columns = {
        "region": [row[0] for row in rows],
        "id": [row[1] for row in rows],
        "observed_at": [START + timedelta(days=row[2]) for row in rows],
        "submitted": [datetime(2024, row[3], 15, tzinfo=UTC) for row in rows],
        "file_complete": [None] * len(rows),
        "completed": [None] * len(rows),
        "due": [None] * len(rows),
        "status": [row[4] for row in rows],
    }
    frame = pl.DataFrame(pa.table(columns, schema=SCHEMA))
    return frame.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_row"), warnings=pl.lit(None, pl.String)
    )


def arrive(archive: Archive, folder: Path, rows: Sequence[Row], *, seen_on_arrival: bool = False) -> Account:
    provenance: dict[str, str | int] = {
        "batch": "b",
        "delivered_by": "s",
        "contract_version": "1",
        "sequence": archive.version("transactions") + 1,
    }
    with Staging(
        folder / "staging", "transactions", SCHEMA, ZONES, provenance, seen_on_arrival=seen_on_arrival
    ) as staging:
        staging.add(frame_of(rows))
        comparison = Comparison(staging, archive, connect(folder / "spill"))
        if comparison.account.new + comparison.account.updated:
            archive.append(
                "transactions", comparison.changes(), months=comparison.account.months, batch={"id": "b"}
            )
        return comparison.account


def current(archive: Archive) -> dict[tuple[str, str], tuple[int, str]]:
    """Month and status of each record, each month looked at alone, as a roll-up does."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for month in archive.months("transactions"):
        records = archive.records("transactions", months=[month])
        assert records is not None
        newest = (
            pl.DataFrame(records.to_table())
            .sort("observed_at", "sequence", "row")
            .group_by("region", "id", maintain_order=True)
            .last()
            .filter(~pl.col("moved"))
        )
        for row in newest.iter_rows(named=True):
            key = (row["region"], row["id"])
            assert key not in found, "a record is counted in two months"
            found[key] = (row["submitted"].month, row["status"])
    return found


class Model:
    """The same rules, one record at a time."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str, str], list[tuple[int, int, int, int, str]]] = {}

    def arrive(self, rows: Sequence[Row], sequence: int) -> None:
        for number, row in enumerate(rows):
            known = self.versions.setdefault(row[:2], [])
            if row not in rows[number + 1 :] and not any(
                v[0] == row[2] and v[3:] == row[3:] and v[1] < sequence for v in known
            ):
                known.append((row[2], sequence, number, row[3], row[4]))

    def current(self) -> dict[tuple[str, str], tuple[int, str]]:
        return {key: max(versions)[3:] for key, versions in self.versions.items()}


ROWS = st.tuples(
    st.sampled_from("AB"), st.sampled_from("xyz"), st.integers(0, 3), st.integers(1, 3), st.sampled_from("oc")
)


LAW = settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Without shrinking: an example is some hundred files."""


@LAW
@given(st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=5))
def test_any_order_of_arrival_leaves_one_current_version_of_each_record(batches: list[list[Row]]) -> None:
    with TemporaryDirectory() as folder:
        archive, model = Archive(Path(folder) / "archive"), Model()
        for rows in batches:
            model.arrive(rows, archive.version("transactions") + 1)
            account = arrive(archive, Path(folder), rows)
            assert account.new + account.updated + account.unchanged == len(rows)
            assert current(archive) == model.current()
            before = archive.version("transactions")
            again = arrive(archive, Path(folder), rows)
            assert (again.new, again.updated) == (0, 0)
            assert archive.version("transactions") == before


@LAW
@given(st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=4))
def test_what_is_seen_on_arrival_counts_as_it_was_last_seen(batches: list[list[Row]]) -> None:
    with TemporaryDirectory() as folder:
        archive, expected = Archive(Path(folder) / "archive"), {}
        for day, rows in enumerate(batches):
            for again in (False, True):
                seen = [
                    (region, key, 2 * day + again, month, status) for region, key, _, month, status in rows
                ]
                account = arrive(archive, Path(folder), seen, seen_on_arrival=True)
                assert account.new + account.updated + account.unchanged == len(rows)
                assert not again or account.unchanged == len(rows)
                expected.update({(row[0], row[1]): (row[3], row[4]) for row in rows})
                assert current(archive) == expected


def test_a_record_that_moves_to_another_month_is_counted_once_and_both_months_are_rolled_up(
    tmp_path: Path,
) -> None:
    archive = Archive(tmp_path / "archive")
    arrive(archive, tmp_path, [("A", "x", 0, 1, "o"), ("A", "y", 0, 1, "o")])
    account = arrive(archive, tmp_path, [("A", "x", 1, 2, "o")])
    assert account.months == ("2024-01", "2024-02")
    assert current(archive) == {("A", "x"): (2, "o"), ("A", "y"): (1, "o")}


def test_rows_that_contradict_each_other_in_one_batch_are_counted_by_region(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    account = arrive(archive, tmp_path, [("A", "x", 0, 1, "o"), ("A", "x", 0, 1, "c"), ("B", "x", 0, 1, "o")])
    assert account.conflicts == {"A": 1}
    assert current(archive)["A", "x"] == (1, "c")


def test_the_month_is_the_regions_own(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    late = frame_of([("A", "x", 0, 1, "o"), ("B", "x", 0, 1, "o")]).with_columns(
        submitted=pl.lit(datetime(2024, 1, 31, 20, tzinfo=UTC), pl.Datetime("us", "UTC"))
    )
    with Staging(
        tmp_path / "s",
        "transactions",
        SCHEMA,
        ZONES,
        {"batch": "b", "delivered_by": "s", "contract_version": "1", "sequence": 0},
    ) as staging:
        staging.add(late)
        assert staging.months == {"2024-01", "2024-02"}
    assert archive.months("transactions") == []


def test_a_commit_says_which_months_and_which_batch_it_brought(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    arrive(archive, tmp_path, [("A", "x", 0, 1, "o")])
    arrive(archive, tmp_path, [("A", "x", 1, 3, "o")])
    commits = archive.commits("transactions", after=0)
    assert [(c.version, c.months, c.batch) for c in commits] == [(1, ("2024-01", "2024-03"), {"id": "b"})]
    archive.compact("transactions")
    assert archive.version("transactions") > 1
    assert archive.commits("transactions", after=1) == []


def test_an_archive_that_cannot_be_written_says_where_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(ArchiveError, match=r"transactions.*run it again"):
        arrive(Archive(tmp_path / "archive"), tmp_path, [("A", "x", 0, 1, "o")])
