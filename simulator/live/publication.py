"""What a system shows of the world: all that has happened, but for what it is late with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.live.world import Span


class Hold(NamedTuple):
    """Versions of ``begin`` up to ``end`` are shown only ``delay`` seconds after they came about."""

    begin: int
    end: int
    delay: int


def visible(begin: int, now: int, holds: Iterable[Hold] = ()) -> list[Span]:
    """Spans of the versions from ``begin`` on that are shown at ``now``, whose second is part of them."""
    spans = [(begin, now + 1)] if begin <= now else []
    for hold in holds:
        spans = without(spans, [(max(hold.begin, now + 1 - hold.delay), hold.end)])
    return spans


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of spans when others are taken out."""
    left = list(spans)
    for away, until in taken:
        if away < until:
            left = [
                piece
                for begin, end in left
                for piece in ((begin, min(end, away)), (max(begin, until), end))
                if piece[0] < piece[1]
            ]
    return left


def within(spans: Iterable[Span], begin: int, end: int) -> list[Span]:
    """The part of spans from ``begin`` on and before ``end``."""
    return [
        (max(first, begin), min(last, end)) for first, last in spans if max(first, begin) < min(last, end)
    ]


def shows(spans: Iterable[Span], instant: int) -> bool:
    """Whether an instant lies in one of these spans."""
    return any(begin <= instant < end for begin, end in spans)
