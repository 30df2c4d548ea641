"""``pantau explain``: the way from a rank down to the records."""

from __future__ import annotations

import dataclasses
import sys
from typing import Annotated, Literal

import typer

from app.text import language
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session


def explain(
    ctx: typer.Context,
    region: Annotated[str, typer.Argument(metavar="REGION", help="Code of the region, or of the province.")],
    level: Annotated[Literal["region", "province"], typer.Option(help="Which ranking.")] = "region",
    lang: Annotated[Literal["id", "en"], typer.Option(help="Language: Indonesian or English.")] = "id",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the way from a region's rank down to its records and the checks on them.

    Rank, indicators, roll-ups, batches, checks, and what was published of it with the region's replies.
    """
    from pantau.explanation import lines, trace  # noqa: PLC0415 - only what computes loads SciPy

    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        with session.home.writing():
            installation.catch_up()
            installation.refresh()
        found = trace(installation, region, level)
    if session.as_json:
        session.answer(dataclasses.asdict(found))
        return
    sys.stdout.writelines(f"{line}\n" for line in lines(found, language(lang)))
