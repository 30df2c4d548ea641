"""The push from the command to the archive, with the exporter as a process of its own."""

from __future__ import annotations

import http.client
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from metrics.archive import Archive
from tests.e2e.test_exporter import configured
from tests.exporters.push.serving import FOREIGN, MINE, Client, record
from tests.services.command import Installed, install
from tests.services.exporter import Exporter, exporting

KEY = "Idempotency-Key"


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return install(tmp_path / "home")


@pytest.fixture
def exporter(installed: Installed, tmp_path: Path) -> Iterator[Exporter]:
    with exporting(installed.home, configured(tmp_path, [])) as one:
        yield one


def token(installed: Installed, name: str = "mppi", *words: str) -> str:
    made: str = installed(
        "token", "create", "--name", name, "--region", MINE, "--dataset", "transactions", *words
    )["token"]
    return made


def archived(installed: Installed) -> list[str]:
    """Ids of the rows in the archive, each version one."""
    records = Archive(str(installed.home / "archive")).records("transactions")
    return sorted(row["id"] for row in records.to_table().to_pylist()) if records else []


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def test_what_is_pushed_becomes_records_and_figures(installed: Installed, exporter: Exporter) -> None:
    client = Client(exporter.port, token(installed, "mppi", "--simulated"))
    done = {"status": "completed", "completed": "2025-12-02T08:00:00+07:00"}
    reply = client.push([*(record(n, **done) for n in range(40)), record("x", region=FOREIGN)])
    assert (reply.status, reply.counts) == (200, (41, 40, 1, 40, 0, 0))
    assert len(archived(installed)) == 40
    figure = ("--indicator", "completion_days_median", "--region", MINE, "--period", "all")
    until(lambda: bool(installed("indicators", *figure)))
    assert installed.figure("completion_days_median", MINE)["value"] == pytest.approx(1, rel=0.02)
    metrics = exporter.get("/metrics")
    assert metrics.value('pantau_push_rows_total{record_set="transactions"}') == 41
    assert metrics.value('pantau_push_rejected_rows_total{record_set="transactions"}') == 1
    assert metrics.value('pantau_push_requests_total{record_set="transactions",status="2xx"}') == 1
    rejected = installed("rejected")
    assert [(row["source"], row["region"], row["rule"]) for row in rejected] == [
        ("push/mppi", None, "region-foreign")
    ]


def test_token_is_rotated_and_revoked_while_the_exporter_runs(
    installed: Installed, exporter: Exporter
) -> None:
    first = Client(exporter.port, token(installed))
    assert first.push([record(1)]).status == 200
    second = Client(exporter.port, installed("token", "rotate", "mppi")["token"])
    assert [one.push([record(2)]).status for one in (first, second)] == [200, 200]
    installed("token", "revoke", "mppi")
    assert [one.push([record(3)]).status for one in (first, second)] == [401, 401]
    assert archived(installed) == ["A1", "A2"]


def test_what_was_answered_survives_the_death_of_the_exporter_and_is_answered_again(
    installed: Installed, tmp_path: Path
) -> None:
    text = token(installed)
    with exporting(installed.home, configured(tmp_path, [])) as one:
        first = Client(one.port, text).push([record(1)], headers={KEY: "k"})
        one.process.kill()
        one.process.communicate()
    assert first.status == 200
    assert archived(installed) == ["A1"]
    with exporting(installed.home, configured(tmp_path, [])) as one:
        again = Client(one.port, text).push([record(1)], headers={KEY: "k"})
        assert (again.body, again.headers["idempotent-replayed"]) == (first.body, "true")
    assert archived(installed) == ["A1"]


def test_end_loses_nothing_that_was_answered(installed: Installed, exporter: Exporter) -> None:
    client = Client(exporter.port, token(installed))
    accepted: list[str] = []

    def send(number: int) -> None:
        try:
            reply = client.push([record(number)])
        except (OSError, http.client.HTTPException):
            return  # the exporter had ended: nothing was promised
        if reply.status == 200:
            accepted.append(f"A{number}")
        else:
            assert reply.status == 503

    with ThreadPoolExecutor(8) as pool:
        sending = [pool.submit(send, number) for number in range(24)]
        until(lambda: bool(accepted))
        said = exporter.stop()
        for one in sending:
            one.result()
    assert exporter.process.returncode == 0
    assert "Traceback" not in said, said
    assert set(accepted) <= set(archived(installed))


def test_secret_of_a_token_is_nowhere_told(installed: Installed, exporter: Exporter) -> None:
    text = token(installed)
    secret = text.split("_", 2)[2]
    client = Client(exporter.port, text)
    said = [client.push([record(1)]).body, client.push(b"\xff").body, client.push(b"", kind="text/xml").body]
    wrong = Client(exporter.port, f"{text[:-3]}xyz")
    said += [wrong.push([record(2)]).body, client.push([record(2, id=None)]).body]
    said += [exporter.get(path).body.encode() for path in ("/", "/metrics", "/v1/", "/v1/openapi.json")]
    said += [json.dumps(installed("token", "list")).encode(), exporter.stop().encode()]
    assert not any(secret.encode() in one for one in said)
    with sqlite3.connect(installed.home / "store.sqlite3") as store:
        dump = "\n".join(store.iterdump())
    store.close()
    assert "push_secret" in dump
    assert secret not in dump
    assert text[:-3] not in dump
    kept = [path for path in installed.home.rglob("*") if path.is_file()]
    assert not any(secret.encode() in path.read_bytes() for path in kept)


def test_address_that_is_not_quite_the_push_is_redirected_nowhere(exporter: Exporter) -> None:
    client = Client(exporter.port)
    for path in ("/v1", "/metrics/", "//evil.test/v1/"):
        reply = client.send("GET", path, headers=[("Host", "evil.test")])
        assert reply.status == 404
        assert "location" not in reply.headers
