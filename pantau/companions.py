"""Processes that run together on this machine, and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from metrics.errors import UsageError

READY_SECONDS = 120
GRACE_SECONDS = 30


class Companions:
    """Processes started one after the other. A context manager: all are ended at its end.

    What each says goes to a file of its own in ``logs``.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):  # a second one must not leave anybody behind
            signal.signal(number, signal.SIG_IGN)
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(
        self,
        name: str,
        words: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        ready: str = "",
    ) -> None:
        """Start a process, and wait until it answers at a URL. Raises ``UsageError`` where it does not."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            self._processes[name] = subprocess.Popen(  # noqa: S603 - our own programs
                words,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=dict(environment or os.environ),
                cwd=folder,
                start_new_session=True,  # a key pressed in the terminal reaches us, and we end the others
            )
        self._wait(name, log, lambda: not ready or _answers(ready))

    def wait(self) -> str:
        """Wait until one of them ends; its name."""
        while True:
            for name, process in self._processes.items():
                if process.poll() is not None:
                    return name
            time.sleep(0.5)

    def _wait(self, name: str, log: Path, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            ended = self._processes[name].poll() is not None
            if ended or time.monotonic() > deadline:
                said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                why = said[-1] if said else f"it is not ready after {READY_SECONDS} s"
                raise UsageError(f"the {name} does not start: {why} (all of it in {log})")
            time.sleep(0.2)


def pantau(*words: str | Path) -> list[str]:
    """Words that start a command of ours in a process of its own."""
    return [sys.executable, "-c", "from pantau.cli import main; main()", *map(str, words)]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            return int(answer.status) == 200  # noqa: PLR2004 - HTTP's own
    except (urllib.error.URLError, OSError):
        return False


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
