"""TLS towards regional systems: who we trust, and the certificate that we show."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from functools import lru_cache

from exporters.errors import FetchError, FetchReason


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificates by the paths of their files (PEM).

    ``certificate``, ``key``: ours. ``ca``: authorities that are trusted beside the usual ones.
    """

    certificate: str | None = None
    key: str | None = None
    ca: str | None = None


def context(tls: Tls) -> ssl.SSLContext:
    """Context of connections, one for the same files as long as they do not change.

    Raises ``FetchError`` where a file cannot be used.
    """
    return _context(tls, tuple(_changed(path) for path in (tls.certificate, tls.key, tls.ca) if path))


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - a fifth of the time of Path.stat, once a request
    except OSError as error:
        raise _unusable(
            f"{path} cannot be read ({error.strerror}). Correct the path, or the rights"
        ) from error


@lru_cache(maxsize=1_024)
def _context(tls: Tls, _changes: tuple[int, ...]) -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if tls.ca is not None:
            made.load_verify_locations(tls.ca)
    except OSError as error:
        raise _unusable(f"{tls.ca} holds no certificates that can be read. Write them as PEM") from error
    try:
        if tls.certificate is not None:
            made.load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except OSError as error:
        files = " and ".join(filter(None, (tls.certificate, tls.key)))
        raise _unusable(
            f"{files} are no certificate with its key. Write both as PEM, the key without a password"
        ) from error
    return made


def _no_password() -> str:
    """Instead of a question on a terminal that nobody watches."""
    return ""


def _unusable(problem: str) -> FetchError:
    return FetchError(f"certificates: {problem}.", FetchReason.TLS)
