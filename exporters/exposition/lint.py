"""The house lint of metric families: what a Prometheus maintainer would object to, and promtool does not see.

Each rule is a function from a family to what is wrong with it; ``RULES`` is the table of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from exporters.exposition.errors import FamilyError
from exporters.exposition.family import UNITS, Family, Kind

PREFIX = "pantau_"
MANY_SERIES = 100
"""More series than this need a reason."""
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_FEWEST_WORDS_OF_HELP = 3

OTHER_UNITS = {
    **dict.fromkeys(("ms", "millis", "milliseconds", "us", "micros", "microseconds", "ns"), "seconds"),
    **dict.fromkeys(("nanos", "nanoseconds", "second", "sec", "secs", "minute", "minutes"), "seconds"),
    **dict.fromkeys(("mins", "hour", "hours", "day", "days", "week", "weeks", "months", "years"), "seconds"),
    **dict.fromkeys(("percent", "percents", "percentage", "pct", "permille", "ratios"), "ratio"),
    **dict.fromkeys(("byte", "bits", "kb", "mb", "gb", "kib", "mib", "gib", "kilobytes"), "bytes"),
    **dict.fromkeys(("megabytes", "gigabytes", "kibibytes", "mebibytes"), "bytes"),
}
"""Units that are not base units, and the one to use."""
NEEDS_UNIT = {
    **dict.fromkeys(("duration", "latency", "lag", "age", "delay", "elapsed", "uptime"), "seconds"),
    **dict.fromkeys(("timeout", "timestamp", "since"), "seconds"),
    **dict.fromkeys(("share", "fraction", "proportion", "utilization", "usage"), "ratio"),
}
"""Words that measure something: the name ends with this unit (or counts, as ``_total`` does)."""
DERIVED = {
    **dict.fromkeys(
        ("rate", "avg", "average", "mean", "median", "stdev", "stddev", "variance"), "a statistic"
    ),
    **dict.fromkeys(("min", "max", "minimum", "maximum"), "an extreme"),
}
"""Prometheus computes these from what is exposed."""
TYPE_WORDS = frozenset(["gauge", "counter", "histogram", "summary", "metric", "metrics", "untyped"])
SAMPLE_ENDINGS = ("_total", "_info", "_count", "_sum", "_bucket", "_created")
TARGET_LABELS = {
    **dict.fromkeys(("region", "province", "island", "center", "centre", "target"), "the target, by /sd"),
    **dict.fromkeys(("zone", "env", "environment", "cluster", "namespace", "stage"), "the operator"),
    **dict.fromkeys(("service", "type", "customer", "owner"), "the operator"),
    **dict.fromkeys(("job", "instance"), "Prometheus"),
}
"""Labels that are not the exporter's to set, and whose they are."""
UNBOUNDED_LABELS = {
    **dict.fromkeys(("nik", "user", "user_id", "username", "email", "phone", "ip"), "may name a person"),
    **dict.fromkeys(("address", "client"), "may name a person"),
    **dict.fromkeys(
        ("id", "ticket", "ticket_id", "url", "uri", "query", "time", "timestamp"), "has no bound"
    ),
    **dict.fromkeys(("message", "error", "exception", "text", "comment"), "is free text"),
}
"""Labels without a known number of values, or with a person in them, and which."""
OUTCOME_LABELS = frozenset(["result", "outcome", "success", "failed"])


@dataclass(frozen=True, slots=True)
class Finding:
    """A family, the rule that it breaks, and what to do."""

    family: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.family}: {self.message} [{self.rule}]"


def _words(family: Family) -> list[str]:
    return family.stem.split("_")


def _prefix(family: Family) -> Iterator[str]:
    if not family.name.startswith(PREFIX):
        yield f"the name begins with {PREFIX}"


def _snake_case(family: Family) -> Iterator[str]:
    for name in (family.name, *family.label_names):
        if not _SNAKE.fullmatch(name):
            yield f"{name!r} is not lower case with single underscores between words"


def _base_unit(family: Family) -> Iterator[str]:
    for word in _words(family):
        if word in OTHER_UNITS:
            yield f"use base unit {OTHER_UNITS[word]} instead of {word}"


def _one_unit_at_the_end(family: Family) -> Iterator[str]:
    before = [word for word in _words(family)[:-1] if word in UNITS]
    if before:
        yield f"the unit {before[0]} stands at the end, and alone"


def _measure_has_unit(family: Family) -> Iterator[str]:
    words = _words(family)
    for word in words:
        unit = NEEDS_UNIT.get(word)
        if unit and words[-1] not in UNITS and family.kind not in {Kind.COUNTER, Kind.INFO}:
            yield f"{word} is measured: the name ends with a unit, here _{unit}"
    if family.kind in {Kind.HISTOGRAM, Kind.SUMMARY} and words[-1] not in UNITS:
        yield f"what a {family.kind} observes has a unit: one of _{', _'.join(UNITS)}"


