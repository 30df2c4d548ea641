"""Whom to probe: the address of a regional system, as its configuration states it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, urlsplit

Scheme = Literal["http", "https"]
DEFAULT_PORTS: dict[Scheme, int] = {"http": 80, "https": 443}
LONGEST_NAME = 253
_LABELS = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
_TARGET = re.compile(r"/[\x21-\x7e]*")
_URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]~-._"
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """Host, port and path of a system. Raises ``ValueError`` where they could change the request.

    ``host``: a name or an IP address, kept in lower case, in ASCII and without the final dot.
    ``port``: None for the one of the scheme. ``path``: path and query.
    """

    host: str
    port: int | None = None
    scheme: Scheme = "https"
    path: str = "/"

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", plain_host(self.host))
        object.__setattr__(self, "path", checked_path(self.path))
        if self.port is not None and not 0 < self.port < 65536:  # noqa: PLR2004 - ports have 16 bits
            raise ValueError(f"{self.port} is no port. Write one from 1 to 65535")
        if self.scheme not in DEFAULT_PORTS:
            raise ValueError("the scheme is neither http nor https. Write one of them")

    @classmethod
    def parse(cls, url: str) -> Address:
        """Address from ``https://host:port/path?query``. Raises ``ValueError`` without the URL in it."""
        if any(character <= " " or character == "\x7f" for character in url):
            raise ValueError("a URL holds no blanks and no control characters. Remove them")
        parts = urlsplit(quote(url, safe=_URL_CHARACTERS) if not url.isascii() else url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError("a URL begins with http:// or https:// and a host. Write it so")
        if parts.username is not None or parts.password is not None:
            raise ValueError("a URL holds no user and no password. Put them into a header")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(
            urlsplit(url).hostname or "", parts.port, "https" if parts.scheme == "https" else "http", path
        )

    @property
    def effective_port(self) -> int:
        """The port, that of the scheme if none is stated."""
        return self.port or DEFAULT_PORTS[self.scheme]

    @property
    def authority(self) -> str:
        """Value of the Host header: brackets around IPv6, the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.effective_port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.effective_port}"


def plain_host(host: str) -> str:
    """A host as it is compared: ASCII, lower case, no final dot. Raises ``ValueError`` if it is none."""
    literal = ip_address(host)
    if literal is not None:
        return str(literal)
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("the host is no name of the DNS. Correct it") from error
    name = name.rstrip(".").lower()
    if len(name) > LONGEST_NAME or not _LABELS.fullmatch(name):
        raise ValueError("the host is neither a name of the DNS nor an IP address. Correct it")
    return name


@lru_cache(maxsize=4096)
def ip_address(text: str) -> IPAddress | None:
    """The IP address that a text is, without a zone; None if it is none."""
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def checked_path(path: str) -> str:
    """A path that can stand in a request line. Raises ``ValueError`` otherwise."""
    if not _TARGET.fullmatch(path):
        raise ValueError(
            "a path begins with / and holds visible ASCII characters only. Percent-encode others"
        )
    return path
