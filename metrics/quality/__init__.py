"""Quality of the data that a region sends: what it is made of, and one score."""

from __future__ import annotations

from metrics.quality.parts import Reported, Verdicts, parts
from metrics.quality.score import MINIMUM_PARTS, PARTS, scored

__all__ = ["MINIMUM_PARTS", "PARTS", "Reported", "Verdicts", "parts", "scored"]
