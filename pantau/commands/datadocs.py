"""``pantau data-docs``: Great Expectations' own pages on a file. No installation is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from checks.datadocs import write_data_docs
from checks.rules.kind import Scope
from exporters.deliver import deliver_file
from exporters.mapping import Mapping
from metrics.regions import Registry, indonesia
from pantau.session import HomeOption, JsonOption, Session


def data_docs(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File of records to be judged.")],
    mapping: Annotated[Path, typer.Option(help="Mapping: which columns, words and formats mean what.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the pages.")],
    registry: Annotated[
        Path | None, typer.Option(help="Registry of regions, a CSV file; Indonesia's, if left out.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write Great Expectations' Data Docs of a file, as pages that need no network."""
    session = Session(ctx, home, as_json=as_json)
    regions = Registry.load(registry) if registry else indonesia()
    now = datetime.now(UTC)
    delivery = deliver_file(file, Mapping.load(mapping), regions, now=now)
    scope = Scope(frozenset(regions.regions), now, delivery.contract.polars_schema)
    chunks = [*delivery.chunks]
    page = write_data_docs(out, delivery.contract, [chunk.frame for chunk in chunks], scope)
    session.answer(
        {
            "page": str(page),
            "rows": sum(chunk.frame.height for chunk in chunks),
            "unreadable": sum(chunk.issues["_row"].n_unique() for chunk in chunks),
        }
    )
