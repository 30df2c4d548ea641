"""Sentences made from test results. None is more certain than the interval behind it."""

from __future__ import annotations

import polars as pl

from app.reading.ranks import Changes
from app.reading.values import Comparison, Place, compare
from app.text import Language
from app.text.rules import rule_text
from metrics.catalogue import CATALOGUE, Indicator
from metrics.model import Batch, IndicatorValue, PublishedFigure, Ranking
from metrics.ranking.reasons import explain
from metrics.regions import Registry


def indicator_name(indicator: str, t: Language) -> str:
    """Return an indicator's name in this language; the id of one the catalogue does not know."""
    entry = CATALOGUE.get(indicator)
    if entry is None:
        return indicator
    return entry.name_id if t.code == "id" else entry.name_en


def definition(indicator: Indicator, t: Language) -> str:
    """Return an indicator's definition in this language."""
    return indicator.definition_id if t.code == "id" else indicator.definition_en


def reason(stored: str, t: Language) -> str:
    """Return a stored reason as a sentence with its remedy."""
    return explain(stored, t.code) if stored else t("reason.none")


def value_line(value: IndicatorValue | None, t: Language) -> str:
    """Return value, interval and n in one line; without a value, why there is none."""
    if value is None:
        return t("value.never")
    if value.value is None:
        return reason(value.reason, t)
    span = t.interval(value.low, value.high, value.unit)
    within = f" ({span})" if span else ""
    return f"{t.value(value.value, value.unit)}{within} · n = {t.number(value.n)}"


def direction_of(indicator: str) -> str:
    """Return which way an indicator is better: "up", "down" or "neutral"."""
    entry = CATALOGUE.get(indicator)
    return entry.direction if entry else "neutral"


def against_nation(value: IndicatorValue | None, nation: IndicatorValue | None, t: Language) -> str:
    """Return how a value stands to the nation's: only an interval that leaves it out says more."""
    if value is None or value.value is None or nation is None or nation.value is None:
        return ""
    direction = direction_of(value.indicator)
    outcome = compare(value.low, value.high, nation.value, direction)
    figure = t.value(nation.value, nation.unit)
    if direction == "neutral" and outcome in (Comparison.BETTER, Comparison.WORSE):
        return t("compare.higher" if outcome is Comparison.BETTER else "compare.lower", nation=figure)
    return t(f"compare.{outcome}", nation=figure)


def among_regions(spread: Place | None, direction: str, t: Language) -> str:
    """Return where a value stands among the regions, as a rounded share; nothing without a place."""
    if spread is None:
        return ""
    key = "place.higher" if direction == "neutral" else "place.ahead"
    return t(key, share=t.percent(spread.ahead, 0), regions=t.number(spread.regions))


def changed(found: Changes | None, before: Ranking | None, t: Language, zone: str) -> str:
    """Return what changed since the ranking before, in one or two sentences."""
    if found is None or before is None:
        return t("changes.first")
    when = t.instant(before.computed, zone)
    if not found.comparable:
        return t("changes.method", when=when)
    parts = [
        t("changes.moves", n=t.number(len(found.moves)), when=when)
        if found.moves
        else t("changes.none", when=when)
    ]
    if found.within:
        parts.append(t("changes.within", n=t.number(found.within)))
    if found.entered:
        parts.append(t("changes.entered", n=t.number(len(found.entered))))
    if found.left:
        parts.append(t("changes.left", n=t.number(len(found.left))))
    return " ".join(parts)


def method_line(ranking: Ranking, t: Language, zone: str) -> str:
    """Return which method, version and period a ranking is of, and when it was computed."""
    return t(
        "rank.method",
        method=ranking.method,
        version=ranking.method_version,
        period=t.period(ranking.period),
        when=t.instant(ranking.computed, zone),
    )


def shade_words(indicator: str, t: Language) -> str:
    """Return what a darker colour means for an indicator."""
    return t("map.darker_more" if direction_of(indicator) == "neutral" else "map.darker_better")


