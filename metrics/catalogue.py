"""Catalogue of the indicators: what each figure means, whose it is and how sure it can be.

``metrics/indicators`` computes them, ``metrics/ranking`` weighs them, the dashboard names them
from here, and ``docs/reference/indicators.md`` is generated from here (a test holds it current):
``python -m metrics.catalogue > docs/reference/indicators.md``. Only ``ikm`` carries an official
name, because it follows the official formula to the letter.
"""

from __future__ import annotations

import sys

from metrics.definitions.complaints import COMPLAINTS
from metrics.definitions.indicator import Direction, Indicator
from metrics.definitions.probes import PROBES
from metrics.definitions.reporting import REPORTING
from metrics.definitions.surveys import SURVEYS
from metrics.definitions.transactions import TRANSACTIONS
from metrics.errors import UnknownName

__all__ = ["CATALOGUE", "Direction", "Indicator", "indicator_of", "reference"]

CATALOGUE: dict[str, Indicator] = {
    indicator.id: indicator for indicator in (*TRANSACTIONS, *COMPLAINTS, *PROBES, *SURVEYS, *REPORTING)
}
"""Indicators by id, in the order in which they are shown."""

BETTER = {"up": "higher", "down": "lower", "neutral": "neither; it cannot be ranked by"}


def indicator_of(name: str) -> Indicator:
    """Return the indicator with this id. Raises ``UnknownName`` that lists those there are."""
    if name in CATALOGUE:
        return CATALOGUE[name]
    raise UnknownName(f"no indicator {name!r}. Write one of {', '.join(CATALOGUE)}.")


def reference() -> str:
    """Reference of all indicators as Markdown."""
    head = (
        "# Indicators\n\n"
        "Generated from `metrics/catalogue.py`: run `python -m metrics.catalogue > "
        "docs/reference/indicators.md` after a change there.\n\n"
        "Every figure carries its denominator `n` and, where it is a sample of what might have been, a "
        "95 % interval. Below the smallest `n`, without records, or while its record set is "
        "[on hold](../howto/quality-gate.md), there is no figure but a status and a reason. Cases count in "
        "the month in which they were received, by the clock of their region. Figures of a province and of "
        "the nation come from the pooled records, never from an average of regions.\n"
    )
    return "\n".join([head, *(_entry(indicator) for indicator in CATALOGUE.values())])


def _entry(indicator: Indicator) -> str:
    facts = {
        "Unit": f"`{indicator.unit}`",
        "Better": BETTER[indicator.direction],
        "Record set": f"`{indicator.dataset}`",
        "Denominator": indicator.denominator,
        "Smallest n": str(indicator.minimum_n),
        "Interval": indicator.interval,
        "Withheld with": ", ".join(f"`{name}`" for name in indicator.needed) or "none: it tells of the data",
        "Source": indicator.source,
        "Version": indicator.version,
    }
    listed = "\n".join(f"- {name}: {fact}" for name, fact in facts.items())
    return (
        f"## `{indicator.id}`\n\n**{indicator.name_en}** · {indicator.name_id}\n\n"
        f"{indicator.definition_en}\n\n{indicator.definition_id}\n\n{listed}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(reference())
