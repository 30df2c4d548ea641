"""Installations that a dashboard can meet: without data, with one region, with a few, with all 514."""

from __future__ import annotations

from pathlib import Path

from metrics.regions import indonesia
from tests.app.collected import collect, failed, fetches_of, sources_of
from tests.e2e.cases import some_cases, write, write_mapping
from tests.services.command import Installed, install, run

CASES = 1500
ONLY = "32.73"
"""Region of the installation with one."""
LOST = "73"
"""Province whose sources fail, in the installation with all regions."""


def without_data(folder: Path) -> Installed:
    """Regions are registered, and nothing has been imported."""
    return install(folder / "home")


def with_one_region(folder: Path) -> Installed:
    """Applications of one region, not marked as simulated; some were rejected. One of its sources fails."""
    own = [case for case in some_cases(CASES) if case["region"] == ONLY]
    installed = _with(folder, own, simulated=False)
    first, *others = sources_of([ONLY], simulated=False)
    down = failed(first)
    collect(installed.home, [down, *others], fetches_of(down, down.reason, "", ""))
    return installed


def with_some_regions(folder: Path) -> Installed:
    """Applications of five regions, marked as simulated; some were rejected."""
    return _with(folder, some_cases(CASES), simulated=True)


def with_all_regions(folder: Path) -> Installed:
    """A simulated year of 514 regions, on a small scale: some are ranked, most have too few records.

    Each has four sources; those of one province fail.
    """
    home = folder / "home"
    answer = run("--home", home, "demo", "--scale", "0.02", "--no-serve")
    assert answer.status == 0, answer.err
    states = sources_of(indonesia().regions, simulated=True)
    collect(home, [failed(one) if one.id.startswith(f"{LOST}.") else one for one in states])
    return Installed(home)


def _with(folder: Path, cases: list[dict[str, str]], *, simulated: bool) -> Installed:
    installed = install(folder / "home")
    mapping = write_mapping(folder / "mapping.yaml", simulated=simulated)
    installed("import", write(folder / "cases.csv", cases), "--mapping", mapping)
    return installed
