"""Simulator and exporter together: what was given out is in the archive, to the last record, faults or not."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from metrics.archive import Archive
from metrics.store import Store
from pantau.home import Home, Settings
from tests.services.command import Installed, install
from tests.services.exporter import Exporter, exporting
from tests.services.simulator import Simulator, simulating

FAULTS = (
    *("down", "slow", "hanging", "dripping", "resetting", "malformed", "huge", "gzip_bomb"),
    *("redirect_loop", "redirect_elsewhere", "status", "auth"),
)
"""Faults that alter no record: what is given out after them is true."""
SETS = ("transactions", "complaints", "surveys")
_MODULUS = 1 << 64


def until(holds: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def digest(region: str, ids_and_instants: list[tuple[str, str]]) -> str:
    """Sum of the hashes of the records' ids and instants, as the simulation has it."""
    total = 0
    for id_, instant in ids_and_instants:
        line = f"{id_}\t{instant}".encode()
        total += int.from_bytes(hashlib.blake2b(line, digest_size=8).digest())
    return f"{total % _MODULUS:016x}"


def archived(home: Path) -> dict[tuple[str, str], tuple[int, str]]:
    """Number and digest of the latest version of each record, by region and record set."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name in SETS:
        records = Archive(str(home / "archive")).records(name)
        if records is None:
            continue
        table = records.to_table(columns=["region", "id", "observed_at"]).to_pylist()
        for row in table:
            instant = row["observed_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
            latest = found.setdefault((row["region"], name), {})
            latest[row["id"]] = max(latest.get(row["id"], ""), instant)
    return {key: (len(rows), digest(key[0], list(rows.items()))) for key, rows in found.items()}


def differences(simulator: Simulator, home: Path) -> list[str]:
    """Regions and record sets of which the archive has not what was given out."""
    have, wrong = archived(home), []
    for region, sets in simulator.truth().items():
        for name in SETS:
            true = sets.get(name)
            if true is None or not true["records"]:
                continue
            records, keys = have.get((region, name), (0, "0" * 16))
            if (records, keys) != (true["records"], true["keys"]):
                wrong.append(f"{region} {name} ({true['system']}): {records} of {true['records']} records")
    return wrong


def hurried(simulator: Simulator, every: str) -> Path:
    """Configuration of the simulation, with shorter periods."""
    content = yaml.safe_load(simulator.config.read_text(encoding="utf-8"))
    content["collecting"] |= {"deliver_every_seconds": "3"}
    for template in content["templates"].values():
        template |= {"every_seconds": every, "backoff_seconds": "0.5", "deadline_seconds": "30"}
        template["circuit"] = {"failures": "3", "open_seconds": "5", "longest_seconds": "10"}
        for kind in ("rest", "open311", "exposition"):
            if kind in template:
                template[kind]["timeout_seconds"] = "5"
    path = simulator.folder / "hurried.yaml"
    path.write_text(yaml.safe_dump(content, default_style='"'), encoding="utf-8")
    return path


def come_to_rest(simulator: Simulator, exporter: Exporter, home: Path, seconds: float) -> None:
    """Stop the clock, and wait until the archive has all that was given out."""
    simulator.control("faults", method="DELETE")
    simulator.control("clock", {"paused": True})
    found: list[str] = []

    def is_level() -> bool:
        found[:] = differences(simulator, home)
        return not found

    deadline = time.monotonic() + seconds
    while not is_level():
        assert time.monotonic() < deadline, found
        time.sleep(2)
    assert exporter.get("/metrics").value("pantau_exporter_row_delivery_failures_total") == 0


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return install(tmp_path / "home")


def test_every_record_that_was_given_out_is_in_the_archive_and_a_fault_is_seen_and_passes(
    installed: Installed, tmp_path: Path
) -> None:
    options = ("--regions", "16", "--speed", "60", "--volume", "0.5")
    with (
        simulating(tmp_path / "live", *options) as simulator,
        exporting(installed.home, hurried(simulator, "5")) as exporter,
    ):
        until(
            lambda: exporter.get("/metrics").value("pantau_exporter_delivered_rows_total") > 100,
            180,
            "no rows are delivered",
        )
        region = next(iter(simulator.truth()))
        simulator.control("faults", {"kind": "down", "region": region, "seconds": 600})

        def failing() -> set[str]:
            with Store.open(Home(installed.home, Settings()).store_url) as store:
                return {state.region or "" for state in store.sources() if state.reason}

        until(lambda: failing() == {region}, 90, "the fault is not seen")
        come_to_rest(simulator, exporter, installed.home, 180)
        until(lambda: not failing(), 90, "the fault does not pass")
        shown = exporter.get(f"/probe?target={region}&module=records").body
        exporter.stop()
    assert "pantau_source_up" in shown
    assert "Traceback" not in shown


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_half_an_hour_of_faults_at_two_hundred_times_leaks_nothing_and_loses_nothing(
    installed: Installed, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    minutes = 30
    options = ("--regions", "60", "--speed", "200", "--volume", "0.1")
    rng = random.Random(20230620)  # noqa: S311 - faults, no secrets
    memory: list[int] = []
    files: list[int] = []
    with (
        simulating(tmp_path / "live", *options) as simulator,
        exporting(installed.home, hurried(simulator, "10")) as exporter,
    ):
        process = psutil.Process(exporter.process.pid)
        regions = list(simulator.truth())
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            fault: dict[str, Any] = {"kind": rng.choice(FAULTS), "region": rng.choice(regions)}
            simulator.control("faults", fault | {"seconds": rng.uniform(5, 40)})
            time.sleep(6)
            memory.append(process.memory_info().rss)
            files.append(process.num_fds())
        come_to_rest(simulator, exporter, installed.home, 400)
        exporter.stop()
    quarter = len(memory) // 4
    early, late = max(memory[quarter : 2 * quarter]), max(memory[-quarter:])
    told = {
        "early_mib": early >> 20,
        "late_mib": late >> 20,
        "files": (files[quarter], max(files[-quarter:])),
    }
    request.node.user_properties.append(("soak", json.dumps(told)))
    assert late <= 1.2 * early, told
    assert max(files[-quarter:]) <= max(files[: 2 * quarter]) + 20, told
