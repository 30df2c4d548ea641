"""Which of several checks that fail together names the root cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """Checks that come at the same place in the order of causes, and why they come there."""

    checks: tuple[str, ...]
    reason: str


RULES = "rules of contracts"
"""Stands in the order for every check that is no monitor."""

ORDER = (
    Step(("schema",), "A column that is gone, renamed or of another type spoils all that is read from it."),
    Step((RULES,), "Rows that break the contract are set aside, and are missing in all that is counted."),
    Step(
        ("never-delivered", "silence"),
        "Where nothing comes, there is nothing to count, and every share is of old records.",
    ),
    Step(("totals",), "Records that were lost on the way are missing in all that is counted."),
    Step(("sustained", "volume"), "Too few or too many records move whatever is compared with them."),
    Step(
        ("completeness", "referential"),
        "Blank or unknown values are missing in ratios and move the shares of the other values.",
    ),
    Step(("contradictions", "ratios"), "Two record sets do not agree, most often because one lacks records."),
    Step(("drift",), "Shares of values move with everything above; alone, it may be the world that moved."),
    Step(
        (
            "batch-closing",
            "clock",
            "constant-values",
            "copied-regions",
            "digit-preference",
            "identical-durations",
            "impossible-speed",
            "left-open",
            "personal-data",
            "placeholder-times",
            "repeated-days",
            "round-numbers",
            "shift",
            "straight-lining",
            "twins",
            "uneven-sampling",
        ),
        "How records are written says little about whether they arrive: these explain none of the above.",
    ),
)
"""From root cause to what follows from it."""

_PLACES = {check: place for place, step in enumerate(ORDER) for check in step.checks}


def causal(checks: Iterable[str]) -> tuple[str, ...]:
    """Each check once, the root cause first; those of one step by name."""
    return tuple(sorted(set(checks), key=lambda check: (_PLACES.get(check, _PLACES[RULES]), check)))
