"""Import of a file of transactions, everything included, against a bare read and a bare write of it.

    python -m benchmarks.ingest [--rows 1000000] [--rounds 3] [--long 5]

Ours is the whole command ``pantau import`` in a process of its own, from its start to its exit:
start-up, reading, mapping, gate, archive, roll-up, indicators, ranking and store. The floor is
``polars.read_csv`` of the same file and ``write_deltalake`` of what it gave, without start-up.
Both run alternately; each is given by its best round. Two cases: a file with codes and UTC
instants, and one with names, local times and a decimal comma. The last case is ``--long`` times
as long and measures memory only: flat means that it needs no more than the short one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from benchmarks.measure import python, run
from metrics.regions import indonesia
from simulator.country import CASES, Country
from simulator.flavours import FLAVOURS
from simulator.mapping_file import write_mapping
from simulator.planting import plant
from simulator.sheets import Sheet
from simulator.year import simulate

FLAVOURS_MEASURED = ("transactions-mppdn", "transactions-own")
LIMIT_MIB = 1536
LIMIT_RATIO = 6.0
SPARE = 1.15
"""Some regions are silent: more is simulated than is needed."""
_FLOOR = """
import json, sys, time
import polars as pl
from deltalake import write_deltalake
path, separator, comma, target = sys.argv[1:]
begun = time.perf_counter()
frame = pl.read_csv(path, separator=separator, decimal_comma=comma == "1")
read = time.perf_counter()
write_deltalake(target, frame)
print(json.dumps({"read": read - begun, "write": time.perf_counter() - read}))
"""
_PANTAU = "import sys; from pantau.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Case:
    """One file with its mapping."""

    name: str
    path: Path
    mapping: Path
    separator: str
    decimal_comma: bool


def write_cases(folder: Path, rows: int, times: int) -> list[Case]:
    """Write a file of about so many rows in each flavour, and one ``times`` as long in the first."""
    country = Country.of(list(indonesia().regions.values()), seed=1, year=2025, scale=SPARE * rows / CASES)
    records = simulate(country)["transactions"]
    chosen = records.with_row_index("_at").sample(min(rows, len(records)), seed=1).sort("_at").drop("_at")
    cases = []
    for name in FLAVOURS_MEASURED:
        flavour = replace(next(f for f in FLAVOURS if f.name == name), systems=())
        [sheet], _ = plant(country, [Sheet(flavour, chosen)])
        path = replace(sheet, lines=()).write(folder)  # a bare read would stop at a line that is no row
        write_mapping(folder, flavour)
        mapping = folder / flavour.mapping
        cases.append(Case(name, path, mapping, flavour.separator, flavour.decimal_comma))
    first = next(flavour for flavour in FLAVOURS if flavour.name == FLAVOURS_MEASURED[0])
    again = replace(cases[0], name=f"{cases[0].name} x {times}", path=folder / "long.csv")
    with again.path.open("wb") as file:
        for part in range(times):
            renamed = chosen.with_columns(id=pl.format("{}-{}", "id", pl.lit(part)))
            with Sheet(first, renamed).write(folder / "part").open("rb") as source:
                if part:
                    source.readline()
                shutil.copyfileobj(source, file)
    return [*cases, again]


def ours(case: Case, folder: Path) -> tuple[float, float, int]:
    """Seconds, peak MiB and rows of one import into an empty installation."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    command = [sys.executable, "-c", _PANTAU, "--home", str(home)]
    run([*command, "init"])
    done = run([*command, "import", str(case.path), "--mapping", str(case.mapping), "--json"])
    return done.seconds, done.peak_mib, int(json.loads(done.output)["accepted"])


def floor(case: Case, folder: Path) -> tuple[float, float]:
    """Seconds and peak MiB of the bare read and write."""
    target = folder / "bare"
    shutil.rmtree(target, ignore_errors=True)
    done = python(_FLOOR, str(case.path), case.separator, str(int(case.decimal_comma)), str(target))
    return sum(json.loads(done.output).values()), done.peak_mib


@dataclass(frozen=True, slots=True)
class Measured:
    """One case: best seconds of ours and of the floor, highest memory, rows accepted."""

    case: str
    accepted: int
    ours_seconds: float
    reference_seconds: float
    ratio: float
    peak_mib: float
    reference_peak_mib: float


def measure(case: Case, folder: Path, rounds: int) -> Measured:
    """Measure one case some rounds, alternately."""
    pairs = [(floor(case, folder), ours(case, folder)) for _ in range(rounds)]
    seconds = min(mine[0] for _, mine in pairs)
    reference = min(bare[0] for bare, _ in pairs)
    return Measured(
        case=case.name,
        accepted=pairs[0][1][2],
        ours_seconds=round(seconds, 3),
        reference_seconds=round(reference, 3),
        ratio=round(seconds / reference, 3),
        peak_mib=round(max(mine[1] for _, mine in pairs), 1),
        reference_peak_mib=round(max(bare[1] for bare, _ in pairs), 1),
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure every case; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--long", type=int, default=5, help="how many times as long the long file is")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="pantau-ingest-") as name:
        folder = Path(name)
        (folder / "part").mkdir()
        *short, long = write_cases(folder, given.rows, given.long)
        measured = []
        for case in short:
            measured.append(measure(case, folder, given.rounds))
            sys.stdout.write(f"{json.dumps(asdict(measured[-1]))}\n")
        seconds, peak, accepted = ours(long, folder)
    worst = max(measured, key=lambda case: case.ratio)
    answer = {
        "name": "ingest",
        "ours_seconds": worst.ours_seconds,
        "reference": "polars.read_csv and write_deltalake of the same file",
        "reference_seconds": worst.reference_seconds,
        "ratio": worst.ratio,
        "limit_ratio": LIMIT_RATIO,
        "peak_mib": max(round(peak, 1), *(case.peak_mib for case in measured)),
        "limit_mib": LIMIT_MIB,
        "long": {
            "accepted": accepted,
            "seconds": round(seconds, 3),
            "peak_mib": round(peak, 1),
            "memory_ratio": round(peak / measured[0].peak_mib, 3),
        },
        "cases": [asdict(case) for case in measured],
    }
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
