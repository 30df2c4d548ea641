"""Whether regions report, how lately, how sound their data are, and the score of it all.

The roll-ups keep the days of the records and when the last of them was seen, not how late each one came:
so timeliness is told by how long ago a region's last day is. "Now" is the last day that was over
and has a record of any region, whatever the record set.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import polars as pl

from metrics.indicators.cases import PLACE, Cases
from metrics.indicators.measures import Measured
from metrics.indicators.panel import GROUP, WHOLE, Panel, at_ends, month_rows, months_of
from metrics.indicators.unpacking import flatten
from metrics.quality import MINIMUM_PARTS, PARTS, Reported, Verdicts, parts, scored

OF_PART = {
    "completeness": "reporting_completeness",
    "conformity": "data_conformity",
    "consistency": "data_consistency",
    "plausibility": "data_plausibility",
    "timeliness": "reporting_lag_days",
}
"""Indicator that shows each part, or the figure behind it."""


class Reporting:
    """What each region reported.

    ``rollups``: roll-up rows by table. ``spans``: of all record sets, as ``metrics.indicators.spans``
    gives them.
    """

    def __init__(self, transactions: Cases, rollups: Mapping[str, pl.DataFrame], spans: pl.DataFrame) -> None:
        self.transactions = transactions
        self.panel = transactions.panel
        self._placed = {table: self.panel.placed(rows) for table, rows in rollups.items()}
        self._spans = spans
        last = spans["over"].max()
        self.last = last if isinstance(last, int) else None

    @cached_property
    def days(self) -> pl.DataFrame:
        """Days with an application, none after the last day: place, day."""
        long = flatten(self.transactions.rows, "received_days", ("day", "count"), ("place",))
        return long.select("place", "day").unique().filter(pl.col("day") <= self._until).sort("place", "day")

    @cached_property
    def months(self) -> pl.DataFrame:
        """Months of each region from its first application to the last day: place, month, from, until."""
        first = self.days.group_by("place").agg(first=pl.col("day").min()).sort("place")
        return month_rows(first.with_columns(last=pl.lit(self._until, pl.Int64)))

    @cached_property
    def completeness(self) -> pl.DataFrame:
        """Working days of each region and month: place, month, n, and reported, those with an application."""
        months = self.months
        place, since, until = (months[name].to_numpy() for name in ("place", "from", "until"))
        index = self.panel.workday_index
        due = index(place, until) - index(place, since - 1)
        day = self.days["day"].to_numpy()
        there = self.days["place"].to_numpy()
        worked = self.days.with_columns(
            pl.Series("month", months_of(day), pl.Int64),
            pl.Series("reported", index(there, day) - index(there, day - 1), pl.Int64),
        )
        reported = worked.group_by(PLACE).agg(pl.col("reported").sum())
        cells = months.select(PLACE).with_columns(pl.Series("n", due, pl.Int64))
        return cells.join(reported, on=list(PLACE), how="left").with_columns(pl.col("reported").fill_null(0))

    @cached_property
    def lag(self) -> pl.DataFrame:
        """Working days since the last application at the end of each period: place, period, lag, n (1)."""
        ends = self.months.select(*PLACE, "until").sort("until")
        days = self.days.with_columns(latest="day").sort("day")
        cells = ends.join_asof(
            days, left_on="until", right_on="day", by="place", check_sortedness=False
        ).sort(PLACE)
        place, until, latest = (cells[name].to_numpy() for name in ("place", "until", "latest"))
        lag = self.panel.workday_index(place, until) - self.panel.workday_index(place, latest)
        counted = cells.select(*PLACE, lag=pl.Series(lag, dtype=pl.Int64), n=pl.lit(1, pl.Int64))
        return at_ends(counted)

    @property
    def warned(self) -> pl.DataFrame:
        """Cases that were accepted, and those with a warning: region, place, month, accepted, warned."""
        return self._placed["case_rollup"].select("region", *PLACE, accepted="received", warned="warnings")

    @cached_property
    def present(self) -> pl.DataFrame:
        """Groups that have a record of any set: place, period."""
        months = pl.concat(rows.select(PLACE) for rows in self._placed.values()).unique()
        return self.panel.pooled(months.with_columns(one=pl.lit(1, pl.Int64)), ("one",)).select(GROUP)

    def reported(self) -> Reported:
        """Return what the parts of the regions' quality are made of."""
        due = self.completeness.group_by("place").agg(
            due=pl.col("n").sum(), reported=pl.col("reported").sum()
        )
        whole = self.lag.filter(pl.col("period") == WHOLE).select("place", lag_days="lag")
        surveys = self._placed["survey_rollup"].select(
            "region", accepted="respondents", warned=pl.lit(None, pl.Int64)
        )
        return Reported(
            days=self.panel.named(due.join(whole, on="place", how="left")),
            records=pl.concat([surveys, self.warned.select(surveys.columns)]),
            first_days=self.panel.named(self._spans.select("dataset", "place", "first")),
            last=self.last,
        )

    @property
    def _until(self) -> int:
        """Last day; before all of time where there is none."""
        return self.last if self.last is not None else -(1 << 30)


