"""What is said of an indicator, and the intervals and sources that several share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down", "neutral"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator. ``direction``: which way is better; a neutral one cannot be ranked by.

    ``dataset``: the record set that decides whether there is a value and how sure it is.
    ``denominator``: what ``n`` counts; below ``minimum_n`` no value is given. ``interval``: how
    the 95 % interval is made, or why there is none. ``decimals``: places worth printing. ``needs``:
    the record sets whose hold withholds the value, ``None`` for ``dataset`` alone.
    """

    id: str
    name_id: str
    name_en: str
    definition_id: str
    definition_en: str
    unit: str
    direction: Direction
    dataset: str
    denominator: str
    minimum_n: int
    interval: str
    source: str
    version: str = "1"
    decimals: int = 1
    needs: tuple[str, ...] | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """Record sets that the value must not rest on while they are on hold."""
        return (self.dataset,) if self.needs is None else self.needs


ORDER_STATISTICS = "order statistics, exact binomial, widened by the histogram's 1 %"
LOG_LOG = "log-log with Greenwood's variance (Brookmeyer & Crowley), widened by the histogram's 1 %"
STUDENT = "Student t, variance from the histogram"
WILSON = "Wilson score"
POISSON = "Byar; exact Poisson below 10 cases"

KAPLAN_MEIER_SOURCE = "Kaplan & Meier 1958; Brookmeyer & Crowley 1982"
QUANTILE_SOURCE = "Masson, Rim & Lee 2019 (histogram); Conover 1999 (interval)"
