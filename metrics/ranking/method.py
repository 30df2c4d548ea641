"""Ranking methods: versioned YAML files that fix indicators, goalposts and weights in advance."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from metrics.catalogue import CATALOGUE
from metrics.errors import MethodError
from metrics.ranking.methodfile import complaint, content_of

METHODS = {
    name: Path(__file__).parent / "methods" / f"{name}-{version}.yaml"
    for name, version in {"default": 2, "applications": 2, "complaints": 2}.items()
}
"""Embedded methods by name; an installation that names none takes the first that fits its record sets."""

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
SUM_DIGITS = 1e-9


class Component(BaseModel):
    """An indicator of a method. ``low`` and ``high``: its goalposts, in its own unit.

    Which of them is worth 100 follows from the indicator's direction; values beyond them are
    worth 0 or 100. ``required``: without it a region is not ranked. ``why``: why it counts;
    ``goalposts_why``: why its goalposts stand where they do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    weight: Positive
    low: Finite
    high: Finite
    required: bool = False
    why: str = ""
    goalposts_why: str = ""

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


class Funnels(BaseModel):
    """How the limits of single indicators allow for over-dispersion (``metrics.statistics.dispersion``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    over_dispersion: Literal["additive", "multiplicative", "none"] = "additive"
    trimming: Literal["winsorise", "truncate", "none"] = "winsorise"
    trim: Annotated[float, Field(ge=0, lt=0.5)] = 0.1


class Doubts(BaseModel):
    """How far the method's own choices are put in doubt (``metrics.statistics.sensitivity``).

    ``runs``: composites made with other choices. ``weight_spread``: share by which a weight moves.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    runs: Annotated[int, Field(ge=100, le=10_000)] = 1_000
    weight_spread: Annotated[float, Field(gt=0, lt=1)] = 0.25


class Method(BaseModel):
    """How regions are scored and ranked.

    ``minimum_coverage``: share of the weights with a value. ``level``: of the rank sets and score
    intervals, 95 % or more. ``seed`` and ``draws``: of all that is simulated. ``total_weight``: what
    the weights have to add up to, where the file says so. Texts of the first form of methods, which
    have none of this, mean the arithmetic mean and the defaults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    version: str
    title_id: str
    title_en: str
    period: Annotated[str, Field(pattern=r"^(all|\d{4}|\d{4}-(0[1-9]|1[0-2]))$")] = "all"
    aggregation: Literal["arithmetic", "geometric"] = "arithmetic"
    minimum_coverage: Annotated[float, Field(gt=0, le=1)]
    indicators: Annotated[tuple[Component, ...], Field(min_length=1)]
    total_weight: Positive | None = None
    level: Annotated[float, Field(ge=0.95, le=0.999)] = 0.95
    seed: Annotated[int, Field(ge=0)] = 1
    draws: Annotated[int, Field(ge=1_000, le=20_000)] = 2_000
    funnels: Funnels = Funnels()
    doubts: Doubts = Doubts()
    sources: tuple[str, ...] = ()

    @field_validator("indicators")
    @classmethod
    def _each_once(cls, components: tuple[Component, ...]) -> tuple[Component, ...]:
        names = [component.id for component in components]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]!r} is listed twice. Keep one entry and one weight")
        return components

    @field_validator("total_weight")
    @classmethod
    def _adds_up(cls, total: float | None, info: ValidationInfo) -> float | None:
        components: tuple[Component, ...] = info.data.get("indicators", ())
        found = sum(component.weight for component in components)
        if total is not None and components and abs(found - total) > SUM_DIGITS * total:
            raise ValueError(
                f"the weights add up to {found:g}, not to {total:g}. Correct a weight, or this total"
            )
        return total

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
        """Method from the text of a YAML file. Raises ``MethodError``: line, entry and remedy."""
        content = content_of(text, name)
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise MethodError(complaint(error, text, content, name)) from error
