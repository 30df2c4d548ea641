"""Ranking methods: versioned YAML files that fix indicators, goalposts and weights in advance."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from metrics.catalogue import CATALOGUE
from metrics.errors import MethodError

METHODS = {
    name: Path(__file__).parent / "methods" / f"{name}.yaml"
    for name in ("default", "applications", "complaints")
}
"""Embedded methods by name; an installation that names none takes the first that fits its record sets."""

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Component(BaseModel):
    """An indicator of a method. ``low`` and ``high``: its goalposts, in its own unit.

    Which of them is worth 100 follows from the indicator's direction; values beyond them are
    worth 0 or 100. ``required``: without it a region is not ranked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    low: Finite
    high: Finite
    required: bool = False
    why: str = ""

    @field_validator("id")
    @classmethod
    def _is_rankable(cls, name: str) -> str:
        if name not in CATALOGUE:
            raise ValueError(f"no indicator {name!r}. Write one of {', '.join(CATALOGUE)}")
        if CATALOGUE[name].direction == "neutral":
            raise ValueError(f"{name!r} is neither better high nor better low. Leave it out")
        return name

    @model_validator(mode="after")
    def _goalposts_differ(self) -> Component:
        if not self.low < self.high:
            raise ValueError(
                f"goalposts of {self.id!r}: low {self.low:g} is not below high {self.high:g}. "
                "Write the smaller value as low; the direction is the indicator's own"
            )
        return self


class Method(BaseModel):
    """How regions are scored and ranked. ``minimum_coverage``: share of the weights with a value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    version: str
    title_id: str
    title_en: str
    period: Annotated[str, Field(pattern=r"^(all|\d{4}|\d{4}-(0[1-9]|1[0-2]))$")] = "all"
    aggregation: Literal["arithmetic"] = "arithmetic"
    minimum_coverage: Annotated[float, Field(gt=0, le=1)]
    indicators: Annotated[tuple[Component, ...], Field(min_length=1)]

    @field_validator("indicators")
    @classmethod
    def _each_once(cls, components: tuple[Component, ...]) -> tuple[Component, ...]:
        names = [component.id for component in components]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]!r} is listed twice. Keep one entry and one weight")
        return components

    @property
    def record_sets(self) -> frozenset[str]:
        """Record sets without which no region can be ranked."""
        return frozenset(
            CATALOGUE[component.id].dataset for component in self.indicators if component.required
        )

    @classmethod
    def fitting(cls, present: Iterable[str]) -> Method:
        """Return the first method of ``METHODS`` whose record sets are there; the first of all if none is."""
        there = frozenset(present)
        methods = [cls.load(name) for name in METHODS]
        return next((method for method in methods if method.record_sets <= there), methods[0])

    @classmethod
    def load(cls, where: str | Path) -> Method:
        """Method by its name in ``METHODS`` or from a YAML file. Raises ``MethodError``."""
        path = METHODS.get(str(where), Path(where))
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            names = ", ".join(METHODS)
            raise MethodError(
                f"{path}: cannot be read as text. Give a YAML file or one of {names}."
            ) from error
        return cls.parse(text, path.name)

    @classmethod
    def parse(cls, text: str, name: str = "method") -> Method:
        """Method from the text of a YAML file. Raises ``MethodError`` that names entry and remedy."""
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise MethodError(f"{name}: is not YAML. {' '.join(str(error).split())}") from error
        if not isinstance(content, dict):
            raise MethodError(f"{name}: holds no entries. Begin with id, version and indicators.")
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise MethodError(f"{name}: {_first(error, content)}.") from error


def _first(error: ValidationError, content: dict[str, object]) -> str:
    """Return the first finding with the entry it is about."""
    finding = error.errors(include_url=False)[0]
    entry = ".".join(str(part) for part in finding["loc"])
    listed = content.get("indicators")
    match finding["loc"]:
        case ("indicators", int(place), *rest) if isinstance(listed, list) and isinstance(
            listed[place], dict
        ):
            entry = ".".join([f"indicators[{listed[place].get('id', place)}]", *map(str, rest)])
        case _:
            pass
    message = finding["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{entry or 'method'}: {message}"
