"""A sweep of 514 targets through ``/probe``, against blackbox_exporter under the same driver.

    python -m benchmarks.probe [--rounds 3] [--concurrency 50 514] [--delays 0 0.2 2]

One server on loopback stands for all targets; it waits ``delay`` seconds before each answer. The
driver asks ours for each of the 514 regions of the registry, and blackbox_exporter for the same
address 514 times, each over a connection of its own, with the same concurrency. Sweeps alternate;
each is given by its best round. CPU is that of the exporter's process alone. ``latency_error``: the
largest difference, over all targets, between the time that an exporter reports and the delay that the
server really made. Needs Debian's prometheus-blackbox-exporter.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import yaml

from benchmarks.measure import run
from metrics.regions import indonesia
from pantau.companions import pantau
from tests.services.ports import free_port

LIMIT_TIME, LIMIT_CPU = 1.0, 1.5
LIMIT_LATENCY_SECONDS = 0.010
_OURS = re.compile(rb'pantau_probe_duration_seconds\{target_name="portal"\} (\S+)')
_THEIRS = re.compile(rb"\nprobe_duration_seconds (\S+)")


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep: seconds on the wall, CPU seconds of the exporter, seconds that it reported."""

    seconds: float
    cpu_seconds: float
    reported: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Best sweeps of both at one concurrency and delay."""

    concurrency: int
    delay_seconds: float
    ours_seconds: float
    reference_seconds: float
    ratio: float
    ours_cpu_seconds: float
    reference_cpu_seconds: float
    cpu_ratio: float
    ours_latency_error_seconds: float
    reference_latency_error_seconds: float


async def serve_targets(port: int, delay: list[float]) -> asyncio.Server:
    """A server that answers each request after ``delay[0]`` seconds."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(delay[0])
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port, backlog=1024)


async def ask(port: int, path: str) -> bytes:
    """Body of an answer, over a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer[:300])
    return answer


async def sweep(
    process: psutil.Process, port: int, paths: list[str], concurrency: int, reported: re.Pattern[bytes]
) -> Sweep:
    """Ask for every path, so many at a time."""
    places = asyncio.Semaphore(concurrency)

    async def one(path: str) -> float:
        async with places:
            found = reported.search(await ask(port, path))
        if found is None:
            raise RuntimeError(f"{path}: no duration is reported")
        return float(found[1])

    before, begun = process.cpu_times(), time.perf_counter()
    times = await asyncio.gather(*map(one, paths))
    seconds, after = time.perf_counter() - begun, process.cpu_times()
    return Sweep(seconds, after.user + after.system - before.user - before.system, tuple(times))


@contextmanager
def started(command: list[str], ready: Callable[[], bool]) -> Iterator[psutil.Process]:
    """A process that is ready, ended afterwards."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own commands
    try:
        deadline = time.monotonic() + 60
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[:3]} is not ready")
            time.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def write_configs(folder: Path, target: int) -> tuple[Path, Path]:
    """Configurations of ours and of blackbox_exporter: the same request, the same timeout."""
    ours = {
        "version": "1",
        "probing": {"every_seconds": "86400", "concurrency": "1000", "archive_every_seconds": "86400"},
        "modules": {"web": {"timeout_seconds": "9.5", "allow": "127.0.0.1/32"}},
        "targets": [
            {"region": code, "name": "portal", "module": "web", "address": f"http://127.0.0.1:{target}/"}
            for code in indonesia().regions
        ],
    }
    theirs = {
        "modules": {"web": {"prober": "http", "timeout": "9.5s", "http": {"preferred_ip_protocol": "ip4"}}}
    }
    mine, its = folder / "ours.yaml", folder / "blackbox.yaml"
    mine.write_text(yaml.safe_dump(ours, default_style='"'), encoding="utf-8")
    its.write_text(yaml.safe_dump(theirs), encoding="utf-8")
    return mine, its


