"""A region's database, read and nothing else: the database itself refuses to be written to.

Errors tell what happened and never the password, nor values of rows: messages of databases quote
them, so only those about the query's own text are passed on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from exporters.errors import FetchError, FetchReason

Rows = tuple[Sequence[str], Sequence[Sequence[object]]]
_SECRET = {"password", "passfile", "sslpassword", "passwd"}
_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""
_CANCEL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Access:
    """How a database is reached. ``url`` has no password."""

    url: URL
    password: str | None = field(repr=False)
    connect_timeout_seconds: float
    statement_timeout_seconds: float

    @property
    def kind(self) -> str:
        """``postgresql``, ``sqlite`` or another."""
        return self.url.get_backend_name()


def checked_url(url: str) -> URL:
    """A URL that can be used. Raises ``ValueError`` that does not quote it."""
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        dialect = parsed.get_dialect()
        dialect.import_dbapi()
    except (ArgumentError, ValueError):
        raise ValueError("it is no URL. Write for example postgresql://reader@host/name") from None
    except (NoSuchModuleError, ImportError):
        raise ValueError("there is no driver for such a database. Install it") from None
    if parsed.password is not None or _SECRET & {name.lower() for name in parsed.query}:
        raise ValueError("a password does not stand in a URL. Write it as password: env:NAME or file:PATH")
    if dialect.is_async or (parsed.get_backend_name(), dialect.driver) == ("postgresql", "psycopg2"):
        raise ValueError(f"{dialect.driver} is not used here. Write postgresql+psycopg, or another driver")
    if parsed.get_backend_name() == "sqlite" and (parsed.database or ":memory:").startswith((":", "file:")):
        raise ValueError("it names no file. Write for example sqlite:////folder/name.db")
    return parsed


def parameters_of(query: str) -> set[str]:
    """Names of the parameters of a query."""
    return set(text(query).compile().params)


class Session:
    """One connection, for one fetch. A context manager; ``interrupt`` may be called from any thread."""

    def __init__(self, access: Access, name: str) -> None:
        self._access = access
        self._name = name
        self._interrupted = threading.Event()
        self._connection: Connection | None = None
        self._deadline = float("inf")

    def interrupt(self) -> None:
        """Make the statement that runs end soon."""
        self._interrupted.set()
        connection = self._connection
        if connection is not None and self._access.kind == "postgresql":
            driver: Any = connection.connection.driver_connection
            driver.cancel_safe(timeout=_CANCEL_SECONDS)

    @contextmanager
    def connected(self) -> Generator[None]:
        """Connect, and close at the end. Raises ``FetchError``."""
        engine = create_engine(_reading(self._access), **_options(self._access))
        try:
            self._connection = engine.connect()
            if self._access.kind == "postgresql":
                self._connection.execution_options(postgresql_readonly=True)
            if self._access.kind == "sqlite":
                self._watch_sqlite(self._connection)
            yield
        except SQLAlchemyError as error:
            raise self._told(error) from None
        finally:
            connection, self._connection = self._connection, None
            if connection is not None:
                _close(connection)
            engine.dispose()

    def chunks(self, query: str, parameters: Mapping[str, object], size: int) -> Generator[Rows]:
        """Rows of a query as they come, at most ``size`` at a time, in a transaction that is rolled back."""
        connection = self._connection
        if connection is None:
            raise RuntimeError("a session is used as a context manager")
        self._deadline = time.monotonic() + self._access.statement_timeout_seconds
        if self._access.kind == "postgresql":
            milliseconds = max(1, round(self._access.statement_timeout_seconds * 1000))
            connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
        streaming = {"stream_results": True, "yield_per": size}
        with connection.execute(text(query), dict(parameters), execution_options=streaming) as result:
            names = list(result.keys())
            for rows in result.partitions(size):
                self._deadline = float("inf")
                yield names, rows
                self._deadline = time.monotonic() + self._access.statement_timeout_seconds
        connection.rollback()

    def _watch_sqlite(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA query_only = ON")
        driver.set_progress_handler(
            lambda: self._interrupted.is_set() or time.monotonic() > self._deadline, _STEPS
        )

    def _told(self, error: SQLAlchemyError) -> FetchError:
        """What happened, in words of ours."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason, what = _meaning(cause if cause is not None else error)
        if reason is FetchReason.TIMEOUT:
            what = what.format(self._access.statement_timeout_seconds, self._access.connect_timeout_seconds)
        return FetchError(f"{self._name}: {what}.", reason)


def _reading(access: Access) -> URL:
    """URL as it is connected to, with the password; an SQLite file is opened for reading only."""
    if access.kind == "sqlite":
        file = quote(str(access.url.database))
        return access.url.set(database=f"file:{file}", query={"mode": "ro", "uri": "true"})
    return access.url.set(password=access.password) if access.password is not None else access.url


