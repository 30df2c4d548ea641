"""What a sender with bad intentions gets: a refusal, and nothing else happens."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence

import pytest

from metrics.datasets import DATASETS
from tests.exporters.push.serving import FOREIGN, NDJSON, Client, Site, lines, record

BODY = lines(record("hostile"))
TYPE = ("Content-Type", NDJSON)


def raw(client: Client, request: bytes) -> bytes:
    """Answer to bytes as they are."""
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


def sent(client: Client, *headers: tuple[str, str], path: str = "/v1/transactions") -> int:
    return client.send("POST", path, BODY, headers).status


def bearer(client: Client) -> tuple[str, str]:
    return "Authorization", f"Bearer {client.token}"


def test_no_token_is_asked_for_one(client: Client) -> None:
    reply = client.send("POST", "/v1/transactions", BODY, [TYPE])
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == 'Bearer realm="pantau"'
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "scheme", ["Basic {}", "bearer{}", "Token {}", "{}", "Bearer {} x", "Bearer Bearer {}", "Bearer"]
)
def test_token_in_another_form_is_none(client: Client, scheme: str) -> None:
    assert sent(client, TYPE, ("Authorization", scheme.format(client.token))) == 401
    assert client.send("POST", f"/v1/transactions?token={client.token}", BODY, [TYPE]).status == 401
    assert sent(client, TYPE, ("Authorization", f"bEARER  {client.token} ")) == 200


def test_token_for_other_record_sets_is_forbidden_and_told_before_its_body_is_read(client: Client) -> None:
    for name in DATASETS:
        if name != "transactions":
            reply = client.push(b"\x00not even records", name, kind="text/plain")
            assert reply.status == 403
            assert name in reply.json["detail"]


def test_token_of_another_region_puts_nothing_anywhere(running: Site, client: Client) -> None:
    rows = [
        record("theirs", region=FOREIGN),
        record("theirs", region=f" {FOREIGN} "),
        record("theirs", region="11"),
    ]
    reply = client.push(rows)
    assert reply.status == 422
    assert {row["region"] for row in reply.json["rows"]} == {None}
    assert "Atheirs" not in {row["id"] for row in running.records()}
    store = running.installation.store
    assert FOREIGN not in store.rejections()["region"].to_list()
    assert store.check_results(region=FOREIGN).height == 0


@pytest.mark.parametrize(
    "path",
    [
        "/v1/../transactions",
        "/v1/..%2f..%2fetc%2fpasswd",
        "/v1/transactions/../../metrics",
        "/v1/transactions%00",
        "/v1/transactions%2f",
        "/v1/transactions/",
        "/v1//transactions",
        "/v1/Transactions",
        "/v1/%74ransactions%0d%0aX-Evil:%201",
        "/v1/rejected",
        "/v1/" + "a" * 5_000,
    ],
)
def test_record_set_that_there_is_not_is_404(client: Client, path: str) -> None:
    reply = client.send("POST", path, BODY, [TYPE, bearer(client)])
    assert reply.status == 404
    assert "x-evil" not in reply.headers
    assert b"a" * 100 not in reply.body


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_other_methods_are_405_and_open_nothing_to_other_pages(client: Client, method: str) -> None:
    reply = client.send(method, "/v1/transactions", b"", [bearer(client), ("Origin", "http://evil.test")])
    assert reply.status == 405
    assert reply.headers["allow"] == "POST"
    assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "kind",
    ["", "application/xml", "text/xml", "application/json", "text/plain", "multipart/form-data", "text/csv, text/csv",
     "text/csv; charset=utf-16", 'text/csv; charset="windows-1252"', "x" * 5_000],
)  # fmt: skip
def test_other_types_are_415_and_say_which_are_read(client: Client, kind: str) -> None:
    reply = client.push(BODY, kind=kind)
    assert reply.status == 415
    assert "text/csv" in reply.headers["accept"]


@pytest.mark.parametrize(
    "encoding", ["br", "deflate", "gzip, gzip", "gzip,zstd", "identity, gzip", "x" * 3_000]
)
def test_other_encodings_are_415(client: Client, encoding: str) -> None:
    reply = client.push(BODY, headers={"Content-Encoding": encoding})
    assert (reply.status, reply.headers["accept-encoding"]) == (415, "gzip, zstd")


@pytest.mark.parametrize(
    "twice",
    [
        ("Authorization", "Bearer x"),
        ("Content-Type", "text/csv"),
        ("Content-Encoding", "gzip"),
        ("Idempotency-Key", "b"),
    ],
)
def test_header_that_stands_twice_is_refused(client: Client, twice: tuple[str, str]) -> None:
    own = [TYPE, bearer(client), ("Content-Encoding", "identity"), ("Idempotency-Key", "a")]
    for headers in ([*own, twice], [twice, *own]):
        assert sent(client, *headers) == 400


@pytest.mark.parametrize("key", ["x" * 201, "tab\there", "café"])
def test_key_that_is_none_is_refused(client: Client, key: str) -> None:
    reply = client.push(BODY, headers={"Idempotency-Key": key})
    assert reply.status == 400


def test_headers_without_end_are_not_listened_to(running: Site, client: Client) -> None:
    before = len(running.door.deliveries)
    endless = framed(
        client, f"Content-Type: {NDJSON}", f"X-Long: {'a' * 200_000}", f"Content-Length: {len(BODY)}"
    )
    with contextlib.suppress(OSError):  # the server hangs up while they are sent
        assert raw(client, endless + BODY).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
    assert len(running.door.deliveries) == before


def framed(client: Client, *headers: str) -> bytes:
    lines_of = [
        "POST /v1/transactions HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {client.token}",
        *headers,
    ]
    return "\r\n".join([*lines_of, "", ""]).encode()


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 5", "Content-Length: 500"],
        ["Content-Length: -5"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked, gzip"],
        ["Idempotency-Key: a\rX-Evil: 1"],
        ["Bad Header: 1"],
    ],
)
def test_request_that_can_be_read_in_two_ways_takes_nothing_in(
    running: Site, client: Client, headers: Sequence[str]
) -> None:
    before = len(running.door.deliveries)
    answer = raw(client, framed(client, f"Content-Type: {NDJSON}", *headers) + b"x" * 5)
    assert b"HTTP/1.1 200" not in answer
    assert b"X-Evil" not in answer
    assert len(running.door.deliveries) == before


def test_nothing_of_a_request_comes_back_as_a_header(client: Client) -> None:
    evil = "a%0d%0aSet-Cookie: x=1"
    reply = client.push(
        BODY, headers={"Idempotency-Key": evil, "Host": "evil.test", "X-Forwarded-Host": "evil.test"}
    )
    assert reply.status == 200
    assert "evil" not in str(reply.headers)
    assert "set-cookie" not in reply.headers


def test_body_in_chunks_is_bounded_like_any_other(client: Client) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    request = framed(client, f"Content-Type: {NDJSON}", "Transfer-Encoding: chunked") + chunk * 257
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as connection:
        with contextlib.suppress(ConnectionError):  # as above
            connection.sendall(request)
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")
