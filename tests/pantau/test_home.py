"""An installation's folder: settings from files of secrets, and one writer at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from metrics.errors import StoreUnavailable, UsageError
from pantau.home import Home, Settings
from tests.e2e.cases import some_cases, write, write_mapping
from tests.services.command import install


def pantau(*words: str | Path) -> subprocess.Popen[str]:
    """A process of its own."""
    program = "from pantau.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_setting_is_read_from_a_file_of_the_folder_of_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pantau_store_url").write_text("sqlite:////data/other.db\n", encoding="utf-8")
    monkeypatch.setenv("PANTAU_SECRETS_DIR", str(tmp_path))
    assert Home(tmp_path, Settings()).store_url == "sqlite:////data/other.db"


def test_the_environment_goes_before_the_folder_of_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pantau_store_url").write_text("sqlite:////data/other.db", encoding="utf-8")
    monkeypatch.setenv("PANTAU_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("PANTAU_STORE_URL", "sqlite:////data/this.db")
    assert Home(tmp_path, Settings()).store_url == "sqlite:////data/this.db"


def test_folder_of_secrets_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_SECRETS_DIR", "no/such/folder")
    with pytest.raises(UsageError, match="no/such/folder is no folder"):
        Settings()


def test_settings_show_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_STORE_URL", "postgresql://ana:s3cret@db.test/pantau")
    assert "s3cret" not in repr(Settings())


def test_file_in_the_way_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UsageError, match="a file is in the way"):
            Home(path, Settings()).create()


def test_masking_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", Settings())
    home.create()
    key = home.masking_key
    home.create()
    assert home.masking_key == key
    assert (home.path / "masking.key").stat().st_mode & 0o777 == 0o600


def test_writer_that_waits_in_vain_says_so(tmp_path: Path) -> None:
    told: list[str] = []
    first, second = Home(tmp_path, Settings()), Home(tmp_path, Settings(), tell=told.append)
    with (
        first.writing(),
        pytest.raises(StoreUnavailable, match="another pantau"),
        second.writing(wait_seconds=0),
    ):
        pass
    assert len(told) == 1
    with second.writing(wait_seconds=0):
        assert len(told) == 1


def test_process_waits_while_another_one_writes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    install(home)
    with Home(home, Settings()).writing():
        waiting = pantau("--home", home, "rollup")
        assert waiting.stderr is not None
        assert "another pantau is writing here; waiting" in waiting.stderr.readline()
        assert waiting.poll() is None
    _, err = waiting.communicate(timeout=120)
    assert (waiting.returncode, err) == (0, "")


def test_two_imports_at_the_same_time_both_count(tmp_path: Path) -> None:
    home = tmp_path / "home"
    installed = install(home)
    cases = some_cases(60, bad_every=0)
    write_mapping(tmp_path / "mapping.yaml")
    running = [
        pantau("--home", home, "import", file, "--mapping", tmp_path / "mapping.yaml")
        for file in (write(tmp_path / "a.csv", cases[:40]), write(tmp_path / "b.csv", cases[40:]))
    ]
    answers = [process.communicate(timeout=300) for process in running]
    assert [process.returncode for process in running] == [0, 0], answers
    (row,) = installed(
        "indicators", "--indicator", "completion_days_median", "--level", "nation", "--period", "all"
    )
    assert row["n"] == 60