def figure_row(figure: PublishedFigure, t: Language) -> dict[str, str]:
    """Return a published figure as a row of a table, as printed."""
    return {
        t("table.series"): t.word("series", figure.series),
        t("table.as_of"): t.as_of(figure.as_of),
        t("table.value"): t.number(figure.value) + (" %" if figure.unit == "percent" else ""),
        t("table.denominator"): figure.denominator,
        t("table.authority"): figure.authority,
        t("table.verified"): t("verified.yes" if figure.verified else "verified.no"),
        t("table.contradiction"): figure.contradiction,
        t("table.note"): figure.note,
        t("table.source"): figure.source,
    }


def month_rows(own: pl.DataFrame, unit: str, t: Language) -> list[dict[str, str]]:
    """Return the months of one indicator as rows of a table; a month without rows says so."""
    return [
        {
            t("table.month"): t.period(row["period"]),
            t("table.value"): t.value(row["value"], unit),
            t("table.interval"): t.interval(row["low"], row["high"], unit),
            "n": t.number(row["n"]),
            t("table.reason"): "" if row["value"] is not None else reason(row["reason"] or "", t),
        }
        for row in own.iter_rows(named=True)
    ]


def rule_words(rule: str, t: Language) -> str:
    """Return a rule in words where there are some, and its id beside them."""
    words = rule_text(rule, t.code)
    return f"{words} ({rule})" if words else rule


def rejection_rows(rejected: pl.DataFrame, t: Language) -> list[dict[str, str]]:
    """Return counts of rejected rows as rows of a table."""
    return [
        {
            t("fresh.dataset"): t.word("dataset", row["dataset"]),
            t("table.rule"): rule_words(row["rule"], t),
            t("table.rows"): t.number(row["n"]),
        }
        for row in rejected.sort("n", descending=True).iter_rows(named=True)
    ]


def check_rows(failed: pl.DataFrame, t: Language) -> list[dict[str, str]]:
    """Return failed checks as rows of a table."""
    return [
        {
            t("fresh.dataset"): t.word("dataset", row["dataset"]),
            t("table.rule"): rule_words(row["rule"], t),
            t("table.severity"): t.word("severity", row["severity"]),
            t("table.rows_bad"): t("table.bad_of", bad=t.number(row["bad"]), n=t.number(row["n"])),
            t("table.share"): t.percent(row["value"]),
            t("table.bound"): t.percent(row["bound"]),
        }
        for row in failed.iter_rows(named=True)
    ]


def place_name(region: str | None, registry: Registry, t: Language) -> str:
    """Return a region's name with its code; in words where the region is not known."""
    if region is None:
        return t("table.unknown_region")
    known = registry.regions.get(region)
    return f"{known.full_name} ({region})" if known else region


def batch_row(batch: Batch, t: Language, zone: str) -> dict[str, str]:
    """Return a batch as a row of a table."""
    return {
        t("table.started"): t.instant(batch.started, zone),
        t("fresh.dataset"): t.word("dataset", batch.dataset),
        t("table.source"): batch.source + (f" · {t('simulated.word')}" if batch.simulated else ""),
        t("quality.read"): t.number(batch.read),
        t("quality.accepted"): t.number(batch.accepted),
        t("quality.rejected"): t.number(batch.rejected),
        t("table.warned"): t.number(sum(batch.warned_by_rule.values())),
        t("table.new"): t.number(batch.new),
        t("table.updated"): t.number(batch.updated),
        t("table.unchanged"): t.number(batch.unchanged),
        t("table.batch"): batch.id,
    }


def indicator_line(indicator: Indicator, t: Language) -> str:
    """Return how an indicator is measured, in one line."""
    return t(
        "about.indicator",
        id=indicator.id,
        unit=t.unit(indicator.unit) or "%",
        better=t(f"direction.{indicator.direction}"),
        denominator=indicator.denominator,
        minimum=t.number(indicator.minimum_n),
        interval=indicator.interval,
        source=indicator.source,
        version=indicator.version,
    )
