"""Commands that keep roll-ups and archive in order."""

from __future__ import annotations

import typer

from metrics.archive import REJECTED
from metrics.datasets import DATASETS
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session


def rollup(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Bring roll-ups, indicators and ranking up to the archive, after a crash or a change of settings."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation, session.home.writing():
        months = installation.catch_up()
        installation.conclude()
    session.answer({dataset: " ".join(found) or "up to date" for dataset, found in months.items()})


def rebuild(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Roll everything up anew from the archive. Gives the same rows, byte for byte."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation, session.home.writing():
        installation.catch_up()
        before = installation.store.rollup_digest()
        for dataset in DATASETS:
            session.say(f"rolling up {dataset}")
            installation.rollup.rebuild(dataset)
        installation.forget_figures()
        installation.conclude()
        after = installation.store.rollup_digest()
    session.answer({"before": before, "after": after, "same": before == after})


def compact(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Join the archive's small files into large ones. No record changes; earlier versions stay readable."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation, session.home.writing():
        done = {name: installation.archive.compact(name) for name in (*DATASETS, REJECTED)}
        installation.catch_up()
    session.answer([{"table": name, **counts} for name, counts in done.items()])
