"""The exact remedy for a broken rule: which columns of the file, which words, which bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from app.text import Language
from app.text.rules import COLUMNS
from checks.rules.kind import Kind
from checks.rules.values import Bounded
from exporters.mapping import Mapping, ValueMapping
from pantau.producertext import REMEDIES, SENTENCES
from pantau.trial import Broken, source_columns

_HOUR_SECONDS = 3600
_EXAMPLE = datetime(2025, 12, 31, 14, 30, tzinfo=UTC)


def remedy(broken: Broken, mapping: Mapping, example: str, t: Language) -> str:
    """What is to be done. ``example``: code of a region, as one is written."""
    if broken.rule is None:
        template, facts = REMEDIES[broken.id], _facts_of_reading(broken.field, mapping, t)
    else:
        template, facts = REMEDIES[broken.rule.kind_name], dict(_facts_of_kind(broken.rule.kind, mapping, t))
    return template[t.code].format(**facts, example=example)


def column_named(mapping: Mapping, field: str, t: Language) -> str:
    """A field as the producer knows it: the columns of the file, or words, and the contract's name for it."""
    sources = ", ".join(source_columns(mapping, field))
    name = sources or COLUMNS.get(field.replace("_", "-"), {}).get(t.code, field)
    return name if name == field else f"{name} ({field})"


def _facts_of_reading(field: str, mapping: Mapping, t: Language) -> dict[str, str]:
    """Column, formats, words and decimal mark with which the mapping reads a field."""
    how = mapping.observed_at if field == "observed_at" else mapping.fields.get(field)
    how = how if isinstance(how, ValueMapping) else ValueMapping(column=field or "-")
    return {
        "column": column_named(mapping, field, t),
        "formats": ", ".join(map(_format_named, how.formats)),
        "words": ", ".join(how.words) or "true, false, 1, 0",
        "decimal": how.decimal or mapping.format.decimal,
    }


def _format_named(name: str) -> str:
    """A format of instants with an example of it."""
    if "%" in name:
        return f"{name} ({_EXAMPLE:{name}})"
    return f"ISO 8601 ({_EXAMPLE.isoformat()})" if name == "iso" else name


def _facts_of_kind(kind: Kind, mapping: Mapping, t: Language) -> Iterator[tuple[str, str]]:
    """Arguments of a rule as text: columns and words as the file has them, lists with commas."""
    columns = dict[str, list[str]]()
    for item in kind.named():
        columns.setdefault(str(item.place[0]), []).append(column_named(mapping, item.column, t))
    words = _Words(mapping, kind)
    if isinstance(kind, Bounded):
        yield "bounds", _bounds(kind, t)
    for argument, value in kind.model_dump(by_alias=True).items():
        match value:
            case _ if argument in columns:
                yield argument, ", ".join(columns[argument])
            case str():
                yield argument, SENTENCES["now"][t.code]
            case dict():
                listed = (f"{words.of_other(key)}: {words.of_column(those)}" for key, those in value.items())
                yield argument, "; ".join(listed)
            case tuple() | list():
                yield argument, words.of_column(value)
            case date():
                yield argument, t.day(value)
            case int() if argument == "tolerance_seconds":
                hours = f"{value / _HOUR_SECONDS:g}"
                yield "tolerance", SENTENCES["tolerance"][t.code].format(n=hours) if value else ""


class _Words:
    """Words of a rule as the file has them, with the contract's beside."""

    def __init__(self, mapping: Mapping, kind: Kind) -> None:
        self._mapping = mapping
        self._columns = dict.fromkeys(column for column, _ in kind.words()) or dict.fromkeys(kind.columns())

    def of_column(self, words: Iterable[str]) -> str:
        """Words of the rule's last column of words: a list of them."""
        return ", ".join(self._named([*self._columns][-1], word) for word in words)

    def of_other(self, word: str) -> str:
        """A word of its first."""
        return self._named(next(iter(self._columns)), word)

    def _named(self, column: str, word: str) -> str:
        field = self._mapping.fields.get(column)
        own = [source for source, meaning in field.words.items() if meaning == word] if field else []
        return f"{' / '.join(own)} ({word})" if own else word


def _bounds(kind: Bounded, t: Language) -> str:
    bounds = {"at_least": kind.minimum, "above": kind.above, "at_most": kind.maximum}
    return SENTENCES["and"][t.code].join(
        SENTENCES[word][t.code].format(n=f"{bound:g}") for word, bound in bounds.items() if bound is not None
    )
