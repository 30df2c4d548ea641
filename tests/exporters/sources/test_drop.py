"""Drop folders: what is taken, when, once, and what is left alone."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from exporters.errors import ColumnMissing, FetchError, FetchReason
from exporters.sources.drop import DropFolder, DropSettings
from exporters.sources.source import Surroundings, Want, Window
from tests.exporters.sources.fetching import fetched, pieces_of, refused, run, surroundings, table
from tests.exporters.workbook import write_workbook

CSV = "id,name\n1,Bogor\n2,Bandung\n"


@pytest.fixture
def around() -> Iterator[Surroundings]:
    with surroundings() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def source(around: Surroundings, folder: Path, **stated: Any) -> DropFolder:
    return DropFolder(DropSettings.model_validate({"folder": folder, "stable_seconds": 0} | stated), around)


def put(path: Path, content: str | bytes = CSV, *, modified: int | None = None) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    if modified is not None:
        os.utime(path, (modified, modified))
    return path


def lying(folder: Path) -> list[str]:
    """Files under a folder, the moved ones under the names that they had."""
    paths = (
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    )
    return sorted(re.sub(r"/\d{8}T\d{12}Z\.[0-9a-f]{32}\.", "/", path) for path in paths)


def test_files_are_taken_in_the_order_in_which_they_were_written_and_moved(
    around: Surroundings, folder: Path
) -> None:
    put(folder / "b.csv", "id\nb\n", modified=1_000)
    put(folder / "a.csv", "id\na\n", modified=2_000)
    put(folder / "c.csv", "id\nc\n", modified=1_000)
    drop = source(around, folder)
    assert table(fetched(drop))["id"].to_list() == ["b", "c", "a"]
    assert lying(folder) == ["taken/a.csv", "taken/b.csv", "taken/c.csv"]
    assert fetched(drop) == []


def test_every_kind_of_file_is_read(around: Surroundings, folder: Path) -> None:
    put(folder / "1.csv", "id\n1\n")
    put(folder / "2.jsonl", '{"id": "2"}\n')
    put(folder / "3.csv.gz", gzip.compress(b"id\n3\n"))
    write_workbook(folder / "4.xlsx", {"S": [["id"], ["4"]]})
    put(folder / "5.xml", "<all><one><id>5</id></one></all>")
    assert sorted(table(fetched(source(around, folder)))["id"]) == ["1", "2", "3", "4", "5"]


def test_file_is_read_as_its_settings_say(around: Surroundings, folder: Path) -> None:
    put(folder / "a.txt", "id;name\n1;x\n".encode("utf-16"))
    (piece,) = fetched(source(around, folder, format={"kind": "csv", "delimiter": ";", "encoding": "utf-16"}))
    assert piece.rows.to_dicts() == [{"id": "1", "name": "x", "_row": 1}]


def test_file_that_is_not_settled_is_taken_again_after_a_restart_and_not_before(
    around: Surroundings, folder: Path
) -> None:
    put(folder / "a.csv")
    drop = source(around, folder)
    (piece,) = fetched(drop, settle=False)
    assert fetched(drop) == []
    assert lying(folder) == ["a.csv"]
    assert table(fetched(source(around, folder), settle=False)).equals(piece.rows)
    run(lambda: drop.settle(piece))
    run(lambda: drop.settle(piece))
    assert lying(folder) == ["taken/a.csv"]


def test_file_of_several_pieces_is_moved_after_its_last(around: Surroundings, folder: Path) -> None:
    put(folder / "a.csv", "id\n" + "".join(f"{n}\n" for n in range(10)))
    drop = source(around, folder, piece_rows=4)
    pieces = fetched(drop, settle=False)
    assert [piece.rows.height for piece in pieces] == [4, 4, 2]
    for piece in pieces[:2]:
        run(lambda piece=piece: drop.settle(piece))  # type: ignore[misc] # bound now
        assert lying(folder) == ["a.csv"]
    run(lambda: drop.settle(pieces[2]))
    assert lying(folder) == ["taken/a.csv"]


def test_file_whose_pieces_were_not_kept_is_given_again(around: Surroundings, folder: Path) -> None:
    put(folder / "a.csv")
    drop = source(around, folder)

    async def left() -> None:
        async with aclosing(cast("Any", drop.fetch(Want()))) as pieces:
            await anext(pieces)

    run(left)
    assert table(fetched(drop)).height == 2


def test_file_that_is_delivered_again_is_recognised_and_gives_no_row(
    around: Surroundings, folder: Path
) -> None:
    drop = source(around, folder)
    put(folder / "a.csv")
    fetched(drop)
    put(folder / "renamed.csv")
    (piece,) = fetched(drop)
    assert piece.rows.is_empty()
    assert piece.origin == "renamed.csv: the same, byte for byte, as a file that was taken before"
    assert lying(folder) == ["taken/a.csv", "taken/renamed.csv"]


def test_another_file_of_the_same_name_is_taken_too(around: Surroundings, folder: Path) -> None:
    drop = source(around, folder)
    for number in range(3):
        put(folder / "a.csv", f"id\n{number}\n")
        assert table(fetched(drop))["id"].to_list() == [str(number)]
    assert lying(folder) == ["taken/a.csv"] * 3


def test_file_that_was_replaced_before_it_was_settled_stays_and_is_taken_next(
    around: Surroundings, folder: Path
) -> None:
    drop = source(around, folder)
    put(folder / "a.csv", "id\n1\n")
    (first,) = fetched(drop, settle=False)
    put(folder / "new", "id\n2\n").replace(folder / "a.csv")
    run(lambda: drop.settle(first))
    assert lying(folder) == ["a.csv"]
    assert table(fetched(drop))["id"].to_list() == ["2"]


def test_file_that_is_still_written_to_is_left_until_it_is_not(around: Surroundings, folder: Path) -> None:
    drop = source(around, folder, stable_seconds=0.2)
    path = put(folder / "a.csv", "id\n1\n")

    async def written_to() -> list[object]:
        fetching = asyncio.ensure_future(pieces_of(drop))
        while not fetching.done():
            await asyncio.to_thread(lambda: path.write_text(f"{path.read_text()}2\n"))
            await asyncio.sleep(0.01)
        return list(fetching.result())

    assert run(written_to) == []
    size = path.read_text().count("\n") - 1
    assert table(fetched(drop)).height == size


def test_file_that_grows_while_it_is_copied_is_not_taken(
    around: Surroundings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder / "a.csv", "id\n1\n")
    drop = source(around, folder)
    fstat = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        found = fstat(descriptor)
        with path.open("a") as more:
            more.write("2\n")
        return found

    monkeypatch.setattr(os, "fstat", growing)
    assert fetched(drop) == []
    monkeypatch.undo()
    assert table(fetched(drop)).height > 1


def test_marker_says_when_a_file_is_complete_and_goes_with_it(around: Surroundings, folder: Path) -> None:
    drop = source(around, folder, complete="marker")
    put(folder / "a.csv", "id\na\n")
    put(folder / "b.csv", "id\nb\n")
    put(folder / "b.csv.done", "")
    (folder / "a.csv.done").symlink_to(folder / "b.csv.done")
    assert table(fetched(drop))["id"].to_list() == ["b"]
    assert lying(folder) == ["a.csv", "a.csv.done", "taken/b.csv"]
    put(folder / "b.csv", "id\nhalf")
    assert fetched(drop) == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "Berkas tidak berisi satu catatan pun."),
        ("a.xlsx", b"PK\x03\x04 cut off", "Berkas bukan tabel yang dapat dibaca"),
        ("a.csv.gz", gzip.compress(CSV.encode() * 999)[:-20], "terpotong"),
        ("a.json", b"[{]", "bukan JSON"),
        ("a.csv", b"<!doctype html><html>", "bukan tabel"),
        ("a.csv", CSV.encode() * 9_000, "melampaui batas"),
    ],
)
def test_file_that_cannot_be_read_is_moved_aside_with_a_report_and_the_rest_goes_on(
    around: Surroundings, folder: Path, name: str, content: bytes, told: str
) -> None:
    put(folder / name, content, modified=1_000)
    put(folder / "good.csv", modified=2_000)
    drop = source(around, folder, max_bytes=100_000)
    rows = 0

    async def all_of_it() -> None:
        nonlocal rows
        async for piece in drop.fetch(Want()):
            rows += piece.rows.height
            await drop.settle(piece)

    with pytest.raises(FetchError, match=r"lie in refused, with reports") as caught:
        run(all_of_it)
    assert caught.value.reason is FetchReason.UNREADABLE
    assert rows == 2
    assert lying(folder) == [f"refused/{name}", f"refused/{name}.report.txt", "taken/good.csv"]
    (text,) = [path.read_text(encoding="utf-8") for path in folder.rglob("*.report.txt")]
    indonesian, english = text.split("\n\n")
    assert told in indonesian
    assert "Yang perlu dilakukan:" in indonesian
    assert f"File: {name}" in english


def test_file_that_breaks_at_its_end_gives_no_row_at_all(around: Surroundings, folder: Path) -> None:
    whole = gzip.compress("".join(["id\n", *(f"{n}\n" for n in range(200_000))]).encode())
    put(folder / "a.csv.gz", whole[:-9])
    drop = source(around, folder, piece_rows=1_000)
    assert "lie in refused" in refused(drop, FetchReason.UNREADABLE)
    assert fetched(drop) == []


def test_file_that_lacks_a_column_is_moved_aside_when_told_so(around: Surroundings, folder: Path) -> None:
    put(folder / "a.csv")
    drop = source(around, folder)
    (piece,) = fetched(drop, settle=False)
    run(lambda: drop.refuse(piece, ColumnMissing("a.csv has no column 'status'. Add it.")))
    assert lying(folder) == ["refused/a.csv", "refused/a.csv.report.txt"]
    (text,) = [path.read_text(encoding="utf-8") for path in folder.rglob("*.report.txt")]
    assert "has no column 'status'" in text


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.csv",
        "~$a.xlsx",
        ".~lock.a.csv#",
        "a.csv.tmp",
        "a.csv.PART",
        "a.filepart",
        "a\\b.csv",
        "a\nb.csv",
    ],
)
def test_hidden_and_temporary_names_and_such_with_separators_are_left(
    around: Surroundings, folder: Path, name: str
) -> None:
    put(folder / name)
    assert fetched(source(around, folder)) == []
    assert lying(folder) == [name]


def test_nothing_that_leads_out_of_the_folder_is_followed(
    around: Surroundings, folder: Path, tmp_path: Path
) -> None:
    outside = put(tmp_path / "secret.csv")
    (folder / "link.csv").symlink_to(outside)
    (folder / "sub").mkdir()
    put(folder / "sub" / "deep.csv")
    (folder / "around.csv").symlink_to("sub")
    os.mkfifo(folder / "pipe.csv")
    assert fetched(source(around, folder)) == []
    assert outside.read_text() == CSV
    assert lying(folder) == ["around.csv", "link.csv", "pipe.csv", "sub/deep.csv"]


def test_file_that_becomes_a_link_before_it_is_opened_is_not_followed(
    around: Surroundings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = put(tmp_path / "secret.csv", "secret\n1\n")
    path = put(folder / "a.csv")
    opened = os.open

    def swapped(name: str, *given: Any, **named: Any) -> int:
        if name == "a.csv":
            path.unlink(missing_ok=True)
            path.symlink_to(outside)
        return opened(name, *given, **named)

    monkeypatch.setattr(os, "open", swapped)
    message = refused(source(around, folder), FetchReason.UNREADABLE)
    monkeypatch.undo()
    assert "a.csv cannot be read" in message
    assert lying(folder) == ["a.csv"]
    assert outside.read_text() == "secret\n1\n"


def test_folder_for_what_was_taken_that_leads_elsewhere_is_refused(
    around: Surroundings, folder: Path, tmp_path: Path
) -> None:
    (folder / "taken").symlink_to(tmp_path)
    put(folder / "a.csv")
    assert "taken is no folder that can be used" in refused(source(around, folder), FetchReason.FILE)


def test_folder_that_is_not_there_is_told(around: Surroundings, folder: Path) -> None:
    assert "Make it, or correct folder" in refused(source(around, folder / "gone"), FetchReason.FILE)
    file = put(folder / "file")
    assert "cannot be read" in refused(source(around, file), FetchReason.FILE)


def test_long_name_is_shortened_and_keeps_its_end(around: Surroundings, folder: Path) -> None:
    put(folder / f"{'x' * 250}.csv")
    fetched(source(around, folder))
    (path,) = (folder / "taken").iterdir()
    assert path.name.endswith("x.csv")


def test_of_a_stretch_of_time_it_has_none(around: Surroundings, folder: Path) -> None:
    put(folder / "a.csv")
    window = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert fetched(source(around, folder), Want(window=window)) == []
    assert lying(folder) == ["a.csv"]


def test_settings_are_strict() -> None:
    with pytest.raises(ValidationError, match="complete"):
        DropSettings.model_validate({"folder": "/drop", "complete": "soon"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["put", "again", "fetch", "crash", "bad"]), st.integers(0, 3)), max_size=12
    )
)
def test_every_file_is_given_at_least_once_and_none_is_lost(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    """Whatever is put when, and whenever it crashes before it settles."""
    folder = tmp_path_factory.mktemp("drop")
    wanted, got, number = set[str](), set[str](), 0
    with surroundings() as around:
        drop = source(around, folder)
        for step, place in [*steps, ("fetch", 0), ("fetch", 0)]:
            number += 1
            if step in {"put", "again"}:
                content = f"id\n{number if step == 'put' else 'same'}\n"
                (folder / f"{place}.csv").exists() or put(folder / f"{place}.csv", content)
                wanted.update(path.read_text().split("\n")[1] for path in folder.glob("*.csv"))
            elif step == "bad":
                put(folder / f"bad{place}.gz", b"\x1f\x8b broken")
            else:
                try:
                    found = fetched(drop, settle=step == "fetch")
                except FetchError:
                    drop = source(around, folder)
                    found = fetched(drop, settle=step == "fetch")
                got.update(row for piece in found if piece.rows.height for row in piece.rows["id"])
                drop = source(around, folder) if step == "crash" else drop
    assert wanted == got
    assert [path for path in lying(folder) if "/" not in path] == []
