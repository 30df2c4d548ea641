"""One installation: where its store, archive and secrets are, and that one process writes at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from metrics.errors import StoreUnavailable, UsageError

WAIT_SECONDS = 600.0


class Settings(BaseSettings):
    """Settings from the environment (``PANTAU_…``), or from files of a folder of secrets.

    ``PANTAU_SECRETS_DIR`` names that folder; a file ``pantau_store_url`` in it stands for the
    variable of that name, so that a password need not stand in the environment.
    """

    model_config = SettingsConfigDict(env_prefix="PANTAU_", extra="ignore")

    home: Path = Field(default=Path("var"), description="Folder of the installation.")
    store_url: SecretStr | None = Field(default=None, description="Store; by default a SQLite file.")
    archive_url: str | None = Field(default=None, description="Archive; by default a folder.")
    engine: str = Field(default="duckdb", description="What rolls the archive up: duckdb or spark.")
    spark_master: str | None = Field(default=None, description="Spark's cluster; by default this machine.")

    def __init__(self) -> None:
        folder = os.environ.get("PANTAU_SECRETS_DIR")
        if folder and not Path(folder).is_dir():
            raise UsageError(f"PANTAU_SECRETS_DIR: {folder} is no folder. Make it, or unset the variable")
        super().__init__(_secrets_dir=folder)


class Home:
    """Folder of one installation. ``create`` makes it; all else refuses one that is not there.

    ``tell`` is told when there is another process to wait for.
    """

    def __init__(
        self, path: Path, settings: Settings, *, tell: Callable[[str], None] = lambda _: None
    ) -> None:
        self.path = path.absolute()
        self._settings = settings
        self._tell = tell

    @property
    def store_url(self) -> str:
        """Address of the store."""
        given = self._settings.store_url
        return given.get_secret_value() if given else f"sqlite:///{self.path / 'store.sqlite3'}"

    @property
    def archive_url(self) -> str:
        """Address of the archive."""
        return self._settings.archive_url or str(self.path / "archive")

    @property
    def engine(self) -> str:
        """Name of what rolls the archive up. Every engine gives the same rows."""
        return self._settings.engine

    @property
    def spark_master(self) -> str | None:
        """Address of the Spark cluster, ``None`` for Spark on this machine."""
        return self._settings.spark_master

    @property
    def scratch(self) -> Path:
        """Folder for what is on its way; nothing in it is needed after a crash."""
        return self.path / "scratch"

    @property
    def masking_key(self) -> bytes:
        """Secret with which personal data in records' own numbers are replaced."""
        return (self.path / "masking.key").read_bytes()

    def exists(self) -> bool:
        """Whether ``create`` was here."""
        return (self.path / "masking.key").exists()

    def create(self) -> None:
        """Make the folder and its secret; what is there stays."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise UsageError(f"{self.path}: a file is in the way. Name a folder: --home DIR") from None
        key = self.path / "masking.key"
        if not key.exists():
            descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))

    def require(self) -> None:
        """Raise ``UsageError`` unless the installation is there."""
        if not self.exists():
            raise UsageError(f"{self.path}: no installation here. Make one: pantau --home {self.path} init")

    @contextmanager
    def writing(self, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Be the one process that writes. Raises ``StoreUnavailable`` when another does not end in time."""
        with (self.path / "lock").open("w") as lock:
            if not _locked(lock):
                self._tell(f"{self.path}: another pantau is writing here; waiting for it to end")
                self._wait(lock, wait_seconds)
            yield

    def _wait(self, lock: IO[str], wait_seconds: float) -> None:
        deadline = time.monotonic() + wait_seconds
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise StoreUnavailable(
                    f"{self.path}: another pantau has been writing here for {wait_seconds:.0f} s. "
                    "Wait for it, or end it, and run this again"
                )
            time.sleep(0.2)


def _locked(lock: IO[str]) -> bool:
    """Whether the lock is now ours. It is given back with the file, also by a process that is killed."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
