"""``pantau simulate`` and ``pantau fault`` as people use them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services.command import run
from tests.services.ports import free_port

START_SECONDS = 60


@contextmanager
def simulating(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A simulation as a process of its own, told to end if it has not."""
    program = "from pantau.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "simulate", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(process.communicate()[1])
        try:
            if status(port, "/control/clock") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the simulation does not answer")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_simulation_takes_faults_by_command_and_ends_cleanly(ending: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    with simulating("--folder", tmp_path, "--port", str(port), "--regions", "11.01,32.73") as process:
        wait_for(port, process)
        assert status(port, "/r/32.73/") == 200
        at = ("--port", str(port))
        begun = run("--json", "fault", "status", "--region", "32.73", "--option", "code=502", *at)
        assert (begun.status, begun.json["kind"]) == (0, "status")
        assert (status(port, "/r/32.73/"), status(port, "/r/11.01/")) == (502, 200)
        assert run("--json", "fault", "end", *at).json == {"ended": 1}
        assert status(port, "/r/32.73/") == 200
        assert "hanging" in run("--json", "fault", "list", *at).json
        wrong = run("fault", "sleepy", *at)
        assert (wrong.status, "sleepy" in wrong.err) == (2, True)
        process.send_signal(ending)
        out, messages = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "2 simulated regions" in messages
    assert "Traceback" not in messages
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["final"]


def test_fault_without_a_simulation_says_so() -> None:
    answer = run("fault", "down", "--port", str(free_port()))
    assert (answer.status, "pantau simulate" in answer.err) == (2, True)


@pytest.mark.parametrize("regions", ["0", "11.01,99.99"])
def test_regions_that_there_are_not_are_refused(regions: str, tmp_path: Path) -> None:
    answer = run("simulate", "--folder", tmp_path, "--regions", regions)
    assert (answer.status, "--regions" in answer.err) == (2, True)


def test_records_are_sent_to_no_other_machine(tmp_path: Path) -> None:
    answer = run("simulate", "--folder", tmp_path, "--exporter", "http://exporter.example:9720")
    assert (answer.status, "--exporter" in answer.err) == (2, True)


def test_schedule_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text("- {after_seconds: soon, kind: down, all: true}", encoding="utf-8")
    answer = run("simulate", "--folder", tmp_path, "--regions", "1", "--faults", tmp_path / "faults.yaml")
    assert (answer.status, "after_seconds of entry 1" in answer.err) == (2, True)
