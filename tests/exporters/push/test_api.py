"""The push over HTTP: what is answered, and that each answer is true."""

from __future__ import annotations

import gzip
import io
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from exporters.push import receipts
from exporters.push.account import LISTED
from tests.architecture.checkout import ROOT
from tests.exporters.push.serving import FOREIGN, MINE, Client, Reply, Site, lines, record, site

KEY = "Idempotency-Key"


def ids(running: Site) -> set[str]:
    return {row["id"] for row in running.records()}


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def in_background(work: Callable[[], Reply]) -> Future[Reply]:
    pool = ThreadPoolExecutor(1)
    found = pool.submit(work)
    pool.shutdown(wait=False)
    return found


def test_what_is_accepted_is_in_the_archive_when_the_answer_comes(running: Site, client: Client) -> None:
    reply = client.push([record("here-1"), record("here-2", region=FOREIGN), record("here-3", status="gone")])
    assert (reply.status, reply.counts) == (200, (3, 1, 2, 1, 0, 0))
    assert "Ahere-1" in ids(running)
    assert ids(running).isdisjoint({"Ahere-2", "Ahere-3"})
    foreign, wrong = reply.json["rows"]
    assert (foreign["row"], foreign["region"], foreign["rule"], foreign["field"]) == (
        2,
        None,
        "region-foreign",
        "region",
    )
    assert (wrong["row"], wrong["region"], wrong["rule"], wrong["field"]) == (
        3,
        MINE,
        "domain-status",
        "status",
    )
    assert (reply.json["rows_left_off"], reply.json["ignored_columns"]) == (0, [])


def test_account_of_which_nothing_is_accepted_is_422(client: Client) -> None:
    reply = client.push([record(n, region=FOREIGN) for n in range(LISTED + 1)])
    assert (reply.status, reply.counts) == (422, (LISTED + 1, 0, LISTED + 1, 0, 0, 0))
    assert (len(reply.json["rows"]), reply.json["rows_left_off"]) == (LISTED, 1)
    assert reply.headers["content-type"] == "application/json"


def test_later_version_is_an_update_and_the_same_is_nothing_new(client: Client) -> None:
    later = {"observed_at": "2026-02-01T00:00:00Z", "status": "withdrawn"}
    assert client.push([record("v-1"), record("v-2")]).counts == (2, 2, 0, 2, 0, 0)
    assert client.push([record("v-1"), record("v-2", **later), record("v-3")]).counts == (3, 3, 0, 1, 1, 1)


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("application/x-ndjson", "zstd"),
        ("application/x-ndjson", "GZIP"),
        ("application/jsonl; charset=UTF-8", "identity"),
        ("text/csv", "gzip"),
        ("application/vnd.apache.parquet", "zstd"),
    ],
)
def test_every_format_is_read_in_its_encoding(client: Client, kind: str, encoding: str) -> None:
    frame = pl.DataFrame([record(f"{kind[12:15]}-{encoding}-{n}") for n in range(3)])
    sink = io.BytesIO()
    if kind == "text/csv":
        frame.write_csv(sink)
    elif "parquet" in kind:
        frame.write_parquet(sink)
    else:
        frame.write_ndjson(sink)
    body = sink.getvalue()
    if encoding != "identity":
        packed = pa.BufferOutputStream()
        with pa.CompressedOutputStream(packed, encoding.lower()) as stream:
            stream.write(body)
        body = bytes(packed.getvalue())
    reply = client.push(body, kind=kind, headers={"Content-Encoding": encoding})
    assert (reply.status, reply.counts) == (200, (3, 3, 0, 3, 0, 0))


def test_personal_data_in_a_reason_are_masked(running: Site, client: Client) -> None:
    reply = client.push([record("nik", submitted="3273010101900001 a@b.id")])
    assert "[nik] [email]" in reply.json["rows"][0]["reason"]
    aside = running.installation.intake.quarantine.rows(dataset="transactions")
    assert "3273010101900001" not in str(aside.to_dicts()) + reply.body.decode()


def test_columns_that_nobody_asked_for_are_kept_nowhere(running: Site, client: Client) -> None:
    reply = client.push(
        [record("named", nama="Siti Aminah", status="lost"), record("named-2", nama="Siti Aminah")]
    )
    assert (reply.counts, reply.json["ignored_columns"]) == ((2, 1, 1, 1, 0, 0), ["nama"])
    aside = running.installation.intake.quarantine.rows(dataset="transactions")
    payloads = aside["payload"].to_list()
    assert any("Anamed" in payload for payload in payloads)
    assert not any("Siti" in payload for payload in payloads)
    assert not any("Siti" in str(row) for row in running.records())


