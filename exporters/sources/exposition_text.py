"""What a system exposes to Prometheus, read strictly: the text format 0.0.4, and OpenMetrics 1.0.

OpenMetrics is judged by prometheus_client, which refuses what the specification forbids. Its reader
of the older text accepts more than Prometheus does, so that one is ours.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.openmetrics.parser import text_fd_to_metric_families

OPENMETRICS = "application/openmetrics-text"
TEXT = "text/plain"

_TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}
_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*+"
_SAMPLE = re.compile(rf"[ \t]*+({_NAME})[ \t]*+", re.ASCII)
_LABEL = re.compile(
    r'[ \t]*+([a-zA-Z_][a-zA-Z0-9_]*+)[ \t]*+=[ \t]*+"([^"\\]*+(?:\\.[^"\\]*+)*+)"[ \t]*+', re.ASCII
)
_COMMAS = re.compile(r"(?:,[ \t]*+)++", re.ASCII)
_REST = re.compile(r"[ \t]*+(\S++)(?:[ \t]++(-?\d{1,18}))?[ \t]*+", re.ASCII)
_NUMBER = re.compile(
    r"[+-]?(?:\d++\.?+\d*+(?:e[+-]?\d++)?|\.\d++(?:e[+-]?\d++)?|inf(?:inity)?|nan)", re.ASCII | re.IGNORECASE
)
_META = re.compile(rf"#[ \t]++(TYPE|HELP)[ \t]++({_NAME})(?:[ \t]++(.*+))?+", re.ASCII)
_ESCAPED = re.compile(r'\\[\\n"]')
_ESCAPES = {"\\\\": "\\", "\\n": "\n", '\\"': '"'}


class NotExposition(ValueError):
    """A text that is not what it should be. ``line``: from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(line, what)
        self.line, self.what = line, what


class TooMuch(ValueError):
    """More series, or more labels of one, than the limits allow."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a text may hold."""

    series: int = 50_000
    labels: int = 64
    label_characters: int = 4_096


@dataclass(frozen=True, slots=True)
class Sample:
    """A series and its value; of a native histogram, which has no one value, it is not a number.

    ``timestamp``: as it is written in the text format, blank where there is none.
    """

    name: str
    labels: Mapping[str, str]
    value: float
    timestamp: str = ""


@dataclass(slots=True)
class Exposition:
    """What is exposed: types by the name of the family, and all samples."""

    types: dict[str, str] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)


def read_exposition(text: str, *, openmetrics: bool, bounds: Bounds) -> Exposition:
    """Samples of a text. Raises ``NotExposition`` with the line, and ``TooMuch``."""
    if text.count("\n") - text.count("\n#") > bounds.series + 2:
        raise TooMuch(f"more than {bounds.series:,} series")
    found = _read_openmetrics(text) if openmetrics else _read_text(text)
    for sample in found.samples:
        if len(sample.labels) > bounds.labels:
            raise TooMuch(f"{sample.name} with more than {bounds.labels} labels")
        if any(len(value) > bounds.label_characters for value in sample.labels.values()):
            raise TooMuch(f"{sample.name} with a label of more than {bounds.label_characters:,} characters")
    return found


def _read_openmetrics(text: str) -> Exposition:
    found, lines = Exposition(), _Lines(text)
    try:
        for family in text_fd_to_metric_families(lines):  # type: ignore[no-untyped-call] # it has no types
            found.types[family.name] = family.type
            found.samples += [
                Sample(one.name, one.labels or {}, math.nan if one.value is None else one.value)
                for one in family.samples
            ]
    except Exception as error:  # noqa: BLE001 - whatever the reader stumbles over, the text is at fault
        raise NotExposition(lines.number, _without_line(error)) from None
    return found


class _Lines:
    """Lines of a text, counted. A file, to the reader."""

    def __init__(self, text: str) -> None:
        self._text = io.StringIO(text)
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.number += 1
            yield line


def _without_line(error: Exception) -> str:
    """What is wrong, without the text of the line, which may hold anything."""
    said = str(error.args[0]) if error.args else ""
    return said.partition(":")[0].strip().lower() or "it is not OpenMetrics"


def _read_text(text: str) -> Exposition:
    found = Exposition()
    sampled = set[str]()
    series = set[tuple[object, ...]]()
    for number, line in enumerate(_whole_lines(text), start=1):
        if not line.strip(" \t"):
            continue
        try:
            if line.lstrip(" \t").startswith("#"):
                _read_meta(line.strip(" \t"), found.types, sampled)
                continue
            sample = _read_sample(line)
        except ValueError as error:
            raise NotExposition(number, str(error)) from None
        key = (sample.name, frozenset(sample.labels.items()), sample.timestamp)
        if key in series:
            raise NotExposition(number, "the series stands there twice")
        series.add(key)
        sampled.add(sample.name)
        found.samples.append(sample)
    return found


def _whole_lines(text: str) -> Iterable[str]:
    lines = text.split("\n")
    if lines.pop():
        raise NotExposition(len(lines) + 1, "the last line has no end: it is cut off")
    return lines


def _read_meta(line: str, types: dict[str, str], sampled: set[str]) -> None:
    """Read a comment; one that tells a type is kept."""
    meta = _META.fullmatch(line)
    if meta is None or meta[1] == "HELP":
        return
    name, kind = meta[2], (meta[3] or "").strip(" \t").lower()
    if kind not in _TYPES:
        raise ValueError("there is no such type")
    if name in types:
        raise ValueError("a second type of one name")
    if name in sampled:
        raise ValueError("the type comes after the samples")
    types[name] = kind


def _read_sample(line: str) -> Sample:
    start = _SAMPLE.match(line)
    if start is None:
        raise ValueError("it begins with no name of a metric")
    at, labels = start.end(), dict[str, str]()
    if line[at : at + 1] == "{":
        at, labels = _read_labels(line, at + 1)
    rest = _REST.fullmatch(line, at)
    if rest is None:
        raise ValueError("no value, or more than a value and a timestamp, follows the labels")
    if not _NUMBER.fullmatch(rest[1]):
        raise ValueError("its value is no number")
    return Sample(start[1], labels, float(rest[1]), rest[2] or "")


def _read_labels(line: str, at: int) -> tuple[int, dict[str, str]]:
    """Place after the labels, and the labels. Commas may stand before and after them, and be doubled."""
    labels = dict[str, str]()
    separated = True
    while True:
        commas = _COMMAS.match(line, _blanks(line, at))
        if commas is not None:
            at, separated = commas.end(), True
        at = _blanks(line, at)
        if line[at : at + 1] == "}":
            return at + 1, labels
        label = _LABEL.match(line, at)
        if label is None or not separated:
            raise ValueError('its labels are not written as name="value", with commas between them')
        if label[1] in labels:
            raise ValueError("a label stands there twice")
        labels[label[1]] = _ESCAPED.sub(lambda found: _ESCAPES[found.group()], label[2])
        at, separated = label.end(), False


def _blanks(line: str, at: int) -> int:
    while line[at : at + 1] in {" ", "\t"}:
        at += 1
    return at
