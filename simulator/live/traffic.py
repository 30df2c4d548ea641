"""Requests that the regions' own pages had: as an exposition and as an access log.

Drawn hour by hour from the seed. The addresses are of a network that is reserved for examples.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from simulator.clock import Floats, Ints
from simulator.live.days import Place, stream
from simulator.live.world import World

HOUR = 3_600
REQUESTS_AN_HOUR = 360.0
"""Requests of a region of ordinary size at volume 1.0; a third of them come even to the smallest."""
LE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATUSES = {200: 0.94, 302: 0.03, 404: 0.024, 500: 0.004, 503: 0.002}
KEPT_HOURS = 4_096
_CODES = tuple(STATUSES)
_FAILED = 500
_PATHS = ("/", "/layanan", "/antrean", "/pengaduan", "/api/status")
_AGENTS = ("Mozilla/5.0 (simulated)", "curl/8 (simulated)")


@dataclass(frozen=True, slots=True)
class Hour:
    """Requests of one hour in order: second, how long each took in microseconds, and its status."""

    second: Ints
    microseconds: Ints
    status: Ints


@dataclass(frozen=True, slots=True)
class Totals:
    """Requests from the start on. ``buckets``: requests up to each of ``LE``, and all of them."""

    statuses: Ints
    buckets: Ints
    microseconds: int

    @property
    def requests(self) -> int:
        """All requests."""
        return int(self.buckets[-1])

    @property
    def errors(self) -> int:
        """Those with a status of 500 and above."""
        return int(sum(n for code, n in zip(_CODES, self.statuses, strict=True) if code >= _FAILED))

    def plus(self, hour: Hour, until: int) -> Totals:
        """With an hour's requests before an instant."""
        reach = int(np.searchsorted(hour.second, until))
        took = hour.microseconds[:reach]
        statuses = np.array([(hour.status[:reach] == code).sum() for code in _CODES])
        bounds = np.array([round(le * 1_000_000) for le in LE])
        buckets = np.append((took[:, None] <= bounds).sum(axis=0), reach)
        return Totals(self.statuses + statuses, self.buckets + buckets, self.microseconds + int(took.sum()))


NOTHING = Totals(np.zeros(len(STATUSES), np.int64), np.zeros(len(LE) + 1, np.int64), 0)


@dataclass
class Traffic:
    """Requests of every region from the world's start on."""

    world: World
    _hours: OrderedDict[tuple[str, int], Hour] = field(default_factory=OrderedDict)
    _sums: dict[str, tuple[int, Totals]] = field(default_factory=dict)

    def totals(self, region: str, now: int) -> Totals:
        """Totals at the end of second ``now``."""
        place, until = self.world.places[region], now + 1
        hour, done = self._sums.get(region, (self.world.start // HOUR, NOTHING))
        if hour * HOUR > until:
            hour, done = self.world.start // HOUR, NOTHING
        while (hour + 1) * HOUR <= until:
            done = done.plus(self._hour(place, hour), (hour + 1) * HOUR)
            hour += 1
        self._sums[region] = (hour, done)
        return done.plus(self._hour(place, hour), until)

    def lines(self, region: str, begin: int, end: int) -> Iterator[str]:
        """Lines of an access log in the combined format, with the request time at the end of each."""
        place = self.world.places[region]
        for number in range(begin // HOUR, (end - 1) // HOUR + 1):
            hour = self._hour(place, number)
            first, last = np.searchsorted(hour.second, (begin, end))
            for second, took, status in zip(
                hour.second[first:last].tolist(),
                hour.microseconds[first:last].tolist(),
                hour.status[first:last].tolist(),
                strict=True,
            ):
                yield _line(second, took, status)

    def _hour(self, place: Place, number: int) -> Hour:
        key = (place.code, number)
        hour = self._hours.get(key)
        if hour is None:
            hour = self._hours[key] = self._drawn(place, number)
            if len(self._hours) > KEPT_HOURS:
                self._hours.popitem(last=False)
        return hour

    def _drawn(self, place: Place, number: int) -> Hour:
        rng = stream(self.world.seed, "requests", place, number)
        expected = REQUESTS_AN_HOUR * self.world.volume * (1 + place.weight / 2) * 2 / 3
        count = rng.poisson(expected)
        second = number * HOUR + np.sort(rng.integers(0, HOUR, count))
        took: Floats = place.latency_seconds * np.exp(0.6 * rng.standard_normal(count)) * 1_000
        status = rng.choice(np.array(_CODES), count, p=list(STATUSES.values()))
        whole_milliseconds = np.maximum(took.astype(np.int64), 1) * 1_000
        begun = second >= self.world.start
        return Hour(second[begun], whole_milliseconds[begun], status[begun])


def exposition(totals: Totals, start: int) -> bytes:
    """The text format of Prometheus: counters by status and a histogram of the request time."""
    lines = [
        "# HELP http_requests_total Requests (simulated).",
        "# TYPE http_requests_total counter",
        *(
            f'http_requests_total{{code="{code}"}} {n}'
            for code, n in zip(_CODES, totals.statuses.tolist(), strict=True)
        ),
        "# HELP http_request_duration_seconds Time of a request (simulated).",
        "# TYPE http_request_duration_seconds histogram",
        *(
            f'http_request_duration_seconds_bucket{{le="{le}"}} {n}'
            for le, n in zip((*LE, "+Inf"), totals.buckets.tolist(), strict=True)
        ),
        f"http_request_duration_seconds_sum {totals.microseconds / 1_000_000}",
        f"http_request_duration_seconds_count {totals.requests}",
        "# HELP process_start_time_seconds When the counters began, since 1970.",
        "# TYPE process_start_time_seconds gauge",
        f"process_start_time_seconds {start}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _line(second: int, took: int, status: int) -> str:
    at = datetime.fromtimestamp(second, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    path, agent = _PATHS[took // 1_000 % len(_PATHS)], _AGENTS[second % len(_AGENTS)]
    client = f"192.0.2.{second % 254 + 1}"
    return (
        f'{client} - - [{at}] "GET {path} HTTP/1.1" {status} {took % 9_973} "-" "{agent}" {took / 1e6:.3f}\n'
    )
