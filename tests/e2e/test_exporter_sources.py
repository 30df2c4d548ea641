"""The exporter collects: from the configuration to the archive, through a crash, with secrets kept."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from metrics.archive import Archive
from metrics.model import SourceState
from metrics.store import Store
from pantau.home import Home, Settings
from tests.services.command import Installed, install
from tests.services.exporter import exporting
from tests.services.regional import RegionalSystem, regional

HERE, ELSEWHERE = "32.11", "31.71"
SECRET = "kata-sandi-yang-panjang"  # noqa: S105 - what is looked for everywhere
MAPPING = """
version: 1
dataset: complaints
source: aduan
simulated: true
observed_at: {column: updated}
region: {column: region}
fields:
  id: ticket
  received: received
  status: {constant: received}
"""


class Records:
    """Records of a region's system; answers those from ``since`` on, to whoever has the token."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []

    def add(self, count: int, region: str = HERE) -> None:
        for _ in range(count):
            number = len(self.rows)
            self.rows.append(
                {
                    "ticket": f"T{number:04d}",
                    "region": region,
                    "received": "2026-03-02T04:00:00Z",
                    "updated": f"2026-03-02T05:{number // 60:02d}:{number % 60:02d}Z",
                    "nama": "Siti Aminah",
                }
            )

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.Response(status=401, text=f"no: {request.headers.get('Authorization')}")
        since, page = request.query.get("since", ""), int(request.query.get("page", "1"))
        found = [row for row in self.rows if row["updated"] >= since]
        return web.json_response({"data": found[(page - 1) * 50 : page * 50]})


@pytest.fixture
def records() -> Records:
    made = Records()
    made.add(120)
    return made


@pytest.fixture
def system(records: Records) -> Iterator[RegionalSystem]:
    with regional(records.answer) as one:
        yield one


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return install(tmp_path / "home")


def configured(folder: Path, url: str, **changes: Any) -> Path:
    (folder / "aduan.mapping.yaml").write_text(MAPPING, encoding="utf-8")
    rest = {
        "url": url,
        "allow": ["127.0.0.0/8"],
        "auth": {"kind": "bearer", "token": "env:PANTAU_TEST_SECRET"},
        "pagination": {"kind": "page", "ends": "short", "size": "50"},
        "incremental": {"field": "updated", "parameter": "since", "ordered": "true"},
        "format": {"records": "data"},
    }
    source = {
        "region": HERE,
        "name": "aduan",
        "mapping": "aduan.mapping.yaml",
        "every_seconds": "1",
        "backoff_seconds": "0.1",
        "rest": rest | changes,
    }
    content = {
        "version": "1",
        "simulated": "true",
        "collecting": {"deliver_every_seconds": "1"},
        "sources": [source],
    }
    path = folder / "exporter.yaml"
    path.write_text(yaml.safe_dump(content, default_style='"'), encoding="utf-8")
    return path


def until(holds: Callable[[], object], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


def archived(installed: Installed) -> list[tuple[str, str]]:
    found = Archive(str(installed.home / "archive")).records("complaints")
    if found is None:
        return []
    rows = found.to_table(columns=["region", "id"]).to_pylist()
    return sorted((row["region"], row["id"]) for row in rows)


def state(installed: Installed) -> SourceState | None:
    with Store.open(Home(installed.home, Settings()).store_url) as store:
        return next(iter(store.sources()), None)


def test_exporter_that_is_killed_goes_on_where_its_archive_ends(
    installed: Installed, records: Records, system: RegionalSystem, tmp_path: Path
) -> None:
    config = configured(tmp_path, system.url())
    secret = {"PANTAU_TEST_SECRET": SECRET}
    with exporting(installed.home, config, environment=secret) as exporter:
        until(lambda: len(archived(installed)) == 120)
        records.add(30)
        until(lambda: len(archived(installed)) > 120)
        exporter.process.kill()
        exporter.process.communicate()
    records.add(50)
    with exporting(installed.home, config, environment=secret) as exporter:
        until(lambda: len(archived(installed)) == 200)
        exporter.stop()
    assert archived(installed) == [(HERE, f"T{n:04d}") for n in range(200)]
    last = state(installed)
    assert last is not None
    assert (last.reason, last.circuit) == ("", "closed")


def test_record_of_another_region_counts_for_none_and_no_name_is_kept(
    installed: Installed, records: Records, system: RegionalSystem, tmp_path: Path
) -> None:
    records.add(1, ELSEWHERE)
    config = configured(tmp_path, system.url())
    with exporting(installed.home, config, environment={"PANTAU_TEST_SECRET": SECRET}) as exporter:
        until(lambda: len(archived(installed)) == 120)
        exporter.stop()
    found = installed("rejected")
    assert len(found) == 1, found
    rejected = found[0]
    assert (rejected["rule"], rejected["source"]) == ("region-foreign", f"{HERE}/aduan")
    assert "Siti" not in str(rejected)
    assert all(region == HERE for region, _ in archived(installed))


def test_secret_is_in_no_log_no_metric_no_error_and_not_in_the_store(
    installed: Installed, system: RegionalSystem, tmp_path: Path
) -> None:
    wrong = f"{SECRET}-tidak-berlaku"
    config = configured(tmp_path, f"{system.url()}?sesi={SECRET}")
    with exporting(installed.home, config, environment={"PANTAU_TEST_SECRET": wrong}) as exporter:
        until(lambda: (found := state(installed)) is not None and found.reason == "auth")
        paths = ("/", "/metrics", "/config", f"/probe?target={HERE}&module=records")
        told = [exporter.get(path).body for path in paths]
        told.append(exporter.stop())
    with sqlite3.connect(installed.home / "store.sqlite3") as store:
        told.extend(store.iterdump())
    assert 'pantau_source_failed{reason="auth",source="aduan"} 1' in told[3]
    assert [text for text in told if SECRET in text] == []


def test_redirect_to_another_host_is_not_followed_and_the_secret_stays(
    installed: Installed, tmp_path: Path
) -> None:
    async def lead_away(_: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://localhost:{other.port}/records")

    async def listen(request: web.Request) -> web.StreamResponse:
        return web.json_response({"data": []})

    with regional(listen) as other, regional(lead_away) as system:
        config = configured(tmp_path, system.url())
        with exporting(installed.home, config, environment={"PANTAU_TEST_SECRET": SECRET}) as exporter:
            until(lambda: (found := state(installed)) is not None and found.reason == "redirect")
            exporter.stop()
        assert other.asked == []
        assert system.asked
