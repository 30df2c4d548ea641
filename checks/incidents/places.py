"""Where regions belong: to a province, and perhaps to a platform that serves several of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from metrics.observation import Scope


@dataclass(frozen=True, slots=True)
class Places:
    """``provinces``: code of the province, by region. ``platforms``: name of the platform, by region.

    A region that has no platform is absent from ``platforms``, or has ``None``.
    """

    provinces: Mapping[str, str]
    platforms: Mapping[str, str | None] = field(default_factory=dict)

    def of(self, region: str, scope: Scope) -> str | None:
        """The region's province or platform, ``None`` where it is known to have none."""
        match scope:
            case Scope.PROVINCE:
                return self.provinces.get(region)
            case Scope.PLATFORM:
                return self.platforms.get(region)
            case Scope.REGION:
                return region
