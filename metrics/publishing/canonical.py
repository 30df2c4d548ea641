"""Canonical JSON: the same content is the same bytes, on every machine and database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

RESULT_DIGITS = 12
"""Significant digits of a computed number. Processors and libraries sum in different orders, which shows in
the sixteenth digit; a figure is never known to twelve."""


def canonical(content: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON: keys in order, no blanks, numbers in the shortest form that gives them back.

    Dates and instants are text in the form of ISO 8601. Raises ``ValueError`` for a number that is none.
    """
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_text
    )
    return text.encode()


def settled(content: Any) -> Any:  # noqa: ANN401 - any JSON
    """Content as JSON gives it back, computed numbers with ``RESULT_DIGITS`` and without a negative zero."""
    match content:
        case float():
            return float(f"{content:.{RESULT_DIGITS}g}") + 0.0
        case Mapping():
            return {str(key): settled(value) for key, value in content.items()}
        case list() | tuple():
            return [settled(value) for value in content]
        case _:
            return content


def _text(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
