"""Small files that grow: refused with a message, in bounded memory, and the others are taken in."""

from __future__ import annotations

import gzip
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.cases import COLUMNS, some_cases, write, write_mapping
from tests.exporters.workbook import write_workbook
from tests.services.command import Answer, install
from tests.services.process import measured

GOOD = 20
MOST_BYTES = 3 << 29
"""1.5 GiB: what may be taken of a machine, imports and all."""
PIECE = 16 << 20
GZ_PIECES = 160
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
FIRST = b'<row r="1"><c r="A1" t="inlineStr"><is><t>region</t></is></c></row>'


def write_gz(path: Path, piece: bytes) -> Path:
    """A file that holds the header of a table and then 2.5 GiB of the same."""
    member = gzip.compress(piece, compresslevel=6)
    with path.open("wb") as file:
        file.write(gzip.compress((",".join(COLUMNS) + "\n").encode()))
        file.writelines(member for _ in range(GZ_PIECES))
    return path


def write_sheet(path: Path, pieces: Iterator[bytes]) -> Path:
    """A workbook with a sheet of this XML."""
    write_workbook(path, {"Data": [["region"]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != SHEET}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(SHEET, "w") as sheet:
            sheet.writelines(pieces)
    return path


def understate(path: Path, size: int) -> Path:
    """Have the directory of the archive say that the sheet, its last part, is so small."""
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    (start,) = struct.unpack_from("<I", content, entry + 42)
    struct.pack_into("<I", content, entry + 24, size)
    struct.pack_into("<I", content, start + 22, size)
    path.write_bytes(content)
    return path


def blanks() -> Iterator[bytes]:
    yield HEAD + FIRST
    yield from (b" " * PIECE for _ in range(32))
    yield TAIL


def one_long_text() -> Iterator[bytes]:
    yield HEAD + FIRST + b'<row r="2"><c r="A2" t="inlineStr"><is><t>'
    yield from (b"x" * PIECE for _ in range(80))
    yield b"</t></is></c></row>" + TAIL


def opposite_corners() -> Iterator[bytes]:
    yield HEAD + FIRST + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + TAIL


@dataclass(frozen=True)
class Survived:
    """What a process answered that took all of the bombs and a good file, and its memory."""

    answer: Answer
    peak_bytes: int

    def refusal(self, name: str) -> str:
        (account,) = [file for file in self.answer.json["files"] if file["origin"] == name]
        assert (account["read"], account["accepted"], account["rejected"]) == (0, 0, 0)
        message = str(account["error"])
        assert message.startswith(name)
        assert f"pantau: {message}" in self.answer.err.splitlines()
        return message


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Survived:
    folder = tmp_path_factory.mktemp("bombs")
    line = ",".join(some_cases(1, bad_every=0)[0].values()).encode() + b"\n"
    bombs = [
        write_gz(folder / "rows.csv.gz", line * (PIECE // len(line))),
        write_gz(folder / "line.csv.gz", b"x" * PIECE),
        write_sheet(folder / "blanks.xlsx", blanks()),
        understate(write_sheet(folder / "liar.xlsx", one_long_text()), 2_000),
        write_sheet(folder / "corners.xlsx", opposite_corners()),
    ]
    good = write(folder / "good.csv", some_cases(GOOD, bad_every=0))
    mapping = write_mapping(folder / "map.yaml")
    installed = install(folder / "home")
    words: list[str | Path] = ["import", *bombs, good, "--mapping", mapping]
    done = measured("--home", installed.home, "--json", *words, peak=folder / "peak")
    assert installed.figure("completion_days_median", "*")["n"] == GOOD
    return Survived(done.answer, done.peak_bytes)


def test_bombs_take_no_more_memory_than_stated_and_keep_no_other_file_out(survived: Survived) -> None:
    assert survived.answer.status == 3
    assert len(survived.answer.err.splitlines()) == 5
    assert (survived.answer.json["read"], survived.answer.json["accepted"]) == (GOOD, GOOD)
    assert survived.peak_bytes < MOST_BYTES


def test_gz_of_2_5_gib_of_one_row_is_refused_before_it_has_grown(survived: Survived) -> None:
    message = survived.refusal("rows.csv.gz")
    assert "times when decompressed, more than 100 times" in message
    assert "it looks like a decompression bomb" in message
    assert message.endswith("raise format.limits.max_ratio.")


def test_gz_of_2_5_gib_without_a_line_end_is_refused_at_its_first_line(survived: Survived) -> None:
    message = survived.refusal("line.csv.gz")
    assert "a line of more than 4,194,304 bytes. Is it a CSV file with one record a line?" in message


def test_workbook_that_grows_hugely_is_refused_by_its_directory(survived: Survived) -> None:
    message = survived.refusal("blanks.xlsx")
    assert "bytes when decompressed: it looks like a decompression bomb" in message
    assert message.endswith("raise max_ratio or max_decompressed_bytes in format.limits.")


@pytest.mark.parametrize("name", ["liar.xlsx", "corners.xlsx"])
def test_workbook_that_takes_too_much_memory_ends_only_the_process_that_reads_it(
    survived: Survived, name: str
) -> None:
    """One says in its directory that it is small; one has a cell in each of two opposite corners."""
    message = survived.refusal(name)
    assert "takes more than 2,147,483,648 bytes of memory to read. Does a stray cell stand far" in message
    assert message.endswith("raise format.limits.max_sheet_bytes.")
