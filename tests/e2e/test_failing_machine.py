"""A disk that fills up and a database that goes away: the next run loses nothing and counts nothing twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from metrics.archive import Archive
from metrics.staging import Staging
from metrics.store import Store
from tests.e2e.cases import some_cases, write, write_mapping
from tests.services.command import Answer, Installed, install
from tests.services.postgres import SUPERUSER, PostgresServer

CASES = 3000
BAD = CASES // 50
GOOD = CASES - BAD
DISK_BYTES = 64 << 20
PASSWORD = "s3cret"  # noqa: S105 - of nobody: the server trusts whoever comes
Moment = Callable[[pytest.MonkeyPatch, Callable[[], object]], None]
"""Has something happen at one moment of an import."""


def when_records_begin_to_be_kept(patch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    enter = Staging.__enter__

    def entered(self: Staging) -> Staging:
        staging = enter(self)
        happen()
        return staging

    patch.setattr(Staging, "__enter__", entered)


def before_the_archive(patch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    append = Archive.append

    def appending(self: Archive, name: str, *args: Any, **more: Any) -> int:
        if name == "transactions":
            happen()
        return append(self, name, *args, **more)

    patch.setattr(Archive, "append", appending)


def after_the_archive(patch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    append = Archive.append

    def appended(self: Archive, name: str, *args: Any, **more: Any) -> int:
        version = append(self, name, *args, **more)
        if name == "transactions":
            happen()
        return version

    patch.setattr(Archive, "append", appended)


def before_the_commit(patch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    begin = Store.rollup_transaction

    @contextmanager
    def until_the_commit(self: Store, dataset: str) -> Iterator[Any]:
        with begin(self, dataset) as writer:
            yield writer
            happen()

    patch.setattr(Store, "rollup_transaction", until_the_commit)


MOMENTS: dict[str, Moment] = {
    "records begin to be kept": when_records_begin_to_be_kept,
    "before the archive": before_the_archive,
    "after the archive": after_the_archive,
    "before the commit": before_the_commit,
}


@dataclass(frozen=True)
class Outcome:
    """All that must be the same, whatever failed on the way."""

    records: list[tuple[Any, ...]]
    counted: tuple[int, int]
    rejected: int
    rollups: str
    figures: list[dict[str, Any]]


def outcome(home: Installed, url: str) -> Outcome:
    archived = Archive(home.home / "archive").records("transactions")
    assert archived is not None
    records = pl.DataFrame(archived.to_table()).filter(~pl.col("moved")).sort("id")
    assert records["id"].n_unique() == len(records)
    rebuilt = home("rebuild")
    assert rebuilt["same"], rebuilt
    with Store.open(url) as store:
        batches = [batch for batch in store.batches() if batch.dataset == "transactions"]
    return Outcome(
        records.select("region", "id", "submitted", "completed", "status").rows(),
        (sum(batch.new for batch in batches), sum(batch.updated for batch in batches)),
        len(home("rejected")),
        rebuilt["after"],
        home("indicators"),
    )


@dataclass(frozen=True)
class Import:
    """The import that is disturbed, and what comes out of it when it is not."""

    file: Path
    mapping: Path
    base: Path
    expected: Outcome

    def run(self, home: Installed) -> Answer:
        return home.run("import", self.file, "--mapping", self.mapping)

    def check_again(self, home: Installed, url: str) -> None:
        """The same command once more brings all in, and a third time nothing."""
        account = home("import", self.file, "--mapping", self.mapping)
        counts = [account[name] for name in ("read", "accepted", "rejected", "updated")]
        assert counts == [CASES, GOOD, BAD, 0]
        assert account["new"] + account["unchanged"] == GOOD
        assert outcome(home, url) == self.expected


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Import:
    folder = tmp_path_factory.mktemp("undisturbed")
    file = write(folder / "cases.csv", some_cases(CASES))
    mapping = write_mapping(folder / "map.yaml")
    base = install(folder / "base").home
    home = Installed(shutil.copytree(base, folder / "home"))
    home("import", file, "--mapping", mapping)
    return Import(file, mapping, base, outcome(home, sqlite(home.home)))


def sqlite(home: Path) -> str:
    return f"sqlite:///{home / 'store.sqlite3'}"


def one_line(answer: Answer) -> str:
    """What the command told before it ended; nothing was answered."""
    assert (answer.status, answer.out) == (3, "")
    (line,) = answer.err.splitlines()
    assert line.startswith("pantau: ")
    assert "Traceback" not in line
    assert "\x1b" not in line
    return line


@dataclass(frozen=True)
class Disk:
    """A small file system of its own."""

    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave not one byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while ballast.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system of a given size cannot be mounted by this user")
    yield Disk(folder)
    subprocess.run(["umount", folder], check=True)


FULL = {
    "records begin to be kept": "records cannot be kept while they are checked",
    "before the archive": "the archive of transactions cannot be written",
    "after the archive": "the disk of the database is full",
}


@pytest.mark.parametrize("moment", FULL)
def test_disk_that_fills_up_loses_nothing_once_there_is_space_again(
    moment: str, disk: Disk, undisturbed: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Installed(shutil.copytree(undisturbed.base, disk.folder / "home"))
    with monkeypatch.context() as patch:
        MOMENTS[moment](patch, disk.fill)
        line = one_line(undisturbed.run(home))
    assert str(home.home) in line or "the archive of transactions" in line
    assert FULL[moment] in line
    assert "free " in line
    disk.free()
    undisturbed.check_again(home, sqlite(home.home))


@pytest.mark.parametrize("kibibytes", [16, 64])
def test_limit_on_the_size_of_files_is_told_as_a_full_disk(
    kibibytes: int, undisturbed: Import, tmp_path: Path
) -> None:
    home = Installed(shutil.copytree(undisturbed.base, tmp_path / "home"))
    limited = (
        "import resource; from pantau.cli import main; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kibibytes << 10}, {kibibytes << 10})); main()"
    )
    words = ["--home", home.home, "--json", "import", undisturbed.file, "--mapping", undisturbed.mapping]
    done = subprocess.run(
        [sys.executable, "-c", limited, *map(str, words)], capture_output=True, text=True, check=False
    )
    line = one_line(Answer(done.returncode, done.stdout, done.stderr))
    assert str(home.home) in line
    assert "free " in line
    undisturbed.check_again(home, sqlite(home.home))


GONE = ("records begin to be kept", "after the archive", "before the commit")


@pytest.mark.postgres
@pytest.mark.parametrize("moment", GONE)
def test_postgresql_that_goes_away_during_an_import_loses_nothing_once_it_is_back(
    moment: str,
    postgres_server: PostgresServer,
    undisturbed: Import,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    url = postgres_server.database()
    monkeypatch.setenv("PANTAU_STORE_URL", url.replace(SUPERUSER, f"{SUPERUSER}:{PASSWORD}", 1))
    home = install(tmp_path / "home")
    try:
        with monkeypatch.context() as patch:
            MOMENTS[moment](patch, postgres_server.stop)
            line = one_line(undisturbed.run(home))
    finally:
        postgres_server.start()
    assert f"{SUPERUSER}:***@127.0.0.1" in line
    assert PASSWORD not in line
    assert "the database cannot be reached, or went away" in line
    assert "run the command again" in line
    undisturbed.check_again(home, url)
    postgres_server.drop(url)
