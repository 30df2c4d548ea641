"""CSV: any dialect is read back as it was written, and no line is lost."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporters.files.csvblock import end_of_records, quotes_of, read_block
from exporters.files.dialect import Dialect, delimiter_of
from exporters.files.format import FileFormat
from tests.exporters.files.reading import read_all

COMMA = Dialect(b",", b'"')
CELL = st.text(st.sampled_from([*'ab ,;\t|"\n\r', "ü", "\u4e2d", "\x1f", "'"]), max_size=6)


def write(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~"])
def test_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "name", "value"], ["1", "Kota Magelang", "2024-05-06"], ["2", "Bandung", "7"]]
    path = write(tmp_path / "a.csv", "\n".join(delimiter.join(row) for row in rows))
    assert read_all(path).rows() == [("1", "Kota Magelang", "2024-05-06", 1), ("2", "Bandung", "7", 2)]


def test_delimiter_inside_quotes_does_not_decide() -> None:
    assert delimiter_of('a;b\n"1,2,3";4\n"5,6,7";8\n', '"') == ";"


def test_decimal_commas_do_not_make_the_comma_the_delimiter() -> None:
    assert delimiter_of("id;height;width\n1;1,5;2,5\n2;3,5;4,5\n", '"') == ";"


def test_first_line_sep_states_the_delimiter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "sep=|\r\na|b\r\n1,5|2\r\n")
    assert read_all(path).rows() == [("1,5", "2", 1)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_endings_of_all_systems_are_read(tmp_path: Path, ending: str, last: bool) -> None:  # noqa: FBT001 - a parameter of the test
    path = write(tmp_path / "a.csv", ending.join(["a,b", "1,2", "3,4"]) + (ending if last else ""))
    assert read_all(path).rows() == [("1", "2", 1), ("3", "4", 2)]


def test_lines_with_too_few_or_too_many_fields_come_back_in_their_place_with_their_text(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "a.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,\n12,13,14,\n")
    frame = read_all(path)
    assert frame["_row"].to_list() == [1, 2, 3, 4, 5]
    assert frame["_line"].to_list() == [None, "4,5", "6,7,8,9", None, "12,13,14,"]
    assert frame["_problem"].to_list() == [
        None,
        "2 fields under a header of 3",
        "4 fields under a header of 3",
        None,
        "4 fields under a header of 3",
    ]
    assert frame["a"].to_list() == ["1", None, None, "10", None]
    assert frame["c"].to_list() == ["3", None, None, None, None]


def test_malformed_lines_are_found_beside_fields_with_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n"1\n2",3\n4\n"5\r\n6",7\n"8,\n9"\n')
    frame = read_all(path)
    assert frame["a"].to_list() == ["1\n2", None, "5\r\n6", None, None]
    assert frame["_line"].to_list() == [None, "4", None, '"8,', '9"']


def test_blank_lines_are_no_records(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "\na,b\n\n1,2\n\n\n3,4\n\n")
    assert read_all(path).rows() == [("1", "2", 1), ("3", "4", 2)]


def test_quote_inside_an_unquoted_field_is_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n12" pipe,1\nx,2\n6" pipe,3\n')
    assert read_all(path)["a"].to_list() == ['12" pipe', "x", '6" pipe']


def test_quote_that_never_closes_spoils_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n1,2\n3,"4\n5,6\n7,8\n')
    frame = read_all(path)
    assert frame["a"].to_list() == ["1", None, "5", "7"]
    assert frame["_line"].to_list() == [None, '3,"4', None, None]
    assert frame["_problem"][1] == "a quote is never closed"


def test_two_stray_quotes_do_not_swallow_the_lines_between_them(tmp_path: Path) -> None:
    lines = "".join(f"{n},x\n" for n in range(1000))
    path = write(tmp_path / "a.csv", f'a,b\n1,"x\n{lines}2,"x\n3,y\n')
    frame = read_all(path)
    assert frame.height == 1003
    assert frame["_line"].drop_nulls().to_list() == ['1,"x', '2,"x']


def test_text_after_a_closing_quote_is_malformed_not_mended(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n"say "hi" now",1\n2,3\n')
    frame = read_all(path)
    assert frame["_line"].to_list() == ['"say "hi" now",1', None]


def test_quotes_mean_nothing_if_the_mapping_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a,b\n"1,2\n3",4"\n')
    assert read_all(path, FileFormat(quote="")).rows() == [('"1', "2", 1), ('3"', '4"', 2)]


def test_single_quotes_may_be_the_quotes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\n'1,2',3\n")
    assert read_all(path, FileFormat(quote="'")).rows() == [("1,2", "3", 1)]


def test_header_may_stand_lower_or_be_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Report of May\n\na,b\n1,2\n")
    assert read_all(path, FileFormat(header=3)).rows() == [("1", "2", 1)]
    bare = write(tmp_path / "b.csv", "1,2\n3,4\n")
    frame = read_all(bare, FileFormat(header=0))
    assert frame.columns == ["column_1", "column_2", "_row"]
    assert frame.height == 2


def test_columns_that_share_a_name_or_have_none_stay_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a, a ,,_row\n1,2,3,4\n")
    assert read_all(path).columns == ["a", "a__2", "column_3", "_row__2", "_row"]


def test_records_are_numbered_through_all_chunks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\n" + "".join(f"{n},x\n" for n in range(1, 50_001)))
    frame = read_all(path, chunk_rows=999)
    assert frame["a"].cast(pl.Int64).to_list() == list(range(1, 50_001))
    assert (frame["a"].cast(pl.Int64) == frame["_row"]).all()


def test_line_breaks_inside_fields_survive_the_borders_of_blocks(tmp_path: Path) -> None:
    rows = [[str(n), f'line\nof "{n}", quoted' if n % 3 else "plain"] for n in range(30_000)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["n", "text"], *rows])
    path = write(tmp_path / "a.csv", text.getvalue())
    frame = read_all(path, chunk_rows=500)
    assert [list(row) for row in frame.select("n", "text").rows()] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    table=st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)
    ),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path: Path, table: list[list[str]], delimiter: str, quoting: int, ending: str
) -> None:
    if (
        quoting == csv.QUOTE_MINIMAL
    ):  # which leaves a lone \r unquoted, and then nobody can tell it from an ending
        table = [[cell.replace("\r", "") for cell in row] for row in table]
    header = [f"h{n}" for n in range(len(table[0]))]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=ending)  # type: ignore[arg-type] # one of the constants above
    writer.writerow(header)
    for row in table:
        writer.writerow([f"x{row[0]}", *row[1:]])
    path = write(tmp_path / "a.csv", text.getvalue())
    frame = read_all(path, FileFormat(delimiter=delimiter))
    assert "_line" not in frame.columns
    assert [[cell or "" for cell in row] for row in frame.select(header).rows()] == [
        [f"x{row[0]}", *row[1:]] for row in table
    ]


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from(list('a,"\n')), max_size=40), st.integers(1, 40))
def test_no_character_is_lost_however_broken_the_quoting_and_wherever_a_block_ends(
    text: str, cut: int
) -> None:
    data = text.encode()
    whole = read_block(data, ["a", "b"], COMMA, final=True, patience=1 << 20).frame
    first = read_block(data[:cut], ["a", "b"], COMMA, final=cut >= len(data), patience=1 << 20)
    rest = read_block(data[first.used :], ["a", "b"], COMMA, final=True, patience=1 << 20)
    parts = pl.concat([first.frame, rest.frame], how="diagonal")
    assert parts.rows() == whole.rows()
    kept = "".join(cell for row in whole.drop("_problem", strict=False).rows() for cell in row if cell)
    assert kept.count("a") == text.count("a")


def test_quoting_is_regular_only_where_each_quote_opens_closes_or_is_doubled() -> None:
    assert quotes_of(b'"a""b",c\n', COMMA) is not None
    assert quotes_of(b'a"b,c\n', COMMA) is None
    assert quotes_of(b'"a"b,c\n', COMMA) is None
    assert end_of_records(b'a,"b\nc",d\ne,"f\n', quotes_of(b'a,"b\nc",d\ne,"f\n', COMMA)) == 10  # type: ignore[arg-type] # it is regular
