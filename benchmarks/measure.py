"""Runs a measured piece of work in a process of its own: seconds, peak memory, and what it said."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

_MIB = 1 << 20
_EVERY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: seconds on the wall, peak memory of it and its children in MiB, standard output."""

    seconds: float
    peak_mib: float
    output: str


def run(command: Sequence[str], *, allowed: Sequence[int] = (0,)) -> Run:
    """Run a command to its end. Raises ``RuntimeError`` with its messages where its status is not allowed."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as messages:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=messages)  # noqa: S603 - our own commands
        watch = _Watch(process.pid)
        process.wait()
        seconds = time.perf_counter() - begun
        peak = watch.peak()
        output.seek(0)
        messages.seek(0)
        if process.returncode not in allowed:
            raise RuntimeError(f"{command[:4]} ended with {process.returncode}: {messages.read()}")
        return Run(seconds, peak / _MIB, output.read())


class _Watch:
    """Looks at the memory of a process and its children, some times a second, until it is told to end.

    Pages that several of them share count once for each.
    """

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self._peak = max(self._peak, self._resident())

    def _resident(self) -> int:
        total = 0
        try:
            for process in (self._process, *self._process.children(recursive=True)):
                total += process.memory_info().rss
        except psutil.NoSuchProcess:
            return 0
        return total

    def peak(self) -> int:
        """Bytes, at the most; ends the watch."""
        self._over.set()
        self._thread.join()
        return self._peak


def python(code: str, *arguments: str) -> Run:
    """Run a piece of Python in a process of its own."""
    return run([sys.executable, "-c", code, *arguments])
