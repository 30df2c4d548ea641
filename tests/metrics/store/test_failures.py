"""Databases that fail: what comes out, and that nothing is half-written."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from metrics.errors import PantauError, StoreError, StoreUnavailable
from metrics.store import Store, Watermark
from tests.metrics.store import facts
from tests.metrics.store.test_rollups import fill
from tests.services.postgres import PostgresServer, running_server

ROWS = facts.cases(facts.case_row("2025-06"))
SECRET = "geh%3Aeim"  # noqa: S105 - what must not be shown
SPOKEN = "geh:eim"


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may stop."""
    yield from running_server()


def replace_all(store: Store, between: Callable[[], object] = lambda: None) -> None:
    """Put new rows in place of the old, with something happening between two writes."""
    with store.rollup_transaction("transactions") as writer:
        writer.watermark(2, "c")
        writer.replace(["2025-06"], {"case_rollup": facts.cases(facts.case_row("2025-06", received=77))})
        between()
        writer.replace(["2025-07"], {"case_rollup": facts.cases(facts.case_row("2025-07"))})


def kill(name: str) -> str:
    """Statement that ends the connections to a database."""
    return f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 - our own name


def assert_untouched(store: Store) -> None:
    """The store holds what was there before, and takes the work when it is done again."""
    assert store.rollup("case_rollup")["received"].to_list() == [3]
    assert store.watermark("transactions") == Watermark(1, "c")
    replace_all(store)
    assert store.rollup("case_rollup")["received"].to_list() == [77, 3]


@pytest.mark.postgres
def test_server_that_stops_in_a_transaction_leaves_nothing_half_written(own_server: PostgresServer) -> None:
    url = own_server.database()
    with Store.open(url) as store:
        store.upgrade()
        fill(store, "transactions", ROWS)
        told = r"went away; nothing .* was kept.*run the command again"
        with pytest.raises(StoreUnavailable, match=told):
            replace_all(store, between=own_server.stop)
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            store.batches()
        own_server.start()
        assert_untouched(store)


