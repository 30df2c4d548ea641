"""The one place where the database's exceptions become this project's own.

What a driver says is told apart by its code (SQLite's error name, PostgreSQL's SQLSTATE),
never by the words of a message in somebody's language; the one exception is SQLite's
"no such table", for which it has no code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from metrics.errors import StoreError, StoreOutdated, StoreUnavailable


@dataclass(frozen=True, slots=True)
class Failure:
    """What a code of the database means to an operator."""

    kind: type[StoreError]
    what: str
    remedy: str


_GONE = Failure(
    StoreUnavailable,
    "the database cannot be reached, or went away; nothing of this transaction was kept",
    "see that it runs and is reachable, then run the command again",
)
_LOCKED = Failure(
    StoreUnavailable,
    "the database is locked by another process; nothing of this transaction was kept",
    "wait until the other command has finished, then run this one again",
)
_FULL = Failure(
    StoreError,
    "the disk of the database is full; nothing of this transaction was kept",
    "free space on it, or raise the database's size limit, then run the command again",
)
_READ_ONLY = Failure(
    StoreError,
    "the database may not be written",
    "give this process's user the right to write to it and, for SQLite, to its folder",
)
_CANNOT_OPEN = Failure(
    StoreUnavailable,
    "the database file cannot be opened",
    "see that its folder exists and that this process's user may read and write there",
)
_DAMAGED = Failure(
    StoreError,
    "the database file is damaged or is no SQLite database",
    "restore it from a backup, or move it away and rebuild it from the archive",
)
_DISK = Failure(
    StoreError,
    "the disk of the database is full, or failed; nothing of this transaction was kept",
    "free space on it or, if it has some, look at the system's log, then run the command again",
)
_NO_TABLE = Failure(
    StoreOutdated,
    "the database lacks a table or column that this program needs",
    "run `pantau db upgrade`",
)
_REFUSED = Failure(
    StoreUnavailable,
    "the database refused this user, or has no such database",
    "see the user, password and database name in the store's URL",
)
_BROKEN = Failure(
    StoreError,
    "the data contradict the tables; nothing of this transaction was kept",
    "this is a fault of the program: report it with this message",
)
_OTHER = Failure(StoreError, "the database failed", "see the database's own message")

_SQLITE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_PROTOCOL": _LOCKED,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _DISK,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_AUTH": _READ_ONLY,
    "SQLITE_CANTOPEN": _CANNOT_OPEN,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CONSTRAINT": _BROKEN,
}

_SQLSTATE = {
    "08": _GONE,
    "22": _BROKEN,
    "23": _BROKEN,
    "25006": _READ_ONLY,
    "28": _REFUSED,
    "3D000": _REFUSED,
    "40": _LOCKED,
    "42501": _READ_ONLY,
    "42703": _NO_TABLE,
    "42P01": _NO_TABLE,
    "53100": _FULL,
    "53": _GONE,
    "55P03": _LOCKED,
    "57": _GONE,
    "58": _DISK,
}
"""By whole code, or by class (its first two characters)."""


def _of_driver(error: BaseException) -> Failure:
    """Meaning of an exception of sqlite3 or psycopg."""
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        primary = "_".join(str(name).split("_")[:2])
        missing = primary == "SQLITE_ERROR" and "no such " in str(error)
        return _NO_TABLE if missing else _SQLITE.get(primary, _OTHER)
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _SQLSTATE.get(state) or _SQLSTATE.get(state[:2], _OTHER)
    # A connection that breaks, or never comes about, has no code: the server did not speak.
    return _GONE if type(error).__name__ in {"OperationalError", "InterfaceError"} else _OTHER


def failure_of(error: BaseException) -> tuple[Failure, str]:
    """Meaning of an exception, and its own first line."""
    if isinstance(error, PoolTimeout):
        return _LOCKED, "every connection of this process is in use"
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, SQLAlchemyError):
        return _OTHER, str(cause).partition("\n")[0]
    return _of_driver(cause), str(cause).partition("\n")[0]


@contextmanager
def translated(database: str, driver_error: type[Exception]) -> Iterator[None]:
    """Raise what the database raises as ``StoreError`` or one of its kinds.

    ``database`` is its URL without password. Exceptions that are not the database's pass.
    """
    try:
        yield
    except (SQLAlchemyError, driver_error) as error:
        failure, said = failure_of(error)
        msg = f"store {database}: {failure.what} ({said}); {failure.remedy}"
        raise failure.kind(msg) from error
