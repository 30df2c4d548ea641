"""``python -m simulator --out DIR``: writes a simulated year of a registry."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from metrics.regions import Registry, indonesia
from simulator.year import write_year


def main(arguments: list[str] | None = None) -> int:
    """Write the year and tell what was written. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="Write a simulated year of records."
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--registry", type=Path, help="CSV file of regions; default: the 514 of Indonesia")
    parser.add_argument("--seed", type=int, default=20230620)
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is about 600,000 transactions")
    parser.add_argument("--clean", action="store_true", help="plant no defects")
    given = parser.parse_args(arguments)
    registry = Registry.load(given.registry) if given.registry else indonesia()
    manifest = write_year(
        given.out,
        list(registry.regions.values()),
        seed=given.seed,
        year=given.year,
        scale=given.scale,
        defects=not given.clean,
    )
    for file in manifest.files:
        sys.stdout.write(f"{file.file}: {file.records} simulated records\n")
    sys.stdout.write(f"{len(manifest.defects)} planted defects, listed in manifest.json\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
