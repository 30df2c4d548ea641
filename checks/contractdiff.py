"""Two versions of a contract, compared by what they mean: which changes break, what version they ask for.

A change *breaks producers* when a row that was accepted may be rejected, or what they send no longer
fits. It *breaks readers* when accepted rows may hold what they could not hold before, or lack what
they had. All else that has an effect (a check of a region that judges otherwise, a column more) is
*compatible*, and what only people read is *documentation-only*. A breaking change asks for a new
major version, a compatible one for a minor, documentation for a patch. Source: semver.org 2.0.0.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from checks.contract import RESTRICTED, Contract, Property, Rule
from checks.rules.kind import Kind
from checks.rules.order import NotEarlier, NotFuture
from checks.rules.presence import AnyOf, DatedStatus
from checks.rules.values import Bounded, Domain
from metrics.model import Severity

WIDER = frozenset({("int64", "double"), ("list<int64>", "list<double>")})
"""Types of which the second takes every value of the first."""

_ALIKE = 0.6
"""From this likeness of two names on (``difflib``), a column seems to have been renamed."""


class Verdict(StrEnum):
    """What a change means for somebody."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    DOCUMENTATION = "documentation-only"


class Part(IntEnum):
    """Part of a version that is raised, by how much the raise says."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``subject``: the column or rule; ``before`` and ``after``: "" where there is none."""

    what: str
    subject: str
    before: str
    after: str
    producers: Verdict
    readers: Verdict

    @property
    def is_breaking(self) -> bool:
        """Whether it breaks anybody."""
        return Verdict.BREAKING in {self.producers, self.readers}


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one contract to another, and the part of the version that they ask for."""

    before: Contract
    after: Contract
    changes: tuple[Change, ...]

    @property
    def asked(self) -> Part:
        """Part that must be raised at least. A text that differs without a change asks for a patch."""
        if any(change.is_breaking for change in self.changes):
            return Part.MAJOR
        if any(change.producers is not Verdict.DOCUMENTATION for change in self.changes):
            return Part.MINOR
        return Part.NONE if self.before.digest == self.after.digest else Part.PATCH

    @property
    def made(self) -> Part:
        """Part that was raised; none where the version stayed or went back."""
        old, new = _numbers(self.before), _numbers(self.after)
        if new <= old:
            return Part.NONE
        raised = next(place for place in range(len(old)) if new[place] != old[place])
        return (Part.MAJOR, Part.MINOR, Part.PATCH)[raised]

    @property
    def is_enough(self) -> bool:
        """Whether the new version tells its users as much as they must know."""
        return self.made >= self.asked

    @property
    def breaks_silently(self) -> bool:
        """Whether it breaks somebody and its version does not say so."""
        return self.asked is Part.MAJOR and not self.is_enough


def compare(before: Contract, after: Contract) -> Difference:
    """Compare two contracts by their meaning. Order and spelling of the text do not matter."""
    old = {item.name: item for item in before.properties}
    new = {item.name: item for item in after.properties}
    renamed = dict(_renamed(old, new))
    changes = [
        *_identity(before, after),
        *_columns(old, new, renamed),
        *_rules(before, after, {*new} - {*old}),
        *_orders(before, after),
    ]
    return Difference(before, after, tuple(changes))


def _numbers(contract: Contract) -> tuple[int, ...]:
    return tuple(map(int, contract.version.split(".")))


def _judged(what: str, subject: str, before: object, after: object, *, tighter: bool, looser: bool) -> Change:
    """A change that lets pass less (``tighter``), more (``looser``), both or neither."""
    words = {True: Verdict.BREAKING, False: Verdict.COMPATIBLE}
    return Change(what, subject, _shown(before), _shown(after), words[tighter], words[looser])


def _told(what: str, subject: str, before: str, after: str) -> Iterator[Change]:
    """A change of what people read, if there is one."""
    if before != after:
        documentation = Verdict.DOCUMENTATION
        yield Change(what, subject, before, after, documentation, documentation)


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case Mapping():
            return ", ".join(f"{key}: {_shown(one)}" for key, one in value.items())
        case list() | tuple():
            return "[" + ", ".join(map(_shown, value)) + "]"
        case _:
            return str(value)


def _identity(before: Contract, after: Contract) -> Iterator[Change]:
    if before.name != after.name:
        yield _judged("record set", "", before.name, after.name, tighter=True, looser=True)
    yield from _told("id", "", before.id, after.id)
    yield from _told("description", "", before.description, after.description)


def _renamed(old: Mapping[str, Property], new: Mapping[str, Property]) -> Iterator[tuple[str, str]]:
    """Columns gone, each with the one that seems to stand for it: of one form, alike in name or words."""
    left = [item for name, item in new.items() if name not in old]
    for name, item in old.items():
        if name in new:
            continue
        found = [other for other in left if _form(other) == _form(item) and _likeness(item, other) >= _ALIKE]
        if found:
            closest = max(found, key=lambda other: _likeness(item, other))
            left.remove(closest)
            yield name, closest.name


def _form(item: Property) -> tuple[object, ...]:
    return item.physical_type, item.required, item.key_position, item.classification


def _likeness(one: Property, other: Property) -> float:
    if one.description == other.description:
        return 1.0
    return difflib.SequenceMatcher(None, one.name, other.name).ratio()


def _columns(
    old: Mapping[str, Property], new: Mapping[str, Property], renamed: Mapping[str, str]
) -> Iterator[Change]:
    for name, item in old.items():
        if name in new:
            yield from _column(item, new[name])
        elif name in renamed:
            yield _judged("column renamed", name, name, renamed[name], tighter=True, looser=True)
        else:
            yield _judged("column removed", name, item.physical_type, None, tighter=True, looser=True)
    for name, item in new.items():
        if name not in old and name not in renamed.values():
            kind = f"{item.physical_type}, {'required' if item.required else 'optional'}"
            yield _judged("column added", name, None, kind, tighter=item.required, looser=False)


def _column(old: Property, new: Property) -> Iterator[Change]:
    name = old.name
    if old.physical_type != new.physical_type:
        types = old.physical_type, new.physical_type
        yield _judged("type", name, *types, tighter=types not in WIDER, looser=True)
    if old.required != new.required:
        yield _judged("required", name, old.required, new.required, tighter=new.required, looser=old.required)
    if old.key_position != new.key_position:
        yield _judged("key position", name, old.key_position, new.key_position, tighter=True, looser=True)
    if old.classification != new.classification:
        opened = old.classification == RESTRICTED  # personal data would be kept as they come
        yield _judged(
            "classification", name, old.classification, new.classification, tighter=opened, looser=True
        )
    yield from _told("description of the column", name, old.description, new.description)


def _rules(before: Contract, after: Contract, added: set[str]) -> Iterator[Change]:
    """Changes of rules. That a value is required is a property of its column and told there."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    for name, rule in old.items():
        if name in new:
            yield from _rule(rule, new[name])
        elif rule.kind_name != "required":
            yield _judged("rule removed", name, _summary(rule), None, tighter=False, looser=_rejects(rule))
    for name, rule in new.items():
        if name not in old and rule.kind_name != "required":
            judges = _rejects(rule) and rule.kind.judges_without(added)
            yield _judged("rule added", name, None, _summary(rule), tighter=judges, looser=False)


