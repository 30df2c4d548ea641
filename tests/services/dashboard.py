"""``pantau dashboard`` in a process of its own, once it answers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.services.ports import free_port

START_SECONDS = 90


@dataclass(frozen=True)
class Dashboard:
    """A dashboard that was started on a port of loopback."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/_stcore/health", timeout=5) as answer:  # noqa: S310 - on loopback
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False


@contextmanager
def served(home: Path) -> Iterator[Dashboard]:
    """The dashboard of an installation, ended with the block."""
    port = free_port()
    command = [sys.executable, "-c", "from pantau.cli import main; main()"]
    words = ["--home", str(home), "dashboard", "--port", str(port)]
    with subprocess.Popen(
        [*command, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        dashboard = Dashboard(port, process)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not dashboard.answers:
                assert process.poll() is None, "it ended before it answered"
                assert time.monotonic() < deadline, "it does not answer"
                time.sleep(0.1)
            yield dashboard
        finally:
            process.kill()
