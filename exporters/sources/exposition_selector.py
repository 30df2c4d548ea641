"""Which series are meant, written as for Prometheus: ``http_requests_total{code=~"5..",service!="x"}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, InstanceOf

_SELECTOR = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(.*)\})?\s*", re.ASCII | re.DOTALL)
_MATCHER = re.compile(
    r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|\Z)', re.ASCII | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label must be, or must not be. A label that is not there is as one that is empty."""

    label: str
    pattern: re.Pattern[str]
    wanted: bool

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether labels are as they must be."""
        return (self.pattern.fullmatch(labels.get(self.label, "")) is not None) == self.wanted


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric by its name, and the series of it that are meant."""

    text: str
    name: str
    matchers: tuple[Matcher, ...]

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether a series of the metric is meant."""
        return all(matcher.fits(labels) for matcher in self.matchers)

    @classmethod
    def parse(cls, text: str) -> Selector:
        """Selector from its text. Raises ``ValueError``."""
        found = _SELECTOR.fullmatch(text)
        if found is None:
            raise ValueError('it selects nothing. Write for example http_requests_total{code=~"5.."}')
        matchers, inside, at = list[Matcher](), found[2] or "", 0
        while inside[at:].strip():
            one = _MATCHER.match(inside, at)
            if one is None:
                raise ValueError('its labels cannot be read. Write for example {code=~"5..",method!="HEAD"}')
            matchers.append(
                _matcher(one[1], one[2], re.sub(r"\\(.)", r"\1", one[3]) if "~" not in one[2] else one[3])
            )
            at = one.end()
        return cls(text, found[1], tuple(matchers))


def _matcher(label: str, operator: str, value: str) -> Matcher:
    try:
        pattern = re.compile(value if "~" in operator else re.escape(value), re.DOTALL)
    except re.error as error:
        raise ValueError(f"the pattern of {label} cannot be read ({error}). Correct it") from error
    return Matcher(label, pattern, not operator.startswith("!"))


def _parsed(value: object) -> object:
    return Selector.parse(value) if isinstance(value, str) else value


Selected = Annotated[InstanceOf[Selector], BeforeValidator(_parsed)]
"""A selector by its text."""
