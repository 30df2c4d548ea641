"""Queries to a real PostgreSQL: nothing is written, nothing hangs, and a million rows fit."""

from __future__ import annotations

import asyncio
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import make_url

from exporters.errors import FetchReason
from exporters.sources.source import Surroundings, Want, Window
from exporters.sources.sql import SqlQuery
from exporters.sources.sql_settings import SqlSettings
from tests.exporters.sources.fetching import fetched, refused, run, surroundings, table
from tests.services.ports import free_port
from tests.services.postgres import PostgresServer, running_server

pytestmark = pytest.mark.postgres

SECRET = "s3cret-of-the-database"  # noqa: S105 - of a server that lives as long as the test
CASES = "SELECT id, changed FROM cases WHERE changed > :since ORDER BY changed LIMIT :limit"
CHANGED = {"column": "changed", "type": "instant", "start": "2000-01-01T00:00:00Z"}


@pytest.fixture
def around() -> Iterator[Surroundings]:
    with surroundings() as made:
        yield made


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    return postgres_server.database()


@pytest.fixture
def execute(postgres_server: PostgresServer, url: str) -> Callable[[str], list[Any]]:
    return lambda statement: postgres_server.execute(statement, make_url(url).database or "")


def source(around: Surroundings, url: str, **stated: Any) -> SqlQuery:
    return SqlQuery(SqlSettings.model_validate({"url": url} | stated), around)


def watching(execute: Callable[[str], list[Any]]) -> list[str]:
    """What each connection of ours waits for on the server."""
    found = execute("SELECT wait_event FROM pg_stat_activity WHERE application_name = 'pantau'")
    return [str(event) for (event,) in found]


def until_asleep(execute: Callable[[str], list[Any]]) -> None:
    """Come back when a query of ours sleeps on the server."""
    while "PgSleep" not in watching(execute):
        time.sleep(0.01)


def test_values_are_told_exactly(around: Surroundings, url: str) -> None:
    query = r"""
        SELECT 1.50::numeric(9, 2) AS amount, 1e-10::numeric AS tiny, 12345678901234567890 AS big,
            0.1::float8 AS ratio, true AS ok, DATE '2025-01-31' AS day, TIME '07:30' AS opens,
            TIMESTAMPTZ '2025-01-01 07:00:00.123456+07' AS at, TIMESTAMP '2025-01-01 07:00' AS there,
            INTERVAL '1 day 1.5 s' AS took, '{"a": [1, null]}'::jsonb AS document, ARRAY[1, 2] AS items,
            'b8d1f1b2-0d3c-4a53-9a1f-0a4a1f3c2e11'::uuid AS key, '%s \:x' AS sign, NULL AS nothing
    """
    (piece,) = fetched(source(around, url, query=query))
    assert dict(zip(piece.rows.columns, piece.rows.row(0), strict=True)) == {
        "amount": "1.50",
        "tiny": "0.0000000001",
        "big": "12345678901234567890",
        "ratio": "0.1",
        "ok": "true",
        "day": "2025-01-31",
        "opens": "07:30:00",
        "at": "2025-01-01T00:00:00.123456+00:00",
        "there": "2025-01-01T07:00:00",
        "took": "86401.5",
        "document": '{"a": [1, null]}',
        "items": "[1, 2]",
        "key": "b8d1f1b2-0d3c-4a53-9a1f-0a4a1f3c2e11",
        "sign": "%s :x",
        "nothing": None,
        "_row": 1,
    }


