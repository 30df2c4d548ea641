"""The mapping of a source: which of its columns, words and formats mean what in a contract.

A YAML file, read strictly: an unknown entry is an error that names its path and the remedy. All
scalars are text (``11.10`` stays ``11.10``, ``no`` stays ``no``). Documented in
``docs/reference/mapping.md``.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationError,
    model_validator,
)

from exporters.datetimeformat import is_format
from exporters.errors import MappingError
from exporters.faults import faults
from exporters.files.format import AccessLog, FileFormat, Limits
from exporters.yamltext import read_yaml
from metrics.datasets import DATASETS

Pick = Literal["first", "last", "min", "max"]
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def _zone(name: str) -> str:
    if name in zoneinfo.available_timezones():
        return name
    close = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=1)
    raise ValueError(
        f"{name!r} is no time zone. Write an IANA name such as {(close or ['Asia/Jakarta'])[0]!r}"
    )


def _format(text: str) -> str:
    problem = is_format(text)
    if problem:
        raise ValueError(problem)
    return text


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _shorthand(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Zone = Annotated[str, AfterValidator(_zone)]
Formats = Annotated[
    tuple[Annotated[str, AfterValidator(_format)], ...], BeforeValidator(_listed), Field(min_length=1)
]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Entry(BaseModel):
    """Part of a mapping: nothing that is not listed may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ValueMapping(Entry):
    """Where the value of a contract's column comes from, and how it is written there."""

    column: str | None = Field(None, min_length=1, description="column of the source")
    template: str | None = Field(
        None, description="text made of several columns: `{site}@{checked_at}`; null where one of them is"
    )
    constant: str | None = Field(None, description="the same value for every record")
    formats: Formats = Field(
        ("iso",),
        description="how instants are written, tried in order: `iso`, `excel` (serial number), `epoch_s`, "
        "`epoch_ms`, or strptime directives such as `%d/%m/%Y %H:%M`",
    )
    timezone: Zone | None = Field(None, description="time zone of instants without an offset")
    words: dict[str, str] = Field(
        default_factory=dict,
        description="word of the source: word of the contract; case and outer blanks do not matter",
    )
    words_default: str | None = Field(
        None, description="word for those not in `words`; left out, an unknown word rejects its record"
    )
    null: Texts = Field((), description="texts that mean absent, beside the blank")
    if_absent: str | None = Field(
        None, description="value of the contract for records without one; left out, it stays absent"
    )
    decimal: Literal[".", ","] | None = Field(None, description="decimal mark, if not that of `format`")
    scale: float = Field(
        1.0, description="factor that turns the source's unit into the contract's: 0.001 for ms"
    )
    pick: Pick = Field(
        "first", description="which value a grouped case takes: `first` or `last` in the file, `min` or `max`"
    )
    optional: bool = Field(default=False, description="whether the column may be missing from the source")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [name for name in ("column", "template", "constant") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"one of column, template and constant is needed (found: {found}). Keep one")
        if self.template is not None and not PLACEHOLDER.search(self.template):
            raise ValueError("a template needs a column in braces. Write for example '{site}@{checked_at}'")
        return self

    @model_validator(mode="after")
    def _distinct_words(self) -> Self:
        seen: dict[str, tuple[str, str]] = {}
        for word, meaning in self.words.items():
            other, other_meaning = seen.setdefault(plain(word), (word, meaning))
            if other_meaning != meaning:
                raise ValueError(f"{word!r} and {other!r} are the same word with two meanings. Keep one")
        return self

    def columns(self) -> tuple[str, ...]:
        """Columns of the source that are read."""
        if self.column is not None:
            return (self.column,)
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.template or "")))


class RegionMapping(Entry):
    """How a record tells its region. A name that fits several is an issue, never a guess."""

    column: str | None = Field(None, min_length=1, description="column with the region")
    constant: str | None = Field(None, min_length=1, description="code of the one region of all records")
    by: Literal["code", "name", "old_code"] = Field("code", description="what the column holds")
    kind: str | None = Field(None, description="kind of all regions, with `by: name`: `kota`")
    kind_column: str | None = Field(None, description="column with the kind, with `by: name`")
    province: str | None = Field(None, description="province of all regions, with `by: name`")
    province_column: str | None = Field(None, description="column with the province, with `by: name`")
    words: dict[str, str] = Field(
        default_factory=dict, description="value of the source: code of the registry; goes before `by`"
    )
    null: Texts = Field((), description="texts that mean absent, beside the blank")
    pick: Pick = Field("first", description="which value a grouped case takes")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("one of column and constant is needed. Keep one")
        by_name = (self.kind, self.kind_column, self.province, self.province_column)
        if self.by != "name" and any(by_name):
            raise ValueError("kind and province help to find a region by name. Add 'by: name' or remove them")
        return self

    def columns(self) -> tuple[str, ...]:
        """Columns of the source that are read."""
        return tuple(filter(None, (self.column, self.kind_column, self.province_column)))


