"""Colours. Told apart in the common kinds of colour blindness, and never the only sign.

The ramp runs from light to dark in lightness alone, so it also reads in print and in grey.
"""

from __future__ import annotations

RAMP = ("#D9E8EA", "#A9CDD4", "#6FAAB8", "#35809A", "#0D4F6B")
"""Five classes, from the least favourable to the most favourable."""

INK_ON_RAMP = ("#17252C", "#17252C", "#10181C", "#FFFFFF", "#FFFFFF")
"""Text that is legible on each colour of the ramp (contrast at least 4.5)."""

ACCENT = "#C4620A"
"""The one thing that is looked at: the chosen region, a target."""

SERIES = "#2A8297"
"""A line or bars on either background."""

MUTED = "#8A989E"
"""What is there for comparison: the nation, the other regions."""

FAINT = "rgba(138,152,158,0.22)"
"""Grid lines and empty tracks on either background."""

BAND = "rgba(42,130,151,0.20)"
"""The interval around a line."""

MISSING = "#9AA6AB"
"""No figure."""
