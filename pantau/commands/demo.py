"""The demonstration: an installation filled with a simulated year, and shown."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Annotated

import typer

from exporters.deliver import deliver_file
from exporters.mapping import Mapping
from metrics.errors import UsageError
from metrics.regions import indonesia
from pantau.commands.setup import init
from pantau.commands.show import LOOPBACK, Port, serve, streamlit
from pantau.companions import Companions, pantau
from pantau.home import Home, Settings
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session
from simulator.year import write_year


def demo(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    *,
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 20230620,
    scale: Annotated[float, typer.Option(min=0.001, help="1.0 is about 600,000 applications.")] = 1.0,
    port: Port = 8501,
    show: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the dashboard at the end.")] = True,
    live: Annotated[
        bool, typer.Option("--live/--no-live", help="Collect from 514 simulated systems meanwhile.")
    ] = True,
    exporter_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the exporter.")] = 9720,
    simulator_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the simulator.")] = 9800,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate a year of 514 regions, take it in, rank, serve the dashboard, and go on live."""
    session = Session(ctx, home, as_json=as_json)
    if session.home.path == Home(Settings().home, Settings()).path:
        session = Session(ctx, session.home.path / "demo", as_json=as_json)
    begun = time.monotonic()
    if not (session.home.path / "simulation" / "imported").exists():
        _fill(ctx, session, seed, scale)
    session.say(f"ready after {time.monotonic() - begun:.0f} s: http://{LOOPBACK}:{port} (simulated data)")
    if show and live:
        _run_live(session, port, exporter_port, simulator_port)
    elif show:
        serve(session.home, LOOPBACK, port)


def _run_live(session: Session, port: int, exporter_port: int, simulator_port: int) -> None:
    """Simulator, exporter and dashboard together, until one of them ends or this is interrupted."""
    home, folder = session.home, session.home.path / "live"
    with Companions(folder / "logs") as together:
        dashboard = streamlit(home, LOOPBACK, port)
        together.start(
            "dashboard", dashboard.words, environment=dashboard.environment, folder=dashboard.folder
        )
        together.start(
            "simulator",
            pantau("simulate", "--folder", folder, "--port", str(simulator_port)),
            ready=f"http://{LOOPBACK}:{simulator_port}/control/clock",
        )
        together.start(
            "exporter",
            pantau(
                *("--home", home.path, "exporter", "--config", folder / "exporter.yaml"),
                *("--port", str(exporter_port)),
            ),
            environment={**os.environ, "PANTAU_STORE_URL": home.store_url},
            ready=f"http://{LOOPBACK}:{exporter_port}/-/ready",
        )
        session.say(f"live: simulator on {simulator_port}, exporter on http://{LOOPBACK}:{exporter_port}")
        session.say(f"break something: pantau fault down --province 32 --seconds 300 --port {simulator_port}")
        ended = together.wait()
        raise UsageError(f"the {ended} has ended; see {folder / 'logs' / ended}.log")


def _fill(ctx: typer.Context, session: Session, seed: int, scale: float) -> None:
    """Simulate into the home's own folder, and take it all in."""
    folder = session.home.path / "simulation"
    if session.home.exists() and not folder.exists():
        raise UsageError(
            f"{session.home.path}: an installation with data of its own. Give the demo another --home"
        )
    session.say(f"simulating a year of {len(indonesia().regions)} regions into {folder}")
    manifest = write_year(folder, list(indonesia().regions.values()), seed=seed, scale=scale)
    init(ctx, home=session.home.path, as_json=session.as_json)
    with Installation(session.home) as installation, session.home.writing():
        for file in manifest.files:
            mapping = Mapping.load(folder / file.mapping)
            delivery = deliver_file(
                folder / file.file, mapping, installation.registry, now=installation.clock()
            )
            batch = installation.intake.take(delivery)
            session.say(f"{file.file}: {batch.accepted} records accepted, {batch.rejected} rejected")
        installation.conclude(watch_every=timedelta())
    (folder / "imported").touch()
