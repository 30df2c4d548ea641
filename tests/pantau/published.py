"""An installation with a published ranking, and what is delivered to it afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.cases import Case, closed, some_cases, write, write_mapping
from tests.services.command import Installed, install

FIRST, SECOND = "all-region-1", "all-region-2"
COUNT, MORE, BAD_EVERY = 300, 60, 45
EXTRA: tuple[str, ...] = ("--max-rejected", "1")


def first_cases() -> list[Case]:
    """Cases that were there when the ranking was published. Some are rejected, too few for a hold."""
    return some_cases(COUNT, bad_every=BAD_EVERY)


def later_cases() -> list[Case]:
    """Cases that come afterwards: the same a month later, and further ones."""
    fresh = [case | {"id": f"B{case['id']}"} for case in some_cases(MORE, seed=7)]
    return [*closed(first_cases()), *fresh]


def publish(folder: Path) -> Installed:
    """Make an installation, import cases into it and publish their ranking."""
    installed = install(folder / "home")
    deliver(installed, folder, "first.csv", first_cases())
    installed("publish", "--by", "sari")
    return installed


def deliver(installed: Installed, folder: Path, name: str, cases: list[Case]) -> None:
    """Import cases."""
    mapping = write_mapping(folder / "mapping.yaml")
    installed("import", write(folder / name, cases), "--mapping", mapping, *EXTRA)


def deliver_more(installed: Installed, folder: Path) -> None:
    """Import what comes after the publication."""
    deliver(installed, folder, "later.csv", later_cases())


def verified(installed: Installed, snapshot: str, *, status: int = 0) -> dict[str, Any]:
    """What ``verify`` says of a snapshot."""
    found: dict[str, Any] = installed("verify", snapshot, status=status)
    return found
