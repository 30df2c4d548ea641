"""The gate on a batch of transactions, against a bare polars pass of the same predicates by region.

    python -m benchmarks.validate [--rows 1000000] [--rounds 3]

Ours is what the intake does with mapped chunks of 200,000 rows: the gate opened, ``check`` for each
chunk (rules, masking of personal data, accepted and rejected records with reasons and payloads,
figures by region and column) and ``close`` (Great Expectations' verdict, in the process that the
intake has for it, and a result for each rule and region). Reading and mapping are not part of it:
chunks lie in memory when the clock starts. Nor is the start of the judge's process, which is a constant
that the intake hides behind its reading; it is given as ``judge_start_seconds``.

The floor has the whole batch in memory and does one lazy query: every rule's predicate, summed by
region. It masks nothing, parts nothing, explains nothing and judges nothing. Both run alternately, in
processes of their own, some passes in each: given is the best pass, and the first one of ours beside it.

Cases: clean; dirty, where a fifth of the rows break a rule, all rules in turn, and most are rejected;
clean rows of 1, 10 and 100 regions instead of 514.
Then Great Expectations itself counts, row by row, what breaks each rule in each region of the first
chunk of the clean and of the dirty batch: the counts and verdicts must be the gate's. This is outside of
the timing, and of one chunk because it compares pairs of values in Python: a minute for 200,000 rows.
Rows with a value that the mapping could not read are not handed to it: only the mapping knows them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks._batches import NOW, clean, dirty, write
from benchmarks.measure import python
from checks.chunk import ISSUES_SCHEMA
from checks.compile import load_contract

REGIONS = (1, 10, 100, 514)
LIMIT_RATIO = 4.0
LIMIT_DIRTY = 2.0
LIMIT_MIB = 700

_COMMON = """
import json, re, sys, time
from datetime import datetime
from pathlib import Path
import polars as pl
from checks.chunk import MappedChunk
from checks.compile import load_contract
from checks.gate import Gate
from checks.judging import JudgingProcess
from checks.rules.kind import UNREADABLE, Scope
from checks.suites import Judgement, of_rows
from metrics.regions import indonesia
folder, passes, now = Path(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
contract, codes = load_contract("transactions"), sorted(indonesia().regions)
parts = sorted(folder.glob("*-frame.arrow"))
def chunks():
    for part in parts:
        number = part.name.split("-")[0]
        kinds = ("frame", "issues", "raw")
        yield MappedChunk(*(pl.read_ipc(folder / f"{number}-{kind}.arrow") for kind in kinds))
"""

_OURS = (
    _COMMON
    + """
import psutil
tiny = Judgement("start", pl.DataFrame({"at": [1]}), "at", {})
def used():
    every = [psutil.Process(), *psutil.Process().children()]
    return sum(one.user + one.system for one in (process.cpu_times() for process in every))
def once(judge):
    batch, checking, cpu = None, 0.0, 0.0
    for chunk in chunks():
        before, begun = used(), time.perf_counter()
        if batch is None:
            batch = Gate(contract, codes, now, key=b"benchmark", judge=judge).open()
        batch.check(chunk)
        checking += time.perf_counter() - begun
        cpu += used() - before
        del chunk
    before, begun = used(), time.perf_counter()
    results = batch.close()
    closing = time.perf_counter() - begun
    return checking, closing, batch, results, cpu + used() - before
with JudgingProcess() as judge:
    begun = time.perf_counter()
    judge(tiny)
    start = time.perf_counter() - begun
    done = [once(judge) for _ in range(passes)]
    judge_mib = sum(one.memory_info().rss for one in psutil.Process().children()) / 2**20
check, close, batch, results, _ = min(done, key=lambda one: one[0] + one[1])
print(json.dumps({
    "seconds": check + close, "check": check, "close": close, "first": done[0][0] + done[0][1],
    "cpu": min(one[4] for one in done), "start": start, "judge_mib": judge_mib, "results": len(results),
    "own_mib": int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 2**10,
    "read": batch.read, "accepted": batch.accepted, "rejected": batch.rejected,
}))
"""
)

_FLOOR = (
    _COMMON
    + """
frames = [(chunk.frame, chunk.issues) for chunk in chunks()]
unreadable = pl.concat([issues for _, issues in frames])["_row"]
frame = pl.concat([frame for frame, _ in frames], rechunk=True)
frame = frame.with_columns(pl.col("_row").is_in(unreadable.implode()).alias(UNREADABLE))
scope = Scope(frozenset(codes), now, contract.polars_schema)
broken = [rule.mask(scope) for rule in contract.rules]
seconds, cpu = [], []
for _ in range(passes):
    before, begun = time.process_time(), time.perf_counter()
    query = frame.lazy().select("region", *broken).group_by("region")
    query.agg(pl.len(), *(pl.col(rule.id).sum() for rule in contract.rules)).collect()
    seconds.append(time.perf_counter() - begun)
    cpu.append(time.process_time() - before)
print(json.dumps({"seconds": min(seconds), "cpu": min(cpu)}))
"""
)

_COUNTS = (
    _COMMON
    + """
batch, chunk = Gate(contract, codes, now, key=b"benchmark").open(), next(chunks())
batch.check(chunk)
frame = chunk.frame
gate = {(one.rule, one.region): (one.n, one.bad, str(one.outcome)) for one in batch.close()}
scope = Scope(frozenset(codes), now, contract.polars_schema)
from checks.expectations import judge_here
rows = dict(frame.group_by("region").len().iter_rows())
frame = frame.filter(~pl.col("_row").is_in(chunk.issues["_row"].implode()))
its, differing = {}, []
for rule, finding in judge_here(of_rows(contract, frame, scope)).items():
    assert not finding.error, finding.error
    failing = pl.Series("_row", [*finding.failing], dtype=pl.Int64)
    by_region = frame.filter(pl.col("_row").is_in(failing.implode())).group_by("region").len()
    bad = dict(by_region.iter_rows())
    its[rule] = finding.count
    for region in (None, *(code for code in codes if code in rows)):
        n, found = (batch.read, finding.count) if region is None else (rows[region], bad.get(region, 0))
        verdict = "pass" if found <= contract.rule(rule).bound * n else "fail"
        if gate[rule, region] != (n, found, verdict):
            differing.append([rule, region, gate[rule, region], [n, found, verdict]])
print(json.dumps({"rules": its, "compared": len(its) * (1 + len(rows)), "differing": differing}))
"""
)


@dataclass(frozen=True, slots=True)
class Point:
    """One case: best pass of ours (its checks, its close), its first pass, the floor, and memory in MiB.

    ``cpu_ratio``: processor seconds, the judge's with ours; a busy machine changes it less than ``ratio``.
    ``peak_mib``: ours with the judge's process; ``own_mib`` and ``judge_mib``: each alone.
    """

    case: str
    regions: int
    accepted: int
    rejected: int
    ours_seconds: float
    check_seconds: float
    close_seconds: float
    first_seconds: float
    judge_start_seconds: float
    reference_seconds: float
    ratio: float
    cpu_ratio: float
    peak_mib: float
    own_mib: float
    judge_mib: float


def measure(case: str, regions: int, folder: Path, rounds: int, passes: int) -> Point:
    """Measure one case some rounds, ours and the floor in turn."""
    ours: list[dict[str, Any]] = []
    floor: list[dict[str, float]] = []
    peaks = []
    for _ in range(rounds):
        floor.append(json.loads(python(_FLOOR, str(folder), str(passes), NOW.isoformat()).output))
        run = python(_OURS, str(folder), str(passes), NOW.isoformat())
        ours.append(json.loads(run.output))
        peaks.append(run.peak_mib)
    best = min(ours, key=lambda one: one["seconds"])
    reference = min(one["seconds"] for one in floor)
    return Point(
        case=case,
        regions=regions,
        accepted=best["accepted"],
        rejected=best["rejected"],
        ours_seconds=round(best["seconds"], 4),
        check_seconds=round(best["check"], 4),
        close_seconds=round(best["close"], 4),
        first_seconds=round(min(one["first"] for one in ours), 4),
        judge_start_seconds=round(min(one["start"] for one in ours), 2),
        reference_seconds=round(reference, 4),
        ratio=round(best["seconds"] / reference, 3),
        cpu_ratio=round(min(one["cpu"] for one in ours) / min(one["cpu"] for one in floor), 3),
        peak_mib=round(max(peaks), 1),
        own_mib=round(max(one["own_mib"] for one in ours), 1),
        judge_mib=round(max(one["judge_mib"] for one in ours), 1),
    )


def counts(folder: Path) -> dict[str, Any]:
    """Compare the gate's counts and verdicts with those of Great Expectations on rows.

    Raises AssertionError where a rule and region differ.
    """
    found: dict[str, Any] = json.loads(python(_COUNTS, str(folder), "1", NOW.isoformat()).output)
    if found["differing"]:
        raise AssertionError(f"Great Expectations counts otherwise: {found['differing'][:5]}")
    return found


def slope_milliseconds(points: Iterable[tuple[int, float]]) -> float:
    """Milliseconds for each further region: least squares over (regions, seconds)."""
    frame = pl.DataFrame([*points], schema=["regions", "seconds"], orient="row")
    return float(frame.select(pl.cov("regions", "seconds") / pl.col("regions").var()).item() * 1000)


def main(arguments: list[str] | None = None) -> int:
    """Measure every case; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validate", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passes", type=int, default=3, help="in each process; the best counts")
    given = parser.parse_args(arguments)
    none = ISSUES_SCHEMA.to_frame()
    points, compared = [], {}
    with tempfile.TemporaryDirectory(prefix="pantau-validate-") as name:
        cases = [("dirty", REGIONS[-1]), *(("clean", regions) for regions in REGIONS)]
        for case, regions in cases:
            frame = clean(given.rows, regions)
            frame, issues = dirty(frame) if case == "dirty" else (frame, none)
            folder = write(Path(name) / f"{case}-{regions}", frame, issues)
            points.append(measure(case, regions, folder, given.rounds, given.passes))
            sys.stdout.write(f"{json.dumps(asdict(points[-1]))}\n")
            if regions == REGIONS[-1]:
                compared[case] = counts(folder)
                sys.stdout.write(f"Great Expectations counts the same: {json.dumps(compared[case])}\n")
    sys.stdout.write(f"{json.dumps(summary(points, compared))}\n")
    return 0


