"""``pantau exporter`` as a process of its own, and regional systems for it to probe, all on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.services.ports import free_port

START_SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """Answer over HTTP."""

    status: int
    body: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def value(self, series: str) -> float:
        """Value of a series, as it is printed."""
        found = [line for line in self.body.splitlines() if line.startswith(f"{series} ")]
        assert len(found) == 1, (series, self.body)
        return float(found[0].rpartition(" ")[2])


@dataclass
class Exporter:
    """A running exporter."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Reply:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method, headers=dict(headers or {})
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return Reply(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read().decode(), dict(error.headers))

    def stop(self) -> str:
        """End it as an operator would; returns what it said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        _, messages = self.process.communicate(timeout=60)
        return messages


@contextmanager
def exporting(
    home: Path,
    config: Path,
    *,
    environment: Mapping[str, str] | None = None,
    options: Sequence[str | Path] = (),
    ready: Callable[[Exporter], bool] | None = None,
) -> Iterator[Exporter]:
    """An exporter that answers. ``ready``: asks whether it does, where it does not do so to everybody."""
    port = free_port()
    command: list[str | Path] = [
        sys.executable,
        "-c",
        "from pantau.cli import main; main()",
        "--home",
        home,
        "exporter",
    ]
    process = subprocess.Popen(
        [*command, "--config", config, "--port", str(port), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | dict(environment or {}),
    )
    running = Exporter(process, port)
    try:
        _wait(running, ready or (lambda one: one.get("/-/ready").status == 200))
        yield running
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _wait(running: Exporter, ready: Callable[[Exporter], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            raise AssertionError(running.process.communicate()[1])
        try:
            if ready(running):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the exporter does not answer")


class System(ThreadingHTTPServer):
    """A regional system: answers with ``status`` after ``delay_seconds``; counts what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status = 200
        self.delay_seconds = 0.0
        self.asked = 0
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Answer(BaseHTTPRequestHandler):
    server: System

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.headers.append(dict(self.headers))
        time.sleep(self.server.delay_seconds)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the base
        """Say nothing."""


@contextmanager
def regional_system() -> Iterator[System]:
    """A regional system that answers."""
    with System() as system:
        thread = threading.Thread(target=system.serve_forever, daemon=True)
        thread.start()
        yield system
        system.shutdown()