def _timestamp(family: Family) -> Iterator[str]:
    words = _words(family)
    if "timestamp" in words and words[-2:] != ["timestamp", "seconds"]:
        yield "an instant is Unix time, in a name that ends with _timestamp_seconds"


def _total(family: Family) -> Iterator[str]:
    if (family.kind is Kind.COUNTER) != family.name.endswith("_total"):
        yield "counters end with _total, and only they do"


def _info(family: Family) -> Iterator[str]:
    if (family.kind is Kind.INFO) != family.name.endswith("_info"):
        yield "metadata with a constant 1 ends with _info and is declared as info"


def _ending_of_a_sample(family: Family) -> Iterator[str]:
    if family.stem.endswith(SAMPLE_ENDINGS) and family.kind not in {Kind.COUNTER, Kind.INFO}:
        ending = family.stem[family.stem.rindex("_") :]
        if ending not in {"_total", "_info"}:  # those have rules of their own
            yield f"{ending} belongs to the samples of histograms and summaries"
    elif family.stem.endswith(SAMPLE_ENDINGS):
        yield "the name has two endings of which each says what it is"


def _type_in_name(family: Family) -> Iterator[str]:
    for word in _words(family):
        if word in TYPE_WORDS:
            yield f"the type is not part of the name: {word}"


def _label_in_name(family: Family) -> Iterator[str]:
    if "by" in _words(family) or "per" in _words(family):
        yield "what it is split by is a label, what it is divided by is a query: neither is in the name"


def _derived(family: Family) -> Iterator[str]:
    words = _words(family)
    if "reported" in words:  # what a source itself computed, and says so
        return
    for word in words:
        if word in DERIVED or re.fullmatch(r"p\d{1,3}", word):
            what = DERIVED.get(word, "a percentile")
            yield f"{word} is {what}: expose what it is made of, or say 'reported' if the source made it"


def _help(family: Family) -> Iterator[str]:
    told = family.help.strip()
    if len(told.split()) < _FEWEST_WORDS_OF_HELP or told != family.help or "\n" in told:
        yield "the help is one line that says what is measured and where it comes from"


def _target_label(family: Family) -> Iterator[str]:
    for name in family.label_names:
        whose = "Prometheus" if name.startswith("exported_") else TARGET_LABELS.get(name)
        if whose:
            yield f"label {name} is set by {whose}, never by the exporter"


def _unbounded_label(family: Family) -> Iterator[str]:
    for name in family.label_names:
        if name in UNBOUNDED_LABELS:
            yield f"label {name} {UNBOUNDED_LABELS[name]}"


def _outcome_label(family: Family) -> Iterator[str]:
    if family.kind is Kind.COUNTER:
        for name in family.label_names:
            if name in OUTCOME_LABELS:
                yield f"two counters, of all and of failures, instead of label {name}"


def _reason(family: Family) -> Iterator[str]:
    if family.max_series > MANY_SERIES and not family.reason:
        yield f"{family.max_series} series need a reason (more than {MANY_SERIES})"


RULES: dict[str, Callable[[Family], Iterator[str]]] = {
    "prefix": _prefix,
    "snake-case": _snake_case,
    "base-unit": _base_unit,
    "one-unit": _one_unit_at_the_end,
    "unit-missing": _measure_has_unit,
    "timestamp": _timestamp,
    "total": _total,
    "info": _info,
    "sample-ending": _ending_of_a_sample,
    "type-in-name": _type_in_name,
    "label-in-name": _label_in_name,
    "derived": _derived,
    "help": _help,
    "target-label": _target_label,
    "unbounded-label": _unbounded_label,
    "outcome-label": _outcome_label,
    "reason": _reason,
}
Families = TypeVar("Families", bound=Collection[Family])


def lint(families: Iterable[Family], *, most_series: int | None = None) -> list[Finding]:
    """Everything that is wrong with the families, each alone and all together.

    ``most_series`` is the budget of all: what the families may add up to.
    """
    listed = list(families)
    found = [
        Finding(family.name, rule, message)
        for family in listed
        for rule, says in RULES.items()
        for message in says(family)
    ]
    uses = Counter(name for family in listed for name in _names(family))
    found += [
        Finding(family.name, "name-taken", f"another family has the name {name}, or a sample of that name")
        for family in listed
        for name in sorted(_names(family))
        if uses[name] > 1
    ]
    if most_series is not None and budget(listed) > most_series:
        message = f"the families declare {budget(listed)} series, allowed are {most_series}"
        found.append(Finding("all families", "budget", message))
    return found


def checked(families: Families, *, most_series: int | None = None) -> Families:
    """The same families. Raises ``FamilyError`` that names every finding, if there is one."""
    found = lint(families, most_series=most_series)
    if found:
        raise FamilyError("metric families that the house lint refuses:\n" + "\n".join(map(str, found)))
    return families


def budget(families: Iterable[Family]) -> int:
    """Time series that one scrape of these families has at the most."""
    return sum(family.max_series for family in families)


def _names(family: Family) -> set[str]:
    """Names that the family takes in either format."""
    return {family.name, family.stem, *(sample for sample, _ in family.lines)}
