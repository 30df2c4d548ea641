"""The dialects of the systems that answer in JSON: who may ask, for what since when, and page by page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import orjson

from simulator.flavours import REGION_ZONE
from simulator.live.rows import Alteration, Row
from simulator.live.systems import USER, Outlet, System
from simulator.live.timeline import iso, seconds
from simulator.live.wire import Reply, Request, json_reply
from simulator.live.world import Version

PAGE_SIZE, LARGEST_PAGE = 100, 1_000
TOKEN_SECONDS = 600
KEY_HEADER = "x-api-key"
SIZES = {"page": "per_page", "offset": "limit", "cursor": "limit", "link": "per_page"}
"""Parameter of each way to page that says how many rows a page has."""


class AskedWrongly(ValueError):
    """A parameter that a system cannot read; the message names it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that are asked for: changed from ``since`` on and before ``until``, of these the page."""

    since: int
    until: int | None
    offset: int
    limit: int


def is_authorised(request: Request, system: System, seed: int) -> bool:
    """Whether a request proves that it may ask this system."""
    secret = system.secret(seed)
    given = request.headers.get("authorization", "")
    if system.auth == "basic":
        expected = "Basic " + base64.b64encode(f"{USER}:{secret}".encode()).decode()
    elif system.auth == "oauth2":
        return _is_issued(given.removeprefix("Bearer "), secret)
    else:
        expected = f"Bearer {secret}"
    if system.auth == "api_key":
        given, expected = request.headers.get(KEY_HEADER, ""), secret
    return system.auth is None or hmac.compare_digest(given.encode(), expected.encode())


def token(request: Request, system: System, seed: int) -> Reply:
    """Answer of the token endpoint of OAuth 2 to client credentials, in the body or by HTTP Basic."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    client, secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        try:
            client, _, secret = base64.b64decode(credentials).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            client = ""
    if form.get("grant_type") != "client_credentials":
        return json_reply({"error": "unsupported_grant_type"}, 400)
    known = system.secret(seed)
    if client != USER or not hmac.compare_digest(secret.encode(), known.encode()):
        return json_reply({"error": "invalid_client"}, 401, {"WWW-Authenticate": "Basic"})
    expires = int(time.time()) + TOKEN_SECONDS
    issued = f"{expires}.{_sealed(expires, known)}"
    return json_reply({"access_token": issued, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})


def _is_issued(token: str, secret: str) -> bool:
    expires, _, seal = token.partition(".")
    if not expires.isdecimal() or int(expires) < time.time():
        return False
    return hmac.compare_digest(seal.encode(), _sealed(int(expires), secret).encode())


def _sealed(expires: int, secret: str) -> str:
    return hmac.new(secret.encode(), str(expires).encode(), hashlib.sha256).hexdigest()


def stretch(query: dict[str, str], outlet: Outlet, start: int) -> Stretch:
    """What a request asks for. Raises ``AskedWrongly``.

    What was before ``start`` is history, which is given only for a stretch of time with an end.
    """
    system = outlet.system
    since, until = (_instant(query, name, outlet) for name in (system.since, system.until))
    if system.paging == "cursor" and query.get("cursor"):
        return _resumed(query)
    limit = _count(query, SIZES[system.paging], PAGE_SIZE, 1, LARGEST_PAGE)
    if system.paging in {"page", "link"}:
        offset = (_count(query, "page", 1, 1) - 1) * limit
    else:
        offset = _count(query, "offset", 0, 0)
    if since is None or until is None:
        since = max(start, since or start)
    return Stretch(since, until, offset, limit)


def _resumed(query: dict[str, str]) -> Stretch:
    try:
        since, until, offset, limit = base64.urlsafe_b64decode(query["cursor"]).decode().split(":")
        return Stretch(int(since), int(until) if until else None, int(offset), int(limit))
    except ValueError as error:
        raise AskedWrongly("cursor") from error


def stamped(system: System, rows: list[Row], versions: list[Version], alteration: Alteration) -> list[Row]:
    """Rows with the instant of their change as this system writes it."""
    scale = {"iso": None, "epoch_s": 1, "epoch_ms": 1_000}[system.stamp_form]
    for row, version in zip(rows, versions, strict=True):
        changed = alteration.instant("observed_at", version.updated)
        row[system.stamp] = iso(changed) if scale is None else changed * scale
    return rows


def paged(request: Request, system: System, asked: Stretch, rows: list[Row], total: int) -> Reply:
    """Answer with one page of ``total`` rows, and where the next one is."""
    following = asked.offset + asked.limit
    return _PAGED[system.paging](request, asked, rows, total, total > following)


def _by_page(_request: Request, asked: Stretch, rows: list[Row], total: int, _more: object) -> Reply:
    meta = {
        "page": asked.offset // asked.limit + 1,
        "per_page": asked.limit,
        "pages": -(-total // asked.limit),
        "total": total,
    }
    return Reply(orjson.dumps({"data": rows, "meta": meta}))


def _by_offset(_request: Request, asked: Stretch, rows: list[Row], total: int, _more: object) -> Reply:
    return Reply(orjson.dumps({"total": total, "offset": asked.offset, "items": rows}))


def _by_cursor(_request: Request, asked: Stretch, rows: list[Row], _total: int, more: object) -> Reply:
    place = f"{asked.since}:{asked.until or ''}:{asked.offset + asked.limit}:{asked.limit}"
    cursor = base64.urlsafe_b64encode(place.encode()).decode() if more else None
    return Reply(orjson.dumps({"records": rows, "next_cursor": cursor}))


def _by_link(request: Request, asked: Stretch, rows: list[Row], _total: int, more: object) -> Reply:
    if not more:
        return Reply(orjson.dumps(rows))
    query = urlencode({**request.query, "page": asked.offset // asked.limit + 2})
    host = request.headers.get("host", "127.0.0.1")
    path = request.target.partition("?")[0]
    return Reply(orjson.dumps(rows), headers={"Link": f'<http://{host}{path}?{query}>; rel="next"'})


_PAGED: dict[str, Callable[[Request, Stretch, list[Row], int, object], Reply]] = {
    "page": _by_page,
    "offset": _by_offset,
    "cursor": _by_cursor,
    "link": _by_link,
}


def _instant(query: dict[str, str], name: str, outlet: Outlet) -> int | None:
    """Instant in ISO 8601, as a number since 1970, or as the system itself writes it."""
    text, flavour = query.get(name), outlet.system.flavour
    if not text:
        return None
    if text.isdecimal() and outlet.system.stamp_form == "epoch_ms":
        return int(text) // 1_000
    try:
        return seconds(text)
    except ValueError:
        dates = flavour.dates if flavour else ""
    zone = outlet.place.zone if flavour is None or flavour.zone == REGION_ZONE else flavour.zone
    try:
        return int(datetime.strptime(text, dates).replace(tzinfo=zoneinfo.ZoneInfo(zone)).timestamp())
    except ValueError as error:
        raise AskedWrongly(name) from error


def _count(query: dict[str, str], name: str, default: int, least: int, most: int = 1 << 40) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise AskedWrongly(name)
    return min(int(text), most)
