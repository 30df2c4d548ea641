"""What is no table, or one that would harm, is refused with a message that says what to do."""

from __future__ import annotations

import gzip
import random
import zipfile
from pathlib import Path

import pytest

from exporters.errors import SourceEmpty, SourceMissing, SourceTooLarge, TruncatedSource, UnreadableFormat
from exporters.files.file import read_file
from exporters.files.format import FileFormat, Limits
from tests.exporters.files.reading import read_all, refusal
from tests.exporters.workbook import write_workbook


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def rows(n: int) -> bytes:
    noise = random.Random(1)  # noqa: S311 - noise that does not compress well
    return b"a,b\n" + b"".join(b"%d,%d\n" % (k, noise.getrandbits(60)) for k in range(n))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture (PNG)"),
        (b"%PDF-1.7\n" + bytes(100), "a PDF document"),
        (b"PK\x03\x04" + b"x" * 100, "a ZIP archive"),
        (b"SQLite format 3\x00" + bytes(100), "an SQLite database"),
        (b"\x7fELF" + bytes(100), "a program"),
        (b"<!DOCTYPE html>\n<html><body>Masuk</body></html>", "a web page (HTML)"),
        (b"<!-- Masuk -->\n<html><body>Masuk</body></html>", "a web page (HTML)"),
        (b"<head><title>Masuk</title></head>", "a web page (HTML)"),
        (b"<?xml version='1.0'?><a/>", "XML"),
    ],
)
def test_what_is_not_a_table_is_called_by_its_name(tmp_path: Path, data: bytes, what: str) -> None:
    assert f"is {what}, not a table" in refusal(put(tmp_path / "a.csv", data), UnreadableFormat)


def test_bytes_that_are_no_text_are_refused_with_the_place(tmp_path: Path) -> None:
    data = b"a,b\n1,2\n" + bytes(range(256)) * 4
    assert "byte 8 is 0x00" in refusal(put(tmp_path / "a.csv", data), UnreadableFormat)


def test_gzip_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    data = gzip.compress(rows(50_000))
    message = refusal(put(tmp_path / "a.csv.gz", data[: len(data) // 2]), TruncatedSource)
    assert "cut off" in message
    assert "fetch it again" in message


def test_gzip_whose_content_was_changed_is_refused(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(rows(50_000)))
    data[-8:-4] = b"\0\0\0\0"
    assert "broken gzip (CRC" in refusal(put(tmp_path / "a.csv.gz", bytes(data)), UnreadableFormat)


def test_decompression_bomb_is_refused_before_it_has_grown(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv.gz", gzip.compress(b"a,b\n" + b"0,0\n" * 5_000_000))
    message = refusal(path, SourceTooLarge, limits=Limits(ratio_from_bytes=1 << 20))
    assert "decompression bomb" in message
    assert "raise format.limits.max_ratio" in message
    grown = int(message.split("(")[1].split(" ")[0].replace(",", ""))
    assert grown < 2 << 20


def test_limits_may_be_raised_for_a_file_that_compresses_well(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv.gz", gzip.compress(b"a,b\n" + b"0,0\n" * 500_000))
    limits = Limits(ratio_from_bytes=1 << 20, max_ratio=2_000)
    assert read_all(path, limits=limits).height == 500_000


def test_decompressed_size_has_a_limit(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv.gz", gzip.compress(rows(50_000)))
    assert "more than 100,000 bytes" in refusal(
        path, SourceTooLarge, limits=Limits(max_decompressed_bytes=100_000)
    )


def test_spreadsheet_that_is_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [["a"], ["1"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(8 << 20))
    message = refusal(path, SourceTooLarge, limits=Limits(ratio_from_bytes=1 << 20))
    assert "decompression bomb" in message


def test_sheet_that_would_take_more_memory_than_it_may_is_refused(tmp_path: Path) -> None:
    """A table from the first cell to the last is held: here 703 columns of a million rows."""
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [["a"], ["1"]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    far = b'<row r="1000000"><c r="AAA1000000"><v>1</v></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    message = refusal(path, SourceTooLarge, limits=Limits(max_sheet_bytes=1 << 30))
    assert "takes more than 1,073,741,824 bytes of memory to read" in message
    assert "format.limits.max_sheet_bytes" in message


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.xlsx", "a.parquet"])
def test_file_of_no_bytes_is_refused(tmp_path: Path, name: str) -> None:
    assert "is empty (0 bytes)" in refusal(put(tmp_path / name, b""), SourceEmpty)


@pytest.mark.parametrize("data", [b"a,b\n", b"a,b", b"\xef\xbb\xbfa;b\r\n"])
def test_header_without_records_is_refused(tmp_path: Path, data: bytes) -> None:
    assert "holds a header and no record" in refusal(put(tmp_path / "a.csv", data), SourceEmpty)


def test_blank_lines_alone_are_refused(tmp_path: Path) -> None:
    assert "is empty" in refusal(put(tmp_path / "a.csv", b"\n\r\n\n"), SourceEmpty)


def test_100_000_columns_are_refused(tmp_path: Path) -> None:
    header = ",".join(f"c{n}" for n in range(100_000))
    data = f"{header}\n{','.join('1' * 100_000)}\n".encode()
    message = refusal(put(tmp_path / "a.csv", data), SourceTooLarge)
    assert "100,000 columns, more than 2,000" in message


def test_100_000_fields_of_json_records_are_refused(tmp_path: Path) -> None:
    data = ("[{" + ",".join(f'"c{n}":1' for n in range(100_000)) + "}]").encode()
    assert "100,000 different fields" in refusal(put(tmp_path / "a.json", data), SourceTooLarge)


def test_number_of_columns_allowed_can_be_set(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", b"a,b,c\n1,2,3\n")
    assert "has 3 columns" in refusal(path, SourceTooLarge, limits=Limits(max_columns=2))


def test_line_without_end_is_refused(tmp_path: Path) -> None:
    data = b"a,b\n1,2\n" + b"x" * 20_000_000
    message = refusal(put(tmp_path / "a.csv", data), SourceTooLarge, limits=Limits(max_record_bytes=1 << 20))
    assert "record 2: a line of more than" in message


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "nothing.csv", SourceMissing)


def test_text_named_xlsx_is_refused(tmp_path: Path) -> None:
    assert "is not xlsx" in refusal(put(tmp_path / "a.xlsx", b"a,b\n1,2\n"), UnreadableFormat)


def test_broken_spreadsheet_and_broken_parquet_are_refused(tmp_path: Path) -> None:
    assert "as a spreadsheet" in refusal(
        put(tmp_path / "a.xlsx", b"PK\x03\x04" + bytes(99)), UnreadableFormat
    )
    assert "broken Parquet" in refusal(put(tmp_path / "a.parquet", b"PAR1" + bytes(99)), UnreadableFormat)


def test_stated_kind_that_the_content_contradicts_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [["a"], ["1"]]})
    assert "is xlsx, not csv" in refusal(path, UnreadableFormat, FileFormat(kind="csv"))


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv.gz", gzip.compress(rows(200_000)))
    seen: list[tuple[int, int]] = []
    for _ in read_file(path, progress=lambda done, size: seen.append((done, size))):
        pass
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)
    assert len(seen) >= 3
