"""The control: its clock, its faults, and to whom it answers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from simulator.live.schedule import at_random
from tests.simulator.live.live import Live, serving

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.0.2.1", ""]
)
@pytest.mark.parametrize("path", ["clock", "faults", "truth"])
def test_name_of_another_host_is_refused(host: str, path: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            assert (await live.ask(f"/control/{path}", headers={"Host": host})).status == 403
            assert (await live.ask("/control/clock", headers={"Host": "localhost:1"})).status == 200

    asyncio.run(run())


def test_form_of_a_page_of_the_web_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            for kind in ("text/plain", "application/x-www-form-urlencoded"):
                answer = await live.ask(
                    "/control/faults",
                    method="POST",
                    headers={"Content-Type": kind},
                    body=b'{"kind": "down", "all": true}',
                )
                assert (answer.status, live.simulation.faults.active) == (400, [])

    asyncio.run(run())


def test_time_stops_and_goes_on_by_command(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            stop = await live.ask("/control/clock", method="POST", headers=JSON, body=b'{"paused": true}')
            assert stop.json == {
                "now": "2026-02-02T02:50:00Z",
                "start": "2026-02-02T02:40:00Z",
                "speed": 1.0,
                "paused": True,
            }
            live.hand.seconds += 100
            assert (await live.ask("/control/clock")).json["now"] == "2026-02-02T02:50:00Z"
            await live.ask("/control/clock", method="POST", headers=JSON, body=b'{"paused": false}')
            live.hand.seconds += 1
            assert (await live.ask("/control/clock")).json["now"] == "2026-02-02T02:50:01Z"

    asyncio.run(run())


def test_faults_are_listed_and_ended(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            code = live.outlet("mppdn-transactions").place.code
            first = (await live.order(kind="slow", region=code, options={"delay_seconds": 1})).json
            await live.order(kind="down", system="lapor-complaints", seconds=5)
            listed = (await live.ask("/control/faults")).json["faults"]
            assert [one["kind"] for one in listed] == ["slow", "down"]
            await live.ask(f"/control/faults?fault={first['fault']}", method="DELETE")
            live.hand.seconds += 6
            assert (await live.ask("/control/faults")).json["faults"] == []
            lines = (tmp_path / "faults.jsonl").read_text(encoding="utf-8").splitlines()
            told = [
                (line["event"], line["kind"], line["ended_at"] is not None) for line in map(json.loads, lines)
            ]
            assert told == [
                ("fault_begins", "slow", False),
                ("fault_begins", "down", False),
                ("fault_ends", "slow", True),
                ("fault_ends", "down", True),
            ]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ({"kind": "sleepy", "all": True}, "kind"),
        ({"kind": "down"}, "region, province, system, all"),
        ({"kind": "down", "all": True, "region": "11.01"}, "Keep one"),
        ({"kind": "down", "region": "99.99"}, "region"),
        ({"kind": "down", "all": True, "seconds": 0}, "seconds"),
        ({"kind": "down", "all": True, "second": 5}, "second"),
        ({"kind": "slow", "all": True, "options": {"speed": 1}}, "options.speed"),
        ({"kind": "slow", "all": True, "options": {"delay_seconds": "long"}}, "options.delay_seconds"),
        ({"kind": "schema_change", "all": True, "options": {"form": "upside down"}}, "options.form"),
        (
            {"kind": "redirect_elsewhere", "all": True, "options": {"location": "x\r\nSet-Cookie: a"}},
            "line break",
        ),
        ({"kind": "province_loss", "region": "11.01"}, "province"),
        ({"kind": "down", "all": True, "record_set": "weather"}, "record_set"),
    ],
)
def test_order_that_cannot_be_followed_is_refused_with_its_entry(
    order: dict[str, object], named: str, tmp_path: Path
) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            answer = await live.order(**order)
            assert (answer.status, named in answer.json["error"]) == (400, True), answer.body
            assert not live.simulation.faults.active

    asyncio.run(run())


def test_fault_of_one_record_set_leaves_the_others_alone(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet("mppdn-transactions")
            surveys = live.simulation.outlets[outlet.place.code, "surveys"]
            await live.order(kind="status", region=outlet.place.code, record_set="transactions")
            assert (await live.records(outlet)).status == 503
            assert (await live.records(surveys)).status == 200

    asyncio.run(run())


def faulty(live: Live) -> set[str]:
    return {fault.kind for fault in live.simulation.faults.active}


def test_faults_of_a_schedule_come_at_their_time(tmp_path: Path) -> None:
    schedule = tmp_path / "faults.yaml"
    schedule.write_text(
        "- {after_seconds: 0.2, kind: slow, all: true}\n- {after_seconds: 9000000, kind: down, all: true}\n",
        encoding="utf-8",
    )

    async def run() -> None:
        async with serving(tmp_path / "s", elapsed=1, faults=schedule) as live:
            await asyncio.sleep(0.1)
            assert faulty(live) == {"slow"}

    asyncio.run(run())


@pytest.mark.parametrize(
    "text", ["{}", "- {kind: down}", "- {after_seconds: 1, kind: sleepy, all: true}", "- ["]
)
def test_schedule_that_cannot_be_used_is_refused_at_once(text: str, tmp_path: Path) -> None:
    schedule = tmp_path / "faults.yaml"
    schedule.write_text(text, encoding="utf-8")

    async def run() -> None:
        async with serving(tmp_path / "s", faults=schedule):
            pass

    with pytest.raises(ValueError, match=r"after_seconds|sleepy|read"):
        asyncio.run(run())


def test_random_faults_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            places = live.simulation.world.places
            first, again, other = (
                [next(orders) for _ in range(50)]
                for orders in (at_random(places, 60, 1), at_random(places, 60, 1), at_random(places, 60, 2))
            )
            assert first == again != other
            for _, order in first:
                assert live.simulation.faults.check(order).kind == order["kind"]
            assert 20 < first[-1][0] / 60 < 100

    asyncio.run(run())
