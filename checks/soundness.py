"""Whether the rules of a contract can be kept, and broken, together. What is read alone is sound already.

A rule that no row can break says nothing, one that no row can keep rejects everything, and two that
contradict each other do so for whoever reads the contract. Each is refused where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from checks.contract import Property, Rule
from checks.document import Location, Source
from checks.rules.values import Bounded, Domain
from metrics.model import Severity

_BOUND = "mustBeLessOrEqualTo"


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule and where it stands. ``inner``: the entry that holds its arguments and its bound."""

    rule: Rule
    at: Location
    inner: Location


def check_soundness(source: Source, rules: Sequence[Placed], columns: Mapping[str, Property]) -> None:
    """Raise ContractError for the first rule that contradicts itself, a column or a rule before it."""
    required = {name for name, item in columns.items() if item.required}
    for placed in rules:
        _check_severity(source, placed)
        why = placed.rule.kind.vain(required)
        if why:
            source.refuse((*placed.inner, "arguments"), f"{why}. Remove the rule, or correct a column.")
    _check_words(source, rules, columns)
    _check_repetition(source, rules)
    _check_ranges(source, rules, columns)
    _check_order(source, rules)


def _check_severity(source: Source, placed: Placed) -> None:
    rule, percent = placed.rule, f"{placed.rule.bound * 100:g} per cent"
    if rule.kind.decisive and rule.severity is not Severity.CRITICAL:
        source.refuse(
            (*placed.at, "severity"),
            f"a row that breaks a rule of the kind '{rule.kind_name}' cannot be kept. Write 'critical'.",
        )
    if rule.severity is Severity.CRITICAL and rule.bound > 0:
        source.refuse(
            (*placed.inner, _BOUND),
            f"a critical rule rejects every row that breaks it, and this allows {percent} of them. Write 0, "
            "or another severity.",
        )
    if rule.bound >= 1:
        source.refuse((*placed.inner, _BOUND), f"with {percent} allowed, the check never fails. Lower it.")


def _check_words(source: Source, rules: Sequence[Placed], columns: Mapping[str, Property]) -> None:
    """Refuse a word that the column of another rule can never hold."""
    domains: dict[str, tuple[str, ...]] = {
        name: ("true", "false") for name, item in columns.items() if item.logical_type == "boolean"
    }
    for placed in rules:
        if isinstance(placed.rule.kind, Domain):
            domains[placed.rule.kind.column] = placed.rule.kind.values
    for placed in rules:
        for column, word in placed.rule.kind.words():
            if word not in domains.get(column, (word,)):
                source.refuse(
                    (*placed.inner, "arguments"),
                    f"'{word}' is no word of '{column}'. Use one of: {', '.join(domains[column])}.",
                )


def _check_repetition(source: Source, rules: Sequence[Placed]) -> None:
    for place, placed in enumerate(rules):
        for other in rules[:place]:
            if placed.rule.kind == other.rule.kind:
                source.refuse(
                    (*placed.at, "id"),
                    f"'{placed.rule.id}' says the same as '{other.rule.id}'. Remove one of the two.",
                )


def _check_ranges(source: Source, rules: Sequence[Placed], columns: Mapping[str, Property]) -> None:
    """Refuse ranges of one column that have no value in common."""
    spans: dict[str, tuple[float, float]] = {}
    for placed in rules:
        kind = placed.rule.kind
        if not isinstance(kind, Bounded):
            continue
        lowest, highest = kind.span(whole="int64" in columns[kind.column].physical_type)
        if kind.column in spans:
            lowest, highest = max(lowest, spans[kind.column][0]), min(highest, spans[kind.column][1])
        if lowest > highest:
            source.refuse(
                (*placed.inner, "arguments"),
                f"with this rule no value of '{kind.column}' is left that passes. Correct a bound.",
            )
        spans[kind.column] = lowest, highest


def _check_order(source: Source, rules: Sequence[Placed]) -> None:
    """Refuse rules by which columns would have to come before one another in a circle."""
    before: dict[str, set[str]] = {}
    for placed in rules:
        pair = placed.rule.kind.ordered()
        if pair is None:
            continue
        later, earlier = pair
        before.setdefault(later, set()).add(earlier)
        try:
            TopologicalSorter(before).prepare()
        except CycleError as error:
            circle = " <= ".join(error.args[1])
            source.refuse(
                (*placed.inner, "arguments"),
                f"with this rule the order goes in a circle, {circle}, which only equal values keep. "
                "Remove one of the rules.",
                error,
            )
