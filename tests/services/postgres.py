"""A throw-away PostgreSQL server on loopback, its databases gone with it."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.services.ports import free_port
from tests.services.programs import require

SUPERUSER = "keeper"
START_SECONDS = 60


def _unprivileged() -> pwd.struct_passwd | None:
    """User that the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@dataclass
class PostgresServer:
    """A cluster in a folder of its own. ``stop`` and ``start`` keep its data and its port."""

    bin: Path
    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def _as_user(self) -> dict[str, Any]:
        user = _unprivileged()
        home = {"cwd": self.folder, "env": os.environ | {"LC_ALL": "C.UTF-8"}}
        if user is None:
            return home
        return home | {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def create(self) -> None:
        """Make the cluster: sorting by Indonesian rules, so that no test leans on the order of bytes."""
        user = _unprivileged()
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        command: list[str | Path] = [
            self.bin / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-N",
        ]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=id"]
        subprocess.run(command, check=True, capture_output=True, **self._as_user)

    def start(self) -> None:
        """Start, and come back when it answers."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",  # a crash of the server is tested, a crash of the machine is not
            "full_page_writes": "off",
            "autovacuum": "off",
            "max_connections": 50,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=log,
                **self._as_user,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once, as a crash would: connections break, nothing is tidied up."""
        if self._process is not None:
            self._process.send_signal(3)  # SIGQUIT: PostgreSQL's immediate shutdown
            self._process.wait(timeout=START_SECONDS)
            self._process = None

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement of a test's own as superuser; its rows, when it has any."""
        with psycopg.connect(self._conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description is not None else []

    def database(self, template: str = "template0") -> str:
        """URL of a new database, empty or a copy of another."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def url(self, database: str, *, user: str = SUPERUSER) -> str:
        """URL of a database, as a store takes it."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def _conninfo(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={SUPERUSER} dbname={database} connect_timeout=5"

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def running_server() -> Iterator[PostgresServer]:
    """A server from first use to the end."""
    program = require("initdb", "postgresql", under="/usr/lib/postgresql/*/bin")
    if os.geteuid() == 0 and _unprivileged() is None:
        pytest.skip(f"PostgreSQL does not run as {getpass.getuser()}: add a user named postgres")
    # Not pytest's own folder: the server's user could not enter it.
    server = PostgresServer(program.parent, Path(tempfile.mkdtemp(prefix="pantau-postgres-")))
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for all tests: ``server.database()`` is the URL of a fresh database."""
    yield from running_server()
