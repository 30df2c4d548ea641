"""Numbers as Prometheus' clients write them: one exactly, many fast."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import orjson

_LOWEST, _HIGHEST, _WIDEST = 1e-4, 1e6, 1e15
"""Between these Python, JSON and prometheus_client write a number with the same characters."""
_EXPONENTS = tuple(b"e+%02d" % (places - 1) for places in range(18))
"""By the number of digits before the point."""
_FEW = 8
"""So few numbers are written sooner one by one than as an array."""
_PLACES_BEFORE_EXPONENT = 6


def go_format(value: float) -> str:
    """A number as prometheus_client writes it: Go's exponents for large positive ones, ``+Inf``, ``NaN``."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    if value > 0 and text.find(".") > _PLACES_BEFORE_EXPONENT:
        return _with_exponent(text.encode()).decode()
    return text


def _with_exponent(text: bytes) -> bytes:
    """A positive decimal number the other way: one digit before the point, no zeros at the end."""
    dot = text.index(b".")
    return (text[:1] + b"." + text[1:dot] + text[dot + 1 :]).rstrip(b"0.") + _EXPONENTS[dot]


def go_format_all(values: npt.NDArray[np.float64]) -> list[bytes]:
    """Each of the numbers as ``go_format`` writes it.

    Orjson writes the shortest digits that read back as the same number, as ``repr`` does, several
    times as fast; where its notation is another, and for what JSON has no word for, ``go_format`` does.
    """
    if len(values) <= _FEW:
        return [go_format(value).encode() for value in values.tolist()]
    written = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
    size = np.abs(values)
    alike = (size >= _LOWEST) & (values < _HIGHEST) & (size < _WIDEST) | (size == 0)
    if alike.all():
        return written
    large = (values >= _HIGHEST) & (values < _WIDEST)
    for place in np.flatnonzero(large).tolist():
        written[place] = _with_exponent(written[place])
    rest = np.flatnonzero(~(alike | large))
    for place, value in zip(rest.tolist(), values[rest].tolist(), strict=True):
        written[place] = go_format(value).encode()
    return written
