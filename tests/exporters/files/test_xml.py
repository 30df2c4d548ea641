"""XML: records as text, places of errors, and nothing that a document could do to the machine that reads it."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporters.errors import SourceEmpty, SourceTooLarge, UnreadableFormat, WrongEncoding
from exporters.files.file import read_file
from exporters.files.format import FileFormat, Kind, Limits
from tests.exporters.files.reading import read_all, refusal

XML = FileFormat(kind="xml")
RECORD = FileFormat(kind="xml", records="r")
LAUGHS = '<!DOCTYPE l [<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"))


def put(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def record(folder: Path, inner: str) -> dict[str, str | None]:
    """The one record of a document, without its number."""
    (row,) = read_all(put(folder / "a.xml", f"<all><r>{inner}</r></all>"), RECORD).drop("_row").to_dicts()
    return dict(row)


def test_elements_become_columns_and_values_stay_as_written(tmp_path: Path) -> None:
    inner = "<id>0012</id><x>1.50</x><y> a &amp; b &#252;</y><z><![CDATA[<b>]]></z><e/><f></f>"
    assert record(tmp_path, inner) == {
        "id": "0012",
        "x": "1.50",
        "y": " a & b ü",
        "z": "<b>",
        "e": None,
        "f": None,
    }


def test_inner_elements_and_attributes_become_columns(tmp_path: Path) -> None:
    inner = '<a><b><c>1</c></b>\n <d k="v">2</d></a><g xmlns:x="urn:x"><x:h>3</x:h></g>'
    assert record(tmp_path, inner) == {"a.b.c": "1", "a.d": "2", "a.d.@k": "v", "g.x:h": "3"}


def test_repeated_elements_become_json_as_arrays_do(tmp_path: Path) -> None:
    inner = '<n>1</n><n/><v><key>7</key><name>Ü</name></v><v k="9">x<w>1</w><w>2</w></v><list><i>a</i><i>b</i></list>'
    found = record(tmp_path, inner)
    assert list(found) == ["n", "v", "list.i"]
    assert found["list.i"] == '["a", "b"]'
    assert found["n"] == '["1", null]'
    assert json.loads(str(found["v"])) == [
        {"key": "7", "name": "Ü"},
        {"@k": "9", "#text": "x", "w": ["1", "2"]},
    ]


def test_text_between_elements_is_kept(tmp_path: Path) -> None:
    assert record(tmp_path, "<a>one<b>two</b>three</a>four") == {
        "#text": "four",
        "a": "onethree",
        "a.b": "two",
    }


def test_names_of_our_own_columns_are_left_to_us(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", "<all><r><_row>9</_row><_line>x</_line><a>1</a></r></all>")
    assert read_all(path, RECORD).to_dicts() == [{"_row__2": "9", "_line__2": "x", "a": "1", "_row": 1}]


def test_records_are_the_children_of_the_outermost_element_unless_named(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.xml",
        "<env><head><r><a>0</a></r></head><body><r><a>1</a></r><r><a>2</a><r><a>3</a></r></r></body></env>",
    )
    assert read_all(path)["_row"].to_list() == [1, 2]
    assert read_all(path, FileFormat(records="env.body.r"))["a"].to_list() == ["1", "2"]
    assert read_all(path, FileFormat(records="body.r"))["r.a"].to_list() == [None, "3"]
    assert read_all(path, FileFormat(records="r"))["a"].to_list() == ["0", "1", "2"]


def test_document_without_a_record_says_what_it_holds(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", "<answers><answer><id>1</id></answer></answers>")
    message = refusal(path, SourceEmpty, FileFormat(records="reply"))
    assert "no element 'reply'" in message
    assert "answers, answers.answer, answers.answer.id" in message
    assert "<answers> is empty" in refusal(put(tmp_path / "b.xml", "<answers/>"), SourceEmpty)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("windows-1250", "cp1250"),
        ("UTF-16", "utf-16"),
    ],
)
def test_encoding_is_the_one_declared(tmp_path: Path, declared: str, codec: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><all><r><a>Verkehrsschild beschädigt</a></r></all>'
    path = put(tmp_path / "a.xml", text.encode(codec))
    assert read_all(path)["a"].to_list() == ["Verkehrsschild beschädigt"]


def test_encoding_of_the_mapping_wins(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-8"?><all><r><a>\u65e5\u672c</a></r></all>'
    path = put(tmp_path / "a.xml", text.encode("shift_jis"))
    assert read_all(path, FileFormat(encoding="shift_jis"))["a"].to_list() == ["\u65e5\u672c"]
    assert "line 1, column 50" in refusal(path, UnreadableFormat)
    assert "format.encoding" in refusal(path, UnreadableFormat)


@pytest.mark.parametrize("declared", ["martian", "shift_jis"])
def test_encoding_that_cannot_be_read_is_named(tmp_path: Path, declared: str) -> None:
    path = put(tmp_path / "a.xml", f'<?xml version="1.0" encoding="{declared}"?><all><r>x</r></all>')
    message = refusal(path, WrongEncoding)
    assert "line 1" in message
    assert "State format.encoding" in message


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("<all>\n<r><a>1</a></r>\n<r><a>2</b></r></all>", "line 3, column 10", "mismatched tag"),
        ("<all>\n<r><a>1</a></r>\n", "line 3, column 1", "It ends too early: fetch it again"),
        ("<all><r><a>1</a></r><r", "line 1, column 21", "It ends too early: fetch it again"),
        ("<all><r>&nbsp;</r></all>", "line 1, column 9", "undefined entity"),
        ("<all><r a='1' a='2'/></all>", "line 1, column 15", "duplicate attribute"),
        ("<all><r>1</r></all><all/>", "line 1, column 20", "junk after document element"),
        ("<all><r>\x01</r></all>", "line 1, column 9", "not well-formed"),
        ("hello", "line 1, column 1", "syntax error"),
    ],
)
def test_broken_documents_are_refused_with_line_and_column(
    tmp_path: Path, text: str, place: str, problem: str
) -> None:
    message = refusal(put(tmp_path / "a.xml", text), UnreadableFormat)
    assert place in message
    assert problem in message


@pytest.mark.parametrize(
    "declared",
    [
        LAUGHS + "]><all><r>&l9;</r></all>",
        f'<!DOCTYPE q [<!ENTITY q "{"x" * 50_000}">]><all><r>{"&q;" * 50_000}</r></all>',
        '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]><all><r>&x;</r></all>',
        '<!DOCTYPE x [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><all><r>1</r></all>',
        '<!DOCTYPE all SYSTEM "file:///etc/hostname"><all><r>1</r></all>',
        '<!DOCTYPE all PUBLIC "-//x" "http://127.0.0.1:9/x.dtd"><all><r>1</r></all>',
        "<!DOCTYPE all><all><r>1</r></all>",
    ],
    ids=["laughs", "quadratic", "external", "parameter", "system", "public", "plain"],
)
def test_document_type_is_refused_before_anything_grows_or_is_fetched(tmp_path: Path, declared: str) -> None:
    path = put(tmp_path / "a.xml", f'<?xml version="1.0"?>\n{declared}')
    tracemalloc.start()
    message = refusal(path, UnreadableFormat)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "line 2, column" in message
    assert "Remove <!DOCTYPE ...>" in message
    assert peak < 8 << 20


def test_elements_inside_one_another_have_a_limit(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", "<all>\n" + "<r>" * 100_000)
    message = refusal(path, SourceTooLarge)
    assert "line 2, column 298: more than 100 elements inside one another" in message
    assert "raise format.limits.max_depth" in message


def test_depth_of_the_highest_limit_is_read(tmp_path: Path) -> None:
    text = "<all>" + "<r>" * 499 + "x" + "</r>" * 499 + "</all>"
    frame = read_all(put(tmp_path / "a.xml", text), limits=Limits(max_depth=500))
    assert frame.row(0) == ("x", 1)
    repeated = "<all><r>" + "<r>" * 498 + "</r><r>" * 2 + "</r>" * 498 + "</r></all>"
    assert read_all(put(tmp_path / "b.xml", repeated), limits=Limits(max_depth=500)).height == 1


@pytest.mark.parametrize(
    "inner",
    ["x" * 40_000, "<a>x</a>" * 5_000, "<a/>" * 10_000, f'<a k="{"x" * 200_000}"/>', f"<!--{'x' * 200_000}"],
    ids=["text", "elements", "empty", "attribute", "comment"],
)
def test_record_has_a_size_limit(tmp_path: Path, inner: str) -> None:
    path = put(tmp_path / "a.xml", f"<all>\n<r>{inner}</r></all>")
    message = refusal(path, SourceTooLarge, limits=Limits(max_record_bytes=20_000))
    assert "line 2, column" in message
    assert "more than 20,000 bytes" in message
    assert "raise format.limits.max_record_bytes" in message


def test_different_fields_have_a_limit(tmp_path: Path) -> None:
    text = "<all>" + "".join(f"<r><c{n}/></r>" for n in range(30)) + "</all>"
    message = refusal(put(tmp_path / "a.xml", text), SourceTooLarge, limits=Limits(max_columns=20))
    assert "more than 20" in message


def test_memory_does_not_grow_with_the_document(tmp_path: Path) -> None:
    """10 MB beside the records, and 10 MB of records a thousand at a time."""
    path = tmp_path / "a.xml"
    with path.open("w") as file:
        file.write("<all><notes>")
        file.writelines("<note>" + "x" * 1_000 + "</note>" for _ in range(10_000))
        file.write("</notes>")
        file.writelines(f"<r><id>{n}</id><t>{'y' * 1_000}</t></r>" for n in range(10_000))
        file.write("</all>")
    tracemalloc.start()
    rows = sum(chunk.height for chunk in read_file(path, FileFormat(records="all.r"), chunk_rows=1_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 10_000
    assert peak < 6 << 20


def test_place_is_right_far_into_a_document(tmp_path: Path) -> None:
    text = "<all>\n" + "<r><a>\u00fc</a></r>\n" * 20_000 + "<r><a></r></all>"
    assert "line 20002, column 9" in refusal(put(tmp_path / "a.xml", text), UnreadableFormat)


@pytest.mark.parametrize(("kind", "name"), [("csv", "a.xml"), ("json", "a.xml"), (None, "a.csv")])
def test_xml_taken_for_another_kind_is_called_xml(tmp_path: Path, kind: Kind | None, name: str) -> None:
    path = put(tmp_path / name, '<?xml version="1.0"?><all><r><a>1</a></r></all>')
    message = refusal(path, UnreadableFormat, FileFormat(kind=kind))
    assert "is XML, not a table" in message
    assert "state format.kind: xml" in message


def test_web_page_is_no_xml(tmp_path: Path) -> None:
    path = put(tmp_path / "a.xml", "<!DOCTYPE html>\n<html><body>Masuk</body></html>")
    assert "a web page (HTML)" in refusal(path, UnreadableFormat, XML)


def test_xml_is_found_by_its_declaration_and_may_be_gzipped_or_begin_with_a_comment(tmp_path: Path) -> None:
    text = '<?xml version="1.0"?><!-- made --><all><r><a>1</a></r></all>'
    assert read_all(put(tmp_path / "answer", gzip.compress(text.encode()))).rows() == [("1", 1)]
    assert read_all(put(tmp_path / "b.xml", "<!-- made --><all><r><a>1</a></r></all>")).rows() == [("1", 1)]


def nested(value: object, name: str) -> Iterator[str]:
    """XML of a value as JSON has it."""
    if isinstance(value, dict):
        inner = "".join(part for key, item in value.items() for part in nested(item, key))
        yield f"<{name}>{inner}</{name}>"
    elif isinstance(value, list):
        for item in value:
            yield from nested(item, name)
    else:
        escaped = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        yield f"<{name}>{escaped}</{name}>"


LEAF = TEXT.filter(lambda text: bool(text.strip()))
LISTS = st.lists(LEAF, min_size=2, max_size=3)
RECORDS = st.dictionaries(
    st.sampled_from("abc"),
    LEAF | LISTS | st.dictionaries(st.sampled_from("de"), LEAF | LISTS, min_size=1),
    min_size=1,
)


@given(st.lists(RECORDS, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_same_records_read_the_same_from_json_and_from_xml(
    tmp_path: Path, records: list[dict[str, object]]
) -> None:
    as_json = put(tmp_path / "a.json", json.dumps(records))
    as_xml = put(tmp_path / "a.xml", "".join(nested({"r": records}, "all")))
    assert read_all(as_xml, XML).to_dicts() == read_all(as_json).to_dicts()
