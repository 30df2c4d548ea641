"""Rows of many sources as few deliveries."""

from __future__ import annotations

from typing import Any

import polars as pl

from checks.chunk import MappedChunk
from exporters.collecting.harvest import Harvest, deliveries
from exporters.mapping import Mapping
from exporters.sources.source import Piece
from metrics.regions import indonesia
from tests.exporters.collecting.ledger import CODES, MAPPING, entry, now, row


def harvest(region: str | None, rows: list[dict[str, str]], origin: str = "page 1", **more: Any) -> Harvest:
    frame = pl.DataFrame(rows).with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))
    return Harvest(entry(region, **more), Piece(frame, origin, now()))


def chunks(*harvests: Harvest) -> list[MappedChunk]:
    (delivery,) = deliveries(harvests, indonesia(), now=now(), simulated=False)
    return list(delivery.chunks)


def test_sources_of_one_mapping_are_one_delivery_with_rows_numbered_through() -> None:
    (chunk,) = chunks(*(harvest(code, [row(1, code), row(2, code)]) for code in CODES[:3]))
    assert chunk.frame["_row"].to_list() == [1, 2, 3, 4, 5, 6]
    assert chunk.frame["region"].to_list() == [code for code in CODES[:3] for _ in range(2)]
    assert chunk.origins is not None
    assert chunk.origins["source"].to_list() == [f"{code}/complaints" for code in CODES[:3] for _ in range(2)]
    assert chunk.origins["row"].to_list() == [1, 2] * 3
    assert not chunk.issues.height


def test_mapping_of_its_own_stays_its_own() -> None:
    other = Mapping.parse(MAPPING.replace("id: number", "id: {template: 'x-{number}'}"))
    first, second = chunks(
        harvest(CODES[0], [row(1, CODES[0])]), harvest(CODES[1], [row(1, CODES[1])], mapping=other)
    )
    assert (first.frame["id"].to_list(), second.frame["id"].to_list()) == (["1"], ["x-1"])
    assert second.frame["_row"].to_list() == [2]


def test_record_of_another_region_is_rejected() -> None:
    (chunk,) = chunks(harvest(CODES[0], [row(1, CODES[0]), row(2, CODES[1])]))
    assert chunk.issues.select("_row", "rule", "field", "value").rows() == [
        (2, "region-foreign", "region", CODES[1])
    ]
    assert f"{CODES[0]}/complaints" in chunk.issues["reason"][0]
    assert chunk.frame["region"].to_list() == [CODES[0], None], "it counts for no other region"


def test_platform_tells_of_its_own_regions_only() -> None:
    told = [row(n, code) for n, code in enumerate(CODES[:3])]
    (chunk,) = chunks(harvest(None, told, tells_of=CODES[:2]))
    assert chunk.issues["value"].to_list() == [CODES[2]]
    (chunk,) = chunks(harvest(None, told, tells_of="all"))
    assert not chunk.issues.height


def test_region_that_is_no_code_is_told_once_and_as_unknown() -> None:
    (chunk,) = chunks(harvest(CODES[0], [row(1, "99.99")]))
    assert chunk.issues["rule"].to_list() == ["region-unknown"]


def test_column_that_no_mapping_names_is_not_kept() -> None:
    (chunk,) = chunks(harvest(CODES[0], [row(1, CODES[0]) | {"nama_pemohon": "Siti Aminah"}]))
    assert "nama_pemohon" not in chunk.raw.columns
    assert set(chunk.raw.columns) == {"_row", "number", "region", "received", "seen", "@source", "@region"}


def test_row_that_answers_of_one_source_share_is_read_once_and_one_that_stands_twice_in_an_answer_twice() -> (
    None
):
    first, second = row(1, CODES[0]), row(2, CODES[0])
    (chunk,) = chunks(
        harvest(CODES[0], [first, first], "page 1"),
        harvest(CODES[0], [first, second], "page 2"),
        harvest(CODES[1], [first | {"region": CODES[1]}]),
    )
    assert chunk.frame["id"].to_list() == ["1", "1", "2", "1"]
    assert chunk.origins is not None
    assert chunk.origins["origin"].to_list() == ["page 1", "page 1", "page 2", "page 1"]
