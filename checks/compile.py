"""From the text of a contract to the typed contract: columns, keys, rules. Imports no Great Expectations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from checks.contract import RESTRICTED, TYPES, Contract, Property, Rule
from checks.document import Document, Location, PropertyEntry, Quality, Source
from checks.errors import ContractError
from checks.rules import RULES
from checks.rules.kind import Kind
from checks.soundness import Placed, check_soundness

_FOLDER = Path(__file__).parent / "contracts"

CONTRACTS: dict[str, Path] = {
    "transactions": _FOLDER / "transactions.yaml",
    "complaints": _FOLDER / "complaints.yaml",
    "surveys": _FOLDER / "surveys.yaml",
    "probes": _FOLDER / "probes.yaml",
    "traffic": _FOLDER / "traffic.yaml",
    "rollout_events": _FOLDER / "rollout_events.yaml",
}
"""Contract of each record set."""

_LIBRARY = {"nullValues": ("required", "required-{}"), "invalidValues": ("domain", "domain-{}")}


def load_contract(which: str | Path) -> Contract:
    """Return a contract by the name of its record set, or from a file.

    Raises ContractError, naming file, line, entry and remedy, for whatever is not understood.
    """
    if isinstance(which, str) and which in CONTRACTS:
        return _bundled(which)
    path = Path(which)
    if isinstance(which, str) and path.suffix not in {".yaml", ".yml"}:
        raise ContractError(
            f"There is no contract '{which}'. Use one of {', '.join(CONTRACTS)}, or the path of a .yaml file."
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"The contract {path} cannot be read: {error}. Check the path.") from error
    return compile_contract(text, path.name)


@cache
def _bundled(name: str) -> Contract:
    path = CONTRACTS[name]
    return compile_contract(path.read_text(encoding="utf-8"), path.name)


def compile_contract(text: str, source_name: str) -> Contract:
    """Compile the text of a contract. Raises ContractError as ``load_contract`` does."""
    source = Source(source_name, text)
    document = source.document()
    if document.tables[0].name != document.name:
        source.refuse(("schema", 0, "name"), f"the contract is called '{document.name}'. Write that.")
    properties = tuple(_properties(source, document))
    _check_key(source, properties)
    columns = {item.name: item for item in properties}
    placed = tuple(_rules(source, document, columns))
    _check_required(source, document, {item.rule.id for item in placed})
    check_soundness(source, placed, columns)
    description = document.description
    return Contract(
        id=document.id,
        name=document.name,
        version=document.version,
        description=f"{description.purpose} {description.usage} {description.limitations}",
        properties=properties,
        rules=tuple(item.rule for item in placed),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _properties(source: Source, document: Document) -> Iterator[Property]:
    seen: set[str] = set()
    for index, entry in enumerate(document.tables[0].properties):
        at: Location = ("schema", 0, "properties", index)
        if entry.name in seen:
            source.refuse(
                (*at, "name"), f"the column '{entry.name}' stands here twice. Remove one of the two."
            )
        seen.add(entry.name)
        if entry.physical_type not in TYPES:
            source.refuse(
                (*at, "physicalType"),
                f"'{entry.physical_type}' is no type. Use one of: {', '.join(TYPES)}.",
            )
        expected = TYPES[entry.physical_type][0]
        if entry.logical_type != expected:
            source.refuse(
                (*at, "logicalType"),
                f"'{entry.physical_type}' is logically '{expected}', not '{entry.logical_type}'. Write that.",
            )
        if entry.primary_key != (entry.primary_key_position is not None):
            source.refuse(at, "primaryKey and primaryKeyPosition go together. Give both or neither.")
        if entry.classification == RESTRICTED and entry.logical_type != "string":
            source.refuse(
                (*at, "classification"),
                f"personal data are masked in texts only, and '{entry.name}' is a {entry.logical_type}. "
                "Write 'public', or make it a string.",
            )
        yield Property(
            name=entry.name,
            logical_type=entry.logical_type,
            physical_type=entry.physical_type,
            required=entry.required,
            key_position=entry.primary_key_position,
            classification=entry.classification,
            description=entry.description,
        )


def _check_key(source: Source, properties: Sequence[Property]) -> None:
    """Refuse a key that is not of required columns, numbered from 1 without a gap."""
    key = [(item.key_position, place) for place, item in enumerate(properties) if item.key_position]
    if not key:
        source.refuse(
            ("schema", 0, "properties"), "no column is the primary key. Mark those that name a record."
        )
    for wanted, (position, place) in enumerate(sorted(key), start=1):
        at: Location = ("schema", 0, "properties", place)
        if position != wanted:
            source.refuse(
                (*at, "primaryKeyPosition"),
                f"the positions in the key go 1 to {len(key)}, each once. This one should be {wanted}.",
            )
        if not properties[place].required:
            source.refuse(
                (*at, "required"), f"'{properties[place].name}' is in the key. Set 'required: true'."
            )


def _rules(source: Source, document: Document, columns: dict[str, Property]) -> Iterator[Placed]:
    table = document.tables[0]
    seen: set[str] = set()
    for at, quality, entry in _qualities(document):
        if quality.id in seen:
            source.refuse((*at, "id"), f"the rule '{quality.id}' stands here twice. Rename or remove one.")
        seen.add(quality.id)
        compiled = _library(source, at, quality, entry) if entry else _custom(source, at, quality)
        name, kind, percent = compiled
        inner = at if entry else (*at, "implementation")
        _check_columns(source, inner, kind, columns)
        rule = Rule(
            id=quality.id,
            dimension=quality.dimension,
            severity=quality.severity,
            owner=quality.owner,
            business_impact=quality.business_impact,
            description=quality.description,
            bound=percent / 100,
            kind_name=name,
            kind=kind,
        )
        yield Placed(rule, at, inner)
    if not seen:
        source.refuse(("schema", 0), f"'{table.name}' has no quality rule. Add one.")


def _qualities(document: Document) -> Iterator[tuple[Location, Quality, PropertyEntry | None]]:
    table = document.tables[0]
    for index, entry in enumerate(table.properties):
        for place, quality in enumerate(entry.quality):
            yield ("schema", 0, "properties", index, "quality", place), quality, entry
    for place, quality in enumerate(table.quality):
        yield ("schema", 0, "quality", place), quality, None


def _library(source: Source, at: Location, quality: Quality, entry: PropertyEntry) -> tuple[str, Kind, float]:
    """Compile a metric of the standard on one column."""
    if quality.type != "library" or quality.metric is None:
        source.refuse(at, "a rule of a column has 'type: library' and a metric. Move others to the table.")
    if quality.engine is not None or quality.implementation is not None:
        source.refuse(at, "a library rule has no engine and no implementation. Remove them.")
    if quality.must_be_less_or_equal_to is None or quality.unit is None:
        source.refuse(at, "the bound is missing. Add 'mustBeLessOrEqualTo' and 'unit: percent'.")
    name, pattern = _LIBRARY[quality.metric]
    if quality.id != pattern.format(entry.name.replace("_", "-")):
        expected = pattern.format(entry.name.replace("_", "-"))
        source.refuse(
            (*at, "id"), f"a rule with the metric {quality.metric} is called '{expected}'. Rename it."
        )
    arguments: dict[str, object] = {"column": entry.name}
    given = dict(quality.arguments or {})
    if name == "domain":
        arguments["values"] = given.pop("validValues", ())
    if given:
        source.refuse((*at, "arguments"), f"unknown: {', '.join(given)}. Remove it, or use 'validValues'.")
    try:
        kind = RULES[name].model_validate(arguments)
    except ValidationError as error:
        first = error.errors()[0]
        why = first["msg"].removeprefix("Value error, ")
        where: Location = (*at, "arguments", "validValues", *first["loc"][1:])
        source.refuse(where, f"'validValues' must be a list of words: {why}.", error)
    return name, kind, quality.must_be_less_or_equal_to


def _custom(source: Source, at: Location, quality: Quality) -> tuple[str, Kind, float]:
    """Compile one of this project's kinds of rule."""
    implementation = quality.implementation
    if quality.type != "custom" or quality.engine is None or implementation is None:
        source.refuse(at, "a rule of the table has 'type: custom', 'engine: pantau' and an implementation.")
    given = (quality.metric, quality.arguments, quality.must_be_less_or_equal_to, quality.unit)
    if any(value is not None for value in given):
        source.refuse(at, "a custom rule has its arguments and bound inside 'implementation'. Move them.")
    where: Location = (*at, "implementation")
    if implementation.rule not in RULES:
        source.refuse(
            (*where, "rule"), f"'{implementation.rule}' is no kind of rule. Use one of: {', '.join(RULES)}."
        )
    kind = RULES[implementation.rule]
    try:
        compiled = kind.model_validate(implementation.arguments)
    except ValidationError as error:
        source.refuse_invalid((*where, "arguments"), error)
    return implementation.rule, compiled, implementation.must_be_less_or_equal_to


