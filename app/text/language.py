"""A language of the dashboard: its sentences, and numbers and dates in its own form.

Formatting is done here and not by the browser, so that a page reads the same on every
machine: ``1.234,5`` and ``7 Maret 2025`` in Indonesian whatever the browser's locale.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

from app.text import en
from app.text import id as id_
from app.text.units import RATIO_UNITS, TINY_UNITS

MONTH = re.compile(r"^\d{4}-\d{2}$")
YEAR = re.compile(r"^\d{4}$")

NONE = "–"
"""What stands where there is no figure. Never a zero."""

LONG = 100
"""Figures from here on are shown without decimals: 118 days, not 117,96 days."""


@dataclass(frozen=True)
class Language:
    """Sentences of one language and the form of its numbers and dates."""

    code: str
    name: str
    sentences: dict[str, str]

    @property
    def locale(self) -> Locale:
        """Babel's locale of this language."""
        return Locale.parse(self.code)

    @property
    def separators(self) -> str:
        """Decimal and thousands mark, the way Plotly's layout wants them."""
        return ",." if self.code == "id" else ".,"

    def __call__(self, key: str, **fields: object) -> str:
        """Sentence of a key with its fields filled in. Raises ``KeyError`` for an unknown key."""
        sentence = self.sentences[key]
        return sentence.format(**fields) if fields else sentence

    def word(self, group: str, name: str) -> str:
        """Word of a stored name ("transactions", "inaugurated"); the name itself if there is none."""
        return self.sentences.get(f"{group}.{name}", name.replace("_", " "))

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Number with this language's marks and a fixed number of decimals."""
        if value is None:
            return NONE
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(numbers.format_decimal(value, format=pattern, locale=self.locale))

    def percent(self, ratio: float | None, decimals: int = 1) -> str:
        """Ratio as a percentage: 0.529 is "52,9 %"."""
        return NONE if ratio is None else f"{self.number(ratio * 100, decimals)} %"

    def plain(self, value: float | None, unit: str) -> str:
        """Value in its unit's precision, without the unit's name; ratios as a percentage."""
        if value is None:
            return NONE
        if unit in RATIO_UNITS:
            return self.percent(value)
        if abs(value) >= LONG:
            return self.number(value)
        return self.number(value, 2 if unit in TINY_UNITS or abs(value) < 1 else 1)

    def unit(self, unit: str) -> str:
        """Name of a unit; nothing for a ratio, which carries its own sign."""
        return "" if unit in RATIO_UNITS else self.word("unit", unit)

    def value(self, value: float | None, unit: str) -> str:
        """Value with its unit: "12,4 hari", "92,0 %", "–"."""
        text = self.plain(value, unit)
        name = self.unit(unit)
        return text if value is None or not name else f"{text} {name}"

    def interval(self, low: float | None, high: float | None, unit: str) -> str:
        """Interval from low to high; an end that is not known is left open. "" if neither is."""
        if low is None and high is None:
            return ""
        if high is None:
            return self("interval.from", low=self.plain(low, unit))
        if low is None:
            return self("interval.to", high=self.plain(high, unit))
        return f"{self.plain(low, unit)}–{self.plain(high, unit)}"

    def span(self, low: int | None, high: int | None) -> str:
        """Range of whole numbers: "5–31", "5" where both ends are one."""
        if low is None or high is None:
            return NONE
        return self.number(low) if low == high else f"{self.number(low)}–{self.number(high)}"

    def day(self, value: date | datetime | None) -> str:
        """Date in words: "7 Maret 2025"."""
        return NONE if value is None else str(dates.format_date(value, format="d MMMM y", locale=self.locale))

    def short_day(self, value: date | datetime | None) -> str:
        """Date in a short form: "7 Mar 2025"."""
        return NONE if value is None else str(dates.format_date(value, format="d MMM y", locale=self.locale))

    def instant(self, value: datetime | None, zone: tzinfo | str) -> str:
        """Instant on the clock of a zone, with the zone's name: "7 Maret 2025 14.05 WIB"."""
        if value is None:
            return NONE
        place = ZoneInfo(zone) if isinstance(zone, str) else zone
        local = value.astimezone(place)
        clock = local.strftime("%H.%M" if self.code == "id" else "%H:%M")
        return f"{self.day(local)} {clock} {local.tzname()}"

    def period(self, period: str) -> str:
        """Period in words: "all", "2025" and "2025-07" are "seluruh data", "2025", "Juli 2025"."""
        if MONTH.match(period):
            first = date(int(period[:4]), int(period[5:]), 1)
            return str(dates.format_date(first, format="MMMM y", locale=self.locale))
        if YEAR.match(period):
            return period
        return self.word("period", period)

    def as_of(self, text: str) -> str:
        """Date of a published figure as it was printed; ISO dates in words, all else unchanged."""
        try:
            return self.day(date.fromisoformat(text))
        except ValueError:
            return self.period(text) if MONTH.match(text) else text


LANGUAGES: dict[str, Language] = {
    "id": Language("id", "Indonesia", id_.SENTENCES),
    "en": Language("en", "English", en.SENTENCES),
}
"""The first is the default."""


@cache
def language(code: str | None) -> Language:
    """Language of a code; the first of the table for any other text."""
    return LANGUAGES.get(code or "", next(iter(LANGUAGES.values())))
