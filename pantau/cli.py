"""Command line. Exit status: 0 done, 1 too many rows rejected, 2 wrong use, 3 source or store failed."""

from __future__ import annotations

import os
import sys

import typer
from rich.console import Console

from metrics.errors import PantauError
from pantau.commands import figures, intake, setup, show, upkeep
from pantau.session import Given, HomeOption, JsonOption

app = typer.Typer(
    name="pantau",
    help="Watches how well Mal Pelayanan Publik Digital serve people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
database = typer.Typer(help="The store's tables.", no_args_is_help=True)


@app.callback()
def _common(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    ctx.obj = Given(home, as_json)


app.command("init")(setup.init)
app.command("doctor")(setup.doctor)
app.add_typer(database, name="db")
database.command("upgrade")(setup.upgrade)
app.command("import")(intake.import_files)
app.command("replay")(intake.replay)
app.command("rejected")(intake.rejected)
app.command("indicators")(figures.indicators)
app.command("rank")(figures.rank_regions)
app.command("rollup")(upkeep.rollup)
app.command("rebuild")(upkeep.rebuild)
app.command("compact")(upkeep.compact)
app.command("dashboard")(show.dashboard)
app.command("demo")(show.demo)


def main() -> None:
    """Entry point of the console script."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    try:
        app()
    except PantauError as error:
        Console(stderr=True, highlight=False).print(f"pantau: {error}", soft_wrap=True, markup=False)
        sys.exit(error.exit_status)
