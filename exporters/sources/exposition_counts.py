"""Counters and histograms as they are exposed, and what was added to them since the last time.

A counter that fell, or that says that it began again, began at zero. So what was added is never
negative; what was counted between the last look and the fall is not seen by anybody.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exporters.sources.exposition_selector import Selector
from exporters.sources.exposition_text import Exposition, Sample

_COUNTED = {"counter", "unknown", "untyped"}
_MOST_BUCKETS = 1_000
_KEY_BYTES = 8


class Unfit(ValueError):
    """What is exposed is not what is asked for."""


class Changed(ValueError):
    """What is exposed cannot be compared with what was before."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A count since a beginning, which the system may tell as an instant."""

    value: float
    created: float | None = None

    def since(self, before: Counter | None, looked: float) -> tuple[float, bool]:
        """What was added, and whether it began again. ``looked``: instant of the look before."""
        if before is None:
            is_old = self.created is not None and self.created <= looked
            return (0.0 if is_old else self.value), False
        if self.value < before.value or self.created != before.created:
            return self.value, True
        return self.value - before.value, False


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts by upper bound, not cumulative and ascending, with the sum of all values where it is told."""

    counts: Mapping[float, float]
    total: float | None
    created: float | None = None

    def since(self, before: Histogram | None, looked: float) -> Histogram:
        """What was added to it. ``before`` has the same bounds. ``looked``: instant of the look before."""
        size = Counter(sum(self.counts.values()), self.created)
        if before is None:
            return self if size.since(None, looked)[0] else Histogram(dict.fromkeys(self.counts, 0.0), 0.0)
        old = Counter(sum(before.counts.values()), before.created)
        if size.since(old, looked)[1] or self._fell(before):
            return self
        counts = {le: max(0.0, count - before.counts[le]) for le, count in self.counts.items()}
        total = None if self.total is None or before.total is None else max(0.0, self.total - before.total)
        return Histogram(counts, total)

    def _fell(self, before: Histogram) -> bool:
        """Whether fewer values lie below a bound than before."""
        below = below_before = 0.0
        for le in self.counts:
            below += self.counts[le]
            below_before += before.counts[le]
            if below < below_before:
                return True
        return False

    def _none(self) -> Histogram:
        return Histogram(dict.fromkeys(self.counts, 0.0), 0.0, self.created)


def counters(exposition: Exposition, selector: Selector) -> dict[str, Counter]:
    """Counters that are meant, by the key of their series. Raises ``Unfit``.

    None where the metric is declared and has no series yet.
    """
    name = selector.name
    family = name if name in exposition.types else name.removesuffix("_total")
    kind = exposition.types.get(family)
    if kind is not None and kind not in _COUNTED:
        raise Unfit(f"{name} is a {kind} and no counter")
    created = _created(exposition.samples, f"{name.removesuffix('_total').removesuffix('_count')}_created")
    found = dict[str, Counter]()
    there = False
    for sample in exposition.samples:
        if sample.name == name:
            there = True
            if selector.fits(sample.labels):
                key = key_of(sample.labels)
                found[key] = Counter(_count(sample), created.get(key))
    if not there and kind is None:
        raise Unfit(f"there is no {name}")
    return found


def histograms(exposition: Exposition, selector: Selector) -> dict[str, Histogram]:
    """Histograms that are meant, by the key of their series without ``le``. Raises ``Unfit``."""
    name = selector.name
    kind = exposition.types.get(name)
    if kind not in {None, "histogram", "unknown", "untyped"}:
        raise Unfit(f"{name} is a {kind} and no histogram")
    buckets = dict[str, dict[float, float]]()
    totals = {key_of(one.labels): one.value for one in exposition.samples if one.name == f"{name}_sum"}
    created = _created(exposition.samples, f"{name}_created")
    for sample in exposition.samples:
        if sample.name == f"{name}_bucket" and selector.fits(_without_bound(sample.labels)):
            bounds = buckets.setdefault(key_of(_without_bound(sample.labels)), {})
            bounds[_bound(sample)] = _count(sample)
    if not buckets and (kind is None or any(one.name == name for one in exposition.samples)):
        raise Unfit(f"there is no histogram {name} with buckets of its own (le)")
    found = {
        key: Histogram(_apart(name, bounds), _finite(totals.get(key)), created.get(key))
        for key, bounds in buckets.items()
    }
    if len({tuple(one.counts) for one in found.values()}) > 1:
        raise Unfit(f"the series of {name} have different buckets")
    return found


def key_of(labels: Mapping[str, str]) -> str:
    """Key of a series, from which its labels cannot be read: they may hold what must not be kept."""
    text = "\0".join(f"{name}\1{value}" for name, value in sorted(labels.items()))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).hexdigest()


def _created(samples: Iterable[Sample], name: str) -> dict[str, float]:
    return {key_of(one.labels): one.value for one in samples if one.name == name and math.isfinite(one.value)}


def _count(sample: Sample) -> float:
    if not (math.isfinite(sample.value) and sample.value >= 0):
        raise Unfit(f"a value of {sample.name} is no count")
    return sample.value


def _finite(total: float | None) -> float | None:
    return total if total is not None and math.isfinite(total) else None


def _without_bound(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name != "le"}


def _bound(sample: Sample) -> float:
    try:
        bound = float(sample.labels["le"])
    except (KeyError, ValueError):
        raise Unfit(f"a bucket of {sample.name} has no bound") from None
    if math.isnan(bound) or bound < 0:
        raise Unfit(f"a bound of {sample.name} is no duration")
    return bound


def _apart(name: str, bounds: Mapping[float, float]) -> dict[float, float]:
    """Counts of the buckets by themselves, ascending, from those of all up to each bound."""
    ascending = sorted(bounds)
    if len(ascending) > _MOST_BUCKETS or ascending[-1] != math.inf:
        raise Unfit(f"{name} has no bucket +Inf, or more than {_MOST_BUCKETS:,} buckets")
    counts, below = dict[float, float](), 0.0
    for le in ascending:
        if bounds[le] < below:
            raise Unfit(f"a bucket of {name} holds less than the one below it")
        counts[le] = bounds[le] - below
        below = bounds[le]
    return counts
