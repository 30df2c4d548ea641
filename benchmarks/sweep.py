"""A full sweep of 514 REST sources x 4 record sets, against a bare aiohttp loop.

    python -m benchmarks.sweep [--rounds 3] [--concurrency 100] [--delay 0.2] [--records 20]

Every system answers after 200 ms. The floor asks the same addresses with the same concurrency and
reads the answers; ours reads, takes apart, maps and checks every record, until the last delivery is
made. Both run alternately, each in a process of its own; the best round counts. A second pair of
rounds is with 10 % of the regions hanging, 5 % refusing, 5 % resetting, 5 % dripping and 2 % sending
without end: ours until every record of the healthy regions is delivered; its reference is 1.3 times
its own clean sweep and one timeout. ``archived_seconds``: a clean sweep into a real installation, with
archive, roll-ups and indicators.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import yaml

from benchmarks.measure import Run, run
from benchmarks.probe import listens, started
from checks.compile import load_contract
from checks.gate import Gate
from exporters.collecting.operation import Ends, Operation
from exporters.intake import Delivery
from metrics.regions import Registry, indonesia
from pantau.commands.collect import Door
from pantau.companions import pantau
from pantau.home import Home, Settings
from pantau.installation import Installation
from tests.services.ports import free_port

LIMIT, TIMEOUT_SECONDS = 1.3, 10.0
SETS = ("complaints-a", "complaints-b", "complaints-c", "complaints-d")
SICK = {"hanging": 0.10, "refusing": 0.05, "resetting": 0.05, "dripping": 0.05, "endless": 0.02}
MAPPING = """
version: 1
dataset: complaints
source: bench
observed_at: {column: updated}
region: {column: region}
fields:
  id: {template: "{ticket}-{set}"}
  received: received
  status: state
  category: topic
"""


def manners(regions: Sequence[str], *, sick: bool) -> dict[str, str]:
    """Manner of each region, spread over the list."""
    found = dict.fromkeys(regions, "healthy")
    if sick:
        places = iter(range(0, len(regions) * 3, 3))
        for manner, share in SICK.items():
            for _ in range(round(share * len(regions))):
                found[regions[next(places) % len(regions)]] = manner
    return found


def addresses(port: int, closed: int, *, sick: bool) -> Iterable[tuple[str, str, str, str]]:
    """Region, record set, manner and URL of each source."""
    for region, manner in manners(list(indonesia().regions), sick=sick).items():
        for name in SETS:
            asked = closed if manner == "refusing" else port
            yield region, name, manner, f"http://127.0.0.1:{asked}/{manner}/{region}/{name}"


async def bare(urls: Sequence[str], concurrency: int) -> float:
    """Seconds of a loop that asks and reads."""
    places = asyncio.Semaphore(concurrency)
    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(url: str) -> int:
            async with places, session.get(url) as answer:
                return len(await answer.read())

        begun = time.perf_counter()
        await asyncio.gather(*map(one, urls))
        return time.perf_counter() - begun


def write_config(folder: Path, sources: Iterable[tuple[str, str, str, str]], concurrency: int) -> Path:
    """Configuration of ours for these sources."""
    for name in SETS:
        text = MAPPING.replace("{set}", name)
        (folder / f"{name}.mapping.yaml").write_text(text, encoding="utf-8")
    content = {
        "version": "1",
        "simulated": "true",
        "collecting": {
            "concurrency": str(concurrency),
            "slow_after_seconds": "1",
            "per_host": "2000",  # one server stands for all
            "deliver_every_seconds": "2",
        },
        "sources": [
            {
                "region": region,
                "name": name,
                "mapping": f"{name}.mapping.yaml",
                "deadline_seconds": "120",
                "rest": {
                    "url": url,
                    "allow": "127.0.0.1/32",
                    "timeout_seconds": str(TIMEOUT_SECONDS),
                    "format": {"records": "data"},
                },
            }
            for region, name, _, url in sources
        ],
    }
    path = folder / "exporter.yaml"
    path.write_text(yaml.safe_dump(content, default_style='"'), encoding="utf-8")
    return path


class Checked:
    """Maps and checks what is delivered, and remembers when the last record of each region came."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.rows: dict[str, int] = {}
        self.rejected = 0
        self.last: dict[str, float] = {}

    def take(self, deliveries: Iterable[Delivery]) -> None:
        """Take deliveries as the intake does, without the archive."""
        for delivery in deliveries:
            contract = load_contract(delivery.contract.name)
            gate = Gate(contract, self._registry.regions, datetime.now(UTC)).open()
            counts: dict[str, int] = {}
            for chunk in delivery.chunks:
                verdict = gate.check(chunk)
                self.rejected += verdict.rejected.height
                for region, rows in verdict.accepted["region"].value_counts().iter_rows():
                    counts[region] = counts.get(region, 0) + rows
            for region, rows in counts.items():
                self.rows[region] = self.rows.get(region, 0) + rows
                self.last[region] = time.perf_counter()


