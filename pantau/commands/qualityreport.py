"""Command that writes the report on the quality of the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from app.reading.observation import summed
from app.text import language
from metrics.errors import UnknownName, UsageError
from metrics.regions import Registry
from pantau.installation import Installation
from pantau.qualityreport import facts_of, report
from pantau.session import HomeOption, JsonOption, Session


def quality_report(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="HTML", help="Write the report to this file.")],
    region: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="About this region, with its details; may be repeated."),
    ] = None,
    province: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="About all regions of this province, with their details."),
    ] = None,
    lang: Annotated[
        Literal["id", "en"], typer.Option(help="Language of the report: Indonesian or English.")
    ] = "id",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what the checks say of the data to one HTML file, to be kept, printed or handed on.

    Nothing is checked anew: the report says when the data were last checked.
    """
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        asked = _asked(installation.registry, region or (), province)
        facts = facts_of(installation.store, installation.registry, asked, made=installation.clock())
    out.write_text(report(facts, language(lang)), encoding="utf-8")
    whole = summed(facts.rows)
    session.answer(
        {
            "report": str(out),
            "regions": whole.regions,
            "critical": whole.critical,
            "warned": whole.warned,
            "incidents": len(facts.entries),
            "data_as_of": facts.as_of,
            "last_checked": facts.watch.started if facts.watch else None,
            "simulated": facts.simulated,
        }
    )


def _asked(registry: Registry, regions: list[str] | tuple[()], province: str | None) -> list[str] | None:
    """Codes of the regions asked for, ``None`` for all. Raises where there is no such region or province."""
    if regions and province:
        raise UsageError("--region and --province cannot be given together. Leave one of them out")
    unknown = sorted(set(regions) - set(registry.regions))
    if unknown:
        raise UnknownName(
            f"{unknown[0]!r} is no region of {registry.name}. Give a code such as 32.11, or --province "
            "for all regions of a province"
        )
    if province is None:
        return list(regions) or None
    found = [code for code, one in registry.regions.items() if one.province.code == province]
    if not found:
        raise UnknownName(f"{province!r} is no province of {registry.name}. Give a code such as 32")
    return found
