"""Bringing a database to the tables of this program, and telling whether it has them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from metrics.errors import StoreOutdated
from metrics.store.database import Database
from metrics.store.migrations import REVISIONS

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = REVISIONS[-1]


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for a connection: no file, nothing for an operator to keep."""
    from alembic.config import Config  # noqa: PLC0415 - 0.3 s that only a migration needs to pay

    config = Config()
    folder = str(files("metrics.store.migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def revision(connection: Connection) -> str | None:
    """Migration that a database stands at, ``None`` when it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def upgrade(database: Database) -> None:
    """Bring a database to the newest tables, in one transaction; one that is there stays as it is."""
    from alembic import command  # noqa: PLC0415 - as in configuration

    with database.write() as connection:
        _refuse_newer(database, revision(connection))
        command.upgrade(configuration(connection), "head")


def downgrade(database: Database, target: str) -> None:
    """Take a database back to an older migration ("base": to nothing). Loses what only newer tables hold."""
    from alembic import command  # noqa: PLC0415 - as in configuration

    with database.write() as connection:
        _refuse_newer(database, revision(connection))
        command.downgrade(configuration(connection), target)


def check(database: Database) -> None:
    """Raise ``StoreOutdated`` unless the database has exactly the tables that this program needs."""
    if database.file is not None and not database.file.exists():
        msg = f"store {database.name}: there is no such file; run `pantau init` (or name the right --home)"
        raise StoreOutdated(msg)
    with database.read() as connection:
        found = revision(connection)
    if found == HEAD:
        return
    _refuse_newer(database, found)
    if found is None:
        msg = f"store {database.name}: it is empty; run `pantau init` or `pantau db upgrade`"
    else:
        msg = (
            f"store {database.name}: its tables are older ({found}) than this program ({HEAD}); "
            "make a backup, then run `pantau db upgrade`"
        )
    raise StoreOutdated(msg)


def _refuse_newer(database: Database, found: str | None) -> None:
    """Raise ``StoreOutdated`` when a database was made by a newer program."""
    if found is not None and found not in REVISIONS:
        msg = (
            f"store {database.name}: its tables ({found}) were made by a newer program than this one "
            f"({HEAD}); install that program again, or restore a backup of the store"
        )
        raise StoreOutdated(msg)
