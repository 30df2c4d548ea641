"""The live simulation: regional systems to collect from on this machine, and faults in them on command."""

from __future__ import annotations

import asyncio
import json
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from metrics.errors import UsageError
from metrics.model import Region
from metrics.regions import Registry, indonesia
from pantau.commands.show import LOOPBACK, Port
from pantau.session import HomeOption, JsonOption, Session
from simulator.live import FaultError, Setting, Simulation
from simulator.live.configuration import Written

PORT = 9800
HEAD_START_SECONDS = 3_600
"""How long a simulation that runs faster takes to come up to the present, where no start is given."""


def simulate(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    *,
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Folder for configuration, files and truth; `live` in the installation's if left out."
        ),
    ] = None,
    port: Port = PORT,
    speed: Annotated[float, typer.Option(min=0.01, max=1_000, help="Simulated by real time.")] = 1.0,
    start: Annotated[
        datetime | None,
        typer.Option(help="Simulated time to begin at, in UTC; now, or before it where speed is above 1."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 20230620,
    regions: Annotated[str, typer.Option(help="How many regions, or their codes with commas.")] = "all",
    volume: Annotated[
        float, typer.Option(min=0.001, max=10, help="1.0 is at least one application a minute and region.")
    ] = 1.0,
    history_days: Annotated[int, typer.Option(min=0, max=30, help="Days of records before the start.")] = 3,
    faults: Annotated[Path | None, typer.Option(help="Schedule of faults, in YAML.")] = None,
    random_faults: Annotated[
        float, typer.Option(min=0, help="Faults at random in an hour of real time, on average.")
    ] = 0.0,
    exporter: Annotated[
        str | None, typer.Option(help="Address of an exporter, for the systems that push.")
    ] = None,
    token_file: Annotated[Path | None, typer.Option(help="File with the token for pushes.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve simulated systems of all regions on this machine, until it is interrupted."""
    session = Session(ctx, home, as_json=as_json)
    setting = Setting(
        folder=folder or session.home.path / "live",
        port=port,
        speed=speed,
        start=_start(start, speed),
        seed=seed,
        history_days=history_days,
        volume=volume,
        faults=faults,
        random_faults=random_faults,
        exporter=_of_this_machine(exporter),
        token_file=token_file,
    )
    try:
        simulation = Simulation(
            _chosen(regions, indonesia()), setting, lambda text: session.say(text.strip())
        )
    except FaultError as error:
        raise UsageError(str(error)) from error

    def ready(written: Written) -> None:
        clock = datetime.fromtimestamp(simulation.timeline.start, UTC)
        session.say(
            f"{len(simulation.world.places)} simulated regions on http://{LOOPBACK}:{simulation.port} "
            f"({written.sources} sources, {written.targets} targets), from {clock:%Y-%m-%d %H:%M:%S} UTC "
            f"at {speed:g} times real time"
        )
        session.say(f"pantau exporter --config {written.config}")

    asyncio.run(_until_told(simulation, ready))


async def _until_told(simulation: Simulation, ready: Callable[[Written], None]) -> None:
    ended = asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    await simulation.run(ended, ready)


def _of_this_machine(address: str | None) -> str | None:
    """Address of the exporter, which is on this machine: simulated records are sent nowhere else."""
    host = urlsplit(address).hostname if address else LOOPBACK
    if host not in {LOOPBACK, "localhost", "::1"}:
        raise UsageError(f"--exporter: it is not on this machine. Write for example http://{LOOPBACK}:9720")
    return address


def _start(given: datetime | None, speed: float) -> float:
    """Seconds since 1970. Without a start: now, or so early that it takes an hour to come up to now."""
    if given is not None:
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
    return time.time() - max(0.0, speed - 1.0) * HEAD_START_SECONDS


def _chosen(text: str, registry: Registry) -> list[Region]:
    """Regions that an option names: all, so many spread over the registry, or by their codes."""
    every = list(registry.regions.values())
    if text == "all":
        return every
    if text.isdecimal():
        count = min(int(text), len(every))
        if not count:
            raise UsageError("--regions: at least one region is needed. Give a number, codes, or all")
        return [every[number * len(every) // count] for number in range(count)]
    codes = text.split(",")
    strangers = [code for code in codes if code not in registry.regions]
    if strangers:
        raise UsageError(f"--regions: {strangers[0]!r} is no code of the registry. Correct it")
    return [registry.regions[code] for code in codes]


def fault(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Kind of the fault; `list` names them all.")],
    *,
    region: Annotated[str | None, typer.Option(help="Code of the region that has it.")] = None,
    province: Annotated[str | None, typer.Option(help="Code of the province that has it.")] = None,
    system: Annotated[str | None, typer.Option(help="Name of the system that has it, everywhere.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long it lasts, in real time.")] = 60.0,
    option: Annotated[
        list[str] | None, typer.Option(help="Option of the kind, as name=value; may be repeated.")
    ] = None,
    port: Port = PORT,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a fault in a running simulation; `end` as the kind ends all."""
    session = Session(ctx, home, as_json=as_json)
    if kind == "list":
        session.answer(_asked(port, "GET")["kinds"])
        return
    if kind == "end":
        session.answer({"ended": len(_asked(port, "DELETE")["ended"])})
        return
    aims = {"region": region, "province": province, "system": system}
    aim: dict[str, object] = {name: value for name, value in aims.items() if value is not None}
    order = {"kind": kind, "seconds": seconds, "options": dict(map(_pair, option or []))}
    session.answer(_asked(port, "POST", order | (aim or {"all": True})))


def _pair(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--option: {text!r} has no =. Write name=value")
    try:
        return name, float(value)
    except ValueError:
        return name, value


def _asked(port: int, method: str, order: object = None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://{LOOPBACK}:{port}/control/faults",
        method=method,
        data=None if order is None else json.dumps(order).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            content: dict[str, Any] = json.load(answer)
            return content
    except urllib.error.HTTPError as error:
        with error:
            raise UsageError(json.load(error)["error"]) from error
    except urllib.error.URLError as error:
        raise UsageError(
            f"no simulation answers on port {port}. Start one with 'pantau simulate', or give its --port"
        ) from error
