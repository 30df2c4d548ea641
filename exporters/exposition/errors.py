"""Errors of the exposition: each a fault of the code that declares or fills a family.

::

    PantauError
    └── ExpositionError         names the family
        ├── FamilyError             a declaration that cannot be, or that the house lint refuses
        ├── LabelError              label values that do not fit the family's label names
        ├── SeriesRepeated          one series twice in a scrape: Prometheus would keep either
        ├── TooManySeries           more series than the family's budget: names the family and both numbers
        └── ValueRefused            no number, or buckets that do not accumulate
"""

from __future__ import annotations

from metrics.errors import PantauError


class ExpositionError(PantauError):
    """Metrics that cannot be exposed as asked."""


class FamilyError(ExpositionError):
    """A declaration that cannot be, or that the house lint refuses."""


class LabelError(ExpositionError):
    """Label values that do not fit the family's label names."""


class SeriesRepeated(ExpositionError):
    """One series was set twice in one scrape."""


class TooManySeries(ExpositionError):
    """More series than the family declared. Nothing is dropped: the scrape fails and says so."""


class ValueRefused(ExpositionError):
    """No number, or buckets that do not accumulate."""