@pytest.mark.parametrize(("kind", "more"), [("timestamptz", {}), ("timestamp", {"timezone": "Asia/Jakarta"})])
def test_pages_and_backfill_by_instants_with_and_without_an_offset(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]], kind: str, more: dict[str, str]
) -> None:
    execute(f"CREATE TABLE cases (id int, changed {kind})")
    execute(
        "INSERT INTO cases SELECT n, (TIMESTAMPTZ '2025-01-01T00:00:00Z' + n * INTERVAL '1 hour') "
        + ("" if kind == "timestamptz" else "AT TIME ZONE 'Asia/Jakarta' ")
        + "FROM generate_series(0, 47) n"
    )
    sql = source(around, url, query=CASES, cursor=CHANGED | more, page_rows=10)
    pieces = fetched(sql)
    assert table(pieces).unique("id").height == 48
    assert fetched(sql, Want(since=pieces[-1].cursor)) == []
    window = Window(datetime(2025, 1, 1, 12, tzinfo=UTC), datetime(2025, 1, 2, 12, tzinfo=UTC))
    inclusive = source(
        around, url, query=CASES.replace(">", ">="), cursor=CHANGED | more | {"overlap": 3600}, page_rows=10
    )
    backfill = table(fetched(inclusive, Want(window=window)))
    assert sorted(map(int, backfill["id"].unique())) == list(range(12, 36))
    again = table(fetched(inclusive, Want(since=pieces[-1].cursor)))
    assert again["id"].to_list() == ["46", "47"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("WITH gone AS (DELETE FROM cases RETURNING 1) SELECT * FROM gone", "data-modifying"),
        ("SELECT erase()", "the query writes"),
        ("SELECT nextval('numbers')", "the query writes"),
        ("SELECT 1; DELETE FROM cases", "cannot insert multiple commands"),
        ("SELECT set_config('transaction_read_only', 'off', false), erase()", "the query writes"),
    ],
)
def test_query_that_writes_is_refused_by_the_database(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]], query: str, told: str
) -> None:
    execute("CREATE TABLE cases AS SELECT 1 AS id")
    execute("CREATE SEQUENCE numbers")
    execute("CREATE FUNCTION erase() RETURNS void LANGUAGE sql AS 'DELETE FROM cases'")
    assert told in refused(source(around, url, query=query), FetchReason.SCHEMA)
    assert execute("SELECT count(*) FROM cases") == [(1,)]


def test_query_that_takes_too_long_is_ended_by_the_server(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]]
) -> None:
    sql = source(around, url, query="SELECT pg_sleep(300)", statement_timeout_seconds=0.2)
    assert "more than 0.2 s" in refused(sql, FetchReason.TIMEOUT)
    assert watching(execute) == []


def test_fetch_that_is_cancelled_ends_its_query_and_leaves_no_connection(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]]
) -> None:
    sql = source(around, url, query="SELECT 1 AS a FROM pg_sleep(300)")

    async def cancelled() -> None:
        fetching = asyncio.ensure_future(anext(aiter(sql.fetch(Want()))))
        await asyncio.to_thread(until_asleep, execute)
        fetching.cancel()
        await asyncio.wait({fetching})
        assert fetching.cancelled()

    run(cancelled)
    while watching(execute):
        pass


def test_fetch_that_is_left_after_a_piece_leaves_no_connection(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]]
) -> None:
    sql = source(around, url, query="SELECT * FROM generate_series(1, 100000) n", page_rows=10)

    async def left() -> None:
        async with aclosing(cast("Any", sql.fetch(Want()))) as pieces:
            await anext(pieces)

    run(left)
    while watching(execute):
        pass


def test_hanging_query_holds_up_no_other(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]]
) -> None:
    hanging = source(around, url, query="SELECT 1 AS a FROM pg_sleep(300)")
    healthy = source(around, url, query="SELECT 1 AS a")

    async def both() -> int:
        held = asyncio.ensure_future(anext(aiter(hanging.fetch(Want()))))
        await asyncio.to_thread(until_asleep, execute)
        rows = [piece.rows.height async for piece in healthy.fetch(Want())]
        held.cancel()
        await asyncio.wait({held})
        return sum(rows)

    assert run(both) == 1


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT titel FROM cases", 'column "titel" does not exist'),
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        ("SELECT id::inet FROM cases", "failed on a value"),
        ("SELECT '10.0.0.1'::inet AS a", "column 'a' holds IPv4Address"),
    ],
)
def test_query_that_fails_is_told_without_values_of_rows(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]], query: str, told: str
) -> None:
    execute("CREATE TABLE cases AS SELECT 'Siti 3273' AS id")
    message = refused(source(around, url, query=query), FetchReason.SCHEMA)
    assert told in message
    assert "Siti" not in message


