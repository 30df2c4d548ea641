"""Processes that run together end together, however they are told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from metrics.errors import UsageError
from pantau.companions import Companions

PARENT = """
import sys
from pathlib import Path
from pantau.companions import Companions
folder = Path(sys.argv[1])
child = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(600)"
with Companions(folder) as together:
    together.start("one", [sys.executable, "-c", child])
    together.start("two", [sys.executable, "-c", child])
    print("ready", flush=True)
    together.wait()
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nobody_is_left_behind_even_by_a_second_signal(tmp_path: Path, number: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    while not all(log.read_text(encoding="utf-8").strip() for log in logs):
        time.sleep(0.05)
    children = [int(log.read_text(encoding="utf-8")) for log in logs]
    parent.send_signal(number)
    parent.send_signal(number)
    parent.communicate(timeout=60)
    assert [pid for pid in children if is_alive(pid)] == []


def test_one_that_does_not_start_is_told_with_its_last_word(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    with (
        pytest.raises(UsageError, match="the exporter does not start: the port is taken"),
        Companions(tmp_path) as two,
    ):
        two.start("exporter", words, ready="http://127.0.0.1:9/")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
