"""A store of each kind, with its tables, for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from metrics.store import Store
from metrics.store.metadata import METADATA
from tests.services.postgres import PostgresServer, postgres_server

__all__ = ["postgres_server"]

ENGINES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Name of the kind of database."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> str:
    """Name of a PostgreSQL database with our tables, to be copied."""
    url = postgres_server.database()
    with Store.open(url) as store:
        store.upgrade()
    return url.rpartition("/")[2]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SQLite file with our tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "store.db"
    with Store.open(f"sqlite:///{file}") as store:
        store.upgrade()
    return file


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_server: PostgresServer, migrated_template: str) -> str:
    """URL of the PostgreSQL database that tests use in turn, since making one takes half a second."""
    return postgres_server.database(migrated_template)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, migrated_template: str) -> Iterator[str]:
    """URL of a PostgreSQL database with our tables, of this test's own."""
    address = postgres_server.database(migrated_template)
    yield address
    postgres_server.drop(address)


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """URL of a SQLite database with our tables."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'store.db')}"


@pytest.fixture
def empty_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a database without tables."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    address = server.database()
    yield address
    server.drop(address)


@pytest.fixture
def own_url(engine: str, request: pytest.FixtureRequest) -> str:
    """URL of a database with our tables, which the test may change."""
    address: str = request.getfixturevalue("sqlite_url" if engine == "sqlite" else "postgres_url")
    return address


@pytest.fixture
def url(engine: str, request: pytest.FixtureRequest) -> str:
    """URL of a database with our tables and nothing in them."""
    if engine == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    address: str = request.getfixturevalue("shared_postgres_url")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    emptied = "; ".join(str(table.delete()) for table in reversed(METADATA.sorted_tables))
    server.execute(emptied, address.rpartition("/")[2])
    return address


@pytest.fixture
def open_store(url: str) -> Iterator[Callable[[], Store]]:
    """Opens the same database once more, as another process would; waits a second for a writer."""
    opened: list[Store] = []

    def another() -> Store:
        opened.append(Store.open(url, wait_seconds=1))
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    """Store with its tables and nothing in them."""
    return open_store()
