"""Drop folders and logs, written by a simulation whose clock a test moves."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from simulator.live.folders import LOG, AccessLogs, DropFolders
from simulator.live.running import Setting, Simulation
from simulator.live.systems import Outlet, of_kind
from tests.simulator.live.live import START, Hand, some_regions
from tests.simulator.live.test_truth import Rows, counted

FOLDERS = ["folder-transactions", "folder-surveys"]


class Written:
    """A simulation that serves nothing; its drop folders and logs are written when a test says so."""

    def __init__(self, folder: Path, *, half_seconds: float = 0.0) -> None:
        self.hand = Hand()
        setting = Setting(folder, start=START, history_days=1)
        self.simulation = Simulation(some_regions(), setting, str, self.hand)
        outlets = self.simulation.outlets.values()
        shown = self.simulation.shown
        self.drops = DropFolders(folder / "drop", shown, of_kind(outlets, "drop"), half_seconds)
        self.logs = AccessLogs(
            folder / "logs",
            shown,
            self.simulation.traffic,
            of_kind(outlets, "access_log"),
            rotate_bytes=20_000,
        )

    def outlet(self, system: str) -> Outlet:
        return next(one for one in self.simulation.outlets.values() if one.system.name == system)

    def drop(self, seconds: float) -> None:
        """Write the folders, so many seconds after the start."""
        self.hand.seconds = seconds
        asyncio.run(self.drops.write())

    def truth(self, outlet: Outlet) -> dict[str, object]:
        for _ in self.simulation.ledger.steps():
            pass
        count = self.simulation.ledger._counts[outlet.place.code, outlet.system.record_set].told()
        return {name: count[name] for name in ("records", "keys", "content")}

    def rows(self, outlet: Outlet) -> Rows:
        """Rows of all files of an outlet, in order."""
        found: Rows = []
        for marker in sorted(self.drops.place(outlet).glob("*.done")):
            path = marker.with_suffix("")
            if "-broken-" in path.name:
                continue
            text = path.read_text(encoding="utf-8")
            found += (
                map(json.loads, text.splitlines())
                if path.suffix == ".jsonl"
                else csv.DictReader(io.StringIO(text))
            )
        return found


@pytest.mark.parametrize("name", FOLDERS)
def test_files_of_a_drop_folder_hold_what_is_true(name: str, tmp_path: Path) -> None:
    written = Written(tmp_path)
    outlet = written.outlet(name)
    for seconds in (3_600, 4_300, 9_000):
        written.drop(seconds)
        found = counted(written.rows(outlet), outlet)
        assert found["records"]
        assert found == written.truth(outlet)
    assert len(list(written.drops.place(outlet).glob("*.done"))) == 3


def test_nothing_new_is_no_file(tmp_path: Path) -> None:
    written = Written(tmp_path)
    written.drop(3_600)
    before = sorted(tmp_path.rglob("*"))
    written.drop(3_600)
    assert sorted(tmp_path.rglob("*")) == before


def test_file_is_half_written_first_and_whole_even_if_the_simulation_ends_then(tmp_path: Path) -> None:
    written = Written(tmp_path, half_seconds=60.0)
    outlet = written.outlet("folder-transactions")
    written.hand.seconds = 3_600

    async def interrupted() -> tuple[Path, int]:
        writing = asyncio.create_task(written.drops.write())
        await asyncio.sleep(0)
        found = list(written.drops.place(outlet).glob("*.csv"))
        half = found[0].stat().st_size
        assert not found[0].with_name(f"{found[0].name}.done").exists()
        assert written.truth(outlet)["records"] == 0
        writing.cancel()
        await asyncio.wait([writing])
        return found[0], half

    path, half = asyncio.run(interrupted())
    assert half <= path.stat().st_size // 2
    assert counted(written.rows(outlet), outlet) == written.truth(outlet)


def test_folder_of_a_system_in_trouble_gets_a_broken_file_and_its_records_later(tmp_path: Path) -> None:
    written = Written(tmp_path)
    outlet = written.outlet("folder-transactions")
    written.hand.seconds = 60
    written.simulation.inject({"kind": "malformed", "region": outlet.place.code, "seconds": 3_000})
    written.drop(2_000)
    (broken,) = written.drops.place(outlet).glob("*-broken-*.csv")
    with pytest.raises(UnicodeDecodeError):
        broken.read_text(encoding="utf-8")
    assert written.truth(outlet)["records"] == 0
    written.drop(4_000)
    whole = written.rows(outlet)
    assert counted(whole, outlet) == written.truth(outlet)
    assert whole


def test_folder_that_nobody_empties_does_not_grow(tmp_path: Path) -> None:
    written = Written(tmp_path)
    outlet = written.outlet("folder-transactions")
    for turn in range(60):
        written.drop(600 * (turn + 1))
    assert len(list(written.drops.place(outlet).glob("*.csv"))) == 50
    for path in written.drops.place(outlet).iterdir():
        path.unlink()
    written.drop(600 * 61)
    assert len(written.rows(outlet)) > 100


def test_rows_stand_twice_while_the_fault_lasts(tmp_path: Path) -> None:
    written = Written(tmp_path)
    outlet = written.outlet("folder-surveys")
    written.simulation.inject({"kind": "duplicates", "all": True, "seconds": 10_000})
    written.drop(3_600)
    rows = written.rows(outlet)
    assert rows[::2] == rows[1::2]
    assert counted(rows, outlet) == written.truth(outlet)


def test_log_rotates_and_loses_no_line(tmp_path: Path) -> None:
    written = Written(tmp_path)
    outlet = written.outlet("log-traffic")
    lines: list[str] = []
    path = tmp_path / "logs" / outlet.place.code / LOG
    for turn in range(12):
        written.hand.seconds = 700 * (turn + 1)
        written.logs.write()
        lines += path.read_text(encoding="utf-8").splitlines()
    assert path.with_name(f"{LOG}.1").exists()
    whole = written.simulation.traffic.totals(outlet.place.code, int(START) + 8_400)
    assert len(set(lines)) == whole.requests
    assert len(list(path.parent.iterdir())) <= 4
