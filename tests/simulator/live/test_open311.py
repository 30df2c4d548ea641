"""Complaints over Open311."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from simulator.live.timeline import iso
from tests.simulator.live.live import START, Live, serving

FIELDS = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
}


async def requests(live: Live, form: str, query: str = "") -> list[dict[str, object]]:
    """Requests in either form; absent values are ``None``."""
    outlet = live.outlet(f"open311-{form}-complaints")
    answer = await live.ask(f"/r/{outlet.place.code}/open311/requests.{form}?{query}")
    assert answer.status == 200, answer.body
    if form == "json":
        return list(answer.json)
    return [{part.tag: part.text for part in one} for one in ET.fromstring(answer.body)]  # noqa: S314 - our own


@pytest.mark.parametrize("form", ["json", "xml"])
def test_requests_have_the_fields_of_the_specification(form: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path, elapsed=7_200) as live:
            found = await requests(live, form)
            assert found
            assert all(set(one) == FIELDS for one in found)
            assert {one["status"] for one in found} == {"open", "closed"}
            assert len({one["service_request_id"] for one in found}) == len(found)

    asyncio.run(run())


@pytest.mark.parametrize("form", ["json", "xml"])
def test_changes_come_page_by_page(form: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path, elapsed=7_200) as live:
            since = f"updated_after={iso(START)}"
            whole = await requests(live, form, f"{since}&page_size=1000")
            pages = [await requests(live, form, f"{since}&page_size=9&page={page}") for page in range(1, 4)]
            assert [one for page in pages for one in page] == whole[:27]
            outlet = live.outlet(f"open311-{form}-complaints")
            span = [(int(START), int(START) + 7_201)]
            changes = live.simulation.world.changes(outlet.place.code, "complaints", span)
            assert [one["service_request_id"] for one in whole] == [version.id for version in changes]

    asyncio.run(run())


def test_history_is_asked_for_by_when_a_request_was_received(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            dates = f"start_date={iso(START - 7_200)}&end_date={iso(START - 3_600)}"
            found = await requests(live, "json", f"{dates}&page_size=1000")
            assert found
            stamps = [str(one["requested_datetime"]) for one in found]
            assert stamps == sorted(stamps)

    asyncio.run(run())


@pytest.mark.parametrize("form", ["json", "xml"])
def test_services_are_listed(form: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            outlet = live.outlet(f"open311-{form}-complaints")
            answer = await live.ask(f"/r/{outlet.place.code}/open311/services.{form}")
            assert b"service_code" in answer.body
            other = "json" if form == "xml" else "xml"
            assert (await live.ask(f"/r/{outlet.place.code}/open311/services.{other}")).status == 404

    asyncio.run(run())
