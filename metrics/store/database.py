"""A database and its two ways in: reading one state of it, and writing in one transaction.

SQLite and PostgreSQL are made to behave alike: one writer at a time (the next one waits),
a reader sees one state from first to last statement, and a transaction is kept whole or not
at all.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import SQLAlchemyError

from metrics.errors import StoreError
from metrics.store.failures import translated

PAGE_BYTES = 16_384
"""Size of a SQLite page: a roll-up row of 1 kB with its blobs fits several times over, which
writes a third faster than pages of 4 kB."""
READ_CACHE_KIB = 16_384
WRITE_CACHE_KIB = 131_072
"""A year of roll-up rows stays in memory until the commit, instead of spilling to the log."""
WRITERS = 0x70616E746175
"""Key of the advisory lock that makes PostgreSQL's writers take turns ("pantau")."""
SECRETS = frozenset({"password", "passfile", "sslpassword", "sslkey", "oauth_client_secret"})

BINARY_ROWS = "pantau_binary_rows"
"""Execution option: PostgreSQL sends rows as they are, which reads three times as fast as text."""
_WRITES = "pantau_writes"


def parse_url(text_url: str) -> URL:
    """URL of a database that a store can live in. Errors never repeat the URL: it may hold a password."""
    url = None
    with suppress(SQLAlchemyError, ValueError):
        url = make_url(text_url)
    if url is None:
        msg = (
            "store: the URL cannot be read; write sqlite:////folder/store.db or "
            "postgresql+psycopg://user:password@host:5432/database (a special character in the "
            "password is written as %XX)"
        )
        raise StoreError(msg)
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        msg = f"store: {url.drivername} is not supported; use sqlite or postgresql+psycopg"
        raise StoreError(msg)
    if not url.database or url.database == ":memory:":
        msg = "store: a SQLite database in memory is lost with its connection; name a file: sqlite:////folder/store.db"
        raise StoreError(msg)
    return url


def shown(url: URL) -> str:
    """URL without its secrets, for messages and logs."""
    query = {key: value for key, value in url.query.items() if key not in SECRETS}
    return url.set(query=query).render_as_string(hide_password=True)


class Database:
    """A database that a store lives in. Connects at first use."""

    def __init__(self, url: URL, wait_seconds: float) -> None:
        self.name = shown(url)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.file = Path(url.database) if self.is_sqlite and url.database else None
        self._wait_seconds = wait_seconds
        self._engine = self._create(url)
        driver: Any = self._engine.dialect.loaded_dbapi
        self._driver_error: type[Exception] = driver.Error

    def __repr__(self) -> str:
        return f"Database({self.name!r})"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Connection that sees one state of the database, whatever is committed meanwhile."""
        with self._translated(), self._engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Transaction of the only writer: committed at the end, or not at all.

        Raises ``StoreUnavailable`` when the writer before does not finish in time.
        """
        with self._translated(), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            if self.is_sqlite:
                connection.connection.cursor().execute(f"PRAGMA cache_size = -{WRITE_CACHE_KIB}")
            try:
                with connection.begin():
                    self._take_turn(connection)
                    yield connection
            finally:
                if self.is_sqlite:
                    connection.connection.cursor().execute(f"PRAGMA cache_size = -{READ_CACHE_KIB}")

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.name, self._driver_error)

    def _take_turn(self, connection: Connection) -> None:
        """Wait for PostgreSQL's other writers; SQLite's BEGIN IMMEDIATE has waited already."""
        if not self.is_sqlite:
            wait = max(1, round(self._wait_seconds * 1000))
            connection.execute(text(f"SET LOCAL lock_timeout = {wait}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})

    def _create(self, url: URL) -> Engine:
        document = partial(json.dumps, ensure_ascii=False, allow_nan=False)
        if not self.is_sqlite:
            engine = create_engine(
                url,
                connect_args={"connect_timeout": 10, "application_name": "pantau"} | dict(url.query),
                hide_parameters=True,
                json_serializer=document,
                pool_pre_ping=True,
            )
            event.listen(engine, "before_cursor_execute", _ask_for_binary)
            return engine
        engine = create_engine(
            url,
            connect_args={"timeout": self._wait_seconds, "isolation_level": None},
            hide_parameters=True,
            json_serializer=document,
        )
        event.listen(engine, "connect", lambda made, _record: _prepare_sqlite(made, self._wait_seconds))
        event.listen(engine, "begin", _begin_sqlite)
        return engine


def _prepare_sqlite(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Readers beside a writer (WAL), foreign keys, and a commit that survives a crash of the process."""
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    _keep_log(connection, wait_seconds)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{READ_CACHE_KIB}")


def _keep_log(connection: sqlite3.Connection, wait_seconds: float) -> None:
    """Switch to WAL. For a file that another process is just making, SQLite itself would not wait."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _ask_for_binary(
    _connection: Connection,
    cursor: Any,  # noqa: ANN401 - a driver's cursor
    _statement: str,
    _parameters: object,
    context: ExecutionContext | None,
    _many: bool,  # noqa: FBT001 - SQLAlchemy's argument
) -> None:
    """Have psycopg fetch rows in binary, where the statement asks for it."""
    if context is not None and context.execution_options.get(BINARY_ROWS, False):
        cursor.format = type(cursor.format).BINARY


def _begin_sqlite(connection: Connection) -> None:
    """Begin as the writer, or as a reader: a reader who turns writer could fail in the middle."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
