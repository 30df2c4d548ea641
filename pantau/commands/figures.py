"""Commands that print indicators and ranking."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

import typer

from metrics.catalogue import CATALOGUE
from metrics.errors import UnknownName
from metrics.regions import Registry
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

COLUMNS = ["indicator", "region", "period", "value", "unit", "n", "low", "high", "status", "reason"]


def indicators(
    ctx: typer.Context,
    indicator: Annotated[list[str] | None, typer.Option(help="Only this indicator; may be repeated.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only this region; may be repeated.")] = None,
    period: Annotated[
        list[str] | None, typer.Option(help='Only this period: "all", "2025", "2025-07"; may be repeated.')
    ] = None,
    level: Annotated[str | None, typer.Option(help="Only this level: region, province or nation.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the indicators: value, unit, n, 95 % interval, status, and why there is no value."""
    session = Session(ctx, home, as_json=as_json)
    unknown = sorted(set(indicator or ()) - set(CATALOGUE))
    if unknown:
        raise UnknownName(f"no indicator is called {unknown[0]!r}. There are: {', '.join(CATALOGUE)}")
    with Installation(session.home) as installation:
        with session.home.writing():
            installation.catch_up()
            installation.refresh()
        values = installation.store.indicator_values(
            indicator=indicator, region=region, period=period, level=level
        )
    columns = [*COLUMNS[:2], "level", *COLUMNS[2:]]
    session.answer(values.select(columns).to_dicts(), columns=columns)


def rank_regions(
    ctx: typer.Context,
    level: Annotated[Literal["region", "province"], typer.Option(help="What to rank.")] = "region",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the regions (or provinces), each with its rank's range; those not ranked with the reason."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        with session.home.writing():
            installation.catch_up()
            installation.refresh()
        ranking = installation.store.latest_ranking(level=level)
        names = _names(installation.registry)
    rows: list[dict[str, Any]] = (
        [{"name": names.get(row.region, ""), **dataclasses.asdict(row)} for row in ranking.rows]
        if ranking
        else []
    )
    if session.as_json and ranking:
        session.answer(
            {
                "method": ranking.method,
                "method_version": ranking.method_version,
                "level": ranking.level,
                "period": ranking.period,
                "computed": ranking.computed.isoformat(),
                "archive_versions": ranking.archive_versions,
                "simulated": ranking.simulated,
                "rows": rows,
            }
        )
        return
    session.answer(
        rows, columns=["rank", "rank_low", "rank_high", "region", "name", "score", "band", "reasons"]
    )


def _names(registry: Registry) -> dict[str, str]:
    regions = {code: region.full_name for code, region in registry.regions.items()}
    return regions | {code: province.name for code, province in registry.provinces.items()}
