"""The digest of the roll-ups depends on their rows and on nothing else."""

import pytest

from metrics.store import Store
from metrics.store.tables import DATASET_TABLES
from tests.metrics.store import facts
from tests.metrics.store.test_rollups import TABLES, fill


def test_digest_does_not_depend_on_the_order_of_writing(store: Store) -> None:
    rows = [facts.case_row(p, r) for p in ("2025-06", "2025-07") for r in ("11.01", "11.02")]
    fill(store, "transactions", facts.cases(*rows))
    fill(store, "complaints", facts.cases(facts.case_row(dataset="complaints")))
    fill(store, "probes", facts.probes())
    first = store.rollup_digest()
    fill(store, "probes", facts.probes())
    fill(store, "complaints", facts.cases(facts.case_row(dataset="complaints")))
    fill(store, "transactions", facts.cases(*reversed(rows)))
    assert store.rollup_digest() == first


@pytest.mark.parametrize(
    "change",
    [
        {"received": 4},
        {"elapsed": b""},
        {"service": "kk"},
        {"simulated": True},
        {"elapsed": facts.case_row()["open_cases"], "open_cases": facts.case_row()["elapsed"]},
    ],
    ids=str,
)
def test_digest_changes_with_any_value(store: Store, change: dict[str, object]) -> None:
    fill(store, "transactions", facts.cases(facts.case_row()))
    first = store.rollup_digest()
    fill(store, "transactions", facts.cases(facts.case_row() | change))
    assert store.rollup_digest() != first


def test_digest_tells_neighbouring_blobs_apart(store: Store) -> None:
    pair = [facts.case_row(region="11.01"), facts.case_row(region="11.02")]
    fill(store, "transactions", facts.cases(pair[0] | {"elapsed": b"ab"}, pair[1] | {"elapsed": b"c"}))
    first = store.rollup_digest()
    fill(store, "transactions", facts.cases(pair[0] | {"elapsed": b"a"}, pair[1] | {"elapsed": b"bc"}))
    assert store.rollup_digest() != first


def test_digest_leaves_out_what_is_no_rollup(store: Store) -> None:
    fill(store, "transactions", facts.cases(facts.case_row()))
    first = store.rollup_digest()
    store.put_seed_events([facts.event()])
    store.put_meta("colour", "blue")
    with store.rollup_transaction("transactions") as writer:
        writer.batches([facts.batch()])
    assert store.rollup_digest() == first


@pytest.mark.postgres
def test_digest_is_the_same_on_both_databases(sqlite_url: str, postgres_url: str) -> None:
    digests = []
    for url in (sqlite_url, postgres_url):
        with Store.open(url) as store:
            for dataset in DATASET_TABLES:
                fill(store, dataset, TABLES[dataset])
            services = [facts.case_row("2025-08", service=s) for s in ("b", "A", "a", "B", "Á")]
            fill(store, "transactions", facts.cases(*services))
            digests.append(store.rollup_digest())
    assert digests[0] == digests[1]
