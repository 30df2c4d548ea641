"""The client asks politely, keeps connections, and follows redirects only within a host."""

from __future__ import annotations

import gzip
import zlib

import pyarrow as pa
import pytest
from aiohttp import web

from exporters.errors import FetchReason
from exporters.probing.http import USER_AGENT
from exporters.sources.client import Ask
from tests.exporters.sources.asking import answer_to, answers_to, failure_of
from tests.services.regional import LOOPBACK, answering, regional

TEXT = b'{"records": []}' * 100


def test_answer_is_whole_with_its_status_and_its_headers_in_lower_case() -> None:
    async def handle(_: web.Request) -> web.Response:
        answer = web.Response(body=TEXT, status=418)
        answer.headers.add("Link", "<a>; rel=next")
        answer.headers.add("Link", "<b>; rel=last")
        return answer

    with regional(handle) as system:
        answer = answer_to(Ask(system.url(), allow=LOOPBACK))
    assert (answer.status, answer.body) == (418, TEXT)
    assert answer.headers["link"] == "<a>; rel=next, <b>; rel=last"
    assert answer.headers["content-length"] == str(len(TEXT))


def test_request_says_who_asks_and_which_compression_is_understood() -> None:
    with regional(answering("")) as system:
        answer_to(Ask(system.url("/a?b=c%20d&e=%2F"), allow=LOOPBACK, headers={"X-Key": "1"}))
    [asked] = system.asked
    assert (asked.method, asked.path, asked.query) == ("GET", "/a", {"b": "c d", "e": "/"})
    assert asked.headers["user-agent"] == USER_AGENT
    assert asked.headers["accept-encoding"] == "gzip, deflate, zstd"
    assert asked.headers["x-key"] == "1"


def test_connection_is_kept_for_the_next_request() -> None:
    with regional(answering("ok")) as system:
        answers_to(*[Ask(system.url(), allow=LOOPBACK)] * 3)
    assert len({asked.peer for asked in system.asked}) == 1


def test_cookies_are_not_kept() -> None:
    with regional(answering("", Set_Cookie="session=abc")) as system:
        answers_to(*[Ask(system.url(), allow=LOOPBACK)] * 2)
    assert ["cookie" in asked.headers for asked in system.asked] == [False, False]


def test_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with regional(answering("mine")) as system, regional(answering("proxy")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url("/"))
        assert answer_to(Ask(system.url(), allow=LOOPBACK)).body == b"mine"
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("GZIP", gzip.compress(TEXT[:700], mtime=0) + gzip.compress(TEXT[700:], mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT, wbits=-15)),
        ("zstd", pa.compress(TEXT, codec="zstd", asbytes=True)),
        ("identity", TEXT),
    ],
)
def test_answer_is_decompressed(encoding: str, body: bytes) -> None:
    with regional(answering(body, Content_Encoding=encoding)) as system:
        assert answer_to(Ask(system.url(), allow=LOOPBACK)).body == TEXT


def test_large_answer_is_decompressed() -> None:
    text = bytes(range(256)) * 4_000
    with regional(answering(gzip.compress(text, 1, mtime=0), Content_Encoding="gzip")) as system:
        assert answer_to(Ask(system.url(), allow=LOOPBACK)).body == text


async def _leading_on(request: web.Request) -> web.Response:
    status, target = request.query.get("status", "302"), request.query.get("to")
    if target is None:
        return web.Response(body=b"there")
    return web.Response(status=int(status), headers={"Location": target})


def test_redirect_within_the_host_is_followed_with_all_headers() -> None:
    with regional(_leading_on) as system:
        url = system.url("/a?to=b%3Fc%3D1")
        assert answer_to(Ask(url, allow=LOOPBACK, headers={"Authorization": "Bearer x"})).body == b"there"
    first, second = system.asked
    assert (second.path, second.query) == ("/b", {"c": "1"})
    assert first.headers["authorization"] == second.headers["authorization"] == "Bearer x"


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_post_that_is_redirected_stays_one_only_where_the_status_says_so(status: int, method: str) -> None:
    with regional(_leading_on) as system:
        answer_to(Ask(system.url(f"/a?status={status}&to=/b"), "POST", body=b"{}", allow=LOOPBACK))
    assert [asked.method for asked in system.asked] == ["POST", method]
    assert [asked.body for asked in system.asked] == [b"{}", b"{}" if method == "POST" else b""]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://localhost/",
        "http://127.0.0.1:1/",
        "https://127.0.0.1@169.254.169.254/",
        "//example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://127.0.0.1\\@example.org/",
    ],
)
def test_redirect_to_another_host_is_refused_and_takes_no_secret_there(location: str) -> None:
    with regional(answering("", status=302, Location=location)) as system:
        asking = Ask(system.url(), allow=LOOPBACK, headers={"X-Key": "hidden-word"})
        error = failure_of(asking)
    assert error.reason is FetchReason.REDIRECT
    assert len(system.asked) == 1


def test_other_server_of_the_same_machine_gets_no_request_by_redirect() -> None:
    with regional(answering("stolen")) as other:
        with regional(answering("", status=307, Location=other.url())) as system:
            error = failure_of(Ask(system.url(), allow=LOOPBACK, headers={"X-Key": "hidden-word"}))
        assert error.reason is FetchReason.REDIRECT
        assert f"leads to port {other.port} of its host" in str(error)
    assert other.asked == []


def test_redirects_that_never_end_are_a_failure() -> None:
    with regional(answering("", status=302, Location="/again")) as system:
        error = failure_of(Ask(system.url(), allow=LOOPBACK))
    assert error.reason is FetchReason.REDIRECT
    assert "more than 5 redirects, or a loop of them" in str(error)
    assert len(system.asked) == 6


def test_redirect_without_a_target_is_a_failure() -> None:
    with regional(answering("", status=302)) as system:
        error = failure_of(Ask(system.url(), allow=LOOPBACK))
    assert error.reason is FetchReason.REDIRECT


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"X-Key": "a\r\nX-Other: b"}, "'X-Key'"),
        ({"X-Key": "a\nX-Other: b"}, "'X-Key'"),
        ({"X-Key": "a\x00"}, "'X-Key'"),
        ({"X-Key\r\nX-Other": "b"}, "X-Key"),
        ({"X Key": "b"}, "'X Key'"),
        ({"": "b"}, "''"),
    ],
)
def test_header_that_would_change_the_request_is_refused_before_it_is_sent(
    headers: dict[str, str], named: str
) -> None:
    with regional(answering("")) as system:
        error = failure_of(Ask(system.url(), allow=LOOPBACK, headers=headers))
    assert error.reason is FetchReason.INTERNAL
    assert named in str(error)
    assert system.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "http://a b/",
        "http://user:word@127.0.0.1/",
        "http:///x",
        "http://127.0.0.1/\r\nX: y",
    ],
)
def test_url_that_is_none_is_refused_without_quoting_it(url: str) -> None:
    error = failure_of(Ask(url, allow=LOOPBACK))
    assert error.reason is FetchReason.INTERNAL
    assert url not in str(error)
