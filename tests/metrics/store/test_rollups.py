"""Roll-up rows: replaced partition by partition, read back as written, all or nothing."""

from collections.abc import Callable

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.errors import StoreError, UnknownName
from metrics.store import Store, Watermark
from metrics.store.tables import DATASET_TABLES, ROLLUP_TABLES
from tests.metrics.store import facts

TABLES = {
    "transactions": facts.cases(facts.case_row(), facts.case_row(region="11.02", service="é/ü «x»")),
    "complaints": facts.cases(facts.case_row(dataset="complaints")),
    "surveys": facts.surveys(),
    "probes": facts.probes(),
    "traffic": facts.traffic(),
    "rollout_events": facts.events(facts.event(), partition="2025-07"),
}


def fill(store: Store, dataset: str, rows: pa.Table, *partitions: str, version: int = 1) -> None:
    table = DATASET_TABLES[dataset][0].name
    named = partitions or tuple(sorted(set(rows["partition"].to_pylist())))
    store.replace_rollup(dataset, named, {table: rows}, archive_version=version, calendar_hash="c")


@pytest.mark.parametrize("dataset", DATASET_TABLES)
def test_rows_come_back_as_they_were_written(store: Store, dataset: str) -> None:
    table = DATASET_TABLES[dataset][0]
    fill(store, dataset, TABLES[dataset])
    written = pl.DataFrame(pl.from_arrow(TABLES[dataset]))
    read = store.rollup(table.name, dataset=dataset)
    assert read.columns == [column.name for column in table.columns]
    assert read.select(written.columns).to_dicts() == written.to_dicts()


@pytest.mark.parametrize("table", ROLLUP_TABLES)
def test_empty_table_comes_back_with_its_columns_and_types(store: Store, table: str) -> None:
    dataset = next(name for name, tables in DATASET_TABLES.items() if ROLLUP_TABLES[table] in tables)
    empty = store.rollup(table)
    fill(store, dataset, TABLES[dataset])
    assert empty.height == 0
    assert empty.schema == store.rollup(table).schema


def test_replacing_a_partition_leaves_other_partitions_and_record_sets(store: Store) -> None:
    fill(store, "transactions", facts.cases(facts.case_row("2025-06"), facts.case_row("2025-07")))
    fill(store, "complaints", facts.cases(facts.case_row("2025-07", dataset="complaints")))
    fill(store, "transactions", facts.cases(facts.case_row("2025-07", received=9)))
    kept = store.rollup("case_rollup", columns=["dataset", "partition", "received"]).rows()
    assert kept == [
        ("complaints", "2025-07", 3),
        ("transactions", "2025-06", 3),
        ("transactions", "2025-07", 9),
    ]


def test_partition_that_is_named_and_brings_no_rows_is_emptied(store: Store) -> None:
    fill(store, "transactions", facts.cases(facts.case_row("2025-06"), facts.case_row("2025-07")))
    store.replace_rollup("transactions", ["2025-06"], {}, archive_version=2, calendar_hash="c")
    assert store.partitions("transactions") == ["2025-07"]
    assert store.partitions("complaints") == []


def test_rollup_narrows_by_record_set_region_partition_and_column(store: Store) -> None:
    rows = [facts.case_row(p, r) for p in ("2025-06", "2025-07") for r in ("11.01", "11.02", "11.10")]
    fill(store, "transactions", facts.cases(*rows))
    found = store.rollup(
        "case_rollup",
        dataset="transactions",
        regions=["11.10", "11.01"],
        partitions="2025-07",
        columns=["received", "region"],
    )
    assert found.to_dict(as_series=False) == {"received": [3, 3], "region": ["11.01", "11.10"]}
    assert store.rollup("case_rollup", dataset="complaints").height == 0
    assert store.rollup("case_rollup", regions=[]).height == 0


def test_order_of_rows_is_by_bytes_on_every_database(store: Store) -> None:
    services = ["b", "A", "a", "B", "Á", "ab"]
    fill(store, "transactions", facts.cases(*(facts.case_row(service=s) for s in services)))
    assert store.rollup("case_rollup")["service"].to_list() == sorted(services)


def test_watermark_is_the_one_written_last_and_none_before_the_first(store: Store) -> None:
    assert store.watermark("transactions") is None
    fill(store, "transactions", TABLES["transactions"], version=4)
    fill(store, "transactions", TABLES["transactions"], version=5)
    assert store.watermark("transactions") == Watermark(5, "c")
    assert store.watermark("complaints") is None


