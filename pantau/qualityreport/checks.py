"""The checks: what each watches, what it has found, what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from app.components.marks import days_text, mark_badge
from app.components.markup import text
from app.reading import observation
from app.reading.observation import FAILING, Mark
from app.text import Language
from app.text.monitors import MONITORS, check_about, check_name, check_remedy
from metrics.observation import Finding
from pantau.qualityreport.facts import Facts
from pantau.qualityreport.pieces import check_named, listed, region_named, stacked, technical
from pantau.qualityreport.regions import finding_figures, finding_place
from pantau.qualityreport.text import say

SHOWN = 10
"""Findings of a check that are listed: the gravest and latest."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a check cost in all: runs, milliseconds and records; ``last``: day of the last run, in words."""

    runs: int
    milliseconds: float
    rows: int
    last: str


def checks(facts: Facts, t: Language) -> str:
    """Return the section: a table of the monitors, a part for each, and the contracts' rules."""
    counts = _counts(facts.now)
    order = sorted(MONITORS, key=lambda check: -counts[check][0])
    found: dict[str, list[Finding]] = {check: [] for check in MONITORS}
    for one in observation.found(facts.findings):
        found.setdefault(one.monitor, []).append(one)
    costs = _costs(facts.costs, t)
    heads = [t("quality.head_check"), say("failing", t), say("undone", t), say("passing", t), say("cost", t)]
    rows = [
        [
            f'<a href="#c-{text(check)}">{text(check_named(check, t))}</a>',
            *_count_cells(counts[check], t),
            text(_each(costs.get(("", check)), t)),
        ]
        for check in order
    ]
    parts = "".join(_monitor(check, found[check], counts[check], costs, facts, t) for check in order)
    note = f'<p class="note">{text(say("checks.note", t))}</p>'
    table = stacked(heads, rows, "counts")
    return f'<h2 id="checks">{text(say("checks", t))}</h2>{note}{table}{parts}{_rules(facts, costs, t)}'


def _counts(now: pl.DataFrame) -> dict[str, tuple[int, int, int]]:
    """How often each check fails, cannot be made, and passes now. Of a check that is not there: never."""
    marks = Counter(now.select("check", "mark").iter_rows())
    names = {*MONITORS, *now["check"]}
    return {
        name: (
            sum(marks[name, mark] for mark in FAILING),
            marks[name, Mark.LEARNING] + marks[name, Mark.BROKEN],
            marks[name, Mark.PASSED],
        )
        for name in names
    }


def _count_cells(counts: tuple[int, int, int], t: Language) -> list[str]:
    failed, undone, passed = counts
    said = f'<b class="bad">{t.number(failed)}</b>' if failed else "0"
    return [said, t.number(undone), t.number(passed)]


def _costs(costs: pl.DataFrame, t: Language) -> dict[tuple[str, str], Cost]:
    """Costs by record set ("" of a monitor, which may read several) and check, of all days together."""
    summed = costs.group_by("dataset", "check").agg(
        pl.col("runs", "milliseconds", "rows").sum(), pl.col("day").max()
    )
    names = ("dataset", "check", "runs", "milliseconds", "rows", "day")
    return {
        (dataset, check): Cost(runs, milliseconds, rows, t.day(day))
        for dataset, check, runs, milliseconds, rows, day in summed.select(names).iter_rows()
    }


def _each(cost: Cost | None, t: Language) -> str:
    if cost is None or not cost.runs:
        return say("cost.none", t)
    milliseconds = cost.milliseconds / cost.runs
    return say(
        "cost.each",
        t,
        ms=t.number(milliseconds, 0 if milliseconds >= 10 else 2),  # noqa: PLR2004 - two digits at least
        rows=t.number(cost.rows / cost.runs),
    )


