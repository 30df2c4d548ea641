"""Encodings are found out, or stated and held to."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from exporters.errors import WrongEncoding
from exporters.files.format import FileFormat
from tests.exporters.files.reading import read_all, refusal

WESTERN = "name;city\nCafé à la crème;Gießen\nNuño;Zürich\n"
CENTRAL = "státusz;kerület\nMegerősítésre vár;VIII\nMegoldásra vár, sűrű;II\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", CENTRAL),
        ("utf-8-sig", CENTRAL),
        ("utf-16", CENTRAL),
        ("utf-16-le", WESTERN),
        ("utf-16-be", WESTERN),
        ("utf-32", CENTRAL),
        ("windows-1252", WESTERN),
        ("windows-1250", CENTRAL),
    ],
)
def test_encoding_is_found_out(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    header, *rows = (line.split(";") for line in text.splitlines())
    frame = read_all(path)
    assert frame.columns[:-1] == header
    assert [list(row[:-1]) for row in frame.rows()] == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1250", "iso8859-2"])
def test_stated_encoding_is_used(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CENTRAL.encode(encoding))
    assert read_all(path, FileFormat(encoding=encoding)).columns[0] == "státusz"


def test_late_umlaut_decides_for_a_file_that_was_ascii_so_far(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("a,b\n" + "x,1\n" * 100_000 + "Gießen,2\n").encode("windows-1252"))
    assert read_all(path)["a"][-1] == "Gießen"


def test_wrong_stated_encoding_is_refused_with_the_line_and_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("a,b\n" + "x,1\n" * 40_000).encode() + "Gießen,2\n".encode("windows-1252"))
    message = refusal(path, WrongEncoding, FileFormat(encoding="utf-8"))
    assert "line 40002" in message
    assert "byte 0xdf at offset 160,007" in message
    assert "correct or remove format.encoding" in message


def test_utf_8_is_not_read_as_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(WESTERN.encode())
    assert "is UTF-8, not cp1252" in refusal(path, WrongEncoding, FileFormat(encoding="windows-1252"))


def test_plain_text_is_not_read_as_utf_16(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert "is not utf-16" in refusal(path, WrongEncoding, FileFormat(encoding="utf-16"))


def test_byte_order_mark_that_contradicts_the_stated_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(codecs.BOM_UTF16_LE + WESTERN.encode("utf-16-le"))
    assert "byte order mark of utf-16-le" in refusal(path, WrongEncoding, FileFormat(encoding="utf-8"))


def test_utf_8_that_breaks_off_and_goes_on_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("a,b\nGießen,1\n".encode() + "Gießen,2\n".encode("windows-1252"))
    message = refusal(path, WrongEncoding)
    assert "line 3" in message
    assert "State format.encoding" in message


def test_letters_cut_by_the_border_of_a_piece_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("a,b\n" + "ü中,é\n" * 60_000).encode())
    frame = read_all(path)
    assert frame.select("a", "b").unique().rows() == [("ü中", "é")]
    assert frame.height == 60_000