def _check_columns(source: Source, at: Location, kind: Kind, columns: dict[str, Property]) -> None:
    """Refuse a column that is not there, not of a type that the rule can read, or compared with itself."""
    seen: set[str] = set()
    for named in kind.named():
        where: Location = (*at, "arguments", *named.place)
        if named.column not in columns:
            source.refuse(where, f"there is no column '{named.column}'. Use one of: {', '.join(columns)}.")
        actual = columns[named.column].logical_type
        if actual not in named.types:
            allowed = " or ".join(sorted(named.types))
            source.refuse(where, f"the column '{named.column}' is a {actual}; this rule takes {allowed}.")
        if named.column in seen:
            source.refuse(
                where, f"the rule names the column '{named.column}' twice. Name another, or remove it."
            )
        seen.add(named.column)
    if kind.alike and len({columns[name].logical_type for name in seen}) > 1:
        source.refuse(
            (*at, "arguments"),
            f"the columns {' and '.join(kind.columns())} are of different types. Use two alike.",
        )


def _check_required(source: Source, document: Document, rules: set[str]) -> None:
    for index, entry in enumerate(document.tables[0].properties):
        rule = f"required-{entry.name.replace('_', '-')}"
        at: Location = ("schema", 0, "properties", index)
        if entry.required and rule not in rules:
            source.refuse((*at, "required"), f"'{entry.name}' is required but has no rule '{rule}'. Add it.")
        if not entry.required and rule in rules:
            source.refuse(
                (*at, "required"),
                f"'{entry.name}' has a rule '{rule}' but is not required. Set 'required: true'.",
            )
