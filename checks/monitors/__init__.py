"""Monitors: what goes wrong in the data over time, by region, field and days.

Place in the flow: called by the wiring after a delivery, with frames that it has read
(``Evidence``), giving findings that it stores. Pure: no file, no store, no clock of its own.
"""

from __future__ import annotations

from checks.monitors import (
    clock,
    closing,
    completeness,
    constant,
    contradictions,
    copies,
    digits,
    drift,
    identical,
    lingering,
    never,
    personal,
    placeholders,
    ratios,
    referential,
    repetition,
    rounding,
    sampling,
    schema,
    shift,
    silence,
    speed,
    straightlining,
    sustained,
    totals,
    twins,
    volume,
)
from checks.monitors.kind import Monitor

MONITORS: dict[str, Monitor] = {
    "volume": Monitor(volume.ABOUT, volume.findings),
    "sustained": Monitor(sustained.ABOUT, sustained.findings),
    "silence": Monitor(silence.ABOUT, silence.findings),
    "never-delivered": Monitor(never.ABOUT, never.findings),
    "drift": Monitor(drift.ABOUT, drift.findings),
    "schema": Monitor(schema.ABOUT, schema.findings),
    "ratios": Monitor(ratios.ABOUT, ratios.findings),
    "contradictions": Monitor(contradictions.ABOUT, contradictions.findings),
    "totals": Monitor(totals.ABOUT, totals.findings),
    "clock": Monitor(clock.ABOUT, clock.findings),
    "shift": Monitor(shift.ABOUT, shift.findings),
    "impossible-speed": Monitor(speed.ABOUT, speed.findings),
    "identical-durations": Monitor(identical.ABOUT, identical.findings),
    "batch-closing": Monitor(closing.ABOUT, closing.findings),
    "repeated-days": Monitor(repetition.ABOUT, repetition.findings),
    "copied-regions": Monitor(copies.ABOUT, copies.findings),
    "round-numbers": Monitor(rounding.ABOUT, rounding.findings),
    "digit-preference": Monitor(digits.ABOUT, digits.findings),
    "constant-values": Monitor(constant.ABOUT, constant.findings),
    "straight-lining": Monitor(straightlining.ABOUT, straightlining.findings),
    "twins": Monitor(twins.ABOUT, twins.findings),
    "personal-data": Monitor(personal.ABOUT, personal.findings),
    "completeness": Monitor(completeness.ABOUT, completeness.findings),
    "referential": Monitor(referential.ABOUT, referential.findings),
    "placeholder-times": Monitor(placeholders.ABOUT, placeholders.findings),
    "left-open": Monitor(lingering.ABOUT, lingering.findings),
    "uneven-sampling": Monitor(sampling.ABOUT, sampling.findings),
}
"""A new monitor is a module and a line here; the test over this table holds it to what all promise."""
