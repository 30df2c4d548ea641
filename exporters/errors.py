"""Errors of the exporters.

::

    PantauError                     exit status
    ├── MappingError                2   a mapping that cannot be used: names the entry and the remedy
    ├── ConfigError                 2   a configuration of the exporter that cannot be used
    └── SourceError                 3   what a source gave cannot be read: names the source and the remedy
        ├── SourceMissing               there is no such file, or it may not be read
        ├── UnreadableFormat            it is not what it was taken for: binary, broken, cut off
        │   ├── TruncatedSource             a compressed file that ends too early
        │   ├── InvalidJson                 not JSON: names line and column
        │   └── WrongEncoding               its bytes are not text in the encoding stated or found
        ├── SourceEmpty                 it holds no record
        ├── SourceTooLarge              a decompression bomb, 100,000 columns, a record without end
        ├── ColumnMissing               it lacks a column that the mapping names
        └── FetchError                  it did not answer, or not as asked: has a ``FetchReason``
"""

from __future__ import annotations

from enum import StrEnum

from metrics.errors import PantauError


class MappingError(PantauError):
    """A mapping that cannot be used. Names the file, the entry and the remedy."""


class ConfigError(PantauError):
    """A configuration of the exporter that cannot be used. Names the file, the entry and the remedy."""


class SourceError(PantauError):
    """What a source gave cannot be read. Names the source, the place in it and the remedy."""

    exit_status = 3


class SourceMissing(SourceError):
    """There is no such file, or it may not be read."""


class UnreadableFormat(SourceError):
    """It is not what it was taken for."""


class TruncatedSource(UnreadableFormat):
    """A compressed file that ends before its end."""


class InvalidJson(UnreadableFormat):
    """Not JSON. Names the line and the column."""


class WrongEncoding(UnreadableFormat):
    """Bytes that are not text in the encoding that was stated or found."""


class SourceEmpty(SourceError):
    """A source without one record."""


class SourceTooLarge(SourceError):
    """More than the limits allow; the limits can be set."""


class ColumnMissing(SourceError):
    """A column that the mapping names and the source does not have."""


class FetchReason(StrEnum):
    """Why a fetch failed; a bounded set, for metrics. ``retryable``: whether asking again may help."""

    DNS = "dns"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    TLS = "tls"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    REDIRECT = "redirect"
    AUTH = "auth"
    STATUS = "status"
    BUSY = "busy"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    SCHEMA = "schema"
    LOOP = "loop"
    DATABASE = "database"
    FILE = "file"
    INTERNAL = "internal"

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self in _RETRYABLE


_RETRYABLE = frozenset(
    {
        FetchReason.DNS,
        FetchReason.REFUSED,
        FetchReason.RESET,
        FetchReason.TIMEOUT,
        FetchReason.BUSY,
        FetchReason.DATABASE,
    }
)


class FetchError(SourceError):
    """A source did not answer, or not as asked. Names the source and the remedy, never a secret.

    ``reason``: from a bounded set. ``retry_after_seconds``: what the source itself asked us to wait.
    """

    def __init__(
        self, message: str, reason: FetchReason, *, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