def summary(points: list[Point], compared: Mapping[str, Any]) -> dict[str, Any]:
    """Give the benchmark's answer. ``ratio``: the worst clean case; a dirty batch has a bound of its own."""
    soiled, *spotless = points
    worst = max(spotless, key=lambda point: point.ratio)
    return {
        "name": "validate",
        "ours_seconds": worst.ours_seconds,
        "reference": "polars: the same predicates in one lazy query, summed by region",
        "reference_seconds": worst.reference_seconds,
        "ratio": worst.ratio,
        "limit_ratio": LIMIT_RATIO,
        "cpu_ratio": max(point.cpu_ratio for point in spotless),
        "peak_mib": max(point.peak_mib for point in points),
        "own_mib": max(point.own_mib for point in points),
        "judge_mib": max(point.judge_mib for point in points),
        "limit_mib": LIMIT_MIB,
        "dirty_seconds": soiled.ours_seconds,
        "dirty_to_clean": round(soiled.ours_seconds / spotless[-1].ours_seconds, 3),
        "limit_dirty_to_clean": LIMIT_DIRTY,
        "milliseconds_each_further_region": round(
            slope_milliseconds((point.regions, point.ours_seconds) for point in spotless), 4
        ),
        "reference_milliseconds_each_further_region": round(
            slope_milliseconds((point.regions, point.reference_seconds) for point in spotless), 4
        ),
        "judge_start_seconds": worst.judge_start_seconds,
        "rules": len(load_contract("transactions").rules),
        "rows": soiled.accepted + soiled.rejected,
        "counts_compared_with_great_expectations": {
            case: found["compared"] for case, found in compared.items()
        },
        "points": [asdict(point) for point in points],
    }


if __name__ == "__main__":
    sys.exit(main())