async def ours(config: Path, healthy: set[str], records: int, ends: Ends, checked: Checked | None) -> float:
    """Seconds of our sweep; of the healthy regions where others are sick."""
    operation = Operation(config, indonesia(), ends)
    begun = time.perf_counter()
    sweeping = asyncio.create_task(operation.once(None, None))
    if checked is None:
        await sweeping
        return time.perf_counter() - begun
    wanted = records * len(SETS)
    while not sweeping.done() and any(checked.rows.get(region, 0) < wanted for region in healthy):  # noqa: ASYNC110 - the counts tell nobody
        await asyncio.sleep(0.02)
    if any(checked.rows.get(region, 0) != wanted for region in healthy) or checked.rejected:
        raise RuntimeError(f"a healthy region was not collected completely: {operation.collector.done}")
    sweeping.cancel()
    with suppress(asyncio.CancelledError):
        await sweeping
    return max(checked.last[region] for region in healthy) - begun


def child(manner: str, port: int, closed: int, concurrency: int, records: int) -> None:
    """One round in this process: its seconds are what it prints last."""
    sick = manner == "sick"
    sources = list(addresses(port, closed, sick=sick))
    if manner == "bare":
        sys.stdout.write(f"{asyncio.run(bare([url for *_, url in sources], concurrency))}\n")
        return
    healthy = {region for region, _, kind, _ in sources if kind == "healthy"}
    with tempfile.TemporaryDirectory(prefix="pantau-sweep-") as name:
        config = write_config(Path(name), sources, concurrency)
        if manner == "archived":
            home = Home(Path(name) / "home", Settings())
            run(pantau("--home", home.path, "init"))
            with Installation(home) as installation:
                seconds = asyncio.run(ours(config, healthy, records, Door(installation).ends, None))
        else:
            checked = Checked(indonesia())
            ends = Ends(checked.take, lambda: None, list, lambda *_: None, lambda _: {})
            seconds = asyncio.run(ours(config, healthy, records, ends, checked))
    sys.stdout.write(f"{seconds}\n")


def rounds(given: argparse.Namespace, port: int, closed: int) -> dict[str, list[tuple[float, Run]]]:
    """All rounds, alternating."""
    found: dict[str, list[tuple[float, Run]]] = {}
    for number in range(given.rounds):
        for manner in ("bare", "clean", "sick", *(["archived"] if number == 0 else [])):
            words = [manner, port, closed, given.concurrency, given.records]
            done = run([sys.executable, "-m", "benchmarks.sweep", "--child", *map(str, words)])
            seconds = float(done.output.split()[-1])
            found.setdefault(manner, []).append((seconds, done))
            sys.stdout.write(f"{manner}: {seconds:.2f} s, {done.peak_mib:.0f} MiB\n")
            sys.stdout.flush()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Measure; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--records", type=int, default=20)
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.child:
        child(given.child[0], *map(int, given.child[1:]))
        return 0
    port, closed = free_port(), free_port()
    server = [sys.executable, "-m", "benchmarks._systems", str(port), str(given.delay), str(given.records)]
    with started(server, lambda: listens(port)):
        found = rounds(given, port, closed)
    best = {manner: min(seconds for seconds, _ in runs) for manner, runs in found.items()}
    bound = LIMIT * best["clean"] + TIMEOUT_SECONDS
    answer = {
        "name": "sweep",
        "ours_seconds": round(best["clean"], 3),
        "reference": "a bare aiohttp loop of the same concurrency",
        "reference_seconds": round(best["bare"], 3),
        "ratio": round(best["clean"] / best["bare"], 3),
        "limit_ratio": LIMIT,
        "sick_seconds": round(best["sick"], 3),
        "sick_bound_seconds": round(bound, 3),
        "sick_ratio": round(best["sick"] / bound, 3),
        "archived_seconds": round(best["archived"], 3),
        "peak_mib": round(max(done.peak_mib for _, done in found["clean"]), 1),
    }
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
