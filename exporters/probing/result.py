"""What a probe gives: up or not, why, and all that was seen on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exporters.probing.phases import Phases

DETAIL_CHARACTERS = 200


class Reason(StrEnum):
    """Why a target counts as down. Bounded: fit for a label."""

    NONE = "none"
    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    CLOSED = "closed"
    TIMEOUT = "timeout"
    TLS = "tls"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    STATUS = "status"
    BODY = "body"
    REDIRECT = "redirect"
    TOO_LARGE = "too_large"
    PROTOCOL = "protocol"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    OTHER = "other"


class Failure(Exception):
    """Ends a probe with a reason; becomes a ``Result``, never leaves the package."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = printable(detail)


@dataclass(frozen=True, slots=True)
class Result:
    """Outcome of one probe.

    ``checked``: UTC instant at which it began. ``detail``: one line for people, without secrets and
    without what the other side may write at will. ``total_seconds``: the phases together, an unfinished
    one included. ``queue_seconds``: time spent waiting for a place in this process, in no phase and not
    in the total. ``certificate_expires_at``: of the last connection with TLS that could be agreed on.
    """

    checked: datetime
    up: bool
    reason: Reason
    detail: str
    phases: Phases
    total_seconds: float
    queue_seconds: float
    ip: str | None = None
    status_code: int | None = None
    http_version: str | None = None
    certificate_expires_at: datetime | None = None
    redirects: int = 0
    body_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A probe and, where it failed, a second one shortly after. Neither stands for the other."""

    first: Result
    confirmation: Result | None = None

    @property
    def confirmed_down(self) -> bool:
        """Whether both probes failed."""
        return self.confirmation is not None and not self.confirmation.up


def printable(text: str) -> str:
    """Text as one line of printable characters, cut to the length of a detail."""
    line = "".join(character if character.isprintable() else "?" for character in text)
    return line if len(line) <= DETAIL_CHARACTERS else line[: DETAIL_CHARACTERS - 1] + "…"
