"""Redirects are followed within their host, and nowhere else."""

from __future__ import annotations

import asyncio

import pytest

from exporters.probing import Address, Found, Reason, Result, probe
from exporters.probing.address import Scheme, ip_address
from exporters.probing.guard import redirected
from exporters.probing.result import Failure
from tests.exporters.probing.certificates import Certificates
from tests.exporters.probing.servers import OK, Handler, answers, module, probed, serving


def site(asked: list[bytes], **locations: str) -> Handler:
    """A server that redirects `/name` to a location and answers every other path."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head)
        location = locations.get(head.split()[1].decode().strip("/"))
        found = f"HTTP/1.1 302 Found\r\nContent-Length: 900\r\nLocation: {location}\r\n\r\n".encode()
        writer.write(found if location is not None else OK)

    return handle


def test_redirect_within_the_host_is_followed_and_counted() -> None:
    asked: list[bytes] = []
    rules = module(http={"path": "/a", "headers": {"X-Key": "secret"}})
    result = probed(site(asked, a="b?c=1#part", b="/never"), rules)
    assert (result.up, result.redirects, result.status_code) == (True, 1, 200)
    assert asked[1].startswith(b"GET /b?c=1 HTTP/1.1\r\n")
    assert b"X-Key: secret" in asked[1]


def test_redirect_is_not_followed_where_it_is_forbidden() -> None:
    asked: list[bytes] = []
    rules = module(http={"path": "/a", "redirects": {"follow": "forbid"}})
    result = probed(site(asked, a="/b"), rules)
    assert (result.reason, result.redirects, len(asked)) == (Reason.REDIRECT, 0, 1)


def test_redirect_that_is_expected_is_the_answer() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/\r\nContent-Length: 2\r\n\r\nok"
    result = probed(answers(answer), module(http={"status": [302], "body_matches": "ok"}))
    assert (result.up, result.redirects, result.status_code) == (True, 0, 302)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "//127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1@169.254.169.254/",
        "http://169.254.169.254\\@127.0.0.1/",
        "http://user:password@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://[::1/",
        "http://127.0.0.1:99999/",
        "/with blank",
        "",
    ],
)
def test_redirect_out_of_the_host_is_not_followed(location: str) -> None:
    asked: list[bytes] = []
    result = probed(site(asked, a=location), module(http={"path": "/a", "redirects": {"maximum": 1}}))
    assert (result.reason, len(asked)) == (Reason.REDIRECT, 1 if location else 2)


def test_what_a_redirect_says_is_not_repeated() -> None:
    result = probed(site([], a="http://elsewhere.test/?token=secret"), module(http={"path": "/a"}))
    assert "secret" not in repr(result)
    assert "elsewhere" not in repr(result)


def test_redirect_may_lead_from_http_to_https_of_the_same_host(certificates: Certificates) -> None:
    async def scenario() -> Result:
        rules = module(http={"path": "/a", "tls": {"ca_file": certificates.authority}})
        async with serving(site([]), certificates.server("valid")) as secure:
            upgrade = site([], a=f"https://127.0.0.1:{secure}/")
            async with serving(upgrade) as plain:
                return await probe(Address("127.0.0.1", plain, "http"), rules)

    result = asyncio.run(scenario())
    assert (result.up, result.redirects) == (True, 1)
    assert result.certificate_expires_at == certificates.parsed("valid").not_valid_after_utc


@pytest.mark.parametrize(
    ("scheme", "location", "problem"),
    [
        ("https", "https://b.test/", "another host"),
        ("https", "https://sub.a.test/", "another host"),
        ("https", "https://a.test.b.test/", "another host"),
        ("https", "//b.test/", "another host"),
        ("http", "http://b.test/", "another host"),
        ("http", "https://b.test/", "another host"),
        ("https", "http://a.test/", "from https to http"),
        ("https", "https://a.test:8443/", "to port 8443"),
        ("http", "http://a.test:22/", "to port 22"),
    ],
)
def test_redirect_to_another_host_or_port_or_without_encryption_is_refused(
    scheme: Scheme, location: str, problem: str
) -> None:
    with pytest.raises(Failure) as refused:
        redirected(Address("a.test", scheme=scheme), location)
    assert refused.value.reason is Reason.REDIRECT
    assert problem in refused.value.detail


def test_upgrade_with_default_ports_is_the_same_host() -> None:
    assert redirected(Address("a.test", None, "http"), "https://A.TEST./x") == Address("a.test", path="/x")


def test_see_other_after_post_is_a_get() -> None:
    asked: list[bytes] = []
    probed(site(asked, a="/b"), module(http={"method": "POST", "path": "/a"}))
    assert [head.split()[0] for head in asked] == [b"POST", b"GET"]


def test_name_is_resolved_once_for_all_redirects() -> None:
    # a name server that answers otherwise the second time (DNS rebinding) changes nothing
    lookups: list[str] = []

    async def rebinding(host: str) -> Found:
        lookups.append(host)
        address = ip_address("127.0.0.1" if len(lookups) == 1 else "169.254.169.254")
        return Found((address,) if address else (), 0.0, 0.0)

    async def scenario() -> Result:
        async with serving(site([], a="/b", b="/c")) as port:
            address = Address("rebinding.test", port, "http")
            return await probe(address, module(http={"path": "/a"}), resolver=rebinding)

    result = asyncio.run(scenario())
    assert (result.up, result.redirects, result.ip) == (True, 2, "127.0.0.1")
    assert lookups == ["rebinding.test"]
