"""What lies beneath the figures: roll-up rows, the records they count, the batches these came with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from metrics.indicators.unpacking import flatten
from metrics.rollup import RollUp
from metrics.rollup.catch_up import ROLLUPS
from metrics.store import Store
from pantau.explanation.facts import BatchPart, MonthPart
from pantau.installation import Installation

CASES = ("received", "finished", "rejected", "withdrawn", "open", "undated", "with_due", "on_time", "late")
COUNTED: dict[str, tuple[str, ...]] = {"case_rollup": CASES, "survey_rollup": ("respondents",)}
"""Columns of the roll-up tables that are counts."""
PACKED: dict[str, tuple[str, ...]] = {
    "probe_rollup": ("day", "up_us", "down_us", "probes", "failures"),
    "traffic_rollup": ("day", "requests", "errors"),
}
"""Columns of ``days`` in the tables that have none; the day itself is no count."""
MICRO = "_us"

Key = tuple[str, str]
"""Record set and month, or record set and batch."""


class Counted:
    """Counts of some regions over the months of a period, by record set."""

    def __init__(
        self, installation: Installation, rollup: RollUp, regions: Sequence[str], period: str
    ) -> None:
        self._installation = installation
        self._rollup = rollup
        self._regions = regions
        self._period = period
        self._records: Counter[Key] = Counter()
        self._of_batch: Counter[Key] = Counter()

    def months(self, dataset: str) -> Iterator[MonthPart]:
        """Months with roll-up rows or records of the regions, in order."""
        archive, version = self._installation.archive, self._installation.versions()[dataset]
        rows = self._rolled_up(dataset)
        for month in (one for one in archive.months(dataset, version) if self._is_within(one)):
            batches = self._rollup.current(dataset, month, version, self._regions)["batch"].to_pylist()
            for batch in batches:
                self._of_batch[dataset, batch] += 1
            mine = rows.filter(pl.col("partition") == month)
            if batches or mine.height:
                files = len(archive.files(dataset, months=[month], version=version))
                counts = _counts(mine, ROLLUPS[dataset][0])
                yield MonthPart(dataset, month, mine.height, counts, len(batches), files)

    def batches(self, datasets: Iterable[str]) -> list[BatchPart]:
        """Batches of the records that ``months`` counted, and of rejected rows, the latest first."""
        store = self._installation.store
        rejected: dict[Key, dict[str, int]] = {}
        for row in store.batch_rejections(self._regions).iter_rows(named=True):
            rules = rejected.setdefault((row["dataset"], row["batch"]), {})
            rules[row["rule"]] = rules.get(row["rule"], 0) + row["n"]
        wanted = set(datasets)
        keys = {key for key in self._of_batch.keys() | rejected.keys() if key[0] in wanted}
        found = [_part(key, store, self._of_batch[key], rejected.get(key, {})) for key in keys]
        return sorted(found, key=lambda one: (one.started is not None, one.started, one.batch), reverse=True)

    def _rolled_up(self, dataset: str) -> pl.DataFrame:
        table = ROLLUPS[dataset][0]
        return self._installation.store.rollup(table, dataset=dataset, regions=self._regions)

    def _is_within(self, month: str) -> bool:
        return self._period == "all" or month.startswith(self._period)


def _counts(rows: pl.DataFrame, table: str) -> dict[str, int]:
    """Sums of the counts; of times in whole seconds."""
    if table not in PACKED:
        return {name: int(rows[name].sum()) for name in COUNTED[table]}
    days = flatten(rows, "days", PACKED[table], ("partition",))
    sums = {name: int(days[name].sum()) for name in PACKED[table][1:]}
    return {
        name.replace(MICRO, "_seconds"): n // 1_000_000 if name.endswith(MICRO) else n
        for name, n in sums.items()
    }


def _part(key: Key, store: Store, records: int, rejected: dict[str, int]) -> BatchPart:
    dataset, name = key
    batch = store.batch(name)  # none: an archive that another store took in
    return BatchPart(
        batch=name,
        dataset=dataset,
        source=batch.source if batch else "",
        origin=batch.origin if batch else "",
        started=batch.started if batch else None,
        archive_version=batch.archive_version if batch else None,
        read=batch.read if batch else 0,
        accepted=batch.accepted if batch else 0,
        refused=batch.rejected if batch else 0,
        records=records,
        rejected=rejected,
    )