def _options(access: Access) -> dict[str, Any]:
    connecting: dict[str, Any] = {}
    if access.kind == "postgresql":
        connecting = {
            "connect_timeout": max(2, round(access.connect_timeout_seconds)),  # libpq's least
            "application_name": "pantau",
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        }
    elif access.kind == "sqlite":
        connecting = {"timeout": access.connect_timeout_seconds, "check_same_thread": False}
    return {"poolclass": NullPool, "hide_parameters": True, "connect_args": connecting}


def _close(connection: Connection) -> None:
    """Close a connection that may be broken: what is left of it is thrown away."""
    try:
        connection.invalidate()
        connection.close()
    except SQLAlchemyError:
        return


_WRITES = "the query writes, and the database refused it: this source only reads. Correct the query"
_SLOW = "the database took more than {0:g} s for the query. Add an index, or raise statement_timeout_seconds"
_NO_CONNECTION = "there was no connection within {1:g} s. Check host, port and firewall"
_LOGIN = "the database refused the user or the password. Correct url and password, or the user's rights"
_LOST = "the database cannot be reached, or the connection was lost ({}). Check that it runs"
_REFUSALS = ("authentication failed", "no password supplied", "pg_hba.conf", "not permitted to log in")
_STATES = {
    "25001": (FetchReason.SCHEMA, _WRITES),  # it asked for the right to
    "25006": (FetchReason.SCHEMA, _WRITES),
    "57014": (FetchReason.TIMEOUT, _SLOW),
    "42501": (FetchReason.AUTH, "the user may not read what the query asks for. Grant SELECT"),
    "3D000": (FetchReason.DATABASE, "there is no such database. Correct url"),
    "53300": (FetchReason.BUSY, "the database has no connection left. Ask less often, or raise its limit"),
}
_SQLITE_SCHEMA = ("no such ", "near ", "incomplete input", "ambiguous column", "unrecognized token")


def _meaning(error: BaseException) -> tuple[FetchReason, str]:
    """Reason and words for an error of a driver."""
    kind = type(error).__name__
    if kind == "ConnectionTimeout":
        return FetchReason.TIMEOUT, _NO_CONNECTION
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return _meaning_of_state(state, error)
    code = getattr(error, "sqlite_errorname", None)
    if isinstance(code, str):
        return _meaning_in_sqlite(code, str(error))
    return _meaning_of_message(str(error).lower(), kind)


def _meaning_of_message(message: str, kind: str) -> tuple[FetchReason, str]:
    """Reason and words for what a server says before it has let anybody in, which has no state."""
    if any(word in message for word in _REFUSALS) or ('role "' in message and "does not exist" in message):
        return FetchReason.AUTH, _LOGIN
    if 'database "' in message and "does not exist" in message:
        return _STATES["3D000"]
    if "could not decode" in message:
        return FetchReason.UNREADABLE, "a text of the database is not UTF-8. Correct it there"
    return FetchReason.DATABASE, _LOST.format(kind)


def _meaning_of_state(state: str, error: BaseException) -> tuple[FetchReason, str]:
    if state in _STATES:
        return _STATES[state]
    if state.startswith("28"):
        return FetchReason.AUTH, _LOGIN
    kind = type(error).__name__
    if state.startswith(("42", "0A")):
        message = str(getattr(getattr(error, "diag", None), "message_primary", None) or kind)
        return FetchReason.SCHEMA, f"the database does not understand the query: {message}. Correct the query"
    if state.startswith(("22", "P0")):
        return (
            FetchReason.SCHEMA,
            f"the query failed on a value ({kind}, SQLSTATE {state}). Correct the query or the value",
        )
    return FetchReason.DATABASE, _LOST.format(f"{kind}, SQLSTATE {state}")


def _meaning_in_sqlite(code: str, message: str) -> tuple[FetchReason, str]:
    if code.startswith("SQLITE_READONLY"):
        return FetchReason.SCHEMA, _WRITES
    if code == "SQLITE_INTERRUPT":
        return FetchReason.TIMEOUT, _SLOW
    if code in {"SQLITE_CANTOPEN", "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_PERM", "SQLITE_AUTH"}:
        return FetchReason.DATABASE, f"the file is no database that can be read ({code}). Correct url"
    if code in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
        return FetchReason.BUSY, "the database is locked by a writer. It is asked again"
    if code == "SQLITE_ERROR" and any(word in message for word in _SQLITE_SCHEMA):
        return FetchReason.SCHEMA, f"the database does not understand the query: {message}. Correct the query"
    return FetchReason.DATABASE, _LOST.format(code)
