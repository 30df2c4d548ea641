"""What is published: computed from the archive as of the frozen versions, and from nothing else.

Publishing and verifying go through the same function, so that a snapshot can never hold what could not be
computed again from what it names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import polars as pl
import polars.selectors as cs
import pyarrow as pa

from metrics.indicators import compute
from metrics.indicators.compute import COLUMNS
from metrics.model import IndicatorValue
from metrics.publishing.canonical import settled
from metrics.publishing.inputs import Inputs
from metrics.ranking import rank_in_detail
from metrics.rollup.catch_up import ROLLUPS
from metrics.store.digest import add_column

FIGURED = tuple(dataset for dataset, (table, _) in ROLLUPS.items() if table in COLUMNS)
"""Record sets that figures are computed from."""

AsOf = Callable[[str, int], Iterable[pa.Table]]
"""Roll-up rows of a record set as of a version of the archive (``RollUp.as_of``)."""


RollUps = Callable[[Inputs], AsOf]
"""Roll-ups by the registry, the calendars and the deadlines of some inputs."""


def results_of(inputs: Inputs, as_of: AsOf) -> dict[str, Any]:
    """Results as JSON.

    ``rollups``: SHA-256 of the roll-up rows by record set and month. ``figures``: of the method's
    indicators in its period by place ("*": the nation) and indicator. ``ranking``: rows by place.
    ``detail``: ``RankingDetail``.
    """
    tables, months = _rolled_up(inputs, as_of)
    values = compute(
        tables, inputs.registry, inputs.calendars, inputs.settings, inputs.holds, inputs.verdicts
    )
    ranking, detail = rank_in_detail(
        values,
        inputs.method,
        inputs.registry,
        computed=inputs.as_of,
        archive_versions=inputs.versions,
        simulated=inputs.simulated,
        level=inputs.level,
        history=values,
    )
    content = {
        "rollups": months,
        "figures": _figures(values, inputs),
        "ranking": {row.region: asdict(row) for row in ranking.rows},
        "detail": asdict(detail),
    }
    found: dict[str, Any] = settled(content)
    return found


def _rolled_up(inputs: Inputs, as_of: AsOf) -> tuple[dict[str, pl.DataFrame], dict[str, dict[str, str]]]:
    """Roll-up rows by table, and the digest of each record set's months."""
    parts: dict[str, list[pl.DataFrame]] = {}
    digests: dict[str, dict[str, str]] = {}
    for dataset, pinned in sorted(inputs.archive.items()):
        table = ROLLUPS[dataset][0]
        for rows in as_of(dataset, pinned.version):
            frame = _in_order(pl.DataFrame(pl.from_arrow(rows)))
            months = frame.partition_by("partition", as_dict=True)
            digests.setdefault(dataset, {}).update(
                {str(month): _digest(of) for (month,), of in months.items()}
            )
            parts.setdefault(table, []).append(frame.select(*COLUMNS[table]))
    return {table: pl.concat(frames) for table, frames in parts.items()}, digests


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows in order of their texts, the keys among them; engines promise neither order nor width."""
    return frame.with_columns(cs.integer().cast(pl.Int64)).sort(
        cs.string() | cs.boolean(), maintain_order=True
    )


def _digest(frame: pl.DataFrame) -> str:
    sha = hashlib.sha256()
    for name in sorted(frame.columns):
        add_column(sha, frame[name])
    return sha.hexdigest()


def _figures(values: Iterable[IndicatorValue], inputs: Inputs) -> dict[str, dict[str, Mapping[str, Any]]]:
    wanted = {component.id for component in inputs.method.indicators}
    levels = {inputs.level, "nation"}
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for value in values:
        if value.indicator in wanted and value.period == inputs.method.period and value.level in levels:
            shown = asdict(value) | {"status": value.status.value}
            found.setdefault(value.region, {})[value.indicator] = shown
    return found