def _rule(old: Rule, new: Rule) -> Iterator[Change]:
    name = old.id
    if old.kind_name != new.kind_name:
        words = _summary(old), _summary(new)
        yield _judged("kind of the rule", name, *words, tighter=_rejects(new), looser=_rejects(old))
    elif isinstance(old.kind, Domain) and isinstance(new.kind, Domain):
        yield from _words(old, new, old.kind.values, new.kind.values)
    elif old.kind != new.kind:
        tighter, looser = _directions(old.kind, new.kind)
        yield _judged(
            "arguments of the rule", name, *_unlike(old.kind, new.kind),
            tighter=tighter and _rejects(new), looser=looser and _rejects(old),
        )  # fmt: skip
    if old.severity != new.severity:
        rejects = _rejects(old), _rejects(new)
        yield _judged(
            "severity", name, old.severity.value, new.severity.value,
            tighter=rejects == (False, True), looser=rejects == (True, False),
        )  # fmt: skip
    if old.bound != new.bound:
        shares = f"{old.bound * 100:g} %", f"{new.bound * 100:g} %"
        yield _judged("bound", name, *shares, tighter=False, looser=False)
    if old.dimension != new.dimension:
        yield _judged("dimension", name, old.dimension, new.dimension, tighter=False, looser=False)
    yield from _told("owner", name, old.owner, new.owner)
    yield from _told("description of the rule", name, old.description, new.description)
    yield from _told("business impact", name, old.business_impact, new.business_impact)