@pytest.mark.postgres
def test_connection_killed_between_two_writes_leaves_nothing_half_written(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    name = postgres_url.rpartition("/")[2]
    with Store.open(postgres_url) as store:
        fill(store, "transactions", ROWS)
        killed: list[tuple[object, ...]] = []
        with pytest.raises(StoreUnavailable):
            replace_all(store, between=lambda: killed.extend(postgres_server.execute(kill(name))))
        assert killed == [(True,)]
        assert_untouched(store)


@pytest.mark.postgres
def test_connection_that_broke_while_nobody_used_it_is_made_anew(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with Store.open(postgres_url) as store:
        store.put_meta("colour", "blue")
        assert postgres_server.execute(kill(postgres_url.rpartition("/")[2])) == [(True,)]
        assert store.meta("colour") == "blue"


SLOW_COMMIT = """
CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON watermark
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger();
"""


@pytest.mark.postgres
def test_database_that_goes_away_during_the_commit_leaves_nothing_half_written(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    name = postgres_url.rpartition("/")[2]
    with Store.open(postgres_url) as store, ThreadPoolExecutor(1) as other:
        fill(store, "transactions", ROWS)
        postgres_server.execute(SLOW_COMMIT, name)
        writing = other.submit(replace_all, store)
        in_commit = kill(name) + " AND query LIKE 'COMMIT%' AND wait_event = 'PgSleep'"
        deadline = time.monotonic() + 30
        while not postgres_server.execute(in_commit) and time.monotonic() < deadline:
            time.sleep(0.02)
        with pytest.raises(StoreUnavailable, match="went away"):
            writing.result(timeout=30)
        postgres_server.execute("DROP TRIGGER linger ON watermark", name)
        assert_untouched(store)


def test_full_disk_leaves_nothing_half_written_and_names_the_remedy(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        fill(store, "transactions", ROWS)
        with store._database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        many = facts.cases(*(facts.case_row("2025-07", service=f"s{n}") for n in range(2000)))
        with pytest.raises(StoreError, match=r"disk .* is full; nothing .* was kept.*free space") as caught:
            fill(store, "transactions", many, version=2)
        assert not isinstance(caught.value, StoreUnavailable)
        assert caught.value.exit_status == 3
        assert_untouched(store)


def test_second_writer_waits_for_the_first(store: Store, open_store: Callable[[], Store]) -> None:
    second = open_store()
    inside, finished = threading.Event(), threading.Event()

    def write_late() -> None:
        inside.wait()
        second.put_meta("order", "second")
        finished.set()

    with ThreadPoolExecutor(1) as other:
        late = other.submit(write_late)
        with store.rollup_transaction("transactions") as writer:
            inside.set()
            writer.replace(["2025-06"], {"case_rollup": ROWS})
            assert not finished.wait(0.3)
        late.result(timeout=10)
    assert store.meta("order") == "second"


def test_writer_that_waits_too_long_is_told_the_store_is_locked(
    store: Store, open_store: Callable[[], Store]
) -> None:
    second = open_store()
    with (
        store.rollup_transaction("transactions"),
        pytest.raises(StoreUnavailable, match="locked by another process"),
    ):
        second.put_meta("order", "second")
    second.put_meta("order", "third")
    assert store.meta("order") == "third"


def test_writers_of_the_same_partition_at_once_take_turns_and_all_succeed(store: Store, url: str) -> None:
    with ThreadPoolExecutor(4) as pool:

        def write(version: int) -> None:
            with Store.open(url) as mine:
                rows = facts.cases(*(facts.case_row(service=f"s{n}", received=version) for n in range(300)))
                fill(mine, "transactions", rows, version=version)

        for done in [pool.submit(write, version) for version in range(1, 9)]:
            done.result(timeout=60)
    last = store.watermark("transactions")
    assert last is not None
    assert set(store.rollup("case_rollup")["received"]) == {last.archive_version}
    assert store.rollup("case_rollup").height == 300


def test_processes_that_set_up_the_same_store_at_once_all_succeed(empty_url: str) -> None:
    def set_up(_: int) -> None:
        with Store.open(empty_url) as mine:
            mine.upgrade()
            mine.check_schema()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(set_up, range(6))) == [None] * 6


def test_sqlite_file_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    other.execute("CREATE TABLE half_made (x)")
    with Store.open(f"sqlite:///{file}", wait_seconds=10) as store, ThreadPoolExecutor(1) as pool:
        making = pool.submit(store.upgrade)
        time.sleep(0.3)
        assert not making.done()
        other.execute("ROLLBACK")
        other.close()
        making.result(timeout=10)
        store.check_schema()


def test_reader_sees_one_state_from_first_to_last_statement(
    store: Store, open_store: Callable[[], Store]
) -> None:
    store.put_meta("colour", "blue")
    reader = open_store()._database
    with reader.read() as connection:
        first = connection.exec_driver_sql("SELECT value FROM meta").scalar_one()
        store.put_meta("colour", "green")
        second = connection.exec_driver_sql("SELECT value FROM meta").scalar_one()
    assert (first, second) == ("blue", "blue")


def test_folder_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    with (
        Store.open(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}") as store,
        pytest.raises(StoreUnavailable, match=r"cannot be opened.*see that its folder exists"),
    ):
        store.upgrade()


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(b"region;submitted\n" * 1000)
    with (
        Store.open(f"sqlite:///{file}") as store,
        pytest.raises(StoreError, match=r"store\.db: .*no SQLite database.*restore it from a backup"),
    ):
        store.check_schema()
    assert file.read_bytes() == b"region;submitted\n" * 1000


def test_sqlite_keeps_readers_beside_a_writer_and_honours_foreign_keys(sqlite_url: str) -> None:
    with Store.open(sqlite_url, wait_seconds=7) as store, store._database.read() as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            for pragma in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 7000, "synchronous": 1}


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://pantau:{SECRET}@127.0.0.1:1/store",
        f"postgresql://pantau:{SECRET}@127.0.0.1:1/store?connect_timeout=2",
        f"postgresql://pantau@127.0.0.1:1/store?password={SECRET}",
    ],
)
def test_password_shows_in_no_error_and_no_repr(url: str) -> None:
    with Store.open(url) as store:
        with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/store") as caught:
            store.meta("colour")
        told = f"{store!r} {store._database!r} {chain(caught.value)}"
    assert "pantau" in told
    assert SECRET not in told
    assert SPOKEN not in told


@pytest.mark.parametrize(
    "url", [f"postgresql://pantau:{SPOKEN}@host:port/x", f"no url {SPOKEN}", f"mysql://u:{SECRET}@h/x", ""]
)
def test_url_that_cannot_be_used_is_not_repeated(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert "sqlite" in str(caught.value)
    assert SPOKEN not in chain(caught.value)
    assert SECRET not in chain(caught.value)


def test_database_in_memory_is_refused() -> None:
    with pytest.raises(StoreError, match="name a file"):
        Store.open("sqlite://")


@pytest.mark.postgres
def test_user_whom_the_server_refuses_is_told_so(postgres_server: PostgresServer) -> None:
    with (
        Store.open(postgres_server.url("nowhere")) as store,
        pytest.raises(StoreUnavailable, match="nowhere"),
    ):
        store.meta("colour")


@pytest.mark.postgres
def test_user_who_may_not_write_is_told_so(postgres_server: PostgresServer, postgres_url: str) -> None:
    name = postgres_url.rpartition("/")[2]
    postgres_server.execute("CREATE ROLE guest LOGIN; GRANT pg_read_all_data TO guest")
    with Store.open(postgres_server.url(name, user="guest")) as store:
        assert store.meta("colour") is None
        with pytest.raises(StoreError, match="may not be written"):
            store.put_meta("colour", "blue")


def test_what_the_database_said_is_kept_as_the_cause(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    sqlite3.connect(file).close()
    with Store.open(f"sqlite:///{file}") as store, pytest.raises(PantauError) as caught:
        store.meta("colour")
    assert "no such table: meta" in str(caught.value.__cause__)


def chain(error: BaseException | None) -> str:
    """Everything that an error and what led to it say of themselves."""
    said = ""
    while error is not None:
        said += f"{error!r} {error}\n"
        error = error.__cause__ or error.__context__
    return said
