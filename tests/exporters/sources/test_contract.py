"""The promises that every kind of source keeps, whatever it reads. A kind without a stand here fails."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from aiohttp import web
from pydantic import ValidationError

from checks.compile import load_contract
from exporters.errors import SourceError
from exporters.files.format import RESERVED
from exporters.mapping import Mapping
from exporters.sources import READY_MAPPINGS, SOURCES
from exporters.sources.client import Client
from exporters.sources.source import REGION, Piece, Source, Surroundings, Want
from tests.exporters.sources.fetching import NAME, run
from tests.services.ports import free_port
from tests.services.regional import regional

HIDDEN = "kata-tersembunyi"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Stand:
    """A system of a kind, and its settings. ``broken``: settings with which it cannot be reached."""

    settings: dict[str, Any]
    broken: dict[str, Any]
    clock: Iterator[datetime] = field(
        default_factory=lambda: (BEGIN + timedelta(minutes=n) for n in itertools.count())
    )


def over_http(answer: Callable[[web.Request], web.Response], settings: dict[str, Any]) -> Iterator[Stand]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return answer(request)

    with regional(handle) as system:
        common = {"allow": "127.0.0.0/8", "headers": {"X-Api-Key": "env:PANTAU_TEST_SECRET"}} | settings
        closed = f"http://127.0.0.1:{free_port()}/gone?n={HIDDEN}"
        yield Stand({"url": system.url()} | common, common | {"url": closed})


def rest(_: Path) -> Iterator[Stand]:
    records = [{"id": str(n), "changed": f"2026-02-01T00:00:0{n}Z", "name": HIDDEN} for n in range(5)]

    def answer(request: web.Request) -> web.Response:
        since = request.query.get("since", "")
        return web.json_response([one for one in records if one["changed"] >= since])

    incremental = {"field": "changed", "parameter": "since", "ordered": True}
    yield from over_http(answer, {"incremental": incremental})


def open311(_: Path) -> Iterator[Stand]:
    request = {"service_request_id": "1", "status": "open", "requested_datetime": "2026-02-27T00:00:00Z"}
    yield from over_http(lambda _: web.json_response([request]), {})


def exposition(_: Path) -> Iterator[Stand]:
    asked = itertools.count(5)

    def answer(_: web.Request) -> web.Response:
        return web.Response(text=f"# TYPE hits counter\nhits_total {next(asked)}\n")

    yield from over_http(answer, {"requests": "hits_total"})


def sql(folder: Path) -> Iterator[Stand]:
    file = folder / "cases.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE cases (id INTEGER, name TEXT)")
        connection.executemany("INSERT INTO cases VALUES (?, ?)", [(n, HIDDEN) for n in range(5)])
        connection.commit()
    query = "SELECT id, name FROM cases WHERE id > :since ORDER BY id LIMIT :limit"
    settings = {"query": query, "cursor": {"column": "id", "type": "number", "start": "-1"}}
    yield Stand(
        settings | {"url": f"sqlite:///{file}"}, settings | {"url": f"sqlite:///{folder / 'missing.db'}"}
    )


def drop(folder: Path) -> Iterator[Stand]:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("id,name\n1,x\n2,y\n", encoding="utf-8")
    yield Stand({"folder": folder, "stable_seconds": 0}, {"folder": folder / "missing"})


def access_log(folder: Path) -> Iterator[Stand]:
    path = folder / "access.log"
    lines = [
        f'10.9.8.7 - {HIDDEN} [01/Feb/2026:00:{n:02d}:00 +0000] "GET /?q={HIDDEN} HTTP/1.1" 200 5 "-" "x"'
        for n in range(20)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    yield Stand({"path": path}, {"path": folder / "missing.log"})


STANDS: dict[str, Callable[[Path], Iterator[Stand]]] = {
    "rest": rest,
    "open311": open311,
    "sql": sql,
    "drop": drop,
    "access_log": access_log,
    "exposition": exposition,
}


@pytest.fixture
def stand(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    monkeypatch.setenv("PANTAU_TEST_SECRET", HIDDEN)
    with contextmanager(STANDS[kind])(tmp_path) as made:
        yield made


@contextmanager
def opened(kind: str, settings: dict[str, Any], clock: Callable[[], datetime]) -> Iterator[Source]:
    """A source, made outside of any loop."""
    with ThreadPoolExecutor(2) as threads:
        around = Surroundings(NAME, "32.11", "Asia/Jakarta", Client(), threads, clock)
        yield SOURCES[kind](SOURCES[kind].Settings.model_validate(settings), around)


async def fetch(source: Source, since: str | None = None) -> list[Piece]:
    async with aclosing(cast("Any", source.fetch(Want(since=since)))) as pieces:
        return [piece async for piece in pieces]


async def ended(source: Source) -> None:
    around: Surroundings = cast("Any", source)._around
    await source.close()
    await source.close()
    await around.client.close()


def twice(source: Source) -> tuple[list[Piece], list[Piece]]:
    """Pieces of a fetch that is settled, and of the next, which goes on from it."""

    async def work() -> tuple[list[Piece], list[Piece]]:
        first = await fetch(source)
        for piece in first:
            await source.settle(piece)
        cursors = [piece.cursor for piece in first if piece.cursor is not None]
        second = await fetch(source, cursors[-1] if cursors else None)
        await ended(source)
        return first, second

    return run(work)


def test_every_kind_has_a_stand() -> None:
    assert set(STANDS) == set(SOURCES)


@pytest.mark.parametrize("kind", SOURCES)
def test_settings_refuse_what_they_do_not_know_without_repeating_it(kind: str, stand: Stand) -> None:
    with pytest.raises(ValidationError) as error:
        SOURCES[kind].Settings.model_validate(stand.settings | {"sandi": HIDDEN})
    assert HIDDEN not in str(error.value)


@pytest.mark.parametrize("kind", SOURCES)
def test_making_a_source_contacts_nothing(kind: str, stand: Stand) -> None:
    with opened(kind, stand.broken, lambda: BEGIN) as source:
        assert source is not None


@pytest.mark.parametrize("kind", SOURCES)
def test_rows_are_text_numbered_upwards_and_say_where_from_without_secrets(kind: str, stand: Stand) -> None:
    with opened(kind, stand.settings, lambda: next(stand.clock)) as source:
        first, second = twice(source)
    filled = [piece for piece in (*first, *second) if piece.rows.height]
    assert filled
    for piece in filled:
        kinds = dict(piece.rows.schema)
        assert kinds.pop("_row") == pl.Int64
        own = {kind for name, kind in kinds.items() if name not in RESERVED}
        assert own == {pl.String}
        numbers = piece.rows["_row"].to_list()
        assert numbers[0] >= 1
        assert numbers == sorted(set(numbers))
        assert piece.origin
        assert HIDDEN not in piece.origin
        assert "?" not in piece.origin
        assert piece.seen.tzinfo is not None


@pytest.mark.parametrize("kind", SOURCES)
def test_next_fetch_goes_on_and_gives_nothing_that_no_cursor_explains(kind: str, stand: Stand) -> None:
    with opened(kind, stand.settings, lambda: next(stand.clock)) as source:
        first, second = twice(source)
    before = {str(row[1:]) for piece in first for row in piece.rows.rows()}
    again = [row for piece in second for row in piece.rows.rows() if str(row[1:]) in before]
    whole = sum(piece.rows.height for piece in first)
    assert len(again) <= 1 or kind == "open311", "an overlap is short"
    assert whole or kind == "exposition", "an exposition learns first"


@pytest.mark.parametrize("kind", SOURCES)
def test_system_that_is_gone_is_an_error_that_names_the_source_and_no_secret(kind: str, stand: Stand) -> None:
    async def work(source: Source) -> SourceError:
        with pytest.raises(SourceError) as error:
            await fetch(source)
        await ended(source)
        return error.value

    with opened(kind, stand.broken, lambda: BEGIN) as source:
        error = run(lambda: work(source))
    assert str(error).startswith(f"{NAME}: ")
    assert HIDDEN not in str(error)


@pytest.mark.parametrize("kind", SOURCES)
def test_fetch_that_is_given_up_leaves_nothing_at_work(kind: str, stand: Stand) -> None:
    async def work(source: Source) -> None:
        for seconds in (0.0, 0.001, 0.01):
            task = asyncio.create_task(fetch(source))
            await asyncio.sleep(seconds)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await ended(source)

    with opened(kind, stand.settings, lambda: next(stand.clock)) as source:
        run(lambda: work(source))


@pytest.mark.parametrize("kind", READY_MAPPINGS)
def test_mapping_that_comes_with_a_kind_reads_the_region_of_the_source(kind: str) -> None:
    mapping = Mapping.load(READY_MAPPINGS[kind])
    assert mapping.region.column == REGION
    assert load_contract(mapping.dataset).name == mapping.dataset
