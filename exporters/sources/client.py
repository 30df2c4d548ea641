"""Requests over HTTP to the systems of regions: guarded, bounded, and told apart by why they fail."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import aiohttp
from yarl import URL

from exporters.errors import FetchError, FetchReason
from exporters.probing.address import Address
from exporters.probing.guard import redirected
from exporters.probing.http import KEEP_METHOD, REDIRECTS, USER_AGENT
from exporters.probing.resolve import Resolver, system_resolver
from exporters.probing.result import Failure, Reason
from exporters.sources.client_body import ACCEPTED, Limits, read_body
from exporters.sources.client_errors import RAISED, timed_out, translated
from exporters.sources.client_guard import ALLOWANCE, Allowance, guarded_connector
from exporters.sources.client_tls import Tls, context

__all__ = ["Answer", "Ask", "Client", "Limits", "Tls"]

_MOST_REDIRECTS = 5
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=None)


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
    tls: Tls = field(default_factory=Tls)
    limits: Limits = field(default_factory=Limits)
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: decompressed, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Asks, with connections that are kept and shared. One for the process.

    ``resolver``: from names to addresses. What it finds is checked, and is what is connected to.
    """

    def __init__(self, resolver: Resolver = system_resolver) -> None:
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, ask: Ask) -> Answer:
        """Answer to a request, whatever its status. Raises ``FetchError``.

        Redirects are followed within their host; one to another raises.
        """
        address = _address(ask)
        allowance = Allowance(address.host, ask.allow)
        token = ALLOWANCE.set(allowance)
        try:
            async with asyncio.timeout(ask.timeout_seconds) as deadline:
                return await self._follow(ask, address)
        except TimeoutError as error:  # as all that is translated: it may quote the URL, hence 'from None'
            if deadline.expired():
                raise timed_out(address.authority, ask.timeout_seconds) from None
            raise translated(error, address.authority, allowance) from None
        except FetchError:
            raise
        except RAISED as error:
            raise translated(error, address.authority, allowance) from None
        finally:
            ALLOWANCE.reset(token)

    async def close(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _follow(self, ask: Ask, address: Address) -> Answer:
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._once(ask, address)
            if answer.status not in REDIRECTS:
                return answer
            location = answer.headers.get("location")
            if location is None:
                raise Failure(Reason.REDIRECT, f"status {answer.status} says not where to go")
            address = redirected(address, location)
            if answer.status not in KEEP_METHOD and ask.method == "POST":
                ask = replace(ask, method="GET", body=None)
        raise Failure(Reason.REDIRECT, f"more than {_MOST_REDIRECTS} redirects, or a loop of them")

    async def _once(self, ask: Ask, address: Address) -> Answer:
        session = self._session or self._opened()
        async with session.request(
            ask.method,
            URL(f"{address.scheme}://{address.authority}{address.path}", encoded=True),
            headers=ask.headers,
            data=ask.body,
            allow_redirects=False,
            ssl=context(ask.tls) if address.scheme == "https" else True,
            max_line_size=ask.limits.header_bytes,
            max_field_size=ask.limits.header_bytes,
        ) as response:
            headers = _headers(response, address.authority, ask.limits)
            leads_on = response.status in REDIRECTS
            body = b"" if leads_on else await read_body(response, address.authority, ask.limits)
            return Answer(response.status, headers, body)

    def _opened(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(self._resolver),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED},
            timeout=_NO_TIMEOUT,
            auto_decompress=False,
            trust_env=False,
        )
        return self._session


def _address(ask: Ask) -> Address:
    try:
        address = Address.parse(ask.url)
    except ValueError as error:
        raise FetchError(
            f"a URL of the configuration cannot be used: {error}.", FetchReason.INTERNAL
        ) from error
    for name, value in ask.headers.items():
        if not _TOKEN.fullmatch(name) or _CONTROL.search(value):
            raise FetchError(
                f"{address.authority}: the header {name[:40]!r} holds line breaks or other control "
                "characters, in its name or its value. Remove them.",
                FetchReason.INTERNAL,
            )
    return address


def _headers(response: aiohttp.ClientResponse, host: str, limits: Limits) -> dict[str, str]:
    """Headers by their names; of one name joined by commas. Raises ``FetchError`` for too many bytes."""
    if sum(len(name) + len(value) + 4 for name, value in response.raw_headers) > limits.header_bytes:
        raise FetchError(
            f"{host} answers with headers of more than {limits.header_bytes:,} bytes. Ask who runs it, or "
            "raise limits.header_bytes.",
            FetchReason.TOO_LARGE,
        )
    out: dict[str, str] = {}
    for name, value in response.headers.items():
        low = name.lower()
        out[low] = f"{out[low]}, {value}" if low in out else value
    return out
