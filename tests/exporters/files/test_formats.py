"""The same records, whatever the file they come in."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from exporters.errors import SourceEmpty, UnreadableFormat
from exporters.files.detection import SUFFIXES
from exporters.files.format import FileFormat
from tests.exporters.files.reading import read_all, refusal
from tests.exporters.workbook import Cell, write_workbook

RECORDS = pl.DataFrame(
    {
        "id": ["007", "P-1", "3", "4"],
        "name": ["Kota Magelang", 'with "quotes", comma', "line\nbreak", "Gießen ő"],
        "note": ["x", None, None, "z"],
    }
)


def write(path: Path, kind: str) -> None:
    match kind:
        case "csv":
            RECORDS.write_csv(path)
        case "json":
            RECORDS.write_json(path)
        case "jsonl":
            RECORDS.write_ndjson(path)
        case "parquet":
            RECORDS.write_parquet(path)
        case _:
            write_workbook(path, {"Data": [RECORDS.columns, *(list(row) for row in RECORDS.rows())]})


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("kind", sorted(set(SUFFIXES.values())))
def test_records_are_the_same_in_every_format(tmp_path: Path, kind: str, zipped: bool) -> None:  # noqa: FBT001 - a parameter of the test
    path = tmp_path / f"records.{kind}"
    write(path, kind)
    if zipped:
        plain, path = path, tmp_path / f"records.{kind}.gz"
        path.write_bytes(gzip.compress(plain.read_bytes()))
    frame = read_all(path)
    assert frame.drop("_row").equals(RECORDS)
    assert frame["_row"].to_list() == [1, 2, 3, 4]


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "xlsx", "parquet"])
def test_kind_is_found_out_without_a_name_that_tells(tmp_path: Path, kind: str) -> None:
    write(tmp_path / f"a.{kind}", kind)
    path = (tmp_path / f"a.{kind}").rename(tmp_path / "download")
    assert read_all(path).height == 4


def test_cells_of_a_spreadsheet_become_text_as_it_is_meant(tmp_path: Path) -> None:
    table: list[list[Cell]] = [
        ["id", "day", "moment", "number", "truth"],
        [10009138, date(2024, 5, 6), datetime(2024, 5, 6, 7, 8, 9), 1.5, True],  # noqa: DTZ001 - a cell has no zone
        ["007", None, None, 12345678901, False],
    ]
    frame = read_all(write_workbook(tmp_path / "a.xlsx", {"Data": table}))
    assert frame.rows() == [
        ("10009138", "2024-05-06 00:00:00", "2024-05-06 07:08:09", "1.5", "true", 1),
        ("007", None, None, "12345678901", "false", 2),
    ]


def test_sheet_is_chosen_by_name_or_number_and_the_header_by_row(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Cell]]] = {
        "Sampul": [["nothing"], ["here"]],
        "Data": [["Laporan Mei"], [], ["a", "b"], ["1", "2"], [None, None]],
    }
    path = write_workbook(tmp_path / "a.xlsx", sheets)
    for sheet in ("Data", "2"):
        assert read_all(path, FileFormat(sheet=sheet, header=3)).rows() == [("1", "2", 1)]
    assert "Write one of 'Sampul', 'Data'" in refusal(path, UnreadableFormat, FileFormat(sheet="Dta"))


def test_empty_sheet_and_header_alone_are_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"Data": [["a", "b"]], "Nothing": []})
    assert "no record under its header" in refusal(path, SourceEmpty)
    assert "nothing in sheet 'Nothing'" in refusal(path, SourceEmpty, FileFormat(sheet="Nothing"))


def test_types_of_parquet_become_text_that_reads_back(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "zoned": [datetime(2024, 5, 6, 7, 8, 9, 500_000, tzinfo=UTC)],
            "naive": [datetime(2024, 5, 6, 7, 8, 9)],  # noqa: DTZ001 - naive on purpose
            "day": [date(2024, 5, 6)],
            "number": [0.1],
            "whole": [2**53 + 1],
            "truth": [True],
            "list": [[0.5, 1.0]],
            "outer": [{"inner": {"deep": "x"}, "n": 1}],
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    assert read_all(tmp_path / "a.parquet").row(0, named=True) == {
        "zoned": "2024-05-06T07:08:09.500000+00:00",
        "naive": "2024-05-06T07:08:09.000000",
        "day": "2024-05-06",
        "number": "0.1",
        "whole": "9007199254740993",
        "truth": "true",
        "list": "[0.5, 1.0]",
        "outer.inner.deep": "x",
        "outer.n": "1",
        "_row": 1,
    }


def test_parquet_without_a_row_is_refused(tmp_path: Path) -> None:
    RECORDS.clear().write_parquet(tmp_path / "a.parquet")
    assert "holds no record" in refusal(tmp_path / "a.parquet", SourceEmpty)


def test_chunks_have_at_most_the_rows_asked_for(tmp_path: Path) -> None:
    from exporters.files.file import read_file  # noqa: PLC0415 - used here only

    table = pl.DataFrame({"n": [str(n) for n in range(2_500)]})
    table.write_csv(tmp_path / "a.csv")
    table.write_parquet(tmp_path / "a.parquet")
    table.write_ndjson(tmp_path / "a.jsonl")
    (tmp_path / "a.json").write_text(json.dumps(table.to_dicts()))
    write_workbook(tmp_path / "a.xlsx", {"Data": [["n"], *([n] for n in table["n"])]})
    for kind in ("csv", "parquet", "jsonl", "json", "xlsx"):
        chunks = list(read_file(tmp_path / f"a.{kind}", chunk_rows=1_000))
        assert max(chunk.height for chunk in chunks) <= 1_000
        assert pl.concat(chunks)["n"].to_list() == table["n"].to_list()
        assert pl.concat(chunks)["_row"].to_list() == list(range(1, 2_501))
