"""Queries to SQLite: what is read, in what order, and from where the next fetch goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exporters.errors import FetchError, FetchReason
from exporters.sources.source import Surroundings, Want, Window
from exporters.sources.sql import SqlQuery
from exporters.sources.sql_settings import SqlSettings
from tests.exporters.sources.fetching import fetched, refused, surroundings, table

NUMBERED = "SELECT id, name FROM cases WHERE id > :since ORDER BY id"
BY_ID = {"column": "id", "type": "number", "start": "0"}
DAY = {"type": "instant", "timezone": "Asia/Jakarta", "format": "%Y-%m-%d %H:%M:%S"}


@pytest.fixture
def around() -> Iterator[Surroundings]:
    with surroundings() as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "region's data.db"


def execute(file: Path, *statements: str, many: tuple[str, list[Any]] | None = None) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        if many is not None:
            connection.executemany(*many)
        connection.commit()


def cases(file: Path, count: int) -> None:
    rows = [(n, f"case {n}") for n in range(1, count + 1)]
    execute(file, "CREATE TABLE cases (id, name)", many=("INSERT INTO cases VALUES (?, ?)", rows))


def source(around: Surroundings, file: Path, **stated: Any) -> SqlQuery:
    return SqlQuery(SqlSettings.model_validate({"url": f"sqlite:///{file}"} | stated), around)


def test_rows_are_text_in_the_order_of_the_query(around: Surroundings, file: Path) -> None:
    execute(
        file,
        "CREATE TABLE t (a INTEGER, b REAL, c TEXT, d)",
        "INSERT INTO t VALUES (7, 0.1, 'Bogor', NULL), (9223372036854775807, 1e300, '', 'x')",
    )
    (piece,) = fetched(source(around, file, query="SELECT * FROM t ORDER BY a"))
    assert piece.rows.to_dicts() == [
        {"a": "7", "b": "0.1", "c": "Bogor", "d": None, "_row": 1},
        {"a": "9223372036854775807", "b": "1e+300", "c": None, "d": "x", "_row": 2},
    ]
    assert piece.cursor is None


@pytest.mark.parametrize("limit", ["", " LIMIT :limit"])
def test_pages_go_on_after_the_cursor_and_a_second_fetch_gives_only_what_is_new(
    around: Surroundings, file: Path, limit: str
) -> None:
    cases(file, 10)
    sql = source(around, file, query=NUMBERED + limit, cursor=BY_ID, page_rows=3)
    pieces = fetched(sql)
    assert table(pieces).unique("id").height == 10
    assert pieces[-1].cursor == "10"
    execute(file, "INSERT INTO cases VALUES (11, 'new')")
    again = fetched(sql, Want(since=pieces[-1].cursor))
    assert [piece.rows["id"].to_list() for piece in again] == [["11"]]


def test_crash_after_any_piece_loses_no_row(around: Surroundings, file: Path) -> None:
    cases(file, 10)
    for query in (NUMBERED, f"{NUMBERED} LIMIT :limit"):
        sql = source(around, file, query=query, cursor=BY_ID, page_rows=3)
        pieces = fetched(sql)
        for kept in range(1, len(pieces)):
            rest = fetched(sql, Want(since=pieces[kept - 1].cursor))
            ids = {*table(pieces[:kept])["id"], *table(rest)["id"]}
            assert len(ids) == 10


@given(
    values=st.lists(st.integers(1, 6), max_size=25).map(sorted),
    page=st.integers(1, 30),
    operator=st.sampled_from([">", ">="]),
    paged=st.booleans(),
)
def test_rows_of_one_value_are_never_lost_between_two_pages(
    tmp_path_factory: pytest.TempPathFactory, values: list[int], page: int, operator: str, *, paged: bool
) -> None:
    """Where pages are too small to go past a value, that is refused instead."""
    file = tmp_path_factory.mktemp("sql") / "t.db"
    execute(
        file,
        "CREATE TABLE t (v, n)",
        many=("INSERT INTO t VALUES (?, ?)", [(v, n) for n, v in enumerate(values)]),
    )
    query = f"SELECT v, n FROM t WHERE v {operator} :since ORDER BY v{' LIMIT :limit' if paged else ''}"  # noqa: S608 - of the test
    with surroundings() as around:
        sql = source(around, file, query=query, cursor=BY_ID | {"column": "v"}, page_rows=page)
        try:
            pieces = fetched(sql)
        except FetchError as error:
            assert "Raise page_rows" in str(error)  # noqa: PT017 - it may also succeed
            assert page <= (2 if operator == ">=" else 1) * max(values.count(v) for v in values)
            return
        found = {row for piece in pieces for row in piece.rows["n"]}
        assert found == {str(n) for n in range(len(values))}


def test_page_full_of_one_value_is_refused_with_the_remedy(around: Surroundings, file: Path) -> None:
    execute(file, "CREATE TABLE cases (id, name)", "INSERT INTO cases VALUES (1, 'a'), (1, 'b')")
    for query in (NUMBERED, NUMBERED.replace(">", ">=")):
        sql = source(around, file, query=f"{query} LIMIT :limit", cursor=BY_ID, page_rows=2)
        assert "a page of 2 rows does not go past one value of 'id'" in refused(sql, FetchReason.SCHEMA)


def test_overlap_reads_again_what_was_written_late_and_the_cursor_never_goes_back(
    around: Surroundings, file: Path
) -> None:
    cases(file, 10)
    sql = source(around, file, query=f"{NUMBERED} LIMIT :limit", cursor=BY_ID | {"overlap": 4}, page_rows=3)
    pieces = fetched(sql, Want(since="10"))
    assert table(pieces)["id"].unique(maintain_order=True).to_list() == ["7", "8", "9", "10"]
    assert {piece.cursor for piece in pieces} == {"10"}


def test_instants_kept_as_text_are_asked_for_on_their_own_clock(around: Surroundings, file: Path) -> None:
    days = [(f"2025-01-{day:02d} 06:00:00",) for day in range(1, 11)]
    execute(file, "CREATE TABLE t (at TEXT)", many=("INSERT INTO t VALUES (?)", days))
    sql = source(
        around,
        file,
        query="SELECT at FROM t WHERE at >= :since AND at < :until ORDER BY at LIMIT :limit",
        cursor=DAY | {"column": "at", "start": "2025-01-08T00:00:00+07:00"},
    )
    pieces = fetched(sql)
    assert table(pieces)["at"].to_list() == [day for (day,) in days[7:]]
    assert pieces[-1].cursor == "2025-01-10T06:00:00"
    window = Window(datetime(2025, 1, 2, 23, tzinfo=UTC), datetime(2025, 1, 4, 23, tzinfo=UTC))
    backfill = fetched(sql, Want(since=pieces[-1].cursor, window=window))
    assert table(backfill)["at"].to_list() == ["2025-01-03 06:00:00", "2025-01-04 06:00:00"]
    assert {piece.cursor for piece in backfill} == {None}


def test_backfill_ends_at_its_end_where_the_query_does_not_ask_for_it(
    around: Surroundings, file: Path
) -> None:
    days = [(f"2025-01-{day:02d} 06:00:00",) for day in range(1, 11)]
    execute(file, "CREATE TABLE t (at TEXT)", many=("INSERT INTO t VALUES (?)", days))
    query = "SELECT at FROM t WHERE at >= :since ORDER BY at"
    sql = source(around, file, query=query, cursor=DAY | {"column": "at", "start": "2025-01-01"}, page_rows=2)
    window = Window(datetime(2025, 1, 2, 23, tzinfo=UTC), datetime(2025, 1, 5, 23, tzinfo=UTC))
    assert table(fetched(sql, Want(window=window))).height == 3


def test_source_whose_cursor_is_no_instant_cannot_be_asked_for_a_stretch_of_time(
    around: Surroundings, file: Path
) -> None:
    cases(file, 1)
    window = Window(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC))
    sql = source(around, file, query=NUMBERED, cursor=BY_ID)
    assert "cursor is no instant" in refused(sql, FetchReason.SCHEMA, Want(window=window))


def test_rows_of_one_fetch_are_bounded_and_the_next_one_goes_on(around: Surroundings, file: Path) -> None:
    cases(file, 10)
    bounds = {"page_rows": 2, "max_rows": 5}
    sql = source(around, file, query=NUMBERED, cursor=BY_ID, **bounds)
    pieces = fetched(sql)
    assert table(pieces).height == 6
    rest = fetched(sql, Want(since=pieces[-1].cursor))
    assert {*table(pieces)["id"], *table(rest)["id"]} == {str(n) for n in range(1, 11)}
    everything = source(around, file, query="SELECT * FROM cases", **bounds)
    assert "over 5 rows" in refused(everything, FetchReason.TOO_LARGE)


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (SELECT 1) DELETE FROM cases RETURNING id",
        "WITH new AS (SELECT 9) INSERT INTO cases SELECT 9, 'x' RETURNING id",
    ],
)
def test_query_that_writes_is_refused_by_the_database(around: Surroundings, file: Path, query: str) -> None:
    cases(file, 3)
    assert "the query writes" in refused(source(around, file, query=query), FetchReason.SCHEMA)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (3,)


def test_query_that_takes_too_long_is_ended(around: Surroundings, file: Path) -> None:
    cases(file, 1)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    sql = source(around, file, query=endless, statement_timeout_seconds=0.2)
    assert "more than 0.2 s" in refused(sql, FetchReason.TIMEOUT)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT titel FROM cases", "no such column: titel"),
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("SELECT FROM cases", "syntax error"),
        ("SELECT id, id FROM cases", "one name"),
        ("SELECT CAST(name AS BLOB) AS raw FROM cases", "column 'raw' holds bytes"),
    ],
)
def test_query_that_does_not_fit_is_refused_with_what_is_wrong(
    around: Surroundings, file: Path, query: str, told: str
) -> None:
    cases(file, 1)
    assert told in refused(source(around, file, query=query), FetchReason.SCHEMA)


@pytest.mark.parametrize(
    ("query", "cursor", "told"),
    [
        (NUMBERED, BY_ID | {"column": "ID"}, "no column 'ID'; it has id, name"),
        ("SELECT id FROM cases WHERE id > :since ORDER BY id DESC", BY_ID, "'id' falls"),
        (NUMBERED, BY_ID | {"column": "name"}, "column 'name': it is no number"),
        ("SELECT NULL AS id WHERE 0 <= :since ORDER BY 1", BY_ID, "column 'id': it is null"),
        (NUMBERED, BY_ID | {"type": "instant", "start": "2025-01-01T00:00:00Z"}, "it is no instant"),
    ],
)
def test_cursor_that_does_not_fit_the_rows_is_refused(
    around: Surroundings, file: Path, query: str, cursor: dict[str, Any], told: str
) -> None:
    cases(file, 3)
    sql = source(around, file, query=query, cursor=cursor)
    if cursor["type"] == "instant":
        execute(file, "UPDATE cases SET id = 'x'")
    message = refused(sql, FetchReason.SCHEMA)
    assert told in message
    assert "case 1" not in message


def test_missing_file_is_told_and_not_made(around: Surroundings, file: Path) -> None:
    assert "no database that can be read" in refused(
        source(around, file, query="SELECT 1"), FetchReason.DATABASE
    )
    assert not file.exists()
    file.write_bytes(b"this is no database, and it is longer than a header" * 20)
    assert "SQLITE_NOTADB" in refused(source(around, file, query="SELECT 1 FROM t"), FetchReason.DATABASE)


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"url": "postgresql://reader:hunter2@host/name"}, "a password does not stand in a URL"),
        ({"url": "postgresql://host/name?password=hunter2"}, "a password does not stand in a URL"),
        ({"url": "hunter2"}, "it is no URL"),
        ({"url": "oracle://host/hunter2"}, "no driver"),
        ({"url": "sqlite://"}, "names no file"),
        ({"password": "hunter2"}, "does not stand in a configuration"),
        ({"query": "DELETE FROM cases"}, "it is no SELECT"),
        ({"query": "-- SELECT\n PRAGMA query_only = OFF"}, "it is no SELECT"),
        ({"query": "SELECT :who"}, ":who is no parameter"),
        ({"query": "SELECT 1 WHERE 1 > :since"}, "need a cursor"),
        ({"cursor": BY_ID}, "does not use :since"),
        ({"cursor": BY_ID, "query": "SELECT 1 WHERE 1 > :since -- ORDER BY 1"}, "it is not ordered"),
        ({"cursor": BY_ID, "query": f"{NUMBERED} LIMIT :until"}, "until"),
        ({"cursor": BY_ID | {"start": "x"}, "query": NUMBERED}, "it is no number"),
        ({"cursor": BY_ID | {"type": "text", "overlap": 1}, "query": NUMBERED}, "no distance"),
        ({"cursor": BY_ID | {"type": "instant", "start": "2025-01-01"}, "query": NUMBERED}, "no offset"),
        ({"cursor": BY_ID | {"timezone": "Asia/Jakarta"}, "query": NUMBERED}, "for instants"),
        (
            {"cursor": DAY | {"column": "a", "start": "2025-01-01", "timezone": "WIB"}, "query": NUMBERED},
            "IANA",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused_and_not_quoted(stated: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SqlSettings.model_validate({"url": "sqlite:////x.db", "query": "SELECT 1"} | stated)
    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)
