"""What ``dashboard`` starts, and that it ends with it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.services.command import Installed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def dashboard(installed: Installed, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The dashboard in a process of its own, once it answers."""
    program = "from pantau.cli import main; main()"
    words = ["--home", str(installed.home), "dashboard", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            assert process.poll() is None, "it ended before it answered"
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_dashboard_answers_on_its_port_until_it_is_told_to_end(
    filled: Installed, how: signal.Signals
) -> None:
    port = free_port()
    with dashboard(filled, port) as process:
        process.send_signal(how)
        assert process.wait(timeout=60) == 0
        assert not answers(port)
