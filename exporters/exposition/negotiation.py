"""Which format a client gets, and whether it is compressed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.registry import Collector

from exporters.exposition.render import render_openmetrics, render_text
from exporters.exposition.scrape import Scrape

LEVEL = 1
"""Of gzip. Level 6 saves a third more bytes for four times the work, 9 for fifteen times."""
_HIGHEST_LEVEL = 6
_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,3}")
_FIRST_VERSION = (1, 0, 0)
_OPENMETRICS = "application/openmetrics-text"
_SAME_NAMES = ("allow-utf-8", "underscores", "values")
"""Ways to escape names that leave ours, which need none, as they are."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to render a scrape, with the content type that says so."""

    render: Callable[[Scrape, Collector | None], bytes]
    content_type: str


TEXT = Format(render_text, "text/plain; version=0.0.4; charset=utf-8")
OPENMETRICS = Format(render_openmetrics, f"{_OPENMETRICS}; version=1.0.0; charset=utf-8")


def choose(accept: str | None) -> Format:
    """The format that a client prefers of ours; text 0.0.4 where it names none of them.

    As prometheus_client chooses, but by preference (``q``) before order, and the version answered is
    the one that was written, whatever newer one was asked for.
    """
    for media_type, parameters in _preferred(accept):
        version = parameters.get("version", "")
        escaping = parameters.get("escaping", "")
        escaping = escaping if escaping in _SAME_NAMES else "underscores"
        if media_type == _OPENMETRICS and not version:
            return OPENMETRICS
        if not _is_known(version):
            continue
        if media_type == _OPENMETRICS:
            return Format(render_openmetrics, f"{OPENMETRICS.content_type}; escaping={escaping}")
        if media_type == "text/plain":
            return Format(render_text, f"text/plain; version=1.0.0; charset=utf-8; escaping={escaping}")
    return TEXT


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether a client takes gzip: it names it, and not with ``q=0``."""
    return any(coding == "gzip" for coding, _ in _preferred(accept_encoding))


def compress(body: bytes, level: int = LEVEL) -> bytes:
    """The body in gzip, the same bytes at any time. Raises ``ValueError`` for a level above 6."""
    if not 1 <= level <= _HIGHEST_LEVEL:
        raise ValueError(
            f"gzip level {level}: choose 1 to {_HIGHEST_LEVEL}, higher ones cost more than they save"
        )
    return gzip.compress(body, level, mtime=0)


def answer(
    scrape: Scrape, accept: str | None, accept_encoding: str | None, others: Collector | None = None
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the answer to a scrape."""
    chosen = choose(accept)
    body = chosen.render(scrape, others)
    headers = {"Content-Type": chosen.content_type, "Vary": "Accept, Accept-Encoding"}
    if accepts_gzip(accept_encoding):
        return compress(body), headers | {"Content-Encoding": "gzip"}
    return body, headers


def _preferred(header: str | None) -> Iterator[tuple[str, dict[str, str]]]:
    """What a header names, with parameters, most wanted first; what it refuses is left out."""
    offers = []
    for part in (header or "").split(","):
        name, *given = (piece.strip() for piece in part.split(";"))
        parameters: dict[str, str] = {}
        for piece in given:
            key, _, value = piece.partition("=")
            parameters.setdefault(key.strip().lower(), value.strip())
        offers.append((_quality(parameters.get("q")), name.lower(), parameters))
    offers.sort(key=lambda offer: -offer[0])
    return ((name, parameters) for quality, name, parameters in offers if quality > 0)


def _quality(text: str | None) -> float:
    """Weight from 0 to 1; 1 where none, or none that can be read, is given."""
    if text is None or not re.fullmatch(r"\d(?:\.\d{0,3})?", text):
        return 1.0
    return min(float(text), 1.0)


def _is_known(version: str) -> bool:
    return bool(_VERSION.fullmatch(version)) and tuple(map(int, version.split("."))) >= _FIRST_VERSION
