"""Every reason for which a target counts as down, from a server that gives cause for it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from exporters.probing import Address, Found, Module, Reason, Result, probe
from exporters.probing.address import IPAddress, ip_address
from tests.exporters.probing.certificates import Certificates
from tests.exporters.probing.servers import (
    OK,
    answers,
    endless,
    half_closes,
    module,
    probed,
    resets,
    serving,
    silent,
)


def resolving(*addresses: str) -> object:
    """A resolver that knows these addresses only."""

    async def resolver(_: str) -> Found:
        found: list[IPAddress] = [known for text in addresses if (known := ip_address(text))]
        return Found(tuple(found), 0.0, 0.0)

    return resolver


def test_right_answer_is_up_and_has_no_reason() -> None:
    result = probed(answers(OK))
    assert (result.up, result.reason, result.detail) == (True, Reason.NONE, "")
    assert (result.status_code, result.body_bytes, result.http_version) == (200, 2, "1.1")
    assert result.ip == "127.0.0.1"


def test_name_without_address_is_dns() -> None:
    async def numbers_only(host: str) -> Found:
        socket.getaddrinfo(
            host, None, flags=socket.AI_NUMERICHOST
        )  # fails as the system does, without a query
        return Found((), 0.0, 0.0)

    result = asyncio.run(probe(Address("nothing.invalid"), module(), resolver=numbers_only))
    assert (result.reason, result.phases.dns) == (Reason.DNS, None)


def test_port_on_which_nothing_listens_is_refused() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        result = asyncio.run(probe(Address("127.0.0.1", bound.getsockname()[1], "http"), module()))
    assert (result.reason, result.phases.connect) == (Reason.REFUSED, None)


def test_address_without_a_way_is_unreachable() -> None:
    # the kernel refuses a stream to a multicast address itself; nothing is sent
    result = asyncio.run(probe(Address("224.0.0.1", 80, "http"), module(allow=["224.0.0.1"])))
    assert result.reason is Reason.UNREACHABLE


def test_connection_reset_after_the_request_is_reset() -> None:
    assert probed(resets).reason is Reason.RESET


@pytest.mark.parametrize(
    "handler",
    [
        answers(),
        answers(b"HTTP/1.1 200 OK\r\nContent-"),
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"),
        answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        half_closes,
    ],
)
def test_connection_closed_before_the_answer_is_complete_is_closed(handler: object) -> None:
    assert probed(handler).reason is Reason.CLOSED  # type: ignore[arg-type] # a handler


def test_server_that_never_answers_is_timeout() -> None:
    result = probed(silent, module(timeout_seconds=0.6))
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "no answer within 0.6 s")
    assert result.phases.connect is not None
    assert result.phases.first_byte is None
    assert result.total_seconds >= 0.5


def test_deadline_holds_against_a_server_that_drips() -> None:
    dripping = endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x", pause_seconds=0.01)
    result = probed(dripping, module(timeout_seconds=0.6))
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "no complete answer within 0.6 s")
    assert result.status_code == 200


def test_handshake_that_never_ends_is_timeout() -> None:
    result = probed(silent, module(timeout_seconds=0.6), scheme="https")
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "no agreement on encryption within 0.6 s")


def test_connection_that_is_never_accepted_is_timeout() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)  # noqa: FBT003 - the signature of socket
            filler.connect_ex(full.getsockname())
        address = Address("127.0.0.1", full.getsockname()[1], "http")
        result = asyncio.run(probe(address, module(timeout_seconds=0.6)))
    assert (result.reason, result.detail) == (Reason.TIMEOUT, "no connection within 0.6 s")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_server_without_encryption_is_tls(answer: bytes) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(answer)

    assert probed(plain, scheme="https").reason is Reason.TLS


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", Reason.CERTIFICATE_EXPIRED),
        ("wrong_name", Reason.CERTIFICATE_NAME),
        ("self_signed", Reason.CERTIFICATE_UNTRUSTED),
        ("soon", Reason.CERTIFICATE_EXPIRING),
        ("valid", Reason.NONE),
    ],
)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_certificate_must_be_trusted_and_fit_and_last(
    certificates: Certificates, kind: str, reason: Reason, host: str
) -> None:
    rules = module(
        ip="ipv4",
        allow=["localhost", "127.0.0.1"],
        http={"tls": {"ca_file": certificates.authority, "minimum_days": 14}},
    )
    result = probed(answers(OK), rules, context=certificates.server(kind), host=host)
    assert result.reason is reason
    assert result.phases.connect is not None


@pytest.mark.parametrize("kind", ["expired", "wrong_name", "self_signed"])
def test_certificate_that_need_not_be_trusted_still_says_when_it_expires(
    certificates: Certificates, kind: str
) -> None:
    rules = module(http={"tls": {"verify": False}})
    result = probed(answers(OK), rules, context=certificates.server(kind))
    assert result.up
    assert result.certificate_expires_at == certificates.parsed(kind).not_valid_after_utc


def test_expired_certificate_that_need_not_be_trusted_must_still_last(certificates: Certificates) -> None:
    rules = module(http={"tls": {"verify": False, "minimum_days": 1}})
    result = probed(answers(OK), rules, context=certificates.server("expired"))
    assert result.reason is Reason.CERTIFICATE_EXPIRED


def test_name_to_verify_can_be_stated(certificates: Certificates) -> None:
    rules = module(http={"tls": {"ca_file": certificates.authority, "server_name": "elsewhere.test"}})
    assert probed(answers(OK), rules, context=certificates.server("wrong_name")).up


@pytest.mark.parametrize("name", ["none.pem", "broken.pem", ""])
def test_file_of_authorities_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.pem").write_text("no certificate", encoding="utf-8")
    rules = module(http={"tls": {"ca_file": tmp_path / name}})
    result = probed(answers(OK), rules, scheme="https")
    assert (result.reason, result.detail) == (Reason.OTHER, "the module's ca_file cannot be read")


@pytest.mark.parametrize(
    ("expected", "status", "up"),
    [
        ("200", 200, True),
        ("2xx", 204, True),
        ("2xx", 404, False),
        (["401", "2xx"], 401, True),
        (302, 302, True),
    ],
)
def test_status_must_be_one_of_those_expected(expected: object, status: int, *, up: bool) -> None:
    answer = f"HTTP/1.1 {status} Any\r\nContent-Length: 0\r\nLocation: /\r\n\r\n".encode()
    result = probed(answers(answer), module(http={"status": expected}))
    assert result.reason is (Reason.NONE if up else Reason.STATUS)
    assert result.status_code == status


@pytest.mark.parametrize(
    ("rules", "up"),
    [
        ({"body_matches": "^ok$"}, True),
        ({"body_matches": ["o", "k"]}, True),
        ({"body_matches": "down"}, False),
        ({"body_not_matches": "down"}, True),
        ({"body_not_matches": "(?i)OK"}, False),
    ],
)
def test_body_must_match(rules: dict[str, object], *, up: bool) -> None:
    assert probed(answers(OK), module(http=rules)).reason is (Reason.NONE if up else Reason.BODY)


def test_body_that_came_compressed_cannot_be_judged() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"
    assert probed(answers(answer), module(http={"body_not_matches": "error"})).reason is Reason.BODY


@pytest.mark.parametrize(
    "handler",
    [
        endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nbody\r\n" * 4096),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 512),
        endless(b"HTTP/1.1 200 OK\r\nX-Endless: ", b"x" * 4096),
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"),
    ],
)
def test_endless_answer_is_too_large(handler: object) -> None:
    assert probed(handler).reason is Reason.TOO_LARGE  # type: ignore[arg-type] # a handler


def test_redirect_in_a_circle_is_redirect() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n"
    result = probed(answers(answer), module(http={"redirects": {"maximum": 3}}))
    assert (result.reason, result.redirects, result.status_code) == (Reason.REDIRECT, 3, 302)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n",
    ],
)
def test_answer_that_is_not_http_is_protocol(answer: bytes) -> None:
    assert probed(answers(answer)).reason is Reason.PROTOCOL


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - not bound to
        "224.0.0.1",
        "::1",
        "fe80::1",
        "::ffff:127.0.0.1",
    ],
)
def test_address_that_is_not_public_is_not_connected_to(address: str) -> None:
    result = asyncio.run(probe(Address(address), Module(prober="tcp")))
    assert result.reason is Reason.ADDRESS_NOT_ALLOWED
    assert result.ip is None
    assert result.phases.connect is None


def test_every_reason_has_a_test_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [reason for reason in Reason if f"Reason.{reason.name}" not in text] == []


def test_second_address_is_tried_where_the_first_refuses() -> None:
    async def scenario() -> Result:
        async with serving(answers(OK)) as port:
            address = Address("two.test", port, "http")
            return await probe(address, module(), resolver=resolving("127.0.0.9", "127.0.0.1"))  # type: ignore[arg-type] # a resolver

    result = asyncio.run(scenario())
    assert (result.up, result.ip) == (True, "127.0.0.1")
