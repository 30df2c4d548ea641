"""The text of a contract: YAML in the terms of the Open Data Contract Standard 3.1, read strictly.

Only what this project understands is allowed: a key that would be passed over in silence is a
rule that someone believes in and nobody checks. Source: bitol.io, Open Data Contract Standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from checks.errors import ContractError
from metrics.model import Severity

Location = tuple[str | int, ...]


class _Entry(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_alias=True, validate_by_name=False
    )


class CustomProperty(_Entry):
    """A name and a value that the standard has no word for; ``owner`` is one."""

    property: Literal["owner"]
    value: str = Field(min_length=1)


class Implementation(_Entry):
    """A rule of the engine ``pantau``: its kind, the kind's arguments, the share of rows allowed."""

    rule: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    must_be_less_or_equal_to: float = Field(ge=0, le=100)
    unit: Literal["percent"]


class Quality(_Entry):
    """A quality rule: a metric of the standard, or one of this project's kinds."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    description: str = Field(min_length=1)
    dimension: Literal[
        "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"
    ]
    severity: Severity
    business_impact: str = Field(min_length=1)
    custom_properties: tuple[CustomProperty, ...] = Field(min_length=1, max_length=1)
    type: Literal["library", "custom"]
    metric: Literal["nullValues", "invalidValues"] | None = None
    arguments: dict[str, Any] | None = None
    must_be_less_or_equal_to: float | None = Field(default=None, ge=0, le=100)
    unit: Literal["percent"] | None = None
    engine: Literal["pantau"] | None = None
    implementation: Implementation | None = None

    @property
    def owner(self) -> str:
        """Who must mend what breaks the rule."""
        return self.custom_properties[0].value


class PropertyEntry(_Entry):
    """A column, with the rules about it alone."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    logical_type: str
    physical_type: str
    required: bool
    primary_key: bool = False
    primary_key_position: int | None = Field(default=None, ge=1)
    classification: Literal["public", "restricted"] = "public"
    description: str = Field(min_length=1)
    quality: tuple[Quality, ...] = ()


class SchemaEntry(_Entry):
    """The one table of a contract, with the rules about several columns."""

    name: str
    logical_type: Literal["object"]
    physical_type: Literal["table"]
    description: str = Field(min_length=1)
    properties: tuple[PropertyEntry, ...] = Field(min_length=1)
    quality: tuple[Quality, ...] = ()


class Description(_Entry):
    """What the record set is for, how it is used, and what it cannot tell."""

    purpose: str = Field(min_length=1)
    usage: str = Field(min_length=1)
    limitations: str = Field(min_length=1)


class Document(_Entry):
    """A contract as written."""

    api_version: Literal["v3.1.0"]
    kind: Literal["DataContract"]
    id: str
    name: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    status: Literal["proposed", "draft", "active", "deprecated", "retired"]
    description: Description
    # the standard's word is "schema", which pydantic's models have a method of
    tables: tuple[SchemaEntry, ...] = Field(alias="schema", min_length=1, max_length=1)


_ENTRIES: dict[str, type[_Entry]] = {
    "": Document,
    "description": Description,
    "schema": SchemaEntry,
    "properties": PropertyEntry,
    "quality": Quality,
    "implementation": Implementation,
    "customProperties": CustomProperty,
}


class Source:
    """The text of one contract, which knows the line of each of its entries."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        try:
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
            self._content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ContractError(
                f"{name}: this is not YAML: {error}. Correct the text at that place."
            ) from error
        for key, line in _repeated_keys(self._root):
            raise ContractError(
                f"{name} line {line}: the key '{key}' stands here twice. Remove one of the two."
            )

    def document(self) -> Document:
        """Return the contract as written. Raises ContractError at the first entry that is not understood."""
        try:
            return Document.model_validate(self._content)
        except ValidationError as error:
            self.refuse_invalid((), error)

    def refuse_invalid(self, at: Location, error: ValidationError) -> NoReturn:
        """Raise ContractError for the first fault that a model below ``at`` found."""
        first = error.errors()[0]
        where = (*at, *first["loc"])
        remedy = "Correct the value."
        if first["type"] == "extra_forbidden":
            remedy = f"Remove it{_known_keys(where)}."
        elif first["type"] == "missing":
            remedy = "Add it."
        self.refuse(where, f"{first['msg']}. {remedy}", error)

    def refuse(self, where: Location, why: str, cause: Exception | None = None) -> NoReturn:
        """Raise ContractError with the file, the line and the entry."""
        entry = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
        message = f"{self.name} line {self.line(where)}, {entry.lstrip('.') or 'the whole text'}: {why}"
        raise ContractError(message) from cause

    def line(self, where: Location) -> int:
        """Line, from 1, of an entry, or of the nearest one around it that exists."""
        node = self._root
        line = node.start_mark.line + 1 if node is not None else 1
        for step in where:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return line


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item.start_mark.line + 1, item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    return None


def _repeated_keys(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _repeated_keys(value)


def _known_keys(where: Sequence[str | int]) -> str:
    names = [step for step in where[:-1] if isinstance(step, str)]
    entry = _ENTRIES.get(names[-1] if names else "")
    fields: Mapping[str, Any] = entry.model_fields if entry is not None else {}
    keys = ", ".join(str(item.alias or name) for name, item in fields.items())
    return f", or use one of: {keys}" if keys else ""
