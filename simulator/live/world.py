"""The live world: which records exist at a simulated instant, and in which version.

A version is a record at one of its steps (submitted, completed, ...), and ``updated`` is the instant
of the step. Everything follows from the seed, so what changed between two instants is a function
of these instants, and the systems of the country store nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.model import Region
from simulator.clock import Ints, date_of
from simulator.country import Country
from simulator.live.days import DRAWS, LIFE_DAYS, NEVER, Births, Codes, Place, places, stream
from simulator.live.timeline import DAY

LETTERS = {"transactions": "T", "complaints": "K", "surveys": "S"}
DATASETS = tuple(LETTERS)
KEPT_EVENTS = 3_000_000
"""Versions whose days are kept at hand, at most (about 150 MB); the days longest unused go first."""

Short = npt.NDArray[np.int32]

Span = tuple[int, int]
"""Seconds from the first on and before the second."""


class Version(NamedTuple):
    """A record as it is from ``updated`` on. ``steps`` holds later ones too: ask ``instant``."""

    place: Place
    dataset: str
    id: str
    updated: int
    steps: tuple[int, ...]
    codes: tuple[int, ...]

    def instant(self, step: int) -> int | None:
        """When a step happened, ``None`` where it has not (yet)."""
        at = self.steps[step]
        return at if NEVER < at <= self.updated else None


@dataclass(frozen=True, slots=True)
class Events:
    """Versions of one region and record set whose ``updated`` lies in one day, in order.

    ``born``: day on which each record began. ``steps``: seconds after the beginning of that day.
    """

    updated: Ints
    born: Short
    number: Short
    steps: Short
    codes: Codes


class Changes:
    """Versions in order of ``updated``; drawn up only where they are looked at."""

    def __init__(self, place: Place, dataset: str, pieces: Sequence[tuple[Events, int, int]]) -> None:
        self._place = place
        self._dataset = dataset
        self._pieces = [piece for piece in pieces if piece[1] < piece[2]]

    def __len__(self) -> int:
        return sum(last - first for _, first, last in self._pieces)

    def __iter__(self) -> Iterator[Version]:
        return iter(self.page(0, len(self)))

    def page(self, offset: int, limit: int) -> list[Version]:
        """So many versions after the first ``offset``."""
        found: list[Version] = []
        for events, first, last in self._pieces:
            begin = first + offset
            end = min(last, begin + limit - len(found))
            if begin < end:
                found += self._versions(events, begin, end)
            offset = max(0, offset - (last - first))
        return found

    def _versions(self, events: Events, begin: int, end: int) -> Iterator[Version]:
        letter, dataset, place = LETTERS[self._dataset], self._dataset, self._place
        cut = slice(begin, end)
        steps = events.steps[cut] + (events.born[cut].astype(np.int64) * DAY)[:, None]
        steps[events.steps[cut] == NEVER] = NEVER
        columns = (events.updated[cut], events.born[cut], events.number[cut], steps, events.codes[cut])
        for updated, born, number, instants, codes in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            name = f"{letter}{date_of(born):%Y%m%d}-{number + 1:05d}"
            yield Version(place, dataset, name, updated, tuple(instants), tuple(codes))


class World:
    """Records of these regions from ``history_days`` before the day of ``start`` on.

    ``volume``: 1.0 is at least one application a minute and region.
    """

    def __init__(
        self,
        regions: Iterable[Region],
        *,
        seed: int,
        start: int,
        history_days: int = 3,
        volume: float = 1.0,
        kept_events: int = KEPT_EVENTS,
    ) -> None:
        self.seed = seed
        self.start = start
        self.volume = volume
        self.first_day = start // DAY - history_days
        year = dt.datetime.fromtimestamp(start, dt.UTC).year
        self.places = places(Country.of(tuple(regions), seed=seed, year=year, scale=1.0))
        self._days: OrderedDict[tuple[str, str, int], Events] = OrderedDict()
        self._kept_events = kept_events
        self._kept_days = 2 * len(self.places) * len(DATASETS)  # around midnight two are asked for
        self.events_at_hand = 0

    @property
    def begin(self) -> int:
        """Instant before which nothing is."""
        return self.first_day * DAY

    def changes(self, region: str, dataset: str, spans: Iterable[Span]) -> Changes:
        """Versions whose ``updated`` lies in one of these spans, which are in order and do not touch.

        Raises ``KeyError`` for a region or record set that there is not.
        """
        place = self.places[region]
        pieces = []
        for begin, end in spans:
            for day in range(max(begin // DAY, self.first_day), (end - 1) // DAY + 1):
                events = self._events(place, dataset, day)
                first, last = np.searchsorted(events.updated, (begin, end))
                pieces.append((events, int(first), int(last)))
        return Changes(place, dataset, pieces)

    def _events(self, place: Place, dataset: str, day: int) -> Events:
        key = (place.code, dataset, day)
        events = self._days.get(key)
        if events is not None:
            self._days.move_to_end(key)
            return events
        events = self._days[key] = self._drawn(place, dataset, day)
        self.events_at_hand += len(events.updated)
        while self.events_at_hand > self._kept_events or len(self._days) > self._kept_days:
            _, gone = self._days.popitem(last=False)
            self.events_at_hand -= len(gone.updated)
        return events

    def _drawn(self, place: Place, dataset: str, day: int) -> Events:
        """Events of a day: of the records that began on it, and on the days before."""
        parts = []
        for born in range(max(self.first_day, day - LIFE_DAYS), day + 1):
            births = DRAWS[dataset](place, born, self.volume, stream(self.seed, dataset, place, born))
            parts.append(_on(day, born, births))
        joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
        order = np.lexsort((joined[2], joined[1], joined[0]))
        return Events(*(column[order] for column in joined))


def _on(day: int, born: int, births: Births) -> tuple[Ints, Short, Short, Short, Codes]:
    """Columns of ``Events``: a row for each distinct step that lies in the day."""
    steps = births.steps
    new = (steps // DAY == day) & (steps != NEVER)
    new[:, 1:] &= steps[:, 1:] != steps[:, :-1]
    number, step = np.nonzero(new)
    return (
        steps[number, step],
        np.full(len(number), born, dtype=np.int32),
        number.astype(np.int32),
        np.where(steps == NEVER, NEVER, steps - born * DAY).astype(np.int32)[number],
        births.codes[number],
    )
