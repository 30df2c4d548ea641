"""The truth is what a plain client collects, to the last record."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sqlite3
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.flavours import REGION_ZONE
from simulator.live.database import FILE, TABLE
from simulator.live.systems import Outlet
from simulator.live.timeline import iso
from tests.simulator.live.live import START, SYSTEMS_IN_JSON, Live, serving, since
from tests.simulator.live.test_open311 import requests

WORDS_OF_ENDS = {
    "transactions": ("submitted", "completed"),
    "complaints": ("received", "resolved"),
    "surveys": ("answered",),
}
Rows = list[dict[str, object]]


def instant(text: object, outlet: Outlet) -> str:
    """An instant as a flavour writes it, as the truth writes it; empty for none."""
    flavour = outlet.system.flavour
    if not text or flavour is None:
        return ""
    zone = outlet.place.zone if flavour.zone == REGION_ZONE else flavour.zone
    moment = datetime.strptime(str(text), flavour.dates).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return iso(moment.timestamp())


def total(lines: list[str]) -> str:
    numbers = (int.from_bytes(hashlib.blake2b(line.encode(), digest_size=8).digest()) for line in lines)
    return f"{sum(numbers) % (1 << 64):016x}"


def counted(rows: Rows, outlet: Outlet) -> dict[str, object]:
    """Count and digests of collected rows, by what the how-to says of them."""
    flavour = outlet.system.flavour
    assert flavour is not None
    columns, words = flavour.columns, flavour.words.get("status", {})
    meaning = {word: name for name, word in words.items()}
    latest: dict[str, list[str]] = {}
    for row in rows:
        begin, *end = WORDS_OF_ENDS[outlet.system.record_set]
        status = row.get(columns.get("status", ""), "")
        line = [
            str(row[columns["id"]]),
            instant(row[columns.get("observed_at", columns[begin])], outlet),
            instant(row[columns[begin]], outlet),
            instant(row[columns[end[0]]], outlet) if end else "",
            str(meaning.get(str(status), status)),
        ]
        if line[0] not in latest or line[1] > latest[line[0]][1]:
            latest[line[0]] = line
    return {
        "records": len(latest),
        "keys": total(["\t".join(line[:2]) for line in latest.values()]),
        "content": total(["\t".join(line) for line in latest.values()]),
    }


async def truth(live: Live, outlet: Outlet, until: float | None = None) -> dict[str, object]:
    at = "" if until is None else f"?until={iso(until)}"
    regions = (await live.ask(f"/control/truth{at}")).json["regions"]
    told: dict[str, object] = regions[outlet.place.code][outlet.system.record_set]
    return {name: told[name] for name in ("records", "keys", "content")}


@pytest.mark.parametrize("name", SYSTEMS_IN_JSON)
def test_client_of_a_system_in_json_collects_what_is_true(name: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet, rows = live.outlet(name), []
            for sweep in range(4):
                begin = START + live.hand.seconds - 900 if sweep else START
                answer = await live.records(outlet, f"{since(outlet, begin)}&per_page=1000&limit=1000")
                found = (
                    answer.json
                    if isinstance(answer.json, list)
                    else next(v for v in answer.json.values() if isinstance(v, list))
                )
                rows += found
                assert counted(rows, outlet) == await truth(live, outlet)
                live.hand.seconds += 800
            assert await truth(live, outlet, START + 600) != await truth(live, outlet)
            assert (await truth(live, outlet, START - 1))["records"] == 0

    asyncio.run(run())


def test_truth_follows_records_that_are_late(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet("mppdn-transactions")
            await live.order(
                kind="late", region=outlet.place.code, seconds=600, options={"delay_seconds": 500}
            )
            for _ in range(12):
                live.hand.seconds += 150
                rows = (await live.records(outlet, "per_page=1000")).json["data"]
                assert counted(rows, outlet) == await truth(live, outlet)
                for _ in live.simulation.ledger.steps():
                    pass
                told = live.simulation.ledger._counts[outlet.place.code, "transactions"].told()
                assert {name: told[name] for name in ("records", "keys", "content")} == await truth(
                    live, outlet
                )

    asyncio.run(run())


@pytest.mark.parametrize("form", ["json", "xml"])
def test_client_of_open311_collects_what_is_true(form: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path, elapsed=7_200) as live:
            outlet = live.outlet(f"open311-{form}-complaints")
            rows = await requests(live, form, f"updated_after={iso(START)}&page_size=1000")
            latest = {str(row["service_request_id"]): row for row in rows}
            lines = []
            for name, row in latest.items():
                seen, begun = (
                    iso(datetime.fromisoformat(str(row[column])).timestamp())
                    for column in ("updated_datetime", "requested_datetime")
                )
                lines.append(
                    f"{name}\t{seen}\t{begun}\t\t{'closed' if row['status'] == 'closed' else 'in_process'}"
                )
            told = await truth(live, outlet)
            assert (told["records"], told["content"]) == (len(latest), total(lines))

    asyncio.run(run())


def test_reader_of_the_database_finds_what_is_true(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet("database-transactions")
            await asyncio.sleep(0.1)
            reader = sqlite3.connect(f"file:{tmp_path / 'database' / FILE}?mode=ro", uri=True)
            reader.row_factory = sqlite3.Row
            query = f"SELECT * FROM {TABLE} WHERE kode_wilayah = ?"  # noqa: S608 - a name of ours
            found = reader.execute(query, [outlet.place.code]).fetchall()
            assert counted([dict(row) for row in found], outlet) == await truth(live, outlet)
            reader.close()

    asyncio.run(run())


LINE = re.compile(r'192\.0\.2\.\d+ - - \[([^\]]+)\] "GET /\S* HTTP/1\.1" (\d{3}) \d+ "-" "[^"]+" \d+\.\d{3}')


def test_lines_of_the_access_log_and_counters_are_the_requests_that_are_true(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path, elapsed=7_000) as live:
            await asyncio.sleep(0.1)
            outlet = live.outlet("log-traffic")
            lines = (
                (tmp_path / "logs" / outlet.place.code / "access.log")
                .read_text(encoding="utf-8")
                .splitlines()
            )
            found = [match for line in lines if (match := LINE.fullmatch(line))]
            assert len(found) == len(lines) > 300
            last = datetime.strptime(found[-1][1], "%d/%b/%Y:%H:%M:%S %z")
            assert last <= datetime.fromtimestamp(START + 7_000, UTC)
            regions = (await live.ask("/control/truth")).json["regions"]
            told = regions[outlet.place.code]["traffic"]
            assert (told["requests"], told["errors"]) == (len(found), sum(one[2] >= "500" for one in found))
            platform = live.outlet("platform-traffic").place.code
            text = (await live.ask(f"/r/{platform}/metrics")).body.decode()
            counts = [
                int(value) for value in re.findall(r"^http_requests_total\S+ (\d+)$", text, re.MULTILINE)
            ]
            assert sum(counts) == regions[platform]["traffic"]["requests"] > 0

    asyncio.run(run())


def test_truth_is_written_for_the_last_time_when_the_simulation_ends(tmp_path: Path) -> None:
    async def run() -> dict[str, object]:
        async with serving(tmp_path) as live:
            return await truth(live, live.outlet("mppi-transactions"))

    told = asyncio.run(run())
    written = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert (written["final"], written["simulated"]) == (True, True)
    counts = [region["transactions"] for region in written["regions"].values()]
    assert told in [{name: one[name] for name in told} for one in counts]


def test_records_of_one_system_are_listed_with_their_latest_version(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet("mppdn-surveys")
            listed = (await live.ask(f"/control/truth?region={outlet.place.code}&record_set=surveys")).json[
                "records"
            ]
            assert len(listed) == (await truth(live, outlet))["records"]
            assert set(listed[0]) == {"id", "observed_at", "begun", "ended", "status"}

    asyncio.run(run())
