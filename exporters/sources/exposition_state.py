"""What was exposed at one look, kept as text, and the row of what was added between two looks."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from exporters.sources.exposition_counts import Changed, Counter, Histogram

CountsByKey = Mapping[str, Counter]


@dataclass(frozen=True, slots=True)
class Look:
    """Counts at an instant. ``asked``: what was selected; ``began``: when the process began, if told."""

    at: datetime
    asked: str
    began: float | None
    requests: CountsByKey
    errors: CountsByKey
    latency: Mapping[str, Histogram]

    def kept(self) -> str:
        """Text of it."""
        document = {
            "at": self.at.isoformat(),
            "asked": self.asked,
            "began": self.began,
            "requests": _written(self.requests),
            "errors": _written(self.errors),
            "le": [_bound(le) for le in next(iter(self.latency.values())).counts] if self.latency else [],
            "latency": {
                key: [list(one.counts.values()), one.total, one.created] for key, one in self.latency.items()
            },
        }
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Look:
        """Look from its text. Raises ``ValueError`` for what is none."""
        try:
            found = json.loads(text)
            bounds = [float(le) for le in found["le"]]
            latency = {
                key: Histogram(dict(zip(bounds, counts, strict=True)), total, created)
                for key, (counts, total, created) in found["latency"].items()
            }
            at = datetime.fromisoformat(found["at"]).astimezone(UTC)
            counts = [
                {key: Counter(*one) for key, one in found[name].items()} for name in ("requests", "errors")
            ]
            return cls(at, found["asked"], found["began"], counts[0], counts[1], latency)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError("it is no look at an exposition") from error


def added(now: Look, before: Look) -> dict[str, str | None]:
    """Columns of what was added between two looks. Raises ``Changed`` where they cannot be compared."""
    looked = before.at.timestamp()
    anew = now.began != before.began
    requests, errors, resets = 0.0, 0.0, 0
    for key, counter in now.requests.items():
        more, again = _since(counter, before.requests.get(key), looked, anew=anew)
        requests, resets = requests + more, resets + again
    for key, counter in now.errors.items():
        errors += _since(counter, before.errors.get(key), looked, anew=anew)[0]
    latency = _latency(now.latency, before.latency, looked, anew=anew)
    return {
        "started": before.at.isoformat(),
        "interval_seconds": repr((now.at - before.at).total_seconds()),
        "requests": _number(requests),
        "errors": _number(errors),
        "resets": str(resets),
    } | latency


def _since(counter: Counter, before: Counter | None, looked: float, *, anew: bool) -> tuple[float, bool]:
    return (counter.value, True) if anew else counter.since(before, looked)


def _latency(
    now: Mapping[str, Histogram], before: Mapping[str, Histogram], looked: float, *, anew: bool
) -> dict[str, str | None]:
    """Columns of the histogram of all series together."""
    if not now:
        return {"latency_le": None, "latency_counts": None, "latency_sum_seconds": None}
    bounds = [*next(iter(now.values())).counts]
    if before and [*next(iter(before.values())).counts] != bounds:
        raise Changed("the buckets of the histogram changed")
    more = [one if anew else one.since(before.get(key), looked) for key, one in now.items()]
    totals = [one.total for one in more]
    return {
        "latency_le": f"[{', '.join(map(_bound, bounds))}]",
        "latency_counts": f"[{', '.join(_number(sum(one.counts[le] for one in more)) for le in bounds)}]",
        "latency_sum_seconds": None if None in totals else repr(math.fsum(one or 0.0 for one in totals)),
    }


def _written(counts: CountsByKey) -> dict[str, list[float | None]]:
    return {key: [one.value, one.created] for key, one in counts.items()}


def _bound(le: float) -> str:
    return "inf" if le == math.inf else repr(le)


def _number(count: float) -> str:
    return str(int(count)) if count.is_integer() else repr(count)
