"""Rejected rows by group, one by one, and through time."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.errors import UnknownName
from metrics.quarantine import REASON_REMOVED, RESOLVED
from metrics.quarantine.retention import ALL, Policy
from metrics.quarantine.table import Wanted
from tests.metrics.quarantined import RULE, TODAY, Kept, days_ago, kept


@pytest.fixture
def rows(tmp_path: Path) -> Kept:
    """Two rows of the source dinas that are mended, one that is not; one of another source and no region."""
    made = kept(tmp_path)
    made.set_aside("a", "b", days=9)
    made.resolve("dinas", days=8)
    made.set_aside("c", days=7)
    made.set_aside("d", days=6, source="vendor", region=None, rule="region-unknown")
    return made


def test_groups_count_rows_and_not_their_versions(rows: Kept) -> None:
    groups = rows.quarantine.groups().select("source", "region", "rule", "open", "resolved", "removed").rows()
    assert groups == [("dinas", "32.73", RULE, 1, 2, 0), ("vendor", None, "region-unknown", 1, 0, 0)]


def test_group_tells_when_its_rows_were_seen(rows: Kept) -> None:
    group = rows.quarantine.groups(source="dinas").row(0, named=True)
    assert (group["first_seen"], group["last_seen"]) == (days_ago(9), days_ago(7))


def test_example_of_a_group_is_a_reason_that_is_still_there(rows: Kept) -> None:
    assert rows.quarantine.groups(source="dinas")["example"].item().startswith("'a' ")
    rows.retention.apply(Policy(8, ALL), by="auditor", now=TODAY)
    (group,) = rows.quarantine.groups(source="dinas").to_dicts()
    assert (group["removed"], group["example"][:4]) == (2, "'c' ")
    rows.retention.apply(Policy(0, ALL), by="auditor", now=TODAY)
    assert rows.quarantine.groups(source="dinas")["example"].item() == REASON_REMOVED


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 2),
        ({"state": None}, 4),
        ({"state": RESOLVED}, 2),
        ({"state": None, "region": "32.73"}, 3),
        ({"rule": "region-unknown"}, 1),
        ({"source": "dinas", "rule": "region-unknown"}, 0),
        ({"dataset": "complaints"}, 0),
    ],
)
def test_rows_are_those_wanted(rows: Kept, wanted: Wanted, count: int) -> None:
    assert len(rows.quarantine.rows(**wanted)) == count


def test_row_knows_when_it_was_set_aside_whatever_became_of_it(rows: Kept) -> None:
    mended = rows.quarantine.rows(state=RESOLVED)
    assert set(mended["set_aside"]) == {days_ago(9)}
    assert set(mended["observed_at"]) == {days_ago(8)}


def test_row_is_found_by_the_beginning_of_its_id_if_no_other_begins_so(rows: Kept) -> None:
    identifiers = rows.quarantine.rows(state=None)["rejected_id"].to_list()
    assert rows.quarantine.versions(identifiers[0][:12])["rejected_id"].unique().to_list() == identifiers[:1]
    with pytest.raises(UnknownName, match="4 rejected rows begin with ''"):
        rows.quarantine.versions("")
    with pytest.raises(UnknownName, match="no rejected row is called 'x'"):
        rows.quarantine.versions("x")
