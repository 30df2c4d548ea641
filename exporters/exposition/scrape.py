"""The values of one scrape: made for one request, filled, rendered, thrown away."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import compress, pairwise

import numpy as np
import numpy.typing as npt

from exporters.exposition.errors import ExpositionError, FamilyError, SeriesRepeated, ValueRefused
from exporters.exposition.family import Family, Kind, Labels, Series

Truths = Sequence[bool] | npt.NDArray[np.bool_]
Numbers = Sequence[float] | npt.NDArray[np.float64] | npt.NDArray[np.int64]
_SINGLE = frozenset({Kind.GAUGE, Kind.COUNTER, Kind.UNKNOWN})


class Reading:
    """What one scrape shows of one family: the text before each value, and the values."""

    __slots__ = ("_filled", "_own", "family", "prefixes", "single", "values")

    def __init__(self, family: Family) -> None:
        self.family = family
        self.single = family.kind in _SINGLE
        self.prefixes: list[bytes] = []
        self.values = array("d")
        self._own: set[Labels] = set()
        self._filled: list[frozenset[Labels]] = []

    def add_one(self, labels: Labels, value: float) -> None:
        """Take the value of one series, where a label set has one: the short way, taken for most samples."""
        if len(self.prefixes) >= self.family.max_series:
            self.family.within_budget(len(self.prefixes) + 1)
        prefix = self.family.prefixes(labels)[0]
        own = self._own
        before = len(own)
        own.add(labels)
        if len(own) == before or (self._filled and any(labels in known for known in self._filled)):
            raise self._repeated(labels)
        try:
            self.values.append(value)
        except (TypeError, OverflowError) as error:
            own.discard(labels)
            raise ValueRefused(f"metric family {self.family.name}: {error}") from error
        self.prefixes.append(prefix)

    def add(self, labels: Labels, row: Sequence[float]) -> None:
        """Take the values of one label set."""
        self.family.within_budget(len(self.prefixes) // self.family.width + 1)
        prefixes = self.family.prefixes(labels)
        if any(labels in known for known in (self._own, *self._filled)):
            raise self._repeated(labels)
        self.values.frombytes(_numbers(self.family, row).tobytes())
        self.prefixes += prefixes
        self._own.add(labels)

    def _repeated(self, labels: Labels) -> SeriesRepeated:
        return SeriesRepeated(f"metric family {self.family.name}: {labels} was set before in this scrape")

    def add_all(self, series: Series, rows: npt.NDArray[np.float64], where: Truths | None) -> None:
        """Take a table with a row for each label set; those where ``where`` is false stay unset."""
        family, known, prefixes = self.family, series.known, series.prefixes
        if rows.shape != (len(series.ordered), family.width):
            raise ValueRefused(
                f"metric family {family.name}: values for {len(rows)} label sets, "
                f"{len(series.ordered)} needed"
            )
        if where is not None:
            chosen = np.asarray(where, dtype=np.bool_)
            if chosen.shape != (len(series.ordered),):
                raise ValueRefused(f"metric family {family.name}: 'where' is not one truth a label set")
            rows = rows[chosen]
            known = frozenset(compress(series.ordered, chosen.tolist()))
            prefixes = tuple(compress(prefixes, np.repeat(chosen, family.width).tolist()))
        if not all(known.isdisjoint(taken) for taken in (self._own, *self._filled)):
            raise SeriesRepeated(f"metric family {family.name}: a series was set before in this scrape")
        family.within_budget(len(self.prefixes) // family.width + len(rows))
        self.values.frombytes(rows.tobytes())
        self.prefixes.extend(prefixes)
        self._filled.append(known)


class Scrape:
    """Values of the families of one scrape; families without a value show their header only.

    Every method raises ``ExpositionError`` where a family is none of this scrape's or of another
    type, and its subclasses for labels, budget, repetition and values.
    """

    def __init__(self, families: Iterable[Family]) -> None:
        listed = tuple(families)
        if len({family.stem for family in listed}) < len(listed):
            names = ", ".join(family.name for family in listed)
            raise FamilyError(f"two metric families of one scrape have the same name: {names}")
        self._readings = {family: Reading(family) for family in listed}

    def __iter__(self) -> Iterator[Reading]:
        return iter(self._readings.values())

    def set(self, family: Family, labels: Labels, value: float) -> None:
        """Value of one series of a gauge, a counter or a family of unknown type."""
        reading = self._readings.get(family)
        if reading is None or not reading.single:
            reading = self._reading(family, _SINGLE)  # says what is wrong
        reading.add_one(labels, value)

    def set_info(self, family: Family, labels: Labels) -> None:
        """Metadata: the labels, with a constant 1."""
        self._reading(family, {Kind.INFO}).add(labels, (1.0,))

    def set_histogram(self, family: Family, labels: Labels, counts: Sequence[float], total: float) -> None:
        """Cumulative counts up to each bound and up to infinity, and the sum of what was observed."""
        reading = self._reading(family, {Kind.HISTOGRAM})
        if len(counts) != len(family.buckets) + 1 or any(
            after < before for before, after in pairwise(counts)
        ):
            raise ValueRefused(_buckets_wanted(family))
        reading.add(labels, (*counts, counts[-1], total))

    def set_summary(
        self, family: Family, labels: Labels, count: float, total: float, quantiles: Sequence[float] = ()
    ) -> None:
        """Number and sum of what was observed, and the value of each declared quantile."""
        reading = self._reading(family, {Kind.SUMMARY})
        if len(quantiles) != len(family.quantiles):
            raise ValueRefused(
                f"metric family {family.name}: a value for each of {family.quantiles} is needed"
            )
        reading.add(labels, (*quantiles, count, total))

    def fill(self, series: Series, values: Numbers, *, where: Truths | None = None) -> None:
        """One value for each of many series of a gauge, a counter or a family of unknown type."""
        reading = self._reading(series.family, _SINGLE)
        reading.add_all(series, _numbers(series.family, values).reshape(-1, 1), where)

    def fill_histograms(
        self,
        series: Series,
        counts: npt.NDArray[np.float64] | npt.NDArray[np.int64],
        totals: Numbers,
        *,
        where: Truths | None = None,
    ) -> None:
        """A row of cumulative counts, as in ``set_histogram``, and a sum for each of many label sets."""
        family = series.family
        reading = self._reading(family, {Kind.HISTOGRAM})
        numbers, sums = _numbers(family, counts), _numbers(family, totals)
        if numbers.shape != (len(sums), len(family.buckets) + 1) or np.any(np.diff(numbers, axis=1) < 0):
            raise ValueRefused(_buckets_wanted(family))
        reading.add_all(series, np.column_stack((numbers, numbers[:, -1], sums)), where)

    def _reading(self, family: Family, kinds: Collection[Kind]) -> Reading:
        reading = self._readings.get(family)
        if reading is None:
            raise ExpositionError(
                f"metric family {family.name} is none of this scrape's: add it to its families"
            )
        if family.kind not in kinds:
            raise ExpositionError(
                f"metric family {family.name} is of type {family.kind}, not {'/'.join(sorted(kinds))}"
            )
        return reading


def _numbers(family: Family, values: Numbers) -> npt.NDArray[np.float64]:
    """The values as floats. Raises ``ValueRefused`` for what is no number: missing is not NaN."""
    try:
        if isinstance(values, np.ndarray) and values.dtype.kind in "biuf":
            return values.astype(np.float64, copy=False)
        return np.frombuffer(array("d", values)) if len(values) else np.empty(0)
    except (TypeError, OverflowError) as error:
        raise ValueRefused(f"metric family {family.name}: {error}") from error


def _buckets_wanted(family: Family) -> str:
    return (
        f"metric family {family.name}: needed are {len(family.buckets) + 1} counts a label set, each "
        f"including the ones before, the last one everything"
    )
