"""Commands that make an installation and look after its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from metrics.datasets import DATASETS
from metrics.errors import UsageError
from metrics.ranking import Method
from metrics.regions import Registry, indonesia
from metrics.rollout import published_figures, seed_events
from metrics.store import Store
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

Flag = bool


def init(
    ctx: typer.Context,
    registry: Annotated[
        Path | None,
        typer.Option(help="Registry of regions, a CSV file; without one, Indonesia's 514 regions."),
    ] = None,
    tiles: Annotated[Path | None, typer.Option(help="Tile-grid cells of the provinces, a CSV file.")] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="Ranking method: a YAML file or the name of one that comes along; "
            "without one, the first that fits the record sets."
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an installation: its folder, its store, its registry. One that is there is completed."""
    session = Session(ctx, home, as_json=as_json)
    regions = Registry.load(registry, tiles) if registry else indonesia()
    session.home.create()
    with Store.open(session.home.store_url) as store, session.home.writing():
        store.upgrade()
        _refuse_other_registry(store, regions)
        store.put_registry(regions)
        store.put_meta("registry_digest", regions.digest)
        events = seed_events(regions)
        store.put_seed_events(events)
        store.put_published_figures(published_figures() if events else [])
        if method is not None:
            store.put_meta("method", Method.load(method).model_dump_json())
    session.answer(
        {
            "home": str(session.home.path),
            "registry": regions.name,
            "regions": len(regions.regions),
            "provinces": len(regions.provinces),
        }
    )


def _refuse_other_registry(store: Store, regions: Registry) -> None:
    before = store.meta("registry_digest")
    if before in {None, regions.digest}:
        return
    lost = sorted(set(store.registry().regions) - set(regions.regions))
    if lost and any(store.watermark(dataset) for dataset in DATASETS):
        raise UsageError(
            f"the registry lacks {len(lost)} regions that the installation may have records of: "
            f"{', '.join(lost[:5])}… Keep them in the registry, or make an installation of its own"
        )


def upgrade(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Bring the store's tables to those of this program."""
    session = Session(ctx, home, as_json=as_json)
    session.home.require()
    with Store.open(session.home.store_url) as store, session.home.writing():
        store.upgrade()
    session.answer({"store": "up to date"})


def doctor(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say how the installation stands: versions of archive and store, records, what is behind."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        rows: list[dict[str, Any]] = []
        for dataset in DATASETS:
            mark = installation.store.watermark(dataset)
            version = installation.archive.version(dataset)
            rolled_up = mark.archive_version if mark else -1
            rows.append(
                {
                    "dataset": dataset,
                    "archive_version": version,
                    "rolled_up": rolled_up,
                    "months": len(installation.store.partitions(dataset)),
                    "state": "up to date" if rolled_up == version else "behind: pantau rollup",
                }
            )
    session.answer(rows)