def test_push_that_is_sent_again_gets_its_answer_again_and_makes_no_second_record(
    running: Site, client: Client
) -> None:
    key = {KEY: "2026-03-02/1"}
    rows = [record("again"), record("again-2", region=FOREIGN)]
    first, second = (client.push(rows, headers=key) for _ in range(2))
    assert (first.body, first.status) == (second.body, second.status)
    assert [one.headers["idempotent-replayed"] for one in (first, second)] == ["false", "true"]
    packed = client.push(gzip.compress(lines(*rows)), headers={**key, "Content-Encoding": "gzip"})
    assert packed.body == first.body
    assert [row["id"] for row in running.records()].count("Aagain") == 1
    other = client.push([record("again-3")], headers=key)
    assert other.status == 422
    assert "another content" in other.json["detail"]
    assert "Aagain-3" not in ids(running)


def test_body_stands_for_the_key_where_there_is_none_and_keys_are_each_tokens_own(
    running: Site, client: Client
) -> None:
    first = client.push([record("nokey")])
    assert client.push([record("nokey")]).body == first.body
    other = running.client().push([record("nokey")])
    assert other.headers["idempotent-replayed"] == "false"
    assert other.counts == (1, 1, 0, 0, 0, 1)


def test_duplicates_at_the_same_time_are_taken_in_once(running: Site, client: Client) -> None:
    running.door.open.clear()
    before = len(running.door.deliveries)
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(client.push, [record("twice")], headers={KEY: "twice"}) for _ in range(8)]
        until(lambda: running.api.room.pushes == 8)
        running.door.open.set()
        replies = [one.result() for one in sent]
    assert len({one.body for one in replies}) == 1
    assert sorted(one.headers["idempotent-replayed"] for one in replies) == ["false", *["true"] * 7]
    assert len(running.door.deliveries) == before + 1


def test_pushes_that_wait_are_taken_in_together(running: Site) -> None:
    first, *others = (running.client() for _ in range(6))
    running.door.open.clear()
    before = len(running.door.deliveries)
    held = in_background(lambda: first.push([record("group-0")]))
    until(lambda: len(running.door.deliveries) == before + 1)
    waiting = [in_background(lambda n=n, c=c: c.push([record(f"group-{n}"), record(n, region=FOREIGN)])) for n, c in enumerate(others, 1)]  # type: ignore[misc] # fmt: skip
    until(lambda: len(running.api._groups._line) == 5)
    running.door.open.set()
    assert held.result().counts == (1, 1, 0, 1, 0, 0)
    assert [one.result().counts for one in waiting] == [(2, 1, 1, 1, 0, 0)] * 5
    assert len(running.door.deliveries) == before + 2


def test_push_of_a_client_that_is_gone_is_taken_in_and_remembered(running: Site, client: Client) -> None:
    body = lines(record("gone"))
    head = (
        f"POST /v1/transactions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
        f"Content-Type: application/x-ndjson\r\n{KEY}: gone\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    running.door.open.clear()
    before = len(running.door.deliveries)
    with socket.create_connection(("127.0.0.1", client.port)) as connection:
        connection.sendall(head.encode() + body)
        until(lambda: len(running.door.deliveries) == before + 1)
    running.door.open.set()
    again = client.push([record("gone")], headers={KEY: "gone"})
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")
    assert "Agone" in ids(running)
    until(lambda: running.api.room.bytes == 0)


def test_body_that_drips_is_given_up(running: Site, client: Client) -> None:
    head = (
        f"POST /v1/transactions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
        "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", client.port), timeout=30) as connection:
        connection.sendall(head.encode() + b"{")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"did not arrive within 0.5 s" in answer
    until(lambda: running.api.room.pushes == 0)


def test_page_and_document_are_for_everybody(client: Client) -> None:
    page, document = client.send("GET", "/v1/"), client.send("GET", "/v1/openapi.json")
    assert (page.status, document.status) == (200, 200)
    assert b"curl" in page.body
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert document.json["openapi"] == "3.1.0"