async def measure(args: argparse.Namespace, folder: Path, blackbox: str) -> list[Case]:
    """All cases, sweeps alternating."""
    target, mine, its = free_port(), free_port(), free_port()
    ours_config, its_config = write_configs(folder, target)
    delay = [0.0]
    home = str(folder / "home")
    command = pantau("--home", home, "exporter", "--config", ours_config)
    its_command = [blackbox, f"--config.file={its_config}", f"--web.listen-address=127.0.0.1:{its}"]
    our_paths = [f"/probe?target={code}" for code in indonesia().regions]
    its_paths = [f"/probe?module=web&target=http://127.0.0.1:{target}/"] * len(our_paths)
    cases = []
    server = await serve_targets(target, delay)
    with (
        started([*command, "--port", str(mine)], lambda: listens(mine)) as our_process,
        started(its_command, lambda: listens(its)) as its_process,
    ):
        for concurrency in args.concurrency:
            for seconds in args.delays:
                delay[0] = seconds
                pairs = [
                    (
                        await sweep(its_process, its, its_paths, concurrency, _THEIRS),
                        await sweep(our_process, mine, our_paths, concurrency, _OURS),
                    )
                    for _ in range(args.rounds)
                ]
                cases.append(summary(concurrency, seconds, pairs))
                sys.stdout.write(f"{json.dumps(asdict(cases[-1]))}\n")
    server.close()
    return cases


def summary(concurrency: int, delay: float, pairs: list[tuple[Sweep, Sweep]]) -> Case:
    """Best of the rounds, each figure by itself."""
    ours, theirs = [mine for _, mine in pairs], [its for its, _ in pairs]

    def error(sweeps: list[Sweep]) -> float:
        return min(max(abs(time - delay) for time in one.reported) for one in sweeps)

    mine, its = min(one.seconds for one in ours), min(one.seconds for one in theirs)
    my_cpu, its_cpu = min(one.cpu_seconds for one in ours), min(one.cpu_seconds for one in theirs)
    return Case(
        concurrency=concurrency,
        delay_seconds=delay,
        ours_seconds=round(mine, 3),
        reference_seconds=round(its, 3),
        ratio=round(mine / its, 3),
        ours_cpu_seconds=round(my_cpu, 3),
        reference_cpu_seconds=round(its_cpu, 3),
        cpu_ratio=round(my_cpu / its_cpu, 3),
        ours_latency_error_seconds=round(error(ours), 4),
        reference_latency_error_seconds=round(error(theirs), 4),
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure every case; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[50, 514])
    parser.add_argument("--delays", type=float, nargs="+", default=[0.0, 0.2, 2.0])
    given = parser.parse_args(arguments)
    blackbox = shutil.which("prometheus-blackbox-exporter")
    if blackbox is None:
        sys.stderr.write("probe: install its peer: sudo apt-get install prometheus-blackbox-exporter\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="pantau-probe-") as name:
        run(pantau("--home", Path(name) / "home", "init"))
        cases = asyncio.run(measure(given, Path(name), blackbox))
    worst = max(cases, key=lambda case: case.ratio)
    answer = {
        "name": "probe",
        "ours_seconds": worst.ours_seconds,
        "reference": "prometheus-blackbox-exporter, the same driver",
        "reference_seconds": worst.reference_seconds,
        "ratio": worst.ratio,
        "limit_ratio": LIMIT_TIME,
        "cpu_ratio": max(case.cpu_ratio for case in cases),
        "limit_cpu_ratio": LIMIT_CPU,
        "latency_error_seconds": max(
            (case.ours_latency_error_seconds for case in cases if case.concurrency <= 50),
            default=None,
        ),
        "limit_latency_error_seconds": LIMIT_LATENCY_SECONDS,
        "peak_mib": round(psutil.Process().memory_info().rss / (1 << 20), 1),
        "cases": [asdict(case) for case in cases],
    }
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
