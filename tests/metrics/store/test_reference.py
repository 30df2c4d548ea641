"""The reference of the store is what its tables say."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Table

from metrics.store.metadata import METADATA
from metrics.store.reference import reference
from metrics.store.tables import DATASET_TABLES, ROLLUP_TABLES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "store.md"


def test_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        f"run python -m metrics.store.reference {PAGE.relative_to(PAGE.parents[2])}"
    )


@pytest.mark.parametrize("table", METADATA.tables.values(), ids=str)
def test_table_and_each_of_its_columns_say_what_they_hold(table: Table) -> None:
    silent: list[Column[object]] = [column for column in table.columns if not column.comment]
    assert table.comment
    assert silent == []


def test_every_rollup_table_belongs_to_a_record_set() -> None:
    assert {table.name for tables in DATASET_TABLES.values() for table in tables} == set(ROLLUP_TABLES)
