"""The command that serves the dashboard."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

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
    serve(session.home, address, port)


@dataclass(frozen=True, slots=True)
class Process:
    """How a process is started: its words, its environment, and the folder it is in (blank: this one)."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path | None = None


def streamlit(home: Home, address: str, port: int) -> Process:
    """Streamlit on the dashboard."""
    main = Path(dashboard_package.__file__).with_name("main.py")
    command = (sys.executable, "-m", "streamlit", "run", str(main))
    options = (f"--server.address={address}", f"--server.port={port}")
    environment = {**os.environ, "PANTAU_HOME": str(home.path), "PANTAU_STORE_URL": home.store_url}
    return Process((*command, *options), environment, main.parent.parent)


def serve(home: Home, address: str, port: int) -> NoReturn:
    """Become Streamlit on the dashboard, in this process, so that a signal that ends it reaches Streamlit."""
    start = streamlit(home, address, port)
    sys.stdout.flush()
    sys.stderr.flush()
    if start.folder is not None:
        os.chdir(start.folder)
    os.execve(sys.executable, start.words, start.environment)  # noqa: S606 - our own interpreter and file
