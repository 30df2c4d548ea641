"""The exporter: collects by itself, and answers Prometheus."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
import uvicorn

from exporters.collecting.config import load_config
from exporters.collecting.operation import Operation
from exporters.collecting.server import Server
from exporters.intake import Delivery
from pantau.commands.show import LOOPBACK, Port
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

ConfigOption = Annotated[Path, typer.Option(help="Configuration: what is probed, how, and how often.")]


def exporter(
    ctx: typer.Context,
    config: ConfigOption,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    port: Port = 9720,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Probe the regions' systems on their schedule, archive the findings, and answer Prometheus."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:

        def take(delivery: Delivery) -> None:
            with session.home.writing():
                installation.catch_up()
                installation.intake.take(delivery)
                installation.refresh()

        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, _end)
        operation = Operation(config, installation.registry, take)
        session.say(f"listening on http://{address}:{port}: /metrics, /probe, /sd")
        server = uvicorn.Config(
            Server(operation).app, host=address, port=port, log_level="warning", timeout_graceful_shutdown=5
        )
        uvicorn.Server(server).run()


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    """Leave by the front door, so that what is open is closed: the server calls this once it has stopped."""
    raise SystemExit(0)


def check_config(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(metavar="FILE", help="Configuration of the exporter.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a configuration of the exporter can be used, and what is wrong with it otherwise."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        read = load_config(config, installation.registry)
    regions = {target.region for target in read.targets}
    session.answer(
        {"usable": True, "targets": len(read.targets), "regions": len(regions), "modules": len(read.modules)}
    )
