"""One value among the others: a narrow strip with the middle four fifths, the median and the value."""

from __future__ import annotations

from app.components.markup import percent, text
from app.reading.values import Place
from app.text import Language


def strip(value: float | None, spread: Place | None, unit: str, direction: str, t: Language) -> str:
    """Return the strip; the favourable end is always on the right. "" where there is no place."""
    if value is None or spread is None:
        return ""
    start, end = spread.tenth, spread.ninetieth
    margin = (end - start) * 0.35 or abs(end) * 0.1 or 1.0
    low, high = max(spread.low, start - margin), min(spread.high, end + margin)
    width = (high - low) or 1.0

    def along(point: float) -> float:
        share = min(max((point - low) / width, 0.0), 1.0)
        return share if direction != "down" else 1 - share

    left, right = sorted((along(start), along(end)))
    says = t(
        "strip.says",
        value=t.value(value, unit),
        median=t.value(spread.median, unit),
        tenth=t.value(start, unit),
        ninetieth=t.value(end, unit),
    )
    return (
        f'<div class="pm-span" role="img" aria-label="{text(says)}" title="{text(says)}">'
        f'<i class="range" style="left:{percent(left)};width:{percent(right - left)};opacity:.28"></i>'
        f'<i class="ref" style="left:{percent(along(spread.median))}"></i>'
        f'<i class="dot" style="left:{percent(along(value))}"></i></div>'
    )
