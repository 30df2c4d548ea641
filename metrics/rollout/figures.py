"""National figures as others published them: ``metrics/data/published_figures.csv``.

Kept as printed, one row a statement. Sources that contradict each other stay side by side,
each with what it contradicts; a year without a source is a row without a value, not zero.
Series are never merged: the 200 of ``mppdn_target`` and the 200 of ``mppi_target`` are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from metrics.csvfile import Row, read_rows
from metrics.model import PublishedFigure

FIGURES = Path(__file__).parents[1] / "data" / "published_figures.csv"
COLUMNS = (
    "series",
    "as_of",
    "value",
    "unit",
    "denominator",
    "authority",
    "source",
    "verified",
    "contradiction",
    "note",
)
AS_OF = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
"""A day, or a month or a year where the source says no more."""
LARGEST = 1e12


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole that is named: a percentage does not exist without its denominator."""

    part: int
    whole: int
    whole_name: str

    def __post_init__(self) -> None:
        """Refuse a share of nothing, or of a whole without a name."""
        if self.whole <= 0 or not self.whole_name.strip():
            raise ValueError("a share needs a whole above zero and the name of that whole")

    @property
    def percent(self) -> Decimal:
        """Percentage with one decimal, half up."""
        exact = Decimal(100) * self.part / self.whole
        return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)

    def __str__(self) -> str:
        return f"{self.percent} % ({self.part} of {self.whole} {self.whole_name})"


def published_figures(path: Path = FIGURES) -> tuple[PublishedFigure, ...]:
    """All figures, in order of series and date. Raises ``RegistryError`` that names the row."""
    figures = [_figure(row) for row in read_rows(path, required=COLUMNS)]
    return tuple(sorted(figures, key=lambda f: (f.series, f.as_of)))


def conflicts(figures: Iterable[PublishedFigure]) -> tuple[PublishedFigure, ...]:
    """Return the figures that contradict another source, or themselves."""
    return tuple(figure for figure in figures if figure.contradiction)


def latest(
    figures: Iterable[PublishedFigure], series: str, authority: str | None = None
) -> PublishedFigure | None:
    """Return the newest verified figure of a series that has a value, ``None`` where there is none.

    ``authority``: of this one alone; two authorities' numbers do not follow on each other.
    """
    fits = [
        f
        for f in figures
        if f.series == series and f.value is not None and f.verified and authority in (None, f.authority)
    ]
    return max(fits, key=lambda f: f.as_of, default=None)


def _figure(row: Row) -> PublishedFigure:
    as_of, value, unit = row.required("as_of"), row.number_between("value", 0, LARGEST), row.required("unit")
    verified = row.flag("verified")
    if not AS_OF.fullmatch(as_of):
        raise row.error("as_of", "no date", "Write a day (2023-06-20), a month (2022-09) or a year (2024)")
    if unit == "percent" and not row.text("denominator"):
        raise row.error(
            "denominator",
            "a percentage without a denominator",
            'Name it, or write "not stated by the source"',
        )
    if value is None and verified:
        raise row.error("verified", "a figure without a value cannot be verified", "Write false")
    for field in ("authority", "source"):
        if value is not None:
            row.required(field)
    return PublishedFigure(
        series=row.required("series"),
        as_of=as_of,
        value=value,
        unit=unit,
        denominator=row.text("denominator"),
        authority=row.text("authority"),
        source=row.text("source"),
        verified=verified,
        contradiction=row.text("contradiction"),
        note=row.text("note"),
    )
