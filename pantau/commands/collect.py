"""The exporter: collects by itself, and answers Prometheus."""

from __future__ import annotations

import asyncio
import difflib
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import polars as pl
import typer
import uvicorn
from starlette.types import ASGIApp

from exporters.collecting.config import load_config
from exporters.collecting.operation import Ends, Operation
from exporters.collecting.server import Server
from exporters.collecting.webconfig import Guarded
from exporters.errors import SourceError
from exporters.intake import Delivery, Taken
from exporters.push.api import PushApi
from exporters.sources.source import Want, Window
from metrics.errors import UnknownName, UsageError
from metrics.model import SourceRun, SourceState
from pantau.commands.show import LOOPBACK, Port
from pantau.installation import ROLLUP_TABLES, Installation
from pantau.session import HomeOption, JsonOption, Session

ConfigOption = Annotated[Path, typer.Option(help="Configuration: what is probed, how, and how often.")]


def exporter(
    ctx: typer.Context,
    config: ConfigOption,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    port: Port = 9720,
    web_config: Annotated[
        Path | None, typer.Option(help="TLS and users, as Prometheus' exporter-toolkit has them.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Probe the regions' systems on their schedule, archive the findings, and answer Prometheus."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, _end)
        door = Door(installation)
        operation = Operation(config, installation.registry, door.ends)
        push = PushApi(
            installation.store,
            installation.registry,
            door.take_telling,
            door.refresh,
            session.home.scratch / "push",
            clock=installation.clock,
            settings=lambda: operation.config.push,
        )
        server = _served(Server(operation, push).app, web_config, address, port)
        scheme = "https" if server.is_ssl else "http"
        session.say(f"listening on {scheme}://{address}:{port}: /metrics, /probe, /sd, /v1/")
        uvicorn.Server(server).run()


def _served(app: ASGIApp, web_config: Path | None, address: str, port: int) -> uvicorn.Config:
    """Server of an application, behind the door of a web configuration where there is one."""
    door = Guarded(app, web_config) if web_config is not None else None
    tls = door.tls if door is not None else None
    return uvicorn.Config(
        door or app,
        host=address,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=5,
        ssl_context_factory=(lambda _config, _default: tls) if tls is not None else None,
    )


class Door:
    """The one way into an installation, for what the exporter collects and for what is pushed."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._turn = threading.Lock()

    @property
    def ends(self) -> Ends:
        """The way in, for what is collected."""
        return Ends(self.take, self.refresh, self._installation.store.sources, self.remember, self.rollups)

    def take(self, deliveries: Iterable[Delivery]) -> None:
        """Take deliveries in."""
        with self._writing():
            for delivery in deliveries:
                self._installation.intake.take(delivery)

    def remember(self, states: Sequence[SourceState], runs: Sequence[SourceRun], keep_from: datetime) -> None:
        """Write down how far each source has come, and the log of fetches."""
        self._installation.store.put_collection(states, runs, keep_from=keep_from)

    def rollups(self, region: str) -> dict[str, pl.DataFrame]:
        """Rows of a region in each roll-up table."""
        store = self._installation.store
        return {table: store.rollup(table, regions=[region]) for table in ROLLUP_TABLES}

    def take_telling(self, delivery: Delivery) -> Taken:
        """Take a delivery in, and tell what became of each row."""
        with self._writing():
            return self._installation.intake.take_telling(delivery)

    def refresh(self) -> None:
        """Compute what follows from what was taken in."""
        with self._writing():
            self._installation.conclude()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._turn, self._installation.home.writing():
            self._installation.catch_up()
            yield


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
    regions = {target.region for target in read.targets} | {one.region for one in read.sources} - {None}
    session.answer(
        {
            "usable": True,
            "sources": len(read.sources),
            "targets": len(read.targets),
            "regions": len(regions),
            "modules": len(read.modules),
        }
    )


def collect(
    ctx: typer.Context,
    config: ConfigOption,
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source, as 32.11/permits; may be given several times.")
    ] = None,
    begin: Annotated[
        datetime | None, typer.Option("--from", help="Fetch what changed from this time on (UTC), again.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", help="And before this time; now, if left out.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch the sources of a configuration once, now, or what changed in a stretch of time."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        operation = Operation(config, installation.registry, Door(installation).ends)
        ids = _chosen(operation, source or [])
        found = asyncio.run(operation.once(ids, _wanted(begin, end, installation.clock())))
    rows = [
        {
            "source": name,
            "rows": one.rows,
            "seconds": round(one.seconds, 3),
            "reason": one.reason.value if one.reason else "",
            "detail": one.detail,
        }
        for name, one in found.items()
    ]
    session.answer(rows)
    if any(row["reason"] for row in rows):
        raise typer.Exit(SourceError.exit_status)


def _chosen(operation: Operation, names: Sequence[str]) -> list[str]:
    """Sources by their names, or all. Raises ``UnknownName``."""
    known = [one.id for one in operation.config.sources]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise UnknownName(f"the configuration has no source {name!r}.{hint}")
    return list(names) or known


def _wanted(begin: datetime | None, end: datetime | None, now: datetime) -> Want | None:
    """Stretch of time that was asked for. Raises ``UsageError`` for one that ends before it begins."""
    if begin is None:
        if end is not None:
            raise UsageError("--to says where a stretch of time ends. Give --from as well")
        return None
    window = Window(begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC) if end is not None else now)
    if window.begin >= window.end:
        raise UsageError(f"--from {window.begin:%Y-%m-%dT%H:%MZ} is not before --to. Turn them round")
    return Want(window=window)
