"""A progress bar is for a person at a terminal. What goes into a pipe or a file is plain text."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.cases import some_cases, write, write_mapping
from tests.services.command import Installed, install

PANTAU = (sys.executable, "-c", "from pantau.cli import main; main()")
ESCAPE = b"\x1b"
BAR = "━".encode()
CASES = 500


@pytest.fixture
def environment() -> dict[str, str]:
    """A plain terminal's, whatever the machine that tests says of colours."""
    unwanted = {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return kept | {"TERM": "xterm-256color", "COLUMNS": "100"}


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """An import into an installation."""
    home = install(tmp_path / "home").home
    file = write(tmp_path / "cases.csv", some_cases(CASES))
    mapping = write_mapping(tmp_path / "map.yaml")
    return [str(word) for word in ("--home", home, "import", file, "--mapping", mapping)]


def on_terminal(words: list[str], environment: dict[str, str]) -> tuple[bytes, bytes, int]:
    """What goes to standard output, a pipe; to standard error, a terminal; and the status."""
    terminal, end = pty.openpty()
    with subprocess.Popen([*PANTAU, *words], stdout=subprocess.PIPE, stderr=end, env=environment) as process:
        os.close(end)
        shown = b""
        with suppress(OSError):  # EIO: the last one that had the terminal has closed it
            while piece := os.read(terminal, 65_536):
                shown += piece
        assert process.stdout
        out = process.stdout.read()
    os.close(terminal)
    return out, shown, process.returncode


def test_import_at_a_terminal_shows_a_bar_with_the_file(
    words: list[str], environment: dict[str, str]
) -> None:
    out, shown, status = on_terminal(words, environment)
    assert status == 0
    assert BAR in shown
    assert b"cases.csv" in shown
    assert ESCAPE not in out
    assert b"cases.csv" in out


def test_import_into_pipes_has_no_bar_and_no_escape_codes(
    words: list[str], environment: dict[str, str]
) -> None:
    done = subprocess.run([*PANTAU, *words], capture_output=True, env=environment, check=True)
    assert b"cases.csv" in done.stdout
    assert b"rejected" in done.stderr
    for text in (done.stdout, done.stderr):
        assert ESCAPE not in text
        assert b"\r" not in text
    assert BAR not in done.stderr


def test_import_with_json_at_a_terminal_shows_nothing_beside_the_answer(
    words: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    out, shown, status = on_terminal(["--json", *words], environment)
    assert (status, shown) == (0, b"")
    assert out.startswith(b"{")
    assert len(Installed(tmp_path / "home")("rejected")) == CASES // 50
