"""From records to the small frames that the monitors compare over time.

``counts``: records a region and day. ``shares``: what the fields of the records hold, by region
and week: words as they are, durations in steps of a factor of two, the hour of the day. Both add
up, so those of a delivery can be added to those that are stored. A field that is known only at
the end of a case (its outcome, its duration) stands in the week of the end: in the week of the
start the cases of last week would all be fast ones, since the slow ones have not ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from checks.monitors.evidence import COLUMNS, COUNTS, SHARES
from metrics.calendar import Calendar
from metrics.datasets import DATASETS, SURVEY_ELEMENTS

HOUR, DURATION, STRAIGHT, ZERO, FILLED = "hour", "duration", "straight", "0", "filled "
"""Fields that are derived: hour of the anchor, size of the duration, nine equal answers, a value."""
MOST_WORDS = 60
"""Distinct words of a column beyond which it holds free text, not a list."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which fields of a record set are compared over time, and at which of its instants.

    ``words``: by their words. ``outcome``: the word that is final at the ``end``. ``seconds``: by
    size. ``filled``: only by whether there is a value (at the end, where there is one).
    """

    words: tuple[str, ...] = ()
    end: str | None = None
    outcome: str | None = None
    seconds: str | None = None
    weight: str | None = None
    filled: tuple[str, ...] = ()


SHAPES: dict[str, Shape] = {
    "transactions": Shape(
        ("channel", "service", "promise_unit"),
        end="completed",
        outcome="status",
        filled=("file_complete", "promise_value", "due"),
    ),
    "complaints": Shape(
        ("channel", "class", "category", "service"),
        end="resolved",
        outcome="status",
        filled=("verified", "responded", "due"),
    ),
    "surveys": Shape(("channel", "service", *SURVEY_ELEMENTS)),
    "probes": Shape(("reason",), seconds="total_seconds"),
    "traffic": Shape(weight="requests", filled=("target", "latency_le", "latency_sum_seconds")),
    "rollout_events": Shape(),
}


def listed(dataset: str) -> frozenset[str]:
    """Columns of a record set that hold words out of a list."""
    shape = SHAPES[dataset]
    return frozenset((*shape.words, *([shape.outcome] if shape.outcome else [])))


def localised(frame: pl.DataFrame, regions: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Frame whose instants in these columns are naive, on the clock of the region; others stay as they are.

    Rows of regions that are not in ``regions`` are left out.
    """
    joined = frame.join(regions.select("region", "zone"), on="region", maintain_order="left")
    zones = sorted(regions["zone"].unique())
    instants = [name for name in columns if isinstance(frame.schema[name], pl.Datetime)]
    return joined.with_columns(
        pl.coalesce(
            pl.when(pl.col("zone") == zone).then(
                pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None)
            )
            for zone in zones
        ).alias(name)
        for name in instants
    ).drop("zone")


def counts(dataset: str, records: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """``COUNTS`` of records of one record set; of traffic, the requests."""
    anchor, weight = DATASETS[dataset].anchor, SHAPES[dataset].weight
    local = localised(records.select("region", anchor, *([weight] if weight else [])), regions, anchor)
    number = pl.col(weight).sum() if weight else pl.len()
    return (
        local.drop_nulls(anchor)
        .group_by("region", pl.col(anchor).cast(pl.Date).alias("day"))
        .agg(number.cast(pl.Int64).alias("n"))
        .select(pl.lit(dataset).alias("dataset"), "region", "day", "n")
        .cast(COUNTS)
    )


def shares(
    dataset: str, records: pl.DataFrame, regions: pl.DataFrame, calendars: Mapping[str, Calendar]
) -> pl.DataFrame:
    """``SHARES`` of records of one record set. A blank value counts as null."""
    shape, anchor = SHAPES[dataset], DATASETS[dataset].anchor
    parts = []
    if shape.words:
        parts.append(_counted(records, anchor, regions, _words(shape)))
    if isinstance(records.schema[anchor], pl.Datetime):
        hour = pl.col(anchor).dt.hour().cast(pl.String).alias(HOUR)
        parts.append(_counted(records, anchor, regions, [hour]))
    if dataset == "surveys":
        parts.append(
            _counted(records.filter(answered() >= len(SURVEY_ELEMENTS) - 1), anchor, regions, [straight()])
        )
    if shape.end and shape.outcome:
        ended = records.filter(pl.col(shape.end).is_not_null())
        seconds = (pl.col(shape.end) - pl.col(anchor)).dt.total_seconds()
        fields = [pl.col(shape.outcome), _size(seconds), *_filled(shape)]
        parts.append(_counted(ended, shape.end, regions, fields, also=(anchor,)))
    elif shape.filled:
        parts.append(_counted(records, anchor, regions, _filled(shape)))
    if shape.seconds:
        parts.append(_counted(records, anchor, regions, [_size(pl.col(shape.seconds) * 1000)]))
    if not parts:
        return pl.DataFrame(schema=SHARES)
    return _marked(pl.concat(parts), dataset, regions, calendars)


def _words(shape: Shape) -> list[pl.Expr]:
    return [pl.col(name).cast(pl.String) for name in shape.words]


def _filled(shape: Shape) -> list[pl.Expr]:
    there = {name: pl.when(pl.col(name).is_not_null()).then(pl.lit("yes")) for name in shape.filled}
    return [value.alias(FILLED + name) for name, value in there.items()]


def answered() -> pl.Expr:
    """How many of the nine elements were answered."""
    return pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in SURVEY_ELEMENTS)


