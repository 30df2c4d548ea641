"""Every way in which a request fails has its reason, names the host, and tells no secret."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib

import pyarrow as pa
import pytest

from exporters.errors import FetchError, FetchReason
from exporters.probing.resolve import Found
from exporters.sources.client import Ask, Client, Limits, Tls
from tests.exporters.probing.certificates import Certificates, make_certificates
from tests.exporters.probing.servers import Handler, answers, endless, half_closes, resets, serving, silent
from tests.exporters.sources.asking import HIDDEN, discreet, failure_of, wanting_a_certificate, with_client
from tests.services.ports import free_port
from tests.services.regional import LOOPBACK, answering, regional

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def failure_at(
    handler: Handler,
    *,
    scheme: str = "http",
    limits: Limits | None = None,
    timeout_seconds: float = 30.0,
) -> FetchError:
    """How a request to a server fails, whose URL and headers hold secrets."""

    async def work(client: Client) -> FetchError:
        async with serving(handler) as port:
            ask = Ask(
                f"{scheme}://127.0.0.1:{port}/{HIDDEN}?key={HIDDEN}",
                headers={"Authorization": f"Bearer {HIDDEN}"},
                allow=LOOPBACK,
                limits=limits or Limits(),
                timeout_seconds=timeout_seconds,
            )
            with pytest.raises(FetchError) as caught:
                await client.ask(ask)
        assert str(caught.value).startswith(f"127.0.0.1:{port}")
        return discreet(caught.value)

    return with_client(work)


async def _unknown(_: str) -> Found:
    raise OSError("no such name")


async def _empty(_: str) -> Found:
    return Found((), 0.0, 0.0)


def test_name_without_an_address_is_dns() -> None:
    for resolver in (_unknown, _empty):
        error = failure_of(Ask(f"https://mpp.example/?key={HIDDEN}"), resolver)
        assert error.reason is FetchReason.DNS
        assert str(error).startswith("mpp.example has no address")


def test_port_that_nobody_listens_on_is_refused() -> None:
    error = failure_of(Ask(f"http://127.0.0.1:{free_port()}/?key={HIDDEN}", allow=LOOPBACK))
    assert error.reason is FetchReason.REFUSED


@pytest.mark.parametrize(
    "handler",
    [
        resets,
        half_closes,
        answers(OK + b"Content-Length: 10\r\n\r\nab"),
        answers(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"),
        answers(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"),
        answers(OK + b"Content-Len"),
        answers(b""),
    ],
)
def test_answer_that_breaks_off_is_a_reset_and_never_a_short_answer(handler: Handler) -> None:
    assert failure_at(handler).reason is FetchReason.RESET


def test_compressed_answer_that_breaks_off_is_a_reset() -> None:
    for encoding, whole in (
        (b"gzip", gzip.compress(b"text" * 99)),
        (b"deflate", zlib.compress(b"text" * 99)),
    ):
        body = whole[:-4]
        head = OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (encoding, len(body))
        assert failure_at(answers(head + body)).reason is FetchReason.RESET


@pytest.mark.parametrize(
    "handler",
    [
        silent,
        endless(OK + b"Content-Length: 1000000\r\n\r\n", b".", 0.01),
        endless(OK, b"X-Header: 1\r\n", 0.01),
        endless(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    ],
)
def test_answer_that_hangs_or_drips_ends_at_the_deadline(handler: Handler) -> None:
    error = failure_at(handler, timeout_seconds=0.3)
    assert error.reason is FetchReason.TIMEOUT
    assert "did not answer in full within 0.3 s" in str(error)


def test_redirects_share_one_deadline() -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n"
    error = failure_at(answers(redirect, before_seconds=0.2), timeout_seconds=0.5)
    assert error.reason is FetchReason.TIMEOUT


@pytest.mark.parametrize(
    ("kind", "told"),
    [("expired", "expired"), ("wrong_name", "not valid for"), ("self_signed", "self-signed")],
)
def test_certificate_that_cannot_be_trusted_is_tls(certificates: Certificates, kind: str, told: str) -> None:
    tls = Tls(ca=str(certificates.authority))
    with regional(answering("ok"), context=certificates.server(kind)) as system:
        error = failure_of(Ask(system.url(f"/?key={HIDDEN}"), allow=LOOPBACK, tls=tls))
    assert error.reason is FetchReason.TLS
    assert told in str(error)


async def _plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def test_server_without_tls_is_tls() -> None:
    error = failure_at(_plain, scheme="https")
    assert error.reason is FetchReason.TLS
    assert "Correct scheme and port" in str(error)


def test_server_that_wants_a_client_certificate_is_told_so(certificates: Certificates) -> None:
    trusting = Tls(ca=str(certificates.authority))
    with wanting_a_certificate(certificates) as port:
        error = failure_of(Ask(f"https://127.0.0.1:{port}/", allow=LOOPBACK, tls=trusting))
    assert error.reason is FetchReason.TLS
    assert "name one in tls" in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
        OK + b"Bad Header\r\n\r\n",
    ],
)
def test_answer_that_is_not_http_is_unreadable(answer: bytes) -> None:
    assert failure_at(answers(answer)).reason is FetchReason.UNREADABLE


@pytest.mark.parametrize(
    "handler",
    [
        endless(OK + b"X-Long: ", b"a" * 1000),
        endless(OK, b"X-One: " + b"a" * 500 + b"\r\n"),
        answers(OK + b"".join(b"X-%d: %b\r\n" % (n, b"a" * 90) for n in range(50)) + b"\r\n"),
    ],
)
def test_headers_beyond_their_limit_are_too_large(handler: Handler) -> None:
    error = failure_at(handler, limits=Limits(header_bytes=4096))
    assert error.reason is FetchReason.TOO_LARGE
    assert "limits.header_bytes" in str(error)


@pytest.mark.parametrize(
    "handler",
    [
        endless(OK + b"\r\n", b"a" * 1000),
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"3e8\r\n" + b"a" * 1000 + b"\r\n"),
        answers(OK + b"Content-Length: 100000000000\r\n\r\n"),
    ],
)
def test_body_without_end_is_too_large(handler: Handler) -> None:
    error = failure_at(handler, limits=Limits(body_bytes=100_000))
    assert error.reason is FetchReason.TOO_LARGE
    assert "more than 100,000 bytes" in str(error)


ZEROS = b"\0" * (32 << 20)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(ZEROS)),
        ("deflate", zlib.compress(ZEROS)),
        ("zstd", pa.compress(ZEROS, codec="zstd", asbytes=True)),
        ("gzip", gzip.compress(b"\0" * (1 << 20)) * 40),
    ],
)
def test_decompression_bomb_is_too_large(encoding: str, body: bytes) -> None:
    with regional(answering(body, Content_Encoding=encoding)) as system:
        by_ratio = failure_of(Ask(system.url(), allow=LOOPBACK))
        by_size = failure_of(Ask(system.url(), allow=LOOPBACK, limits=Limits(body_bytes=1 << 20, ratio=1e9)))
    assert (by_ratio.reason, by_size.reason) == (FetchReason.TOO_LARGE, FetchReason.TOO_LARGE)
    assert "decompression bomb" in str(by_ratio)
    assert "more than 1,048,576 bytes" in str(by_size)


def test_short_answer_may_compress_well() -> None:
    with regional(answering(gzip.compress(b"0" * 900_000), Content_Encoding="gzip")) as system:
        ask = Ask(system.url(), allow=LOOPBACK)
        assert with_client(lambda client: client.ask(ask)).body == b"0" * 900_000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip"),
        ("zstd", b"no zstd"),
        ("deflate", b"\xff\xff"),
        ("br", b"text"),
        ("gzip, gzip", b"text"),
    ],
)
def test_compression_that_is_broken_or_unknown_is_unreadable(encoding: str, body: bytes) -> None:
    with regional(answering(body, Content_Encoding=encoding)) as system:
        assert failure_of(Ask(system.url(), allow=LOOPBACK)).reason is FetchReason.UNREADABLE


@pytest.mark.parametrize("missing", ["certificate", "key", "ca"])
def test_file_of_a_certificate_that_is_not_there_is_tls(missing: str, certificates: Certificates) -> None:
    files = {"certificate": str(certificates.folder / "valid.pem"), missing: "/nowhere/at.pem"}
    error = failure_of(Ask("https://127.0.0.1/", allow=LOOPBACK, tls=Tls(**files)))
    assert error.reason is FetchReason.TLS
    assert "/nowhere/at.pem cannot be read" in str(error)


def test_file_that_holds_no_certificate_is_tls(certificates: Certificates) -> None:
    text = str(certificates.folder / "text.pem")
    (certificates.folder / "text.pem").write_text("none", encoding="utf-8")
    for tls in (Tls(ca=text), Tls(certificate=text)):
        assert failure_of(Ask("https://127.0.0.1/", allow=LOOPBACK, tls=tls)).reason is FetchReason.TLS


def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        failure_at(resets)
        failure_at(answers(b"garbage\r\n\r\n"))
    assert HIDDEN not in caplog.text


def test_one_who_is_cancelled_leaves_no_connection() -> None:
    async def work(client: Client) -> int:
        closed = asyncio.Event()

        async def hanging(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            while await reader.read(1024):
                asked.set()
            closed.set()

        asked = asyncio.Event()
        async with serving(hanging) as port:
            asking = asyncio.create_task(client.ask(Ask(f"http://127.0.0.1:{port}/", allow=LOOPBACK)))
            await asked.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(closed.wait(), 30)
        return port

    assert with_client(work) > 0
