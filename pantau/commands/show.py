"""The command that serves the dashboard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import app as dashboard_package
from pantau.home import Home
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

LOOPBACK = "127.0.0.1"

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def dashboard(
    ctx: typer.Context,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    port: Port = 8501,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the dashboard, until it is interrupted."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home):
        pass
    raise typer.Exit(serve(session.home, address, port))


def serve(home: Home, address: str, port: int) -> int:
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
