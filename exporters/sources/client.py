"""Requests over HTTP to the systems of regions: guarded, bounded, and told apart by why they fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may grow to. ``ratio``: decompressed by compressed bytes."""

    body_bytes: int = 64 << 20
    ratio: float = 100.0
    header_bytes: int = 64 << 10


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificates by the paths of their files: ours with its key, and those that we trust beside the usual."""

    certificate: str | None = None
    key: str | None = None
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    ``allow``: hosts, addresses and networks that may be private (see ``exporters.probing.guard``).
    ``timeout_seconds``: for all of it, from the name to the last byte.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    allow: tuple[str, ...] = ()
    tls: Tls = Tls()
    limits: Limits = Limits()
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: decompressed, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Asks, with connections that are kept and shared. One for the process."""

    async def ask(self, ask: Ask) -> Answer:
        """Answer to a request, whatever its status. Raises ``FetchError``; follows no redirect to another host."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close every connection."""