def straight() -> pl.Expr:
    """Give "yes" where all answers of a survey are the same number."""
    lowest, highest = pl.min_horizontal(SURVEY_ELEMENTS), pl.max_horizontal(SURVEY_ELEMENTS)
    return pl.when(lowest == highest).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(STRAIGHT)


def _size(number: pl.Expr) -> pl.Expr:
    """Power of two of a number, as text; nothing and less is its own size."""
    power = number.clip(1, None).log(2).floor().cast(pl.Int64).cast(pl.String)
    return pl.when(number <= 0).then(pl.lit(ZERO)).otherwise(power).alias(DURATION)


def _counted(
    records: pl.DataFrame,
    instant: str,
    regions: pl.DataFrame,
    fields: list[pl.Expr],
    also: tuple[str, ...] = (),
) -> pl.DataFrame:
    """[region, day, field, value, n]: records by day of the instant and value of each field."""
    local = localised(records, regions, instant, *also)
    named = local.select("region", pl.col(instant).cast(pl.Date).alias("day"), *fields).drop_nulls("day")
    return pl.concat(
        named.group_by("region", "day", pl.col(name).alias("value"))
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .select("region", "day", pl.lit(name).alias("field"), "value", "n")
        for name in named.columns[2:]
    )


def _marked(
    counted: pl.DataFrame, dataset: str, regions: pl.DataFrame, calendars: Mapping[str, Calendar]
) -> pl.DataFrame:
    """Put days together to weeks, open and closed days apart."""
    days = counted.select("day").unique().sort("day")
    number = days["day"].cast(pl.Int32).to_numpy().astype("int64")
    opened = pl.concat(
        days.with_columns(
            pl.lit(name).alias("calendar"),
            pl.Series("open", calendars[name].is_working(number), dtype=pl.Boolean),
        )
        for name in sorted(regions["calendar"].unique())
    )
    placed = counted.join(regions.select("region", "calendar"), on="region").join(
        opened, on=["calendar", "day"]
    )
    blank = pl.when(pl.col("value") != "").then(pl.col("value")).alias("value")
    return (
        placed.group_by("region", pl.col("day").dt.truncate("1w").alias("week"), "open", "field", blank)
        .agg(pl.col("n").sum())
        .select(pl.lit(dataset).alias("dataset"), "region", "week", "open", "field", "value", "n")
        .cast(SHARES)
    )


def columns(dataset: str, source: str, frame: pl.DataFrame, skip: Iterable[str] = ("_row",)) -> pl.DataFrame:
    """``COLUMNS`` of a batch as it came: names, types, blanks, words of lists, shapes of dates."""
    rows = [
        (
            dataset,
            source,
            name,
            str(kind),
            frame.height,
            _blanks(frame[name]),
            _listed(frame[name]),
            _formats(frame[name]),
        )
        for name, kind in frame.schema.items()
        if name not in skip
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _blanks(values: pl.Series) -> int:
    empty = int((values == "").sum()) if values.dtype == pl.String else 0
    return values.null_count() + empty


def _listed(values: pl.Series) -> list[str] | None:
    """Words of a column that holds words out of a list: few, and each more than once. Dates are none."""
    if values.dtype != pl.String or _formats(values):
        return None
    known = values.drop_nulls()
    words = known.filter(known != "").unique().sort()
    return None if not 0 < len(words) <= min(MOST_WORDS, len(known) // 4) else words.to_list()


def _formats(values: pl.Series) -> list[str] | None:
    """Shapes of a column of dates, letters and digits made alike: "9999-99-99". Null for other columns."""
    if values.dtype != pl.String or not len(values):
        return None
    shape = values.drop_nulls().str.replace_all(r"[0-9]", "9").str.replace_all(r"\p{L}+", "A")
    dated = shape.filter(shape.str.contains(r"^(?:9{1,2}|9999)[-/. ](?:9{1,2}|A)[-/. ]9{2,4}"))
    if len(dated) < max(1, len(shape) // 2):
        return None
    return (
        dated.value_counts(sort=True).filter(pl.col("count") * 20 >= len(shape))[shape.name].sort().to_list()
    )
