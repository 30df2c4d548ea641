"""A metric family: declared once, with its labels and its budget; keeps the text before each value."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from exporters.exposition.errors import FamilyError, LabelError, SeriesRepeated, TooManySeries
from exporters.exposition.numerals import go_format

Labels = tuple[str, ...]
"""Label values of one series, in the order of the family's label names."""

UNITS = ("seconds", "bytes", "ratio")
"""Base units: the last word of a name, before ``_total``."""
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_CHURN = 4
"""The text of series long gone is forgotten when there is so many times as much as the budget."""


class Kind(StrEnum):
    """Type of a family, as OpenMetrics names it."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    INFO = "info"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Family:
    """A metric family.

    ``name`` is what one types into Prometheus: with ``_total`` for a counter, ``_info`` for an info,
    without ``_bucket`` for a histogram. ``max_series`` is the budget in time series (each bucket is
    one); more than a hundred need a ``reason``. ``buckets`` are a histogram's finite upper bounds,
    ``quantiles`` a summary's. Raises ``FamilyError``.
    """

    name: str
    help: str
    kind: Kind
    label_names: tuple[str, ...] = ()
    buckets: tuple[float, ...] = field(default=(), kw_only=True)
    quantiles: tuple[float, ...] = field(default=(), kw_only=True)
    max_series: int = field(kw_only=True)
    reason: str = field(default="", kw_only=True)
    _prefixes: dict[Labels, tuple[bytes, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for fault, found in (
            ("its name is not one of Prometheus", not _NAME.fullmatch(self.name) or not self.stem),
            ("its help is not text in UTF-8", not _is_unicode(self.help)),
            ("a label name is not one of Prometheus", not all(map(_NAME.fullmatch, self.label_names))),
            ("a label name begins with __", any(name.startswith("__") for name in self.label_names)),
            ("a label name comes twice", len(set(self.label_names)) < len(self.label_names)),
            ("le and quantile are not labels to set", not {"le", "quantile"}.isdisjoint(self.label_names)),
            ("a histogram has buckets, and only it", bool(self.buckets) != (self.kind is Kind.HISTOGRAM)),
            ("its buckets are not ascending numbers of at least 0", not _ascending(self.buckets, math.inf)),
            ("only a summary has quantiles", bool(self.quantiles) and self.kind is not Kind.SUMMARY),
            ("its quantiles are not ascending from 0 to 1", not _ascending(self.quantiles, 1.0000001)),
            ("its budget is less than one label set takes", self.max_series < self.width),
        ):
            if found:
                raise FamilyError(f"metric family {self.name!r}: {fault}")

    @cached_property
    def stem(self) -> str:
        """Name in OpenMetrics: without what the type appends."""
        ending = {Kind.COUNTER: "_total", Kind.INFO: "_info"}.get(self.kind, "")
        return self.name.removesuffix(ending)

    @cached_property
    def unit(self) -> str:
        """Base unit, or nothing where the name ends with none."""
        last = self.stem.rpartition("_")[2]
        return last if last in UNITS and last != self.stem and self.kind is not Kind.INFO else ""

    @cached_property
    def lines(self) -> tuple[tuple[str, tuple[str, str] | None], ...]:
        """Lines of one label set, in order: name of the sample and the label that the type adds."""
        stem = self.stem
        if self.kind is Kind.COUNTER:
            return ((f"{stem}_total", None),)
        if self.kind is Kind.INFO:
            return ((f"{stem}_info", None),)
        ends = ((f"{stem}_count", None), (f"{stem}_sum", None))
        if self.kind is Kind.HISTOGRAM:
            bounds = (*self.buckets, math.inf)
            return (*((f"{stem}_bucket", ("le", go_format(bound))) for bound in bounds), *ends)
        if self.kind is Kind.SUMMARY:
            return (*((stem, ("quantile", go_format(share))) for share in self.quantiles), *ends)
        return ((stem, None),)

    @property
    def width(self) -> int:
        """Time series of one label set."""
        return len(self.lines)

    @cached_property
    def _order(self) -> tuple[int, ...]:
        """Places of the label values in the order in which they are shown."""
        return tuple(sorted(range(len(self.label_names)), key=self.label_names.__getitem__))

    @cached_property
    def _templates(self) -> tuple[str, ...]:
        """Each line as it begins, from the end of the line before to the value."""
        templates = []
        for sample, added in self.lines:
            labels = dict.fromkeys(self.label_names, "%s") | dict([added] if added else [])
            pairs = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
            templates.append(f"\n{sample}{{{pairs}}} " if pairs else f"\n{sample} ")
        return tuple(templates)

    def prefixes(self, labels: Labels) -> tuple[bytes, ...]:
        """What stands before each value of one label set. Raises ``LabelError``."""
        found = self._prefixes.get(labels)
        return self._remember(labels) if found is None else found

    def _remember(self, labels: Labels) -> tuple[bytes, ...]:
        if len(labels) != len(self.label_names):
            raise LabelError(
                f"metric family {self.name}: {len(labels)} label values given, "
                f"{len(self.label_names)} needed: {', '.join(self.label_names) or 'none'}"
            )
        if not all(isinstance(value, str) and _is_unicode(value) for value in labels):
            raise LabelError(f"metric family {self.name}: a label value is not text in UTF-8: {labels!a}")
        escaped = tuple(_escape(labels[place]) for place in self._order)
        made = tuple((template % escaped).encode() for template in self._templates)
        if len(self._prefixes) * self.width >= _CHURN * self.max_series:
            self._prefixes.clear()
        self._prefixes[labels] = made
        return made

    def series(self, label_sets: Iterable[Labels]) -> Series:
        """Many label sets prepared at once, for values that come as arrays.

        Raises ``LabelError``, ``SeriesRepeated`` and ``TooManySeries``.
        """
        ordered = tuple(label_sets)
        known = frozenset(ordered)
        if len(known) < len(ordered):
            raise SeriesRepeated(f"metric family {self.name}: a label set comes twice")
        self.within_budget(len(ordered))
        prefixes = tuple(prefix for labels in ordered for prefix in self.prefixes(labels))
        return Series(self, ordered, known, prefixes)

    def within_budget(self, label_sets: int) -> None:
        """Raise ``TooManySeries`` if so many label sets are more than was declared."""
        if label_sets * self.width > self.max_series:
            raise TooManySeries(
                f"metric family {self.name}: {label_sets * self.width} series "
                f"({label_sets} label sets), declared are at most {self.max_series}"
            )


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """Label sets of a family in a fixed order, with the text before each of their values."""

    family: Family
    ordered: tuple[Labels, ...]
    known: frozenset[Labels]
    prefixes: tuple[bytes, ...]


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _is_unicode(text: str) -> bool:
    """Whether a text can be written in UTF-8: half a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _ascending(numbers: tuple[float, ...], below: float) -> bool:
    return all(0 <= number < below for number in numbers) and all(a < b for a, b in pairwise(numbers))
