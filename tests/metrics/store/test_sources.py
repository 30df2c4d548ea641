"""Sources that are collected from, and their fetches, on every database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from metrics.model import SourceRun, SourceState
from metrics.store import Store

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
STATE = SourceState("32.11/permits", "32.11", "permits", "rest", "transactions", cursor="41", attempted=NOON)
RUN = SourceRun("32.11/permits", NOON, 0.2, 0.0, "", "", 17, 1)


def test_state_of_a_source_is_written_over_and_others_stay(store: Store) -> None:
    other = replace(STATE, id="31.71/permits", region=None)
    store.put_collection([STATE, other], keep_from=NOON)
    later = replace(STATE, cursor="42", failures=2, reason="timeout", circuit="open", rows=5)
    store.put_collection([later], keep_from=NOON)
    assert store.sources() == [other, later]


def test_fetches_are_kept_until_their_time_is_over(store: Store) -> None:
    old = replace(RUN, started=NOON - dt.timedelta(days=30))
    store.put_collection([STATE], [old, RUN], keep_from=NOON - dt.timedelta(days=60))
    assert store.source_runs("32.11/permits") == [RUN, old]
    store.put_collection([], [replace(RUN, source="31.71/permits")], keep_from=NOON - dt.timedelta(days=7))
    assert store.source_runs("32.11/permits") == [RUN]
    assert len(store.source_runs()) == 2


def test_totals_are_of_the_latest_fetch_that_did_not_fail_and_add_up_by_region(store: Store) -> None:
    other = replace(STATE, id="32.11/old")
    country, silent = replace(STATE, id="country", region=None), replace(STATE, id="32.11/silent")
    course = [
        replace(RUN, total=90, records=90),
        replace(RUN, total=100, records=80),
        replace(RUN, reason="timeout", total=100, records=10),
        replace(RUN, source="32.11/old", total=5, records=5),
        replace(RUN, source="country", total=7, records=1),
        replace(RUN, source="32.11/silent"),
    ]
    store.put_collection([STATE, other, country, silent], course, keep_from=NOON)
    assert store.source_totals().to_dicts() == [
        {"dataset": "transactions", "region": "32.11", "total": 105, "taken": 85}
    ]
    assert store.first_source_runs()["32.11/permits"] == NOON
