"""How a check came out, as a sign and a word; days and measured figures of findings."""

from __future__ import annotations

from app.components.markup import text
from app.reading.observation import Mark
from app.text import NONE, Language
from metrics.observation import Days

SIGNS: dict[Mark, str] = {
    Mark.CRITICAL: "✖",
    Mark.WARNING: "▲",
    Mark.INFO: "●",
    Mark.BROKEN: "!",
    Mark.PASSED: "✓",
    Mark.LEARNING: "…",
    Mark.NONE: NONE,
}
"""The word beside a sign says the same; neither needs a colour."""


def mark_text(mark: Mark, t: Language) -> str:
    """Return a mark's sign and word."""
    return f"{SIGNS[mark]} {t(f'mark.{mark}')}"


def mark_badge(mark: Mark, t: Language) -> str:
    """Return a mark as a piece of HTML: those that need an eye stand out."""
    word = text(t(f"mark.{mark}"))
    return f'<span class="pm-mark {mark}"><i aria-hidden="true">{SIGNS[mark]}</i> {word}</span>'


def legend(t: Language) -> str:
    """Return all marks with their words."""
    return f'<div class="pm-legend">{"".join(mark_badge(mark, t) for mark in Mark)}</div>'


def days_text(days: Days | None, t: Language) -> str:
    """Return the days concerned: one day, or the first and the last."""
    if days is None:
        return t("quality.all_days")
    first, last = days
    return t.day(first) if first == last else f"{t.short_day(first)} – {t.short_day(last)}"


def figure(value: float | None, t: Language) -> str:
    """Return a measured figure or a bound: whole numbers without decimals."""
    if value is not None and value == int(value):
        return t.number(value)
    return t.plain(value, "")
