"""What an installation may decide about the indicators without changing their definitions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndicatorSettings:
    """``backlog_window_days``: calendar days over which the pace of finishing is measured."""

    backlog_window_days: int = 90