_WORD, _MAPPING = "(word)", "(mapping)"
Observed = Annotated[
    Annotated[Literal["file", "now"], Tag(_WORD)] | Annotated[ValueMapping, Tag(_MAPPING)],
    Discriminator(lambda value: _WORD if isinstance(value, str) else _MAPPING),
]
FieldMapping = Annotated[ValueMapping, BeforeValidator(_shorthand)]


class Mapping(Entry):
    """All that a source's records need to become records of a contract."""

    version: Literal["1"] = Field(description="version of this form: 1")
    dataset: str = Field(description="record set: `transactions`, `complaints`, `surveys`, `probes`, ...")
    source: str = Field(min_length=1, description="name of the source, kept with every record")
    simulated: bool = Field(default=False, description="whether the records are simulated; shown everywhere")
    description: str = Field("", description="what the source is, for people")
    format: FileFormat = Field(default_factory=FileFormat, description="how the file is written")
    timezone: Zone | None = Field(
        None, description="time zone of instants without an offset; left out, each region's own"
    )
    observed_at: Observed = Field(
        "now",
        description="when the records were seen in this form: `now`, `file` (when it was last changed), or a "
        "mapping such as `constant: 2025-10-11T00:00:00Z`",
    )
    group_by: Texts = Field((), description="columns that name a case, for event logs: one record a case")
    region: Annotated[RegionMapping, BeforeValidator(_shorthand)] = Field(
        description="how a record tells its region"
    )
    fields: dict[str, FieldMapping] = Field(
        min_length=1, description="column of the contract: where its value comes from"
    )
    _origin: str = PrivateAttr("mapping")
    _digest: str = PrivateAttr("")

    @property
    def origin(self) -> str:
        """Name of the file, for messages."""
        return self._origin

    @property
    def digest(self) -> str:
        """SHA-256 of the file's text."""
        return self._digest

    @property
    def seen_on_arrival(self) -> bool:
        """Whether the records are as old as their arrival, because nothing tells when they were seen."""
        return self.observed_at == "now"

    @classmethod
    def load(cls, path: Path | str) -> Mapping:
        """Mapping from a YAML file. Raises ``MappingError`` that names the entry and the remedy."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise MappingError(
                f"{path} cannot be read: {error}. Give the path of a mapping in UTF-8."
            ) from error
        return cls.parse(text, path.name)

    @classmethod
    def parse(cls, text: str, origin: str = "mapping") -> Mapping:
        """Mapping from the text of a YAML file."""
        mapping = cls.of(read_yaml(text, origin), origin)
        mapping._digest = hashlib.sha256(text.encode()).hexdigest()  # noqa: SLF001 - its own class
        return mapping

    @classmethod
    def of(cls, document: dict[str, object], origin: str) -> Mapping:
        """Mapping from entries that were read before; its digest is that of the entries."""
        try:
            mapping = cls.model_validate(document)
        except ValidationError as error:
            problems = "\n".join(f"  {line}" for line in faults(error, _remedy, tags=(_WORD, _MAPPING)))
            raise MappingError(f"{origin} cannot be used:\n{problems}") from error
        mapping._origin = origin  # noqa: SLF001 - its own class
        canonical = json.dumps(document, sort_keys=True).encode()
        mapping._digest = hashlib.sha256(canonical).hexdigest()  # noqa: SLF001 - its own class
        return mapping

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        if self.dataset not in DATASETS:
            raise ValueError(
                f"dataset: {self.dataset!r} is no record set. Write one of {', '.join(DATASETS)}"
            )
        for name in ("region", "observed_at", "simulated"):
            if name in self.fields:
                raise ValueError(f"fields.{name}: it has an entry of its own. Move it to {name}: at the top")
        return self

    def picked(self) -> Iterator[tuple[str, tuple[str, ...], Pick]]:
        """Each contract column with the columns it reads and which of a case's values it takes."""
        yield "region", self.region.columns(), self.region.pick
        if isinstance(self.observed_at, ValueMapping):
            yield "observed_at", self.observed_at.columns(), self.observed_at.pick
        for name, field in self.fields.items():
            yield name, field.columns(), field.pick

    def needed_columns(self) -> Iterator[tuple[str, str]]:
        """Path of the entry and name of each column that the source must have."""
        yield from (("group_by", column) for column in self.group_by)
        yield from (("region", column) for column in self.region.columns())
        if isinstance(self.observed_at, ValueMapping) and not self.observed_at.optional:
            yield from (("observed_at", column) for column in self.observed_at.columns())
        for name, field in self.fields.items():
            if not field.optional:
                yield from ((f"fields.{name}", column) for column in field.columns())


def plain(word: str) -> str:
    """A word as it is compared: trimmed, in lower case."""
    return word.strip().casefold()


def _remedy(place: list[str]) -> str:
    parts: dict[str, type[BaseModel]] = {
        "": Mapping,
        "format": FileFormat,
        "format.limits": Limits,
        "format.access_log": AccessLog,
        "region": RegionMapping,
    }
    part = parts.get(".".join(place[:-1]), ValueMapping)
    close = difflib.get_close_matches(place[-1], part.model_fields, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Remove it, or use one of {', '.join(part.model_fields)}."