def test_example_of_the_howto_is_accepted(client: Client) -> None:
    text = (ROOT / "docs" / "howto" / "push.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```ndjson\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    reply = client.push(example.encode())
    assert (reply.status, reply.counts) == (200, (2, 2, 0, 2, 0, 0))
    (account,) = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert set(json.loads(account)) == set(reply.json)


def bounded(home: Path, send: Callable[[Client, Site], Sequence[Reply]], **settings: int) -> Sequence[Reply]:
    """Replies of a push with narrow bounds."""
    with site(home, **settings) as one:
        return send(one.client(), one)


def test_no_more_bytes_or_pushes_wait_than_there_is_room_for(home: Path) -> None:
    def send(client: Client, one: Site) -> Sequence[Reply]:
        one.door.open.clear()
        held = in_background(lambda: client.push([record("first")]))
        until(lambda: len(one.door.deliveries) == 1)
        large = client.push(b" " * 100_000)
        also = in_background(lambda: client.push([record("second")]))
        until(lambda: one.api.room.pushes == 2)
        third = client.push([record("third")])
        one.door.open.set()
        return held.result(), large, also.result(), third

    replies = bounded(home, send, waiting_pushes=2, waiting_bytes=50_000)
    assert [one.status for one in replies] == [200, 503, 200, 503]
    assert [one.headers.get("retry-after") for one in replies] == [None, "5", None, "5"]


def test_what_is_too_large_is_refused_with_what_is_allowed(home: Path) -> None:
    def send(client: Client, _: Site) -> Sequence[Reply]:
        packed = gzip.compress(lines(*(record(n) for n in range(100))))
        return (
            client.push(b"x" * 5_001),
            client.push(packed, headers={"Content-Encoding": "gzip"}),
            client.push([record(n) for n in range(11)]),
        )

    replies = bounded(home, send, max_body_bytes=5_000, max_content_bytes=8_000, max_rows=10)
    assert [one.status for one in replies] == [413] * 3
    said = [one.json["detail"] for one in replies]
    assert "has 5,001 bytes; 5,000 are read" in said[0]
    assert "more than 8,000 bytes once decompressed" in said[1]
    assert "more than 10 records" in said[2]


def test_token_that_sends_too_often_waits_and_no_other_does(home: Path) -> None:
    with site(home, pushes_per_second=0.01, burst=2) as one:
        busy, other = one.client(), one.client()
        replies = [busy.push(b"", kind="text/plain") for _ in range(3)]
        assert [reply.status for reply in replies] == [415, 415, 429]
        assert 90 <= int(replies[-1].headers["retry-after"]) <= 100
        assert other.push(b"", kind="text/plain").status == 415


def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(home: Path) -> None:
    with site(home, wrong_tokens_per_minute=3) as one:
        right, wrong = one.client(), Client(one.port, f"pantau_{'0' * 12}_{'a' * 43}")
        assert [wrong.push(b"").status for _ in range(5)] == [401, 401, 401, 429, 429]
        assert int(wrong.push(b"").headers["retry-after"]) > 0
        assert right.push([record(1)]).status == 200
        assert one.api.access.wrong == 6


def test_end_answers_what_is_taken_in_and_refuses_what_waits(home: Path) -> None:
    with site(home, graceful_seconds=1) as one:
        clients = [one.client() for _ in range(3)]
        one.door.open.clear()
        held = in_background(lambda: clients[0].push([record("held")]))
        until(lambda: len(one.door.deliveries) == 1)
        waiting = [in_background(lambda c=c: c.push([record("waits")])) for c in clients[1:]]  # type: ignore[misc] # a client each
        until(lambda: len(one.api._groups._line) == 2)
        ending = threading.Thread(target=one.end)
        ending.start()
        until(lambda: one.api._groups._closing)
        one.door.open.set()
        ending.join()
        assert held.result().status == 200
        assert [reply.result().status for reply in waiting] == [503, 503]
        assert ids(one) == {"Aheld"}
        assert one.door.refreshed == 1


def test_answers_are_kept_over_a_restart(home: Path) -> None:
    with site(home) as one:
        client = one.client()
        first = client.push([record("kept")], headers={KEY: "kept"})
    with site(home) as one:
        again = Client(one.port, client.token).push([record("kept")], headers={KEY: "kept"})
        assert (again.body, again.headers["idempotent-replayed"]) == (first.body, "true")
        assert one.door.deliveries == []
        assert receipts.digest_of("key", "kept") in str(one.installation.store.push_receipt(*_place(one)))


def _place(one: Site) -> tuple[str, str]:
    ((token, _),) = one.installation.store.push_tokens()
    return token.id, receipts.digest_of("key", "kept")
