"""What the checks say of each region asked for: results, what is on hold, what was found and rejected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from app.components.marks import days_text, figure, mark_badge
from app.components.markup import text
from app.components.quality_matrix import freshness
from app.components.quality_region import column_words
from app.components.quality_verdict import CHECK_COMMAND
from app.reading import observation
from app.reading.observation import FAILING, Mark, Row
from app.text import Language
from app.text.monitors import MONITORS, check_remedy
from metrics.model import Region
from metrics.observation import Finding, Hold
from pantau.qualityreport.facts import Facts
from pantau.qualityreport.pieces import check_named, region_anchor, stacked, technical
from pantau.qualityreport.text import say

_PLACES = {mark: place for place, mark in enumerate(Mark)}


def regions(facts: Facts, t: Language) -> str:
    """Return a section for each region asked for, in the order of their codes; "" where none was."""
    if not facts.asked:
        return ""
    return "".join(_region(facts.regions[row.region], row, facts, t) for row in facts.rows)


def region_lead(row: Row, t: Language) -> str:
    """Return in a sentence how many checks of a region fail now."""
    if row.worst is Mark.NONE:
        return t("quality.region_unwatched")
    failing = sum(cell.failing for cell in row.cells.values())
    return t("quality.region_failing", n=t.number(failing)) if failing else t("quality.region_clean")


def _region(region: Region, row: Row, facts: Facts, t: Language) -> str:
    own = pl.col("region") == region.code
    holds = observation.holds_of(facts.holds, region.code)
    parts = [
        f"<h2>{text(region.full_name)} ({text(region.code)}), {text(region.province.name)}</h2>",
        f"<p>{text(region_lead(row, t))}</p>",
        _standings(facts.now.filter(own), row, facts, t),
        _holds(holds, facts, t),
        _findings(observation.found(facts.findings.filter(own)), t),
        _rejected(facts.rejections.filter(own), t),
    ]
    return f'<section class="region" id="{text(region_anchor(region.code))}">{"".join(parts)}</section>'


def _standings(now: pl.DataFrame, row: Row, facts: Facts, t: Language) -> str:
    heads = [t("fresh.dataset"), t("fresh.last"), say("failing", t), say("undone", t), say("passing", t)]
    rows = []
    for name in facts.sets:
        known = now.filter(pl.col("dataset") == name).sort("check").to_dicts()
        known.sort(key=lambda one: _PLACES[Mark(one["mark"])])
        cell = row.cells[name]
        rows.append(
            [
                f"{text(t.word('dataset', name))}<small>{mark_badge(cell.mark, t)}</small>",
                text(freshness(cell, t)),
                _bad([one for one in known if one["mark"] in FAILING], facts, t),
                _named([one for one in known if one["mark"] in (Mark.LEARNING, Mark.BROKEN)], t),
                _named([one for one in known if one["mark"] == Mark.PASSED], t),
            ]
        )
    return f"<h3>{text(say('standings', t))}</h3>{stacked(heads, rows, 'standings')}"


def _bad(known: Sequence[dict[str, Any]], facts: Facts, t: Language) -> str:
    zone = ZoneInfo(facts.timezone)
    items = [
        f"<li>{mark_badge(Mark(one['mark']), t)} {text(check_named(one['check'], t))}"
        f"<small>{text(say('since', t, day=t.short_day(one['since'].astimezone(zone))))}</small></li>"
        for one in known
    ]
    return f"<ul>{''.join(items)}</ul>" if items else text(say("nothing", t))


def _named(known: Sequence[dict[str, Any]], t: Language) -> str:
    """Number of checks and their names, with a sign those that broke."""
    if not known:
        return text(say("nothing", t))
    names = [
        f"{mark_badge(Mark.BROKEN, t)} {text(check_named(one['check'], t))}"
        if one["mark"] == Mark.BROKEN
        else text(check_named(one["check"], t))
        for one in known
    ]
    return f'{t.number(len(names))}<small class="names">{"; ".join(names)}</small>'


def _holds(holds: Sequence[Hold], facts: Facts, t: Language) -> str:
    head = f"<h3>{text(t('quality.holds'))}</h3>"
    if not holds:
        said = say("holds.none", t) if facts.watch else t("quality.region_unwatched")
        return f"{head}<p>{text(said)}</p>"
    grouped: dict[str, list[Hold]] = {}
    for hold in holds:
        grouped.setdefault(hold.check, []).append(hold)
    items = "".join(f"<li>{_hold(check, found, t)}</li>" for check, found in grouped.items())
    return f'{head}<ul class="held">{items}</ul>'


def _hold(check: str, holds: Sequence[Hold], t: Language) -> str:
    what = ", ".join(f"{t.word('dataset', hold.dataset)} ({days_text(hold.days, t)})" for hold in holds)
    why = t("quality.hold", what=what, check=check_named(check, t))
    remedy = t("quality.hold_remedy", remedy=check_remedy(check, t.code))
    details = technical([hold.detail for hold in holds])
    return f"{text(why)} <b>{text(remedy)}</b> {_lift(check, holds, t)}{details}"


def _lift(check: str, holds: Sequence[Hold], t: Language) -> str:
    """How a hold ends. A rule judges batches as they come; a monitor can be told to judge days again."""
    if check not in MONITORS:
        return text(say("lift.batch", t))
    begins = min((hold.days[0] for hold in holds if hold.days), default=None)
    command = f"{CHECK_COMMAND} --from {begins}" if begins else CHECK_COMMAND
    return f"{text(say('lift', t))} <code>{text(command)}</code>"


def _findings(found: Sequence[Finding], t: Language) -> str:
    head = f"<h3>{text(t('quality.findings', n=t.number(len(found))))}</h3>"
    if not found:
        return f"{head}<p>{text(t('quality.no_findings'))}</p>"
    heads = [
        t("quality.head_check"),
        t("quality.head_mark"),
        t("quality.head_days"),
        say("measured", t),
        t("quality.head_remedy"),
    ]
    rows = [
        [
            f"{text(check_named(one.monitor, t))}<small>{text(finding_place(one, t))}</small>",
            mark_badge(Mark(one.severity), t),
            text(days_text(one.days, t)),
            finding_figures(one, t),
            f"{text(check_remedy(one.monitor, t.code))}{technical([one.detail])}",
        ]
        for one in found
    ]
    note = f'<p class="note">{text(t("quality.findings_body"))}</p>'
    return f"{head}{note}{stacked(heads, rows)}"


def finding_place(one: Finding, t: Language) -> str:
    """Return the record set of a finding, and its field where it has one."""
    field = [t("quality.field", field=column_words(one.field, t))] if one.field else []
    return ", ".join([t.word("dataset", one.dataset), *field])


def finding_figures(one: Finding, t: Language) -> str:
    """Return what was measured, against which bound, and how many records are concerned."""
    said = []
    if one.value is not None:
        said.append(say("figures", t, value=figure(one.value, t), bound=figure(one.bound, t)))
    if one.bad:
        said.append(t("quality.concerned", bad=t.number(one.bad), n=t.number(one.n)))
    return "<br>".join(map(text, said)) or "–"


def _rejected(rejected: pl.DataFrame, t: Language) -> str:
    head = f"<h3>{text(t('quality.own_rejected'))}</h3>"
    if rejected.is_empty():
        return f"{head}<p>{text(t('quality.no_rejected'))}</p>"
    rows = [
        [
            f"{text(check_named(rule, t))} <code>{text(rule)}</code>",
            text(t.word("dataset", dataset)),
            t.number(n),
            text(check_remedy(rule, t.code)),
        ]
        for dataset, rule, n in rejected.sort("n", descending=True).select("dataset", "rule", "n").iter_rows()
    ]
    heads = [say("rule", t), t("fresh.dataset"), say("rows", t), t("quality.head_remedy")]
    return f"{head}{stacked(heads, rows)}"