def reporting(what: Reporting, verdicts: Verdicts) -> list[Measured]:
    """Indicators of what the regions report."""
    panel, present, own = what.panel, what.present, what.transactions.present
    days = panel.pooled(what.completeness, ("reported", "n"))
    lag = panel.over_places(what.lag, (), ("lag", "n"))
    clean = what.warned.select(*PLACE, n="accepted", clean=pl.col("accepted") - pl.col("warned"))
    unwarned = _share(panel.pooled(clean, ("clean", "n")), "clean")
    of_parts = _pooled(parts(what.reported(), verdicts), panel)
    return [
        Measured("reporting_completeness", _share(days, "reported"), own, "no-day-over"),
        Measured("reporting_lag_days", _share(lag, "lag"), own, "no-day-over"),
        Measured("data_conformity", _part(of_parts, "conformity", present), present, "whole-only"),
        Measured("data_consistency", unwarned, present, "unjudged"),
        Measured("data_plausibility", _part(of_parts, "plausibility", present), present, "whole-only"),
        Measured("data_quality_score", _score(of_parts, present), present, "whole-only"),
    ]


def _pooled(known: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Parts of all places over the whole time: place, period, part, good, n."""
    numbers = {part: number for number, part in enumerate(PARTS)}
    cells = panel.numbered(known).select(
        "place",
        "good",
        "n",
        period=pl.lit(WHOLE, pl.Int64),
        number=pl.col("part").replace_strict(numbers, return_dtype=pl.Int64),
    )
    sums = panel.over_places(cells, ("number",), ("good", "n"))
    part = pl.col("number").replace_strict(list(numbers.values()), list(numbers), return_dtype=pl.String)
    return sums.with_columns(part=part)


def _share(sums: pl.DataFrame, part: str) -> pl.DataFrame:
    """Measures of ``part`` out of ``n``, without an interval; groups without any are left out."""
    return sums.filter(pl.col("n") > 0).select([*GROUP, "n"], value=pl.col(part) / pl.col("n"))


def _whole(present: pl.DataFrame) -> pl.DataFrame:
    """Groups over the whole time: what is not told by days has no other values."""
    return present.filter(pl.col("period") == WHOLE)


def _part(of_parts: pl.DataFrame, part: str, present: pl.DataFrame) -> pl.DataFrame:
    """Measures of one part; where it is not known, the reason."""
    shares = _share(of_parts.filter(pl.col("part") == part), "good")
    groups = pl.concat([_whole(present), shares.select(GROUP)]).unique()
    unknown = pl.when(pl.col("n").is_null()).then(pl.lit("unjudged"))
    return groups.join(shares, on=list(GROUP), how="left").with_columns(code=unknown)


def _score(of_parts: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """Measures of the score; the reason where there is none, and a word on parts that are left out."""
    scores = scored(of_parts, GROUP).rename({"score": "value", "known": "n"})
    table = _whole(present).join(scores, on=list(GROUP), how="full", coalesce=True)
    number, missing = pl.col("n").fill_null(0), pl.col("missing").fill_null(list(PARTS))
    names = missing.list.eval(pl.element().replace_strict(OF_PART, return_dtype=pl.String)).list.join("+")
    few = number < MINIMUM_PARTS
    return table.select(
        *GROUP,
        "value",
        n=number,
        code=pl.when(few).then(pl.lit("few-parts")).when(number < len(PARTS)).then(pl.lit("parts-left-out")),
        detail=pl.when(few)
        .then(pl.format("n={},minimum={},parts={}", number, pl.lit(MINIMUM_PARTS), names))
        .otherwise(pl.format("parts={}", names)),
    )
