"""Systems that write: files that appear in a folder, half of them first, and access logs that rotate."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from simulator.flavours import Flavour
from simulator.live.misbehaviour import MALFORMED_AT
from simulator.live.rows import Row, rows_of
from simulator.live.shown import Shown
from simulator.live.systems import Outlet
from simulator.live.timeline import iso
from simulator.live.traffic import Traffic

HALF_SECONDS = 1.0
"""How long a file stays half-written."""
MOST_WAITING = 50
"""Files in a folder beyond which nothing more is put there until somebody takes them."""
ROTATE_BYTES = 1 << 20
ROTATED = 3
LOG = "access.log"


@dataclass
class DropFolders:
    """Writes what is new of some outlets as files into their folders."""

    folder: Path
    shown: Shown
    outlets: Sequence[Outlet]
    half_seconds: float = HALF_SECONDS

    def place(self, outlet: Outlet) -> Path:
        """Folder of an outlet."""
        return self.folder / outlet.place.code / outlet.system.record_set

    async def write(self) -> None:
        """Write a file for each outlet that has something new: the first half, and a while later the rest."""
        now = self.shown.timeline.now()
        begun = [
            (outlet, path, body)
            for outlet in self.outlets
            if (path := self._path(outlet, now)) is not None and (body := self._body(outlet, now))
        ]
        for _, path, body in begun:
            path.write_bytes(body[: len(body) // 2])
        try:
            await asyncio.sleep(self.half_seconds if begun else 0)
        finally:  # nor does the end of the simulation leave half a file
            for outlet, path, body in begun:
                with path.open("ab") as file:
                    file.write(body[len(body) // 2 :])
                path.with_name(f"{path.name}.done").touch()
                self.shown.settle(outlet, now)

    def _path(self, outlet: Outlet, now: int) -> Path | None:
        """Where the next file goes, ``None`` where the system is in trouble or nobody takes its files."""
        folder, flavour = self.place(outlet), outlet.system.flavour
        assert flavour is not None  # noqa: S101 - systems that write files have one
        folder.mkdir(parents=True, exist_ok=True)
        moment = iso(now).replace(":", "")
        troubles = self.shown.troubles(outlet)
        if "malformed" in troubles:
            _break(
                folder / f"simulated-{flavour.name}-broken-{moment}.{flavour.suffix}", self._body(outlet, now)
            )
        waiting = sum(1 for _ in folder.glob(f"simulated-*.{flavour.suffix}"))
        path = folder / f"simulated-{flavour.name}-{moment}.{flavour.suffix}"
        return None if troubles or waiting >= MOST_WAITING or path.exists() else path

    def _body(self, outlet: Outlet, now: int) -> bytes:
        assert outlet.system.flavour is not None  # noqa: S101 - as above
        alteration = self.shown.alteration(outlet)
        versions = alteration.all(self.shown.fresh(outlet, now))
        rows = rows_of(versions, outlet.system.flavour, alteration)
        return body_of(rows, outlet.system.flavour)


def body_of(rows: Sequence[Row], flavour: Flavour) -> bytes:
    """Rows as a file of a flavour; empty without rows."""
    if flavour.suffix == "jsonl":
        return b"".join(orjson.dumps(row) + b"\n" for row in rows)
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, delimiter=flavour.separator, lineterminator="\n")
    if rows:
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode()


def _break(path: Path, body: bytes) -> None:
    """Write a file that is cut off in the middle of a row, and has bytes that are no text."""
    if body and not any(path.parent.glob("*-broken-*")):
        path.write_bytes(body[: int(len(body) * MALFORMED_AT)] + b'"\xff\xfe')
        path.with_name(f"{path.name}.done").touch()


@dataclass
class AccessLogs:
    """Appends the requests of some outlets to their logs, and rotates these."""

    folder: Path
    shown: Shown
    traffic: Traffic
    outlets: Sequence[Outlet]
    rotate_bytes: int = ROTATE_BYTES
    _sizes: dict[str, int] = field(default_factory=dict)

    def write(self) -> None:
        """Append what is new to each log."""
        now = self.shown.timeline.now()
        for outlet in self.outlets:
            troubles = self.shown.troubles(outlet)
            if "malformed" in troubles:
                self._append(outlet, b'192.0.2.1 - - [half a line "GET /\n')
            if not troubles:
                begin = self.shown.until(outlet) + 1
                lines = self.traffic.lines(outlet.place.code, begin, now + 1) if begin <= now else ()
                self._append(outlet, "".join(lines).encode())
                self.shown.settle(outlet, now)

    def _append(self, outlet: Outlet, lines: bytes) -> None:
        code = outlet.place.code
        path = self.folder / code / LOG
        size = self._sizes.get(code, 0)
        if not size:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif size > self.rotate_bytes:
            _rotate(path)
            size = 0
        with path.open("ab") as file:
            file.write(lines)
            self._sizes[code] = size + len(lines)


def _rotate(path: Path) -> None:
    """Rename a log to ``.1``, and what is there already to the next number; the oldest goes."""
    for number in range(ROTATED, 0, -1):
        older = path if number == 1 else path.with_name(f"{LOG}.{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{LOG}.{number}"))
