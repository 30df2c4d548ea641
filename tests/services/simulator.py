"""``pantau simulate`` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.ports import free_port

START_SECONDS = 120


@dataclass
class Simulator:
    """A running simulation."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    @property
    def config(self) -> Path:
        """Configuration of an exporter for it."""
        return self.folder / "exporter.yaml"

    def control(self, path: str, content: object | None = None, *, method: str | None = None) -> Any:
        """Answer of a control endpoint."""
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/control/{path}",
            data=body,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read() or b"null")

    def truth(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What has been given out, by region and record set."""
        found: dict[str, dict[str, dict[str, Any]]] = self.control("truth")["regions"]
        return found

    def stop(self) -> str:
        """End it as an operator would; returns what it said."""
        self.process.send_signal(signal.SIGTERM)
        _, messages = self.process.communicate(timeout=60)
        return messages


@contextmanager
def simulating(folder: Path, *options: str | Path) -> Iterator[Simulator]:
    """A simulation that answers."""
    port = free_port()
    words = ["simulate", "--folder", folder, "--port", str(port), *options]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pantau.cli import main; main()", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    running = Simulator(process, port, folder)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(running):
            assert time.monotonic() < deadline, "the simulation does not answer"
        yield running
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _answers(running: Simulator) -> bool:
    if running.process.poll() is not None:
        raise AssertionError(running.process.communicate()[1])
    try:
        return running.control("clock") is not None and running.config.exists()
    except OSError:
        time.sleep(0.1)
        return False
