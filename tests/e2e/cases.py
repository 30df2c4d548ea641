"""Made-up applications in a CSV file, some of them with a defect, and the mapping that reads them."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml

COLUMNS = ("region", "id", "submitted", "completed", "status", "seen")
REGIONS = ("32.73", "32.04", "73.71", "91.71", "35.78")
BEGUN = dt.datetime(2025, 1, 6, 1, 0, tzinfo=dt.UTC)

Case = dict[str, str]


def some_cases(count: int, *, seed: int = 1, bad_every: int = 50) -> list[Case]:
    """Applications over five months. Each ``bad_every``th ends before it begins."""
    chance = random.Random(seed)  # noqa: S311 - made-up cases, no secrets
    cases = []
    for number in range(count):
        begun = BEGUN + dt.timedelta(minutes=chance.randrange(150 * 24 * 60))
        ended = begun + dt.timedelta(hours=chance.expovariate(1 / 60))
        is_bad = bad_every > 0 and number % bad_every == bad_every - 1
        if is_bad:
            ended = begun - dt.timedelta(hours=1)
        is_open = number % 7 == 3 and not is_bad
        cases.append(
            {
                "region": chance.choice(REGIONS),
                "id": f"A{number:06d}",
                "submitted": begun.isoformat(timespec="seconds"),
                "completed": "" if is_open else ended.isoformat(timespec="seconds"),
                "status": "open" if is_open else "completed",
                "seen": "2025-07-01T00:00:00+00:00",
            }
        )
    return cases


def closed(cases: Iterable[Case]) -> list[Case]:
    """The same applications a month later: the open ones have been completed."""
    return [
        {
            **case,
            "completed": "2025-07-15T03:00:00+00:00",
            "status": "completed",
            "seen": "2025-08-01T00:00:00+00:00",
        }
        if case["status"] == "open"
        else case
        for case in cases
    ]


def write(path: Path, cases: Sequence[Case]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(cases)
    return path


def write_mapping(path: Path, **changes: object) -> Path:
    """Mapping for ``write``'s files; ``changes`` replace its entries."""
    mapping: Mapping[str, object] = {
        "version": "1",
        "dataset": "transactions",
        "source": "made-up",
        "simulated": True,
        "observed_at": {"column": "seen"},
        "region": {"column": "region"},
        "fields": {"id": "id", "submitted": "submitted", "completed": "completed", "status": "status"},
        **changes,
    }
    path.write_text(yaml.safe_dump(mapping, sort_keys=False), encoding="utf-8")
    return path
