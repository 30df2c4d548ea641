"""Migrations give exactly the tables of the code, there and back, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from metrics.errors import StoreOutdated
from metrics.store import Store, schema
from metrics.store.database import Database, parse_url
from metrics.store.metadata import METADATA
from metrics.store.migrations import REVISIONS


@pytest.fixture
def database(own_url: str) -> Iterator[Database]:
    database = Database(parse_url(own_url), 5)
    yield database
    database.close()


def differences(database: Database) -> list[object]:
    with database.read() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def execute(database: Database, statement: str) -> None:
    with database.write() as connection:
        connection.execute(text(statement))


def test_migrating_from_nothing_gives_the_tables_of_the_code(database: Database) -> None:
    assert differences(database) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP INDEX ix_case_rollup_region",
        "ALTER TABLE batch ADD COLUMN planted TEXT",
        "ALTER TABLE probe_rollup DROP COLUMN reasons",
    ],
)
def test_the_comparison_sees_a_planted_difference(database: Database, statement: str) -> None:
    execute(database, statement)
    assert len(differences(database)) == 1


def test_downgrade_leaves_no_table_and_upgrade_brings_them_back(database: Database) -> None:
    schema.downgrade(database, "base")
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    schema.upgrade(database)
    assert differences(database) == []


def test_upgrade_of_a_store_that_is_up_to_date_keeps_its_rows(store: Store) -> None:
    store.put_meta("colour", "blue")
    store.upgrade()
    assert store.meta("colour") == "blue"


def test_revisions_are_those_of_the_migrations(database: Database) -> None:
    with database.read() as connection:
        scripts = ScriptDirectory.from_config(schema.configuration(connection))
    assert [script.revision for script in scripts.walk_revisions()] == list(reversed(REVISIONS))


def test_store_up_to_date_passes_the_check(store: Store) -> None:
    store.check_schema()
    assert store.batches() == []


def test_empty_database_is_outdated_and_says_what_to_run(empty_url: str) -> None:
    with Store.open(empty_url) as store:
        with pytest.raises(StoreOutdated, match="pantau init"):
            store.check_schema()
        with pytest.raises(StoreOutdated, match="pantau db upgrade"):
            store.meta("colour")


def test_missing_file_is_outdated_and_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "mistyped.db"
    with Store.open(f"sqlite:///{file}") as store, pytest.raises(StoreOutdated, match="no such file"):
        store.check_schema()
    assert not file.exists()


def test_older_tables_are_outdated(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "REVISIONS", (*REVISIONS, "9999"))
    monkeypatch.setattr(schema, "HEAD", "9999")
    with pytest.raises(StoreOutdated, match=rf"older \({REVISIONS[-1]}\).*pantau db upgrade"):
        schema.check(database)


@pytest.mark.parametrize("act", [schema.check, schema.upgrade, lambda d: schema.downgrade(d, "base")])
def test_newer_tables_are_outdated_and_left_alone(
    database: Database, act: Callable[[Database], None]
) -> None:
    execute(database, "UPDATE alembic_version SET version_num = 'from-the-future'")
    with pytest.raises(StoreOutdated, match="newer program"):
        act(database)
    assert differences(database) == []


def test_upgrade_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    database = Database(parse_url(empty_url), 5)
    execute(database, "CREATE TABLE rank_row (planted TEXT)")
    with pytest.raises(Exception, match="rank_row"):
        schema.upgrade(database)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["rank_row"]
    database.close()
