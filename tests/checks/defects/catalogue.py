"""All kinds of seeded defects."""

from __future__ import annotations

from tests.checks.defects.by_figures import BY_FIGURES
from tests.checks.defects.by_rule import BY_RULE
from tests.checks.defects.by_source import BY_SOURCE
from tests.checks.defects.by_time import BY_TIME
from tests.checks.defects.kind import Defect

CATALOGUE: tuple[Defect, ...] = (*BY_RULE, *BY_TIME, *BY_FIGURES, *BY_SOURCE)
