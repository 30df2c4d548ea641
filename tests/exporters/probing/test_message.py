"""Answers over HTTP/1.1, however they are cut into pieces."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporters.probing import Address, Reason, Result, probe
from exporters.probing.message import HEAD_LIMIT_BYTES, Response
from exporters.probing.result import Failure
from tests.exporters.probing.servers import answers, endless, module, probed, serving

ANSWERS = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n",
    "until the end": b"HTTP/1.0 200 OK\r\n\r\nhello",
    "after an interim answer": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    "blank lines before": b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "length twice the same": b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
    "folded header": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello",
    "no reason phrase": b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    "more than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more",
}
HEAD = st.sampled_from(
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
    ]
)
BYTES = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from([b"\r\n", b"\r\n\r\n", b"0\r\n", b"5\r\nhello\r\n", b":", b"HTTP/1.1 "]),
    ),
    max_size=8,
).map(b"".join)


def read(answer: bytes, size: int, method: str = "GET") -> Response:
    """The answer, fed in pieces of a size."""
    response = Response(method=method, limit_bytes=100_000, keep=True)
    for start in range(0, len(answer), size):
        if response.feed(answer[start : start + size]):
            return response
    response.end()
    return response


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_answer_is_read_however_it_is_cut(kind: str, size: int) -> None:
    response = read(ANSWERS[kind], size)
    assert (response.status, bytes(response.body), response.body_bytes) == (200, b"hello", 5)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_answer_without_a_body_ends_with_its_headers(method: str, status: int) -> None:
    response = read(f"HTTP/1.1 {status} Any\r\nContent-Length: 5\r\n\r\n".encode(), 1000, method)
    assert response.complete
    assert response.body_bytes == 0


def test_interim_answers_have_an_end() -> None:
    with pytest.raises(Failure) as refused:
        read(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 1000)
    assert refused.value.reason is Reason.PROTOCOL


def test_trailers_have_an_end() -> None:
    trailers = b"X-More: and more\r\n" * (HEAD_LIMIT_BYTES // 16)
    with pytest.raises(Failure) as refused:
        read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + trailers, 1000)
    assert refused.value.reason is Reason.TOO_LARGE


def test_headers_that_come_byte_by_byte_have_an_end() -> None:
    with pytest.raises(Failure) as refused:
        read(b"HTTP/1.1 200 OK\r\nX: " + b"x" * (HEAD_LIMIT_BYTES + 1), 1)
    assert refused.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("limit", [4, 5])
@pytest.mark.parametrize("kind", ["length", "chunks", "until the end"])
def test_body_may_be_as_long_as_the_limit_and_no_longer(kind: str, limit: int) -> None:
    result = probed(answers(ANSWERS[kind]), module(http={"body_limit_bytes": limit}))
    assert result.reason is (Reason.NONE if limit == 5 else Reason.TOO_LARGE)


@given(head=HEAD, tail=BYTES, size=st.integers(1, 30))
def test_no_answer_raises_anything_but_a_failure(head: bytes, tail: bytes, size: int) -> None:
    try:
        outcome: int | Reason = read(head + tail, size).status
    except Failure as failure:
        outcome = failure.reason
    assert outcome in {*range(200, 600), Reason.PROTOCOL, Reason.CLOSED, Reason.TOO_LARGE}


@given(head=HEAD, tail=BYTES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_server_sends_gives_a_result(head: bytes, tail: bytes) -> None:
    result = probed(answers(head + tail), module(timeout_seconds=5, http={"body_matches": "hello"}))
    assert result.up is (result.reason is Reason.NONE)
    assert result.detail.isprintable()


@given(answer=st.binary(max_size=200))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_server_sends_instead_of_a_handshake_gives_a_result(answer: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer)

    result = probed(handle, module(timeout_seconds=5), scheme="https")
    assert result.reason in (Reason.TLS, Reason.RESET, Reason.TIMEOUT)


def test_body_that_is_not_judged_is_counted_only() -> None:
    async def scenario() -> Result:
        body = b"x" * 500_000
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n"
        async with serving(answers(head, body)) as port:
            return await probe(Address("127.0.0.1", port, "http"), module())

    result = asyncio.run(scenario())
    assert (result.up, result.body_bytes) == (True, 500_000)


def test_bytes_after_the_answer_are_not_waited_for() -> None:
    follows = endless(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"more", pause_seconds=0.01)
    assert probed(follows).up
