"""Command line. Exit status: 0 done, 1 too many rows rejected, 2 wrong use, 3 source or store failed."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Annotated, ClassVar

import typer

from pantau.commandtable import CommandTable, Entry
from pantau.failures import described, tell
from pantau.session import Given, HomeOption, JsonOption


class Pantau(CommandTable):
    """Commands of ``pantau``, in the order in which ``--help`` lists them."""

    table: ClassVar[Mapping[str, Entry]] = {
        "init": Entry(
            "pantau.commands.setup:init", "Make an installation: its folder, its store, its registry."
        ),
        "doctor": Entry("pantau.commands.setup:doctor", "Say how the installation stands."),
        "import": Entry(
            "pantau.commands.intake:import_files", "Take files of records in: map, check, archive, roll up."
        ),
        "replay": Entry("pantau.commands.intake:replay", "Try the rejected rows of a source again."),
        "rejected": Entry("pantau.commands.intake:rejected", "List rejected rows that are not mended yet."),
        "indicators": Entry("pantau.commands.figures:indicators", "Print the indicators."),
        "rank": Entry("pantau.commands.figures:rank_regions", "Rank the regions (or provinces)."),
        "rollup": Entry(
            "pantau.commands.upkeep:rollup", "Bring roll-ups, indicators and ranking up to the archive."
        ),
        "rebuild": Entry("pantau.commands.upkeep:rebuild", "Roll everything up anew from the archive."),
        "compact": Entry("pantau.commands.upkeep:compact", "Join the archive's small files into large ones."),
        "exporter": Entry(
            "pantau.commands.collect:exporter",
            "Probe the regions' systems on their schedule, archive the findings, and answer Prometheus.",
        ),
        "collect": Entry(
            "pantau.commands.collect:collect",
            "Fetch the sources of a configuration once, now, or what changed in a stretch of time.",
        ),
        "check-config": Entry(
            "pantau.commands.collect:check_config", "Say whether a configuration of the exporter can be used."
        ),
        "dashboard": Entry("pantau.commands.show:dashboard", "Serve the dashboard, until it is interrupted."),
        "demo": Entry(
            "pantau.commands.demo:demo",
            "Simulate a year of 514 regions, take it in, rank, serve the dashboard, and go on live.",
        ),
        "simulate": Entry(
            "pantau.commands.simulate:simulate",
            "Serve simulated systems of all regions on this machine, until it is interrupted.",
        ),
        "fault": Entry("pantau.commands.simulate:fault", "Begin a fault in a running simulation."),
    }


class Database(CommandTable):
    """Commands of ``pantau db``."""

    table: ClassVar[Mapping[str, Entry]] = {
        "upgrade": Entry(
            "pantau.commands.setup:upgrade", "Bring the store's tables to those of this program."
        ),
    }


class Token(CommandTable):
    """Commands of ``pantau token``."""

    table: ClassVar[Mapping[str, Entry]] = {
        "create": Entry(
            "pantau.commands.tokens:create",
            "Make a token with which records can be pushed. It is shown once.",
        ),
        "list": Entry(
            "pantau.commands.tokens:listed",
            "List the tokens and whether they are let in, without their secrets.",
        ),
        "rotate": Entry(
            "pantau.commands.tokens:rotate",
            "Give a token a new secret. The one before goes on for a while. The new one is shown once.",
        ),
        "revoke": Entry(
            "pantau.commands.tokens:revoke",
            "Refuse a token from now on, for good, also in an exporter that is running.",
        ),
    }


app = typer.Typer(
    name="pantau",
    cls=Pantau,
    help="Watches how well Mal Pelayanan Publik Digital serve people.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(typer.Typer(cls=Database, help="The store's tables.", no_args_is_help=True), name="db")
app.add_typer(
    typer.Typer(cls=Token, help="Who may push records to the exporter.", no_args_is_help=True), name="token"
)


VersionOption = Annotated[
    bool,
    typer.Option("--version", help="Print the version and end."),
]


@app.callback(invoke_without_command=True)
def _common(
    ctx: typer.Context,
    home: HomeOption = None,
    as_json: JsonOption = False,
    print_version: VersionOption = False,
) -> None:
    if print_version:
        sys.stdout.write(f"pantau {version('pantau-mpp')}\n")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        sys.stdout.write(ctx.get_help())
        raise typer.Exit
    ctx.obj = Given(home, as_json)


def main() -> None:
    """Entry point of the console script. Whatever goes wrong is one line on standard error."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    try:
        status: int | None = app(standalone_mode=False, prog_name="pantau")
    except Exception as error:
        if os.environ.get("PANTAU_TRACEBACK"):
            raise
        message, status = described(error)
        if message:
            tell(message)
    sys.exit(status or 0)
