"""Roll-ups of probes, surveys, traffic and rollout events."""

from __future__ import annotations

import datetime as dt
import json

from metrics.histogram import Histogram
from metrics.model import RolloutEvent
from metrics.packing import unpack
from tests.metrics.rollup.conftest import World

SEEN = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
HOUR_US = 3_600_000_000
DAY = dt.date(2026, 3, 31)
DAY_NUMBER = (DAY - dt.date(1970, 1, 1)).days


def probe(at: dt.datetime, *, up: bool, valid_hours: float = 6, reason: str = "none") -> dict[str, object]:
    return {
        "region": "A",
        "id": at.isoformat(),
        "observed_at": SEEN,
        "simulated": False,
        "target": "site",
        "checked": at,
        "up": up,
        "valid_seconds": valid_hours * 3600,
        "reason": reason,
        "total_seconds": 0.25 if up else None,
    }


def test_a_state_stands_until_the_next_probe_over_midnight_and_the_end_of_the_month(world: World) -> None:
    noon = dt.datetime(2026, 3, 31, 5, tzinfo=dt.UTC)  # 12:00 in Jakarta
    world.put(
        "probes",
        [
            probe(noon, up=True),
            probe(noon + dt.timedelta(hours=5), up=False, reason="timeout"),
            probe(noon + dt.timedelta(hours=5, minutes=30), up=True),
            probe(noon + dt.timedelta(hours=10), up=False, reason="dns"),
            probe(noon + dt.timedelta(hours=14), up=True),
        ],
    )
    march, april = world.store.rollup("probe_rollup").sort("partition").to_dicts()
    assert [column.tolist() for column in unpack(march["days"], 5)] == [
        [DAY_NUMBER],
        [int(9.5 * HOUR_US)],
        [int(2.5 * HOUR_US)],
        [4],
        [2],
    ]
    assert [column.tolist() for column in unpack(april["days"], 5)] == [
        [DAY_NUMBER + 1],
        [6 * HOUR_US],  # the last probe stands as long as it is valid
        [2 * HOUR_US],
        [1],
        [0],
    ]
    assert json.loads(march["reasons"]) == {"dns": 1, "timeout": 1}
    assert march["latency"] == Histogram.of([0.25, 0.25]).pack()


def test_what_lies_beyond_the_validity_of_a_probe_is_neither_up_nor_down(world: World) -> None:
    noon = dt.datetime(2026, 3, 10, 5, tzinfo=dt.UTC)
    world.put("probes", [probe(noon, up=True, valid_hours=1), probe(noon + dt.timedelta(hours=9), up=False)])
    (row,) = world.store.rollup("probe_rollup").to_dicts()
    _, up, down, probes, failures = (column.sum() for column in unpack(row["days"], 5))
    assert (up, down, probes, failures) == (HOUR_US, 6 * HOUR_US, 2, 1)


def test_a_late_probe_changes_the_month_before_too(world: World) -> None:
    before = dt.datetime(2026, 3, 31, 16, 30, tzinfo=dt.UTC)  # 23:30 in Jakarta
    world.put("probes", [probe(before, up=True)])
    (alone,) = world.store.rollup("probe_rollup").to_dicts()
    assert unpack(alone["days"], 5)[1].sum() == HOUR_US // 2
    world.put("probes", [probe(before + dt.timedelta(minutes=10), up=False)])
    (march,) = world.store.rollup("probe_rollup").to_dicts()
    assert [unpack(march["days"], 5)[at].sum() for at in (1, 2)] == [HOUR_US // 6, HOUR_US // 3]
    world.put("probes", [probe(before + dt.timedelta(hours=2), up=True)])
    march, april = world.store.rollup("probe_rollup").sort("partition").to_dicts()
    assert [unpack(march["days"], 5)[at].sum() for at in (1, 2)] == [HOUR_US // 6, HOUR_US // 3]
    assert [unpack(april["days"], 5)[at].sum() for at in (1, 2)] == [6 * HOUR_US, 3 * HOUR_US // 2]


def test_outage_that_no_later_probe_ended_is_an_outage(world: World) -> None:
    noon = dt.datetime(2026, 3, 10, 5, tzinfo=dt.UTC)
    world.put("probes", [probe(noon, up=False, valid_hours=2)])
    (row,) = world.store.rollup("probe_rollup").to_dicts()
    assert [unpack(row["days"], 5)[at].sum() for at in (1, 2)] == [0, 2 * HOUR_US]


def test_surveys_are_summed_by_element_and_by_respondent(world: World) -> None:
    answered = dt.datetime(2026, 3, 10, 5, tzinfo=dt.UTC)
    common = {"region": "A", "observed_at": SEEN, "simulated": False, "answered": answered, "service": "ktp"}
    elements = ["requirements", "procedure", "completion_time", "cost", "product", "competence", "conduct"]
    world.put(
        "surveys",
        [
            {**common, "id": "1", **dict.fromkeys(elements, 4), "facilities": 3, "complaint_handling": 2},
            {**common, "id": "2", "conduct": 1},
            {**common, "id": "3", "conduct": 1},
        ],
    )
    (row,) = world.store.rollup("survey_rollup").to_dicts()
    assert row["respondents"] == 3
    index, counts, sums = unpack(row["elements"], 3)
    assert index.tolist() == list(range(9))
    assert counts.tolist() == [1, 1, 1, 1, 1, 1, 3, 1, 1]
    assert sums.tolist() == [4, 4, 4, 4, 4, 4, 6, 3, 2]
    assert list(zip(*(column.tolist() for column in unpack(row["scores"], 3)), strict=True)) == [
        (1, 1, 2),
        (33, 9, 1),
    ]


def test_traffic_is_summed_by_day_and_its_buckets_stand_at_their_upper_bound(world: World) -> None:
    started = dt.datetime(2026, 3, 10, 5, tzinfo=dt.UTC)
    common = {"region": "A", "observed_at": SEEN, "simulated": False, "interval_seconds": 3600.0}
    world.put(
        "traffic",
        [
            {
                **common,
                "id": "1",
                "started": started,
                "requests": 10,
                "errors": 1,
                "latency_le": [0.1, 1.0, float("inf")],
                "latency_counts": [7, 2, 1],
                "latency_sum_seconds": 2.5,
            },
            {**common, "id": "2", "started": started + dt.timedelta(hours=1), "requests": 5, "errors": 0},
        ],
    )
    (row,) = world.store.rollup("traffic_rollup").to_dicts()
    assert [column.tolist() for column in unpack(row["days"], 3)] == [[DAY_NUMBER - 21], [15], [1]]
    assert row["latency"] == Histogram.of([0.1] * 7 + [1.0] * 3).pack()
    assert row["latency_total_us"] == 2_500_000


def test_a_rollout_event_is_kept_as_it_stands_now(world: World) -> None:
    event = {
        "region": "A",
        "id": "1",
        "observed_at": SEEN,
        "simulated": False,
        "occurred": DAY,
        "track": "digital",
        "stage": "trial",
        "authority": "x",
        "source": "y",
        "verified": False,
    }
    world.put("rollout_events", [event])
    world.put("rollout_events", [{**event, "observed_at": SEEN + dt.timedelta(days=1), "verified": True}])
    assert world.store.rollout_events() == [
        RolloutEvent("1", "A", "digital", "trial", DAY, "x", "y", verified=True)
    ]
