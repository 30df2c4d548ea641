"""Everything that aiohttp, TLS and the system raise, told as ``FetchError``: in this one place.

Messages name the host and the remedy. They hold no path and no query, which may hold keys, and
nothing that the other side may write at will.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator

import aiohttp
from aiohttp.http_exceptions import LineTooLong

from exporters.errors import FetchError, FetchReason
from exporters.probing.result import Failure, Reason, printable
from exporters.sources.client_guard import Allowance

RAISED = (aiohttp.ClientError, OSError, ValueError, Failure)
"""What is translated; anything else is a fault of ours."""
_FILES = frozenset({errno.EMFILE, errno.ENFILE})
_RESET = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})
_MESSAGES: dict[FetchReason, str] = {
    FetchReason.DNS: "has no address. Correct the host in the URL, or see to the name server",
    FetchReason.REFUSED: "cannot be reached: nothing listens there, or no route leads there. Correct host "
    "and port in the URL, or ask who runs it whether it is up",
    FetchReason.RESET: "closed the connection before its answer was whole. Ask again; if that stays so, ask "
    "who runs it",
    FetchReason.TIMEOUT: "did not take the connection in time. Ask who runs it whether it is up, and whether "
    "a firewall lies between",
    FetchReason.TOO_LARGE: "answers with headers that are larger than they may be. Ask who runs it, or raise "
    "limits.header_bytes",
    FetchReason.UNREADABLE: "answers with something that is not HTTP. Correct scheme and port in the URL, or "
    "ask who runs it",
}


def timed_out(host: str, seconds: float) -> FetchError:
    """Of a request that was not done within its time."""
    return FetchError(
        f"{host} did not answer in full within {seconds:g} s. Ask for less at a time, raise timeout_seconds, "
        "or ask who runs it whether it is overloaded.",
        FetchReason.TIMEOUT,
    )


def translated(error: Exception, host: str, allowance: Allowance) -> FetchError:
    """What an exception of ``RAISED`` means."""
    if allowance.refused is not None and isinstance(error, OSError):
        return FetchError(f"{host}: {allowance.refused.detail}.", FetchReason.ADDRESS_NOT_ALLOWED)
    if isinstance(error, Failure):
        reason = FetchReason.REDIRECT if error.reason is Reason.REDIRECT else FetchReason.INTERNAL
        return FetchError(
            f"{host}: {error.detail}. Write the URL that it leads to into the configuration, if it is right.",
            reason,
        )
    secure = [one for one in _causes(error) if isinstance(one, ssl.SSLError)]
    if secure:
        return FetchError(f"{host}: {_tls(secure[-1])}", FetchReason.TLS)
    reason = _reason(error)
    if reason in _MESSAGES:
        return FetchError(f"{host} {_MESSAGES[reason]}.", reason)
    return FetchError(f"{host}: {_own_fault(error)}", FetchReason.INTERNAL)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and what it came from, to the first."""
    while error is not None:
        yield error
        if isinstance(error, aiohttp.ClientConnectorError):
            yield error.os_error
        error = error.__cause__


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = printable(error.verify_message).rstrip(".")
        return (
            f"its certificate cannot be trusted: {problem}. Ask who runs it for a valid one, or name its "
            "authority in tls.ca."
        )
    problem = (error.reason or "no details").lower().replace("_", " ")
    return (
        f"no TLS could be agreed on ({problem}). Correct scheme and port in the URL; if it asks for a client "
        "certificate, name one in tls."
    )


def _reason(error: Exception) -> FetchReason:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchReason.DNS
    if isinstance(error, aiohttp.ClientConnectorError):
        return _reason_of(error.os_error)
    if isinstance(error, aiohttp.ClientResponseError):
        large = any(isinstance(one, LineTooLong) for one in _causes(error)) or "Too many" in error.message
        return FetchReason.TOO_LARGE if large else FetchReason.UNREADABLE
    if isinstance(error, TimeoutError):
        return FetchReason.TIMEOUT
    if isinstance(error, aiohttp.ClientConnectionError | aiohttp.ClientPayloadError | OSError):
        return FetchReason.RESET
    return FetchReason.INTERNAL


def _reason_of(error: OSError) -> FetchReason:
    if error.errno in _FILES:
        return FetchReason.INTERNAL
    if error.errno in _RESET:
        return FetchReason.RESET
    return FetchReason.TIMEOUT if isinstance(error, TimeoutError) else FetchReason.REFUSED


def _own_fault(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in _FILES:
        return "this process has no file descriptors left. Raise its limit (LimitNOFILE)."
    return f"the request could not be made ({type(error).__name__}). Report it."