def test_who_may_not_read_is_told_so_and_the_password_is_not(
    around: Surroundings, postgres_server: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = make_url(url).database or ""
    rules = postgres_server.folder / "data" / "pg_hba.conf"
    rules.write_text(
        f"host all locked 127.0.0.1/32 scram-sha-256\n{rules.read_text(encoding='utf-8')}", encoding="utf-8"
    )
    postgres_server.execute("SELECT pg_reload_conf()")
    postgres_server.execute(f"CREATE ROLE locked LOGIN PASSWORD '{SECRET}'")
    postgres_server.execute("CREATE TABLE cases AS SELECT 1 AS id", database)
    as_locked = postgres_server.url(database, user="locked")
    monkeypatch.setenv("RIGHT", SECRET)
    monkeypatch.setenv("WRONG", f"not-{SECRET}")
    stated = {"query": "SELECT 1 AS a", "password": "env:RIGHT"}
    assert table(fetched(source(around, as_locked, **stated)))["a"].to_list() == ["1"]
    told = [
        refused(source(around, as_locked, **stated | change), FetchReason.AUTH)
        for change in ({"password": "env:WRONG"}, {"password": None}, {"query": "SELECT * FROM cases"})
    ]
    stranger = postgres_server.url(database, user="stranger")
    told.append(refused(source(around, stranger, **stated), FetchReason.AUTH))
    assert [message for message in told if SECRET in message] == []
    made = SqlSettings.model_validate({"url": as_locked} | stated)
    assert SECRET not in f"{made!r}{made.access!r}"


def test_server_that_is_not_there_or_has_no_such_database(
    around: Surroundings, postgres_server: PostgresServer
) -> None:
    nowhere = f"postgresql://reader@127.0.0.1:{free_port()}/name"
    assert "cannot be reached" in refused(source(around, nowhere, query="SELECT 1"), FetchReason.DATABASE)
    missing = postgres_server.url("missing")
    assert "no such database" in refused(source(around, missing, query="SELECT 1"), FetchReason.DATABASE)


def test_server_that_is_lost_in_the_middle_is_told_and_the_next_fetch_goes_on(around: Surroundings) -> None:
    for server in running_server():
        name = make_url(server.database()).database or ""
        server.execute("CREATE TABLE cases AS SELECT n AS id FROM generate_series(1, 50000) n", name)
        sql = source(
            around,
            server.url(name),
            query="SELECT id FROM cases WHERE id > :since ORDER BY id",
            cursor={"column": "id", "type": "number", "start": "0"},
            page_rows=100,
        )

        async def lose(sql: SqlQuery = sql, server: PostgresServer = server) -> str | None:
            cursor = None
            stopping = threading.Thread(target=server.stop)
            try:
                async for piece in sql.fetch(Want()):
                    cursor = piece.cursor
                    if not stopping.ident:
                        stopping.start()
                        await asyncio.to_thread(stopping.join)
            except Exception as error:  # noqa: BLE001 - which it is, is asserted
                assert getattr(error, "reason", None) is FetchReason.DATABASE  # noqa: PT017 - it comes late
            return cursor

        cursor = run(lose)
        assert cursor is not None
        assert int(cursor) < 50_000
        server.start()
        assert table(fetched(sql, Want(since=cursor)))["id"].to_list()[-1] == "50000"


@pytest.mark.serial
@pytest.mark.parametrize("paged", [True, False], ids=["paged", "streamed"])
def test_million_rows_stream_through_little_memory(
    around: Surroundings, url: str, execute: Callable[[str], list[Any]], *, paged: bool
) -> None:
    """The whole result would take some 400 MB as it is kept in memory."""
    execute(
        "CREATE TABLE cases AS SELECT n AS id, repeat('x', 100) AS a, n * 1.01 AS b, now() AS c "
        "FROM generate_series(1, 1000000) n"
    )
    execute("CREATE INDEX ON cases (id)")
    query = f"SELECT * FROM cases WHERE id > :since ORDER BY id{' LIMIT :limit' if paged else ''}"  # noqa: S608 - of the test
    sql = source(
        around, url, query=query, cursor={"column": "id", "type": "number", "start": "0"}, page_rows=10_000
    )

    async def count() -> tuple[int, int, int]:
        rows, first = set[str](), 0
        async for piece in sql.fetch(Want()):
            rows.update(piece.rows["id"].tail(1))
            first = first or memory()
        return len(rows), first, memory()

    pages, first, last = run(count)
    assert pages in {100, 101}
    assert last - first < 60 << 20


def memory() -> int:
    """Most memory that this process has taken so far, in bytes."""
    assert Path("/proc/self/status").exists()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
