"""Probe over HTTP/1.1: one request a hop, redirects within the same host, rules for what comes back."""

from __future__ import annotations

from dataclasses import replace

from exporters.probing.address import Address, IPAddress
from exporters.probing.guard import redirected
from exporters.probing.message import Response
from exporters.probing.module import HttpRules
from exporters.probing.result import Failure, Reason
from exporters.probing.run import Run

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEP_METHOD = frozenset({307, 308})
USER_AGENT = "pantau-mpp"


async def probe_http(address: Address, run: Run) -> None:
    """Asks and judges the answer. Raises ``Failure``."""
    rules = run.module.http
    here = replace(address, path=rules.path) if rules.path else address
    addresses = await run.guarded(here.host)
    method: str = rules.method
    response = await _ask(here, method, addresses, run)
    while _leads_on(response, rules):
        target = _next(here, response, run)
        run.redirects += 1
        if response.status not in KEEP_METHOD and method == "POST":
            method = "GET"
        here = target
        response = await _ask(here, method, addresses, run)
    _judge(response, rules)
    if here.scheme == "https":
        run.check_certificate(rules.tls)


async def _ask(address: Address, method: str, addresses: tuple[IPAddress, ...], run: Run) -> Response:
    rules = run.module.http
    response = Response(
        method=method,
        limit_bytes=rules.body_limit_bytes,
        keep=bool(rules.body_matches or rules.body_not_matches),
        headless={status for status in REDIRECTS if not rules.status_is_right(status)},
    )
    secure = (rules.tls, address.host) if address.scheme == "https" else None
    try:
        await run.exchange(
            addresses, address.effective_port, secure, _request(address, method, rules), response
        )
    finally:
        run.status_code = response.status or None
        run.http_version = response.version or None
        run.body_bytes = response.body_bytes if response.status else None
    return response


def _request(address: Address, method: str, rules: HttpRules) -> bytes:
    given = {name: value.get_secret_value() for name, value in rules.headers.items()}
    names = {name.lower() for name in given}
    defaults = {"User-Agent": USER_AGENT, "Accept": "*/*"}
    headers = {
        "Host": address.authority,
        **{name: value for name, value in defaults.items() if name.lower() not in names},
        **given,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if method == "POST":
        headers["Content-Length"] = "0"
    lines = [f"{method} {address.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _leads_on(response: Response, rules: HttpRules) -> bool:
    """Whether the answer is a redirect, and not one that is expected as the answer."""
    return response.status in REDIRECTS and not rules.status_is_right(response.status)


def _next(address: Address, response: Response, run: Run) -> Address:
    rules = run.module.http.redirects
    location = response.first("location")
    if rules.follow == "forbid":
        raise Failure(Reason.REDIRECT, f"the answer is a redirect (status {response.status})")
    if location is None:
        raise Failure(Reason.REDIRECT, f"status {response.status} says not where to go")
    if run.redirects >= rules.maximum:
        raise Failure(Reason.REDIRECT, f"more than {rules.maximum} redirects, or a loop of them")
    return redirected(address, location)


def _judge(response: Response, rules: HttpRules) -> None:
    if not rules.status_is_right(response.status):
        raise Failure(Reason.STATUS, f"status {response.status}, expected {', '.join(rules.status)}")
    if not rules.body_matches and not rules.body_not_matches:
        return
    if (response.first("content-encoding") or "identity").lower() != "identity":
        raise Failure(Reason.BODY, "the body is compressed, which was not asked for; it cannot be searched")
    text = response.body.decode("utf-8", errors="replace")
    for number, pattern in enumerate(rules.body_matches, start=1):
        if not pattern.search(text):
            raise Failure(Reason.BODY, f"the body lacks what body_matches {number} asks for")
    for number, pattern in enumerate(rules.body_not_matches, start=1):
        if pattern.search(text):
            raise Failure(Reason.BODY, f"the body holds what body_not_matches {number} rules out")
