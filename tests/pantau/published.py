"""An installation with a published ranking, and what is delivered to it afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.cases import closed, some_cases, write, write_mapping
from tests.services.command import Installed, install

FIRST, SECOND = "all-region-1", "all-region-2"
COUNT, MORE = 300, 60
EXTRA: tuple[str, ...] = ("--max-rejected", "1")


def publish(folder: Path) -> Installed:
    """Make an installation, import cases into it and publish their ranking."""
    installed = install(folder / "home")
    deliver(installed, folder, "first.csv", some_cases(COUNT))
    installed("publish", "--by", "sari")
    return installed


def deliver(installed: Installed, folder: Path, name: str, cases: list[dict[str, str]]) -> None:
    """Import cases."""
    mapping = write_mapping(folder / "mapping.yaml")
    installed("import", write(folder / name, cases), "--mapping", mapping, *EXTRA)


def deliver_more(installed: Installed, folder: Path) -> None:
    """Import later versions of the cases that were open, and further cases."""
    fresh = [case | {"id": f"B{case['id']}"} for case in some_cases(MORE, seed=7)]
    deliver(installed, folder, "later.csv", [*closed(some_cases(COUNT)), *fresh])


def verified(installed: Installed, snapshot: str, *, status: int = 0) -> dict[str, Any]:
    """What ``verify`` says of a snapshot."""
    found: dict[str, Any] = installed("verify", snapshot, status=status)
    return found
