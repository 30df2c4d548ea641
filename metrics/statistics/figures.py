"""Checks of what comes in, and the error that says why it allows no answer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.errors import UsageError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class BadFigures(UsageError):
    """Figures from which the wanted statistic cannot be computed. Names the field and the remedy."""


def known(values: npt.ArrayLike, what: str) -> Floats:
    """Array of finite figures. Raises ``BadFigures`` where one is missing or endless."""
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        at = tuple(int(place) for place in np.argwhere(~np.isfinite(array))[0])
        raise BadFigures(
            f"{what}: entry {_place(at)} is {array[at]}. Leave such units out and list them as not ranked."
        )
    return array


def above(values: npt.ArrayLike, what: str, bound: float = 0.0) -> Floats:
    """Array of finite figures above a bound. Raises ``BadFigures`` otherwise."""
    array = known(values, what)
    return _held(array, array > bound, what, f"more than {bound:g} is needed")


def at_least(values: npt.ArrayLike, what: str, bound: float = 0.0) -> Floats:
    """Array of finite figures not below a bound. Raises ``BadFigures`` otherwise."""
    array = known(values, what)
    return _held(array, array >= bound, what, f"at least {bound:g} is needed")


def counts(values: npt.ArrayLike, what: str) -> Floats:
    """Array of whole numbers from zero on, as floats. Raises ``BadFigures`` otherwise."""
    array = at_least(values, what)
    return _held(array, array == np.floor(array), what, "a whole number is needed")


def alike(first: Floats, *others: Floats, what: str) -> None:
    """Raise ``BadFigures`` unless all arrays have the shape of the first."""
    for other in others:
        if other.shape != first.shape:
            raise BadFigures(f"{what}: shapes {first.shape} and {other.shape} differ. Give one entry a unit.")


def share(value: float, what: str) -> float:
    """Number strictly between 0 and 1. Raises ``BadFigures`` otherwise."""
    if not 0 < value < 1:
        raise BadFigures(f"{what}: {value:g} is not between 0 and 1. Write 95 % as 0.95.")
    return value


def _held(array: Floats, held: Bools, what: str, rule: str) -> Floats:
    if not held.all():
        at = tuple(int(place) for place in np.argwhere(~held)[0])
        raise BadFigures(f"{what}: entry {_place(at)} is {array[at]:g}; {rule}.")
    return array


def _place(at: tuple[int, ...]) -> str:
    return ", ".join(str(index) for index in at) if at else "itself"
