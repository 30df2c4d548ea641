"""The exporter from the command to the archive: probes, service discovery, metrics, reload, its end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from metrics.archive import Archive
from tests.services.command import Installed, install, run
from tests.services.exporter import Exporter, System, exporting, regional_system
from tests.services.ports import free_port
from tests.services.programs import require
from tests.services.prometheus import prometheus

ROOT = Path(__file__).parents[2]
UP, DOWN = "11.01", "32.73"
MODULE = {"prober": "http", "timeout_seconds": "3", "allow": "127.0.0.0/8"}


def configured(folder: Path, targets: list[dict[str, str]], **changes: Any) -> Path:
    path = folder / "exporter.yaml"
    content = {
        "version": "1",
        "simulated": "true",
        "probing": {"every_seconds": "1", "confirm_after_seconds": "0.1", "archive_every_seconds": "2"},
        "modules": {"web": MODULE},
        "targets": targets,
        **changes,
    }
    path.write_text(yaml.safe_dump(content, default_style='"'), encoding="utf-8")
    return path


def target(region: str, url: str, name: str = "portal") -> dict[str, str]:
    return {"region": region, "name": name, "module": "web", "address": url}


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


@pytest.fixture
def system() -> Iterator[System]:
    with regional_system() as one:
        yield one


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return install(tmp_path / "home")


@pytest.fixture
def exporter(system: System, installed: Installed, tmp_path: Path) -> Iterator[Exporter]:
    targets = [target(UP, system.url), target(DOWN, f"http://127.0.0.1:{free_port()}/")]
    with exporting(installed.home, configured(tmp_path, targets)) as one:
        yield one


def test_what_is_probed_on_schedule_becomes_records_and_availability(
    exporter: Exporter, installed: Installed
) -> None:
    until(lambda: exporter.get("/metrics").value("pantau_exporter_delivered_records_total") >= 4)
    assert exporter.get("/metrics").value('pantau_exporter_probe_failures_total{reason="refused"}') > 0
    exporter.stop()
    assert exporter.process.returncode == 0
    records = Archive(str(installed.home / "archive")).records("probes")
    assert records is not None
    found = records.to_table().to_pylist()
    assert {(row["region"], row["up"], row["reason"]) for row in found} == {
        (UP, True, "none"),
        (DOWN, False, "refused"),
    }
    assert all(row["simulated"] for row in found)
    assert installed.figure("availability_ratio", UP)["status"] != "no_data"


def test_what_waits_is_delivered_at_the_end(system: System, installed: Installed, tmp_path: Path) -> None:
    slow = {"every_seconds": "1", "archive_every_seconds": "3600"}
    with exporting(installed.home, configured(tmp_path, [target(UP, system.url)], probing=slow)) as exporter:
        until(lambda: exporter.get("/metrics").value("pantau_exporter_waiting_records") >= 2)
        assert "Traceback" not in exporter.stop()
    assert installed("doctor")
    records = Archive(str(installed.home / "archive")).records("probes")
    assert records is not None
    assert records.count_rows() >= 2


def test_target_that_is_down_is_an_answer_with_its_reason(exporter: Exporter) -> None:
    up, down = exporter.get(f"/probe?target={UP}"), exporter.get(f"/probe?target={DOWN}&module=web")
    assert (up.status, down.status) == (200, 200)
    assert up.value('pantau_probe_success{target_name="portal"}') == 1
    assert up.value('pantau_probe_http_status_code{target_name="portal"}') == 200
    assert up.value('pantau_probe_phase_duration_seconds{phase="first_byte",target_name="portal"}') > 0
    assert down.value('pantau_probe_success{target_name="portal"}') == 0
    assert down.value('pantau_probe_confirmed_success{target_name="portal"}') == 0
    assert down.value('pantau_probe_failed{reason="refused",target_name="portal"}') == 1
    assert down.value('pantau_probe_failed{reason="timeout",target_name="portal"}') == 0


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "parameter target is missing"),
        ("?target=99.99", "no target in the configuration"),
        (f"?target={UP}&module=other", "there is no module 'other'; there are web"),
        ("?target=http://169.254.169.254/", "no target in the configuration"),
    ],
)
def test_what_is_not_in_the_configuration_is_not_probed(exporter: Exporter, query: str, says: str) -> None:
    reply = exporter.get(f"/probe{query}")
    assert reply.status == 400
    assert says in reply.body


def test_discovery_lists_every_region_with_its_labels(exporter: Exporter) -> None:
    reply = exporter.get("/sd")
    assert reply.headers["content-type"] == "application/json"
    assert [group["targets"] for group in reply.json] == [[UP], [DOWN]]
    assert reply.json[1]["labels"] == {
        "region": DOWN,
        "region_name": "Kota Bandung",
        "province": "32",
        "province_name": "Jawa Barat",
    }


def test_formats_are_negotiated(exporter: Exporter) -> None:
    text = exporter.get("/metrics")
    assert text.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "pantau_exporter_build_info{" in text.body
    assert "process_open_fds" in text.body
    openmetrics = exporter.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text")
    assert openmetrics.body.endswith("# EOF\n")
    assert exporter.get("/metrics", method="POST").status == 405


def test_reload_takes_a_new_configuration_and_keeps_the_old_when_the_new_one_is_wrong(
    exporter: Exporter, system: System, tmp_path: Path
) -> None:
    configured(tmp_path, [target("99.99", system.url)])
    reply = exporter.get("/-/reload", method="POST")
    assert reply.status == 500
    assert "targets.0.region: '99.99' is no code of the registry" in reply.body
    assert exporter.get("/metrics").value("pantau_exporter_config_last_reload_successful") == 0
    assert len(exporter.get("/sd").json) == 2
    configured(tmp_path, [target(UP, system.url)])
    assert exporter.get("/-/reload", method="POST").status == 200
    assert exporter.get("/metrics").value("pantau_exporter_config_last_reload_successful") == 1
    assert len(exporter.get("/sd").json) == 1


def test_probe_ends_before_prometheus_gives_up(exporter: Exporter, system: System) -> None:
    system.delay_seconds = 2.5
    reply = exporter.get(f"/probe?target={UP}", headers={"X-Prometheus-Scrape-Timeout-Seconds": "1"})
    assert reply.status == 504
    assert "raise scrape_timeout" in reply.body


def test_secrets_come_from_the_environment_and_are_nowhere_told(
    system: System, installed: Installed, tmp_path: Path
) -> None:
    module = {**MODULE, "http": {"headers": {"Authorization": "env:PORTAL_TOKEN"}}}
    config = configured(tmp_path, [target(UP, system.url)], modules={"web": module})
    refused = run("--home", installed.home, "check-config", config)
    assert refused.status == 2
    assert "there is no PORTAL_TOKEN in the environment" in refused.err
    held = "Bearer hush-7f3a"
    with exporting(installed.home, config, environment={"PORTAL_TOKEN": held}) as exporter:
        said = [exporter.get(path).body for path in ("/", "/metrics", "/sd", f"/probe?target={UP}")]
        until(lambda: exporter.get("/metrics").value("pantau_exporter_delivered_records_total") >= 1)
        said.append(exporter.stop())
    assert system.headers[0]["Authorization"] == held
    assert not any("hush-7f3a" in text for text in said)
    files = [path for path in installed.home.rglob("*") if path.is_file()]
    assert files
    assert not any(b"hush-7f3a" in path.read_bytes() for path in files)


def test_configuration_is_shown_without_what_may_be_secret(
    system: System, installed: Installed, tmp_path: Path
) -> None:
    http = {"headers": {"X-Client": "pantau-pusat", "Authorization": "env:PANTAU_TEST_SECRET"}}
    config = configured(
        tmp_path, [target(UP, f"{system.url}?kunci=rahasia")], modules={"web": {**MODULE, "http": http}}
    )
    with exporting(installed.home, config, environment={"PANTAU_TEST_SECRET": "sangat-rahasia"}) as exporter:
        shown = exporter.get("/config").body
    assert yaml.safe_load(shown)["targets"][0]["region"] == UP
    assert "env:PANTAU_TEST_SECRET" in shown
    assert not [word for word in ("rahasia", "pantau-pusat") if word in shown]


def test_probe_is_told_step_by_step_on_request(exporter: Exporter) -> None:
    told = exporter.get(f"/probe?target={DOWN}&debug=true").body
    assert "target portal: module web, http://127.0.0.1:" in told
    assert "first attempt: down (refused)" in told
    assert "tls: not reached" in told
    assert "pantau_probe_success" in told


def test_records_of_a_region_are_a_module_of_their_own(exporter: Exporter) -> None:
    until(lambda: exporter.get("/metrics").value("pantau_exporter_delivered_records_total") >= 2)
    shown = exporter.get(f"/probe?target={UP}&module=records")
    until(lambda: "pantau_records_seen" in exporter.get(f"/probe?target={UP}&module=records").body)
    assert shown.status == 200
    assert exporter.get("/probe?target=99.99&module=records").status == 400


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"targets": [{**target(UP, "http://x/"), "modul": "web"}]},
            "targets.0.modul: there is no such entry",
        ),
        ({"targets": [target(UP, "ftp://x/")]}, "targets.0.address: a URL begins with http:// or https://"),
        ({"targets": [target(UP, "http://x/"), target(UP, "http://y/")]}, "has a 'portal' already"),
        ({"modules": {"web": {"prober": "icmp"}}}, "modules.web.prober"),
        (
            {"modules": {"web": {**MODULE, "http": {"headers": {"X-Api-Key": "abc"}}}}},
            "modules.web.http.headers.X-Api-Key: a secret does not stand in a configuration",
        ),
    ],
)
def test_configuration_that_cannot_be_used_is_refused_by_its_entry(
    installed: Installed, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    content = {"targets": [target(UP, "http://x/")], **change}
    config = configured(tmp_path, content.pop("targets"), **content)
    answer = run("--home", installed.home, "check-config", config)
    assert answer.status == 2
    assert says in answer.err


def test_configuration_that_can_be_used_is_counted(installed: Installed, tmp_path: Path) -> None:
    config = configured(tmp_path, [target(UP, "http://x/"), target(DOWN, "http://y/")])
    assert installed("check-config", config) == {
        "usable": True,
        "sources": 0,
        "targets": 2,
        "regions": 2,
        "modules": 1,
    }


def test_prometheus_scrapes_every_region_by_the_configuration_that_comes_with_the_project(
    exporter: Exporter, tmp_path: Path
) -> None:
    shipped = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    config = shipped.replace("127.0.0.1:9720", f"127.0.0.1:{exporter.port}")
    config = config.replace("scrape_interval: 60s", "scrape_interval: 2s").replace(
        "scrape_timeout: 25s", "scrape_timeout: 2s"
    )
    with prometheus(tmp_path, config) as server:
        until(lambda: len(server.query('up{job="pantau-regions"} == 1')) == 2)
        until(lambda: len(server.query("pantau_probe_success")) == 2)
        found = {one["metric"]["region"]: one for one in server.query("pantau_probe_success")}
        assert {code: one["value"][1] for code, one in found.items()} == {UP: "1", DOWN: "0"}
        assert found[DOWN]["metric"]["region_name"] == "Kota Bandung"
        assert found[DOWN]["metric"]["province"] == "32"
        assert "exported_region" not in found[DOWN]["metric"]
        until(lambda: len(server.query("pantau_exporter_build_info")) == 1)


@pytest.mark.parametrize("path", ["/metrics", f"/probe?target={UP}"])
def test_promtool_finds_nothing_to_say(exporter: Exporter, path: str) -> None:
    promtool = require("promtool", "prometheus")
    body = exporter.get(path).body
    ours = "".join(line for line in body.splitlines(keepends=True) if "pantau_" in line)
    assert ours.count("# TYPE") > 8
    done = subprocess.run(
        [promtool, "check", "metrics"], input=ours, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
