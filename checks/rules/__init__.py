"""The kinds of rule that a contract can ask for."""

from __future__ import annotations

from checks.rules.kind import Kind
from checks.rules.order import Ascending, NotEarlier, NotFuture, NotLess
from checks.rules.presence import AnyOf, DatedStatus, Readable, SameLength, Together
from checks.rules.values import Domain, DomainBy, ItemsRange, Range, Registered, Required

RULES: dict[str, type[Kind]] = {
    "any-of": AnyOf,
    "ascending": Ascending,
    "dated-status": DatedStatus,
    "domain": Domain,
    "domain-by": DomainBy,
    "items-range": ItemsRange,
    "not-earlier": NotEarlier,
    "not-future": NotFuture,
    "not-less": NotLess,
    "range": Range,
    "readable": Readable,
    "registered": Registered,
    "required": Required,
    "same-length": SameLength,
    "together": Together,
}
"""A new kind is a class and a line here. ``required`` and ``domain`` are the standard's own metrics
``nullValues`` and ``invalidValues``; the others are ``custom`` rules of the engine ``pantau``."""
