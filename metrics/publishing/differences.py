"""Where two results differ first, in the order in which the one follows from the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SECTIONS = ("rollups", "figures", "ranking", "detail")
"""Parts of the results, each computed from the one before."""
NAMING = ("region", "indicator", "id", "factor", "number")
"""What tells the entries of a list apart."""
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Difference:
    """First difference in a part of the results. ``published`` and ``computed``: the two values.

    ``path``: record set and month of a roll-up; place, indicator and field of a figure; place and field
    of a rank; names of entries, one within the other, of the detail.
    """

    section: str
    path: tuple[str, ...]
    published: Any
    computed: Any

    def __str__(self) -> str:
        """Sentence about it."""
        where = ", ".join(self.path)
        if self.section == "rollups":
            return f"roll-up of {where}: the records counted are not those that were published"
        return f"{self.section} of {where}: published {self.published}, computed again {self.computed}"


def first_differences(published: Mapping[str, Any], computed: Mapping[str, Any]) -> list[Difference]:
    """First difference of each part of the results that differs, by place and indicator."""
    found = []
    for section in SECTIONS:
        first = next(_walked(published.get(section), computed.get(section), ()), None)
        if first is not None:
            found.append(Difference(section, *first))
    return found


def _walked(one: object, other: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if one == other:
        return
    left, right = _entries(one), _entries(other)
    if left is None or right is None:
        yield path, one, other
        return
    for name in sorted(left.keys() | right.keys()):
        yield from _walked(left.get(name, ABSENT), right.get(name, ABSENT), (*path, name))


def _entries(value: object) -> Mapping[str, Any] | None:
    """Entries of an object, or of a list by what names each one; ``None`` of a plain value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {_name(one, at): one for at, one in enumerate(value)}
    return None


def _name(entry: object, at: int) -> str:
    if isinstance(entry, Mapping):
        for name in NAMING:
            if name in entry:
                return str(entry[name])
    return str(at)
