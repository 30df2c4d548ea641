"""The systems that answer in JSON: who may ask, and every way through their pages."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from simulator.live.rows import rows_of
from simulator.live.systems import Outlet
from simulator.live.timeline import iso
from tests.simulator.live.live import START, SYSTEMS_IN_JSON, Live, serving, since

SIZE = 7


async def walk(live: Live, outlet: Outlet, query: str) -> list[dict[str, object]]:
    """All rows, page by page, as a client of each dialect would ask for them."""
    rows: list[dict[str, object]] = []
    system, page, more = outlet.system, 1, f"per_page={SIZE}&limit={SIZE}"
    while True:
        answer = await live.records(outlet, f"{query}&{more}")
        assert answer.status == 200, answer.body
        found = (
            answer.json
            if system.paging == "link"
            else answer.json[{"page": "data", "offset": "items", "cursor": "records"}[system.paging]]
        )
        assert len(found) <= SIZE
        rows += found
        page += 1
        if system.paging == "page" and page <= answer.json["meta"]["pages"]:
            more = f"per_page={SIZE}&page={page}"
        elif system.paging == "offset" and len(rows) < answer.json["total"]:
            more = f"limit={SIZE}&offset={len(rows)}"
        elif system.paging == "cursor" and answer.json["next_cursor"]:
            query, more = "", f"cursor={answer.json['next_cursor']}"
        elif system.paging == "link" and "link" in answer.headers:
            link = re.fullmatch(r"<http://127.0.0.1:\d+/r/[^?]+\?(.*)>; rel=\"next\"", answer.headers["link"])
            assert link
            query, more = "", link[1]
        else:
            return rows


def expected(live: Live, outlet: Outlet, begin: int, end: int) -> list[dict[str, object]]:
    assert outlet.system.flavour is not None
    changes = live.simulation.world.changes(outlet.place.code, outlet.system.record_set, [(begin, end)])
    return rows_of(changes, outlet.system.flavour)


@pytest.mark.parametrize("name", SYSTEMS_IN_JSON)
def test_pages_of_the_system_give_each_version_once_and_in_order(name: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path, elapsed=10_800) as live:
            outlet, start = live.outlet(name), int(START)
            rows = await walk(live, outlet, "")
            assert len(rows) > 2 * SIZE
            wanted = expected(live, outlet, start, start + 10_801)
            assert [{**row, **want} for row, want in zip(rows, wanted, strict=True)] == rows
            assert (
                await walk(live, outlet, since(outlet, start + 1_800))
                == rows[-len(expected(live, outlet, start + 1_800, start + 10_801)) :]
            )

    asyncio.run(run())


@pytest.mark.parametrize("name", SYSTEMS_IN_JSON)
def test_history_is_given_for_a_stretch_with_an_end(name: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet(name)
            begin, end = int(START) - 7_200, int(START) - 3_600
            query = f"{since(outlet, begin)}&{outlet.system.until}={iso(end)}"
            rows = await walk(live, outlet, query)
            assert len(rows) == len(expected(live, outlet, begin, end)) > 0

    asyncio.run(run())


@pytest.mark.parametrize("name", SYSTEMS_IN_JSON)
def test_stranger_is_refused(name: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet(name)
            path = f"/r/{outlet.place.code}/api/{outlet.system.record_set}"
            wrong = [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}, {"X-API-Key": "x"}]
            assert [(await live.ask(path, headers=one)).status for one in wrong] == [401] * 4

    asyncio.run(run())


def test_token_endpoint_gives_tokens_to_its_client_only(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            form = b"grant_type=client_credentials&client_id=pantau&client_secret=wrong"
            refused = await live.ask("/oauth/token", method="POST", body=form)
            assert (refused.status, refused.json["error"]) == (401, "invalid_client")
            other = await live.ask("/oauth/token", method="POST", body=b"grant_type=password")
            assert (other.status, other.json["error"]) == (400, "unsupported_grant_type")

    asyncio.run(run())


@pytest.mark.parametrize("query", ["page=0", "page=x", "per_page=0", "updated_since=yesterday"])
def test_parameter_that_cannot_be_read_is_named(query: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            answer = await live.records(live.outlet("mppdn-transactions"), query)
            assert (answer.status, query.partition("=")[0] in answer.json["error"]) == (400, True)

    asyncio.run(run())


def test_same_question_is_answered_from_memory_until_something_comes_about(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet("mppdn-transactions")
            first = await live.records(outlet)
            kept = live.simulation.sites._kept
            assert kept.bytes > 0
            assert (await live.records(outlet)).body == first.body
            live.hand.seconds += 120
            assert len((await live.records(outlet)).json["data"]) > len(first.json["data"])

    asyncio.run(run())
