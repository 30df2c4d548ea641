"""All indicators of one place: value, interval, n, place among the others, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.components.markup import badge, text
from app.components.sentences import (
    against_nation,
    among_regions,
    definition,
    direction_of,
    indicator_name,
    reason,
)
from app.components.strip import strip
from app.reading.values import Place
from app.text import Language
from metrics.catalogue import CATALOGUE
from metrics.model import IndicatorValue


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of a place, the nation's value, and where it stands among the others."""

    indicator: str
    value: IndicatorValue | None
    nation: IndicatorValue | None
    spread: Place | None


def scorecard(entries: Iterable[Entry], t: Language, level: str) -> str:
    """Return the table; an indicator without a value has its reason in the value's place."""
    heads = (
        ("score.indicator", ""),
        ("score.value", "num"),
        (f"score.among_{level}", "pm-wide"),
        ("score.reading", "pm-wide"),
    )
    head = "".join(f'<th scope="col" class="{css}">{text(t(key))}</th>' for key, css in heads)
    body = "".join(_row(entry, t) for entry in entries)
    return f'<table class="pm-table pm-score"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(entry: Entry, t: Language) -> str:
    known = CATALOGUE.get(entry.indicator)
    hint = definition(known, t) if known else ""
    name = f'<th scope="row" title="{text(hint)}">{text(indicator_name(entry.indicator, t))}</th>'
    value = entry.value
    if value is None or value.value is None:
        why = reason(value.reason, t) if value else t("value.never")
        status = t.word("status", value.status.value if value else "no_data")
        return f'<tr>{name}<td colspan="3" class="pm-soft">{badge(status, "warn")} {text(why)}</td></tr>'
    span = t.interval(value.low, value.high, value.unit)
    direction = direction_of(entry.indicator)
    sentence = against_nation(value, entry.nation, t)
    among = among_regions(entry.spread, direction, t)
    under = t("score.under", span=span, n=t.number(value.n)) if span else f"n = {t.number(value.n)}"
    return (
        f'<tr>{name}<td class="num"><b>{text(t.value(value.value, value.unit))}</b>'
        f"<small>{text(under)}</small></td>"
        f'<td class="pm-wide">{strip(value.value, entry.spread, value.unit, direction, t)}'
        f"<small>{text(among)}</small></td>"
        f'<td class="pm-wide">{text(sentence)}</td></tr>'
        f'<tr class="pm-narrow"><td colspan="4">'
        f"{strip(value.value, entry.spread, value.unit, direction, t)}"
        f"<small>{text(sentence)}</small></td></tr>"
    )