def test_nothing_shows_before_the_transaction_ends(store: Store, open_store: Callable[[], Store]) -> None:
    reader = open_store()
    with store.rollup_transaction("transactions") as writer:
        writer.replace(["2025-07"], {"case_rollup": TABLES["transactions"]})
        writer.batches([facts.batch()])
        writer.watermark(3, "c")
        assert reader.rollup("case_rollup").height == 0
        assert reader.batches() == []
        assert reader.watermark("transactions") is None
    assert reader.rollup("case_rollup").height == 2
    assert reader.batches() == [facts.batch()]
    assert reader.watermark("transactions") == Watermark(3, "c")


def test_exception_in_the_block_undoes_all_of_it_and_passes(store: Store) -> None:
    fill(store, "transactions", facts.cases(facts.case_row("2025-06")))
    before = store.rollup_digest()

    def write_and_raise() -> None:
        with store.rollup_transaction("transactions") as writer:
            writer.replace(["2025-06", "2025-07"], {"case_rollup": TABLES["transactions"]})
            writer.batches([facts.batch()])
            writer.watermark(9, "c")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_raise()
    assert store.rollup_digest() == before
    assert store.batches() == []
    assert store.watermark("transactions") == Watermark(1, "c")


def test_partitions_may_be_streamed_one_by_one_within_a_transaction(store: Store) -> None:
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    with store.rollup_transaction("transactions") as writer:
        for month in months:
            writer.replace([month], {"case_rollup": facts.cases(facts.case_row(month))})
    assert store.partitions("transactions") == months


def test_table_of_another_record_set_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no such table, only case_rollup"):
        store.replace_rollup(
            "transactions", ["2025-07"], {"probe_rollup": facts.probes()}, archive_version=1, calendar_hash=""
        )
    with pytest.raises(StoreError, match="rows of another record set"):
        fill(store, "complaints", TABLES["transactions"])


def test_missing_and_unknown_columns_are_named(store: Store) -> None:
    with pytest.raises(StoreError, match="columns are missing: late, on_time"):
        fill(store, "transactions", TABLES["transactions"].drop_columns(["on_time", "late"]))
    more = TABLES["transactions"].append_column("median", pa.array([1.0, 2.0]))
    with pytest.raises(StoreError, match="columns are not known: median"):
        fill(store, "transactions", more)


def test_rows_outside_the_partitions_replaced_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="not replaced: 2025-07"):
        fill(store, "transactions", TABLES["transactions"], "2025-06")


def test_row_that_is_there_twice_is_refused_and_nothing_is_kept(store: Store) -> None:
    fill(store, "transactions", facts.cases(facts.case_row("2025-06")))
    before = store.rollup_digest()
    with pytest.raises(StoreError, match="contradict"):
        fill(store, "transactions", facts.cases(facts.case_row(), facts.case_row()))
    assert store.rollup_digest() == before


def test_blank_where_a_value_must_be_is_refused(store: Store) -> None:
    row = facts.case_row() | {"channel": None}
    with pytest.raises(StoreError, match="channel"):
        fill(store, "transactions", facts.cases(facts.case_row(region="11.02"), row))


def test_unknown_record_set_table_and_column_are_named(store: Store) -> None:
    with pytest.raises(UnknownName, match="record set 'transaction' is not known; there are transactions"):
        store.watermark("transaction")
    with pytest.raises(UnknownName, match="roll-up table 'batch' is not known"):
        store.rollup("batch")
    with pytest.raises(UnknownName, match="columns are not known: median"):
        store.rollup("case_rollup", columns=["median"])


def test_more_rows_than_go_at_once_all_arrive(store: Store) -> None:
    rows = pl.DataFrame([facts.case_row()], schema_overrides={"response": pl.Binary})
    many = rows.drop("service").join(
        pl.DataFrame({"service": [f"s{i:05d}" for i in range(12_001)]}), how="cross"
    )
    fill(store, "transactions", many.to_arrow())
    assert store.rollup("case_rollup", columns=["service"])["service"].to_list() == many["service"].to_list()


WHOLE = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(service=TEXT, blob=st.binary(max_size=40), number=WHOLE, simulated=st.booleans())
def test_any_value_comes_back_as_it_was_written(
    store: Store, service: str, blob: bytes, number: int, *, simulated: bool
) -> None:
    row = facts.case_row(service=service, simulated=simulated) | {"elapsed": blob, "received": number}
    fill(store, "transactions", facts.cases(row))
    assert store.rollup("case_rollup").select(list(row)).to_dicts() == [row]