def _rejects(rule: Rule) -> bool:
    return rule.severity is Severity.CRITICAL


def _summary(rule: Rule) -> str:
    arguments = _shown(rule.kind.model_dump(by_alias=True, exclude_none=True))
    return f"{rule.kind_name} ({arguments}), {rule.severity.value}"


def _words(old: Rule, new: Rule, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    for word in before:
        if word not in after:
            yield _judged("word removed", old.id, word, None, tighter=_rejects(new), looser=False)
    for word in after:
        if word not in before:
            yield _judged("word added", old.id, None, word, tighter=False, looser=_rejects(old))


def _unlike(old: Kind, new: Kind) -> tuple[dict[str, object], dict[str, object]]:
    """The arguments that differ."""
    was, now = old.model_dump(by_alias=True), new.model_dump(by_alias=True)
    names = [name for name in was if was[name] != now[name]]
    return {name: was[name] for name in names}, {name: now[name] for name in names}


def _directions(old: Kind, new: Kind) -> tuple[bool, bool]:
    """Whether a rule of one kind lets pass less, and more, than before. Both, where nobody can tell."""
    match old, new:
        case (Bounded(), Bounded()) if old.column == new.column:
            (low, high), (lower, higher) = old.span(whole=False), new.span(whole=False)
            return lower > low or higher < high, lower < low or higher > high
        case (NotFuture(), NotFuture()) if old.columns() == new.columns():
            return (
                new.tolerance_seconds < old.tolerance_seconds,
                new.tolerance_seconds > old.tolerance_seconds,
            )
        case (NotEarlier(), NotEarlier()) if old.column == new.column:
            return new.earliest > old.earliest, new.earliest < old.earliest
        case (AnyOf(), AnyOf()):
            return bool({*old.columns_} - {*new.columns_}), bool({*new.columns_} - {*old.columns_})
        case (DatedStatus(), DatedStatus()) if (old.column, old.date) == (new.column, new.date):
            was, now = _refused(old), _refused(new)
            return bool(now - was), bool(was - now)
    return True, True


def _refused(kind: DatedStatus) -> set[tuple[str, bool]]:
    """Pairs that the rule refuses, of a status and whether there is a date."""
    return {*((status, False) for status in kind.dated), *((status, True) for status in kind.undated)}


def _orders(before: Contract, after: Contract) -> Iterator[Change]:
    """Order of the columns and precedence of the rules, of those that both contracts have."""
    orders = {
        "order of the columns": [[item.name for item in one.properties] for one in (before, after)],
        "order of the rules": [[rule.id for rule in one.rules] for one in (before, after)],
    }
    for what, (old, new) in orders.items():
        kept = [name for name in old if name in new], [name for name in new if name in old]
        if kept[0] != kept[1]:
            moved = [name for name, other in zip(*kept, strict=True) if name != other]
            yield _judged(what, moved[0], None, None, tighter=False, looser=False)
