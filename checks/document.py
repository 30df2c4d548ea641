"""The text of a contract: YAML in the terms of the Open Data Contract Standard 3.1, read strictly.

Only what this project understands is allowed: a key that would be passed over in silence is a
rule that someone believes in and nobody checks. Source: bitol.io, Open Data Contract Standard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError
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
    must_be_less_or_equal_to: float = Field(ge=0, le=100, strict=True, allow_inf_nan=False)
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
    must_be_less_or_equal_to: float | None = Field(
        default=None, ge=0, le=100, strict=True, allow_inf_nan=False
    )
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
    required: StrictBool
    primary_key: StrictBool = False
    primary_key_position: int | None = Field(default=None, ge=1, strict=True)
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
    version: str = Field(pattern=r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$")
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
    """The text of one contract, which knows the line and the column of each of its entries."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        try:
            self._root, self._content = _read(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = _place(mark) if mark else "the whole text"
            raise ContractError(
                f"{name} {where}: this is not YAML as a contract has it: {error.problem}. Correct it there."
            ) from error
        except yaml.reader.ReaderError as error:
            where = _place_of(text, error.position)
            raise ContractError(
                f"{name} {where}: the character {error.character!r} is none of a text. Remove it."
            ) from error
        except RecursionError as error:
            raise ContractError(
                f"{name} line 1 column 1: entries stand inside one another without end. Write fewer levels."
            ) from error
        for key, mark in _repeated_keys(self._root):
            raise ContractError(
                f"{name} {_place(mark)}: the key '{key}' stands here twice. Remove one of the two."
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
        elif first["type"] == "value_error":  # of our own kinds, which say what to do
            self.refuse(where, f"{first['ctx']['error']}.", error)
        self.refuse(where, f"{first['msg']}. {remedy}", error, of_key=first["type"] == "extra_forbidden")

    def refuse(
        self, where: Location, why: str, cause: Exception | None = None, *, of_key: bool = False
    ) -> NoReturn:
        """Raise ContractError with the file, line and column, and the entry."""
        entry = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
        place = _place(self._mark(where, of_key=of_key))
        message = f"{self.name} {place}, {entry.lstrip('.') or 'the whole text'}: {why}"
        raise ContractError(message) from cause

    def _mark(self, where: Location, *, of_key: bool) -> yaml.Mark | None:
        """Where the value of an entry begins, or its key; of the nearest one around it that exists.

        A value that begins below its key is long, and the key is what one looks for.
        """
        node = self._root
        mark = node.start_mark if node is not None else None
        for step in where:
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            beside = node.start_mark.line == key.line
            mark = node.start_mark if beside and not (of_key and step == where[-1]) else key
        return mark


class _Loader(yaml.SafeLoader):
    """Builds plain values. An alias is refused: with one, an entry could hold itself, or a million copies."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose what is written out."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's types leave it out
            problem = f"'*{event.anchor}' stands for another entry; write that one out"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - the signature of PyYAML
        """Build a value; one such as the 31st of February is an error of YAML."""
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            problem = f"'{node.value}' cannot be read: {error}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


def _read(text: str) -> tuple[yaml.Node | None, Any]:
    """Nodes, which know their places, and values of a text."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _place(mark: yaml.Mark | None) -> str:
    return f"line {mark.line + 1} column {mark.column + 1}" if mark else "line 1 column 1"


def _place_of(text: str, position: int) -> str:
    before = text[:position]
    return f"line {before.count(chr(10)) + 1} column {position - before.rfind(chr(10))}"


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item.start_mark, item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark, value
    return None


def _repeated_keys(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Mark]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark
            seen.add(key.value)
            yield from _repeated_keys(value)


def _known_keys(where: Sequence[str | int]) -> str:
    names = [step for step in where[:-1] if isinstance(step, str)]
    entry = _ENTRIES.get(names[-1] if names else "")
    fields: Mapping[str, Any] = entry.model_fields if entry is not None else {}
    keys = ", ".join(str(item.alias or name) for name, item in fields.items())
    return f", or use one of: {keys}" if keys else ""
