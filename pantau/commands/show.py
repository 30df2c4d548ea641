"""Commands that show: the dashboard, and the demonstration that fills one with simulated data."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

import app as dashboard_package
from exporters.deliver import deliver_file
from exporters.mapping import Mapping
from metrics.errors import UsageError
from metrics.regions import indonesia
from pantau.commands.setup import init
from pantau.home import Home, Settings
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session
from simulator.year import write_year

LOOPBACK = "127.0.0.1"


def dashboard(
    ctx: typer.Context,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the dashboard, until it is interrupted."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home):
        pass
    raise typer.Exit(_serve(session.home, address, port))


def demo(
    ctx: typer.Context,
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 20230620,
    scale: Annotated[float, typer.Option(min=0.001, help="1.0 is about 600,000 applications.")] = 1.0,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    serve: Annotated[bool, typer.Option(help="Serve the dashboard at the end.")] = True,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate a year of 514 regions, take it in, rank, and serve the dashboard. Nothing in it is real."""
    session = Session(ctx, home, as_json=as_json)
    if session.home.path == Home(Settings().home, Settings()).path:
        session = Session(ctx, session.home.path / "demo", as_json=as_json)
    begun = time.monotonic()
    if not (session.home.path / "simulation" / "imported").exists():
        _fill(ctx, session, seed, scale)
    session.say(f"ready after {time.monotonic() - begun:.0f} s: http://{LOOPBACK}:{port} (simulated data)")
    if serve:
        raise typer.Exit(_serve(session.home, LOOPBACK, port))


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
        installation.refresh()
    (folder / "imported").touch()


def _serve(home: Home, address: str, port: int) -> int:
    """Run Streamlit on the dashboard. Returns its exit status."""
    main = Path(dashboard_package.__file__).with_name("main.py")
    command = [sys.executable, "-m", "streamlit", "run", str(main)]
    options = [f"--server.address={address}", f"--server.port={port}"]
    environment = {**os.environ, "PANTAU_HOME": str(home.path), "PANTAU_STORE_URL": home.store_url}
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter and file
            [*command, *options], env=environment, cwd=main.parent.parent, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0