def _monitor(
    check: str,
    found: Sequence[Finding],
    counts: tuple[int, int, int],
    costs: dict[tuple[str, str], Cost],
    facts: Facts,
    t: Language,
) -> str:
    cost = costs.get(("", check))
    paid = _each(cost, t)
    if cost is not None and cost.runs:
        paid = say("cost.runs", t, each=paid, runs=t.number(cost.runs), day=cost.last)
    failed, undone, passed = map(t.number, counts)
    said = [
        (say("now", t), text(say("now.counts", t, failed=failed, undone=undone, passed=passed))),
        (say("found", t), text(_found(found, t))),
        (say("cost", t), text(paid)),
        (t("quality.head_remedy"), text(check_remedy(check, t.code))),
    ]
    return (
        f'<section class="check" id="c-{text(check)}"><h3>{text(check_named(check, t))} '
        f"<code>{text(check)}</code></h3><p>{text(check_about(check, t.code))}</p>{listed(said)}"
        f"{_examples(found, facts, t)}</section>"
    )


def _found(found: Sequence[Finding], t: Language) -> str:
    if not found:
        return say("nothing", t)
    days = [one.days for one in found if one.days]
    span = (min(first for first, _ in days), max(last for _, last in days)) if days else None
    places = {one.region for one in found if one.region}
    return say(
        "found.some", t, n=t.number(len(found)), regions=t.number(len(places)), days=days_text(span, t)
    )


def _examples(found: Sequence[Finding], facts: Facts, t: Language) -> str:
    """The first findings, where they are not those of regions that have a part of their own."""
    if not found or facts.asked:
        return ""
    heads = [say("region", t), t("quality.head_mark"), t("quality.head_days"), say("measured", t)]
    rows = [
        [
            f"{text(_where(one, facts, t))}<small>{text(finding_place(one, t))}</small>",
            mark_badge(Mark(one.severity), t),
            text(days_text(one.days, t)),
            f"{finding_figures(one, t)}{technical([one.detail])}",
        ]
        for one in found[:SHOWN]
    ]
    left = len(found) - SHOWN
    more = f'<p class="note">{text(say("found.more", t, n=t.number(left)))}</p>' if left > 0 else ""
    return f"{stacked(heads, rows)}{more}"


def _where(one: Finding, facts: Facts, t: Language) -> str:
    return region_named(one.region, facts.registry) if one.region else say("place.none", t)


def _rules(facts: Facts, costs: dict[tuple[str, str], Cost], t: Language) -> str:
    """Return a part for the rules of each contract that were applied, or under which rows were set aside."""
    own = pl.col("check").is_in(list(MONITORS))
    said = facts.now.filter(~own)
    parts = ""
    for dataset in facts.sets:
        here = said.filter(pl.col("dataset") == dataset)
        set_aside = facts.rejections.filter(pl.col("dataset") == dataset)
        names = sorted(
            {*here["check"], *set_aside["rule"], *(rule for name, rule in costs if name == dataset)}
        )
        if not names:
            continue
        rows = [_rule(name, here, set_aside, costs.get((dataset, name)), t) for name in names]
        heads = [
            say("rule", t),
            say("failing", t),
            say("broken", t),
            say("rows", t),
            say("cost", t),
        ]
        title = say("rules", t, name=t.word("dataset", dataset))
        about = f"<p>{text(check_about(names[0], t.code))} {text(check_remedy(names[0], t.code))}</p>"
        parts += f"<section><h3>{text(title)}</h3>{about}{stacked(heads, rows, 'counts')}</section>"
    return parts


def _rule(
    rule: str, here: pl.DataFrame, set_aside: pl.DataFrame, cost: Cost | None, t: Language
) -> list[str]:
    known = here.filter(pl.col("check") == rule)
    failing = known.filter(pl.col("mark").is_in([*FAILING])).height
    bad, n = int(known["bad"].sum()), int(known["n"].sum())
    rejected = int(set_aside.filter(pl.col("rule") == rule)["n"].sum())
    return [
        f"{text(check_name(rule, t.code))}<small><code>{text(rule)}</code></small>",
        f'<b class="bad">{t.number(failing)}</b>' if failing else "0",
        text(t("table.bad_of", bad=t.number(bad), n=t.number(n))),
        t.number(rejected),
        text(_each(cost, t)),
    ]
