"""Over-dispersion: units that differ by more than chance for reasons nobody measured.

Sources: Spiegelhalter 2005, Quality and Safety in Health Care 14:347-351; DerSimonian & Laird 1986
(the moment estimate of tau²); NHS Digital's SHMI (truncating in place of winsorising).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.statistics.figures import BadFigures, Floats

Adjustment = Literal["none", "multiplicative", "additive"]
Trimming = Literal["none", "winsorise", "truncate"]
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Dispersion:
    """``phi``: mean square of the (trimmed) z-scores, 1 by chance alone. ``tau2``: variance between units.

    ``units``: how many the estimate rests on.
    """

    phi: float
    tau2: float
    units: int
    adjustment: Adjustment
    trimming: Trimming

    @property
    def plain(self) -> bool:
        """Whether the limits need no widening: none was asked for or no over-dispersion is there."""
        return self.adjustment == "none" or (
            self.tau2 == 0 if self.adjustment == "additive" else self.phi <= 1
        )

    def widen(self, error: Floats) -> Floats:
        """Return the standard errors with what lies between the units."""
        if self.plain:
            return error
        return np.sqrt(error**2 + self.tau2) if self.adjustment == "additive" else error * self.phi**0.5


@dataclass(frozen=True, slots=True)
class Allowance:
    """How over-dispersion is estimated and allowed for.

    ``adjustment``: "multiplicative" (spread times the root of phi) or "additive" (tau² between
    the units, where they differ for reasons not measured). ``trimming``: what is done with the
    most extreme ``trim`` of the z-scores at each end first. The choice changes who is flagged: state it.
    """

    adjustment: Adjustment = "additive"
    trimming: Trimming = "winsorise"
    trim: float = 0.1


NONE = Dispersion(1.0, 0.0, 0, "none", "none")


def dispersion(z: Floats, error: Floats, allowance: Allowance | None) -> Dispersion:
    """Estimate over-dispersion from z-scores and standard errors on the same scale.

    "winsorise" draws the z-scores beyond the quantiles ``trim`` and ``1 - trim`` in to them and
    keeps all units; "truncate" leaves out the units that are not strictly between the two.
    """
    if allowance is None or allowance.adjustment == "none":
        return NONE
    adjustment, trimming, trim = allowance.adjustment, allowance.trimming, allowance.trim
    if not 0 <= trim < HALF:
        raise BadFigures(f"trim: {trim:g} is not between 0 and 0.5. Write 10 % at each end as 0.1.")
    weight = 1 / error**2
    if trimming != "none":
        low, high = np.quantile(z, [trim, 1 - trim])
        kept = (z > low) & (z < high) if trimming == "truncate" else np.ones(len(z), dtype=np.bool_)
        z, weight = np.clip(z, low, high)[kept], weight[kept]
    units = len(z)
    if not units:
        return Dispersion(1.0, 0.0, 0, adjustment, trimming)
    phi = float((z**2).mean())
    room = weight.sum() - (weight**2).sum() / weight.sum()
    surplus = units * phi - (units - 1)
    tau2 = float(max(surplus / room, 0.0)) if room > 0 else 0.0
    return Dispersion(phi, tau2, units, adjustment, trimming)
