"""What an installation may decide about the indicators without changing their definitions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndicatorSettings:
    """What is decided.

    ``backlog_window_days``: calendar days over which the pace of finishing is measured.
    ``hold_days_share``: share of a period's days on hold above which a region's value is withheld.
    ``hold_pooled_share``: share of ``n`` from regions on hold above which a pooled value is withheld.
    """

    backlog_window_days: int = 90
    hold_days_share: float = 0.05
    hold_pooled_share: float = 0.2
