"""Command that has the monitors judge the data, and says what they find."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from metrics.errors import UnknownName
from metrics.observation import Watch
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

COLUMNS = ["severity", "check", "dataset", "region", "field", "first_day", "last_day", "detail", "remedy"]
GRAVITY = {"critical": 0, "warning": 1, "info": 2}
CRITICAL_FOUND = 1


def check(
    ctx: typer.Context,
    from_day: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Judge all days from this one on.")
    ] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only this region; may be repeated.")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only this record set; may be repeated.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the data by every monitor, follow incidents up, and list what fails.

    Exit status 1 where anything critical fails.
    """
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        unknown = sorted(set(region or ()) - set(installation.registry.regions))
        if unknown:
            raise UnknownName(f"{unknown[0]!r} is no region of the registry. Give a code such as 32.11.")
        with session.home.writing():
            installation.catch_up()
            watch = installation.watch(from_day=from_day.date() if from_day else None)
            installation.refresh()
        found = installation.store.findings(region=region or None, dataset=dataset or None)
    rows = sorted(found.to_dicts(), key=lambda row: (GRAVITY[row["severity"]], row["dataset"]))
    session.say(_said(watch))
    session.answer([{name: row[name] for name in COLUMNS} for row in rows], columns=COLUMNS)
    if any(row["severity"] == "critical" for row in rows):
        raise typer.Exit(CRITICAL_FOUND)


def _said(watch: Watch | None) -> str:
    if watch is None:
        return "nothing has changed since the last run; this is what it found"
    facts: dict[str, Any] = {"days": f"{watch.first} to {watch.last}", "seconds": f"{watch.seconds:.1f}"}
    simulated = ", of simulated records" if watch.simulated else ""
    return f"judged {facts['days']} in {facts['seconds']} s{simulated}"
