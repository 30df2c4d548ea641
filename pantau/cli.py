"""Command line. Exit status: 0 done, 1 too many rows rejected or not reproduced, 2 wrong use, 3 a failure."""

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
        "explain": Entry(
            "pantau.commands.explain:explain",
            "Print the way from a region's rank down to its records and the checks on them.",
        ),
        "publish": Entry(
            "pantau.commands.publishing:publish",
            "Freeze the ranking of a period, with all that it was computed from and a hash.",
        ),
        "publications": Entry(
            "pantau.commands.publishing:publications",
            "List the published rankings, the latest first, or show one with its replies.",
        ),
        "verify": Entry(
            "pantau.commands.publishing:verify",
            "Compute a published ranking again from the archive, and compare every byte.",
        ),
        "reply": Entry(
            "pantau.commands.publishing:reply",
            "Attach what a region says to a published ranking; it is shown with it.",
        ),
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
        "check": Entry(
            "pantau.commands.check:check",
            "Judge the data by every monitor, follow incidents up, and list what fails.",
        ),
        "quality-report": Entry(
            "pantau.commands.qualityreport:quality_report",
            "Write what the checks say of the data to one HTML file, to be kept, printed or handed on.",
        ),
        "data-docs": Entry(
            "pantau.commands.datadocs:data_docs",
            "Write Great Expectations' Data Docs of a file, as pages that need no network.",
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


class Incident(CommandTable):
    """Commands of ``pantau incident``."""

    table: ClassVar[Mapping[str, Entry]] = {
        "list": Entry(
            "pantau.commands.incidents:listed", "List the incidents that are present, the latest first."
        ),
        "show": Entry(
            "pantau.commands.incidents:show",
            "Show an incident: what is wrong and what to do, its log, and its parts.",
        ),
        "ack": Entry("pantau.commands.incidents:acknowledge", "Say that somebody looks after an incident."),
        "assign": Entry("pantau.commands.incidents:assign", "Say who is to look after an incident."),
        "note": Entry("pantau.commands.incidents:note", "Add a line to an incident's log."),
        "resolve": Entry("pantau.commands.incidents:resolve", "Close an incident and its parts by hand."),
        "reopen": Entry(
            "pantau.commands.incidents:reopen",
            "Open an incident again, with the parts that were closed with it.",
        ),
    }


class Contract(CommandTable):
    """Commands of ``pantau contract``."""

    table: ClassVar[Mapping[str, Entry]] = {
        "list": Entry(
            "pantau.commands.contract:listed", "List the contracts of this program with their versions."
        ),
        "show": Entry("pantau.commands.contract:show", "Show a contract: its version, columns and rules."),
        "diff": Entry(
            "pantau.commands.contract:diff",
            "Say what changes from one contract to another, and whom it breaks.",
        ),
        "test": Entry(
            "pantau.commands.contract:try_out",
            "Test a file against its contract, without an installation, and report what must be mended.",
        ),
    }


class Quarantine(CommandTable):
    """Commands of ``pantau quarantine``."""

    table: ClassVar[Mapping[str, Entry]] = {
        "list": Entry(
            "pantau.commands.quarantine:groups",
            "List what was rejected, by record set, source, region and rule: how many rows, and what to do.",
        ),
        "show": Entry(
            "pantau.commands.quarantine:show",
            "Show one rejected row: what was read, every rule it breaks, and what became of it.",
        ),
        "export": Entry(
            "pantau.commands.quarantine:export", "Write rejected rows to a CSV file, for whom can mend them."
        ),
        "retain": Entry(
            "pantau.commands.quarantine:retain",
            "Remove the content of old rejected rows for good. The account of them, and a record of it, "
            "stay.",
        ),
        "log": Entry(
            "pantau.commands.quarantine:log",
            "List what retention removed: when, by whom, under which policy, how many rows of which sources.",
        ),
    }


GROUPS: Mapping[str, tuple[type[CommandTable], str]] = {
    "db": (Database, "The store's tables."),
    "token": (Token, "Who may push records to the exporter."),
    "contract": (Contract, "What records must be like, and whether a file is."),
    "quarantine": (Quarantine, "Rejected rows: looked at, mended, kept as long as allowed."),
    "incident": (Incident, "Trouble with the data, and what is done about it."),
}
"""Groups of commands below ``pantau``, with the line of help that lists each."""

app = typer.Typer(
    name="pantau",
    cls=Pantau,
    help="Watches how well Mal Pelayanan Publik Digital serve people.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, (_commands, _summary) in GROUPS.items():
    app.add_typer(typer.Typer(cls=_commands, help=_summary, no_args_is_help=True), name=_name)


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
