"""Access logs go through the command line: requests are counted, and nobody who asked is stored or shown."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from metrics.archive import Archive
from tests.exporters.files.logs import line
from tests.exporters.realdata import ROOT, real
from tests.services.command import Answer, Installed, install

MAPPING = ROOT / "tests" / "mappings" / "access-log.yaml"
APACHE = "access-logs/apache_logs"
NGINX_PLUS = "access-logs/nginxplus_json_logs"
ADDRESS = re.compile(r"^\d+\.\d+\.\d+\.\d+", re.MULTILINE)


def installation(folder: Path) -> Installed:
    return install(folder / "home", ROOT / "tests" / "registries" / "open311.csv")


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return installation(tmp_path)


def mapping_with(folder: Path, **changes: Any) -> Path:
    """The mapping of the tests with other entries at its top."""
    path = folder / "map.yaml"
    text = yaml.load(MAPPING.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - scalars stay text
    path.write_text(yaml.safe_dump({**text, **changes}), encoding="utf-8")
    return path


def traffic(installed: Installed) -> pl.DataFrame:
    """Latest versions of the intervals that were taken in, earliest first."""
    records = Archive(installed.home / "archive").records("traffic")
    assert records is not None
    versions = pl.DataFrame(records.to_table()).sort("observed_at")
    return versions.unique(["region", "id"], keep="last").sort("started", "id")


def counts(account: dict[str, Any]) -> list[int]:
    return [account[name] for name in ("read", "accepted", "rejected", "new", "updated", "unchanged")]


@pytest.fixture(scope="module")
def apache(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installed, Answer]:
    """An installation that has taken the real log in, and the answer to that."""
    path = real(APACHE)
    installed = installation(tmp_path_factory.mktemp("apache"))
    answer = installed.run("import", path, "--mapping", MAPPING)
    assert answer.status == 0, answer.err
    return installed, answer


def test_requests_and_errors_of_the_apache_log_are_counted_by_interval(
    apache: tuple[Installed, Answer],
) -> None:
    installed, answer = apache
    assert counts(answer.json) == [85, 84, 1, 84, 0, 0]
    rows = traffic(installed)
    assert (rows["requests"].sum(), rows["errors"].sum()) == (9_999, 3)
    assert rows["interval_seconds"].unique().to_list() == [300.0]
    assert rows["latency_counts"].null_count() == 84
    assert f"{rows['started'].to_list()[0]:%Y-%m-%d %H:%M}" == "2015-05-17 10:05"


def test_line_of_the_apache_log_that_is_cut_off_is_rejected_with_its_number_and_masked(
    apache: tuple[Installed, Answer],
) -> None:
    (row,) = apache[0]("rejected")
    assert (row["row"], row["rule"]) == (8_899, "line-malformed")
    assert "it is cut off" in row["reason"]
    excerpt = json.loads(row["payload"])["_line"]
    assert excerpt.startswith('9.9.9.9 - - [20/May/2015:12:05:17 +0000] "GET /x/')


def test_no_address_of_the_apache_log_is_stored_or_shown(apache: tuple[Installed, Answer]) -> None:
    installed, answer = apache
    addresses = set(ADDRESS.findall(real(APACHE).read_text(encoding="utf-8")))
    assert len(addresses) > 1_000
    files = [path for path in installed.home.rglob("*") if path.is_file()]
    stored = b"\n".join(path.read_bytes() for path in files).decode("latin-1")
    rows = traffic(installed).write_json() if (installed.home / "archive").exists() else ""
    shown = answer.out + answer.err + installed.run("rejected").out
    everything = stored + rows + shown
    assert rows
    assert [address for address in addresses if address in everything] == []
    assert [word for word in ("Mozilla", "semicomplete", "logstash") if word in everything] == []


def test_apache_log_imported_twice_plain_and_gzipped_changes_nothing(
    apache: tuple[Installed, Answer], tmp_path: Path
) -> None:
    """The other copy has another name, as after a rotation."""
    gz = tmp_path / "access.log.2.gz"
    gz.write_bytes(gzip.compress(real(APACHE).read_bytes()))
    before = traffic(apache[0])
    account = apache[0]("import", real(APACHE), gz, "--mapping", MAPPING)
    assert counts(account) == [170, 168, 2, 0, 0, 168]
    assert traffic(apache[0]).equals(before)


def test_apache_log_that_has_grown_replaces_the_interval_that_was_not_over(tmp_path: Path) -> None:
    lines = real(APACHE).read_text(encoding="utf-8").splitlines(keepends=True)
    installed, mapping = installation(tmp_path), mapping_with(tmp_path, observed_at="now")
    path = tmp_path / "access.log"
    path.write_text("".join(lines[:5_000]), encoding="utf-8")
    first = installed("import", path, "--mapping", mapping)
    assert traffic(installed)["requests"].sum() == 5_000
    path.write_text("".join(lines), encoding="utf-8")
    grown = installed("import", path, "--mapping", mapping)
    assert (grown["accepted"], grown["rejected"]) == (84, 1)
    assert (grown["updated"], grown["unchanged"]) == (1, first["accepted"] - 1)
    assert traffic(installed)["requests"].sum() == 9_999


def test_snapshots_of_nginx_plus_are_no_requests_and_every_one_is_rejected(installed: Installed) -> None:
    answer = installed.run("import", real(NGINX_PLUS), "--mapping", MAPPING)
    assert answer.status == 1
    assert counts(answer.json) == [500, 0, 500, 0, 0, 0]
    assert "it has no status" in answer.err
    everything = answer.err + installed.run("rejected").out
    assert [address for address in ("206.251.255.64", "10.0.0.1") if address in everything] == []


def test_json_lines_of_nginx_give_a_histogram_of_latency(installed: Installed, tmp_path: Path) -> None:
    requests = [
        {"time_iso8601": f"2025-01-01T07:0{n % 10}:00+07:00", "status": 200 if n % 4 else 503}
        | {"remote_addr": "203.0.113.77", "request_time": f"0.{n:03d}"}
        for n in range(40)
    ]
    path = tmp_path / "access.json.log"
    path.write_text("".join(f"{json.dumps(item)}\n" for item in requests), encoding="utf-8")
    log = {"kind": "access_log", "access_log": {"time_unit": "s", "bounds": [0.01, 0.02]}}
    account = installed("import", path, "--mapping", mapping_with(tmp_path, format=log))
    assert counts(account) == [2, 2, 0, 2, 0, 0]
    rows = traffic(installed)
    assert (rows["requests"].to_list(), rows["errors"].sum()) == ([20, 20], 10)
    assert rows["latency_le"].to_list() == [[0.01, 0.02, float("inf")]] * 2
    assert [sum(column) for column in zip(*rows["latency_counts"].to_list(), strict=True)] == [11, 10, 19]
    assert rows["latency_sum_seconds"].sum() == pytest.approx(0.78)


def test_hosts_of_one_log_are_regions_and_one_that_is_unknown_is_rejected(
    installed: Installed, tmp_path: Path
) -> None:
    hosts = ["mpp.chicago.example", "mpp.toronto.example", "mpp.toronto.example", "other.example"]
    path = tmp_path / "access.log"
    path.write_text("".join(f"{host}:443 {line(n)}\n" for n, host in enumerate(hosts)), encoding="utf-8")
    region = {"column": "host", "words": {hosts[0]: "US-CHI", hosts[1]: "CA-TOR"}}
    log = {"kind": "access_log", "access_log": {"by_host": True}}
    answer = installed.run("import", path, "--mapping", mapping_with(tmp_path, format=log, region=region))
    assert counts(answer.json) == [3, 2, 1, 2, 0, 0]
    assert answer.json["rejected_by_rule"] == {"region-unknown": 1}
    assert dict(traffic(installed).select("region", "requests").rows()) == {"US-CHI": 1, "CA-TOR": 2}


def test_mapping_of_the_howto_reads_a_log_as_it_says(tmp_path: Path) -> None:
    """Of a log that also has a line without a request time."""
    text = (ROOT / "docs" / "howto" / "import-your-files.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```\n(version: 1\n.*?)^```", text, re.MULTILINE | re.DOTALL)
    mapping = tmp_path / "map.yaml"
    mapping.write_text(block, encoding="utf-8")
    path = tmp_path / "access.log"
    path.write_text(
        f"{line(0, rest='0.250')}\n{line(1, rest='')}\n{line(2, 502, '1.000')}\n", encoding="utf-8"
    )
    installed = install(tmp_path / "home")
    account = installed("import", path, "--mapping", mapping, "--max-rejected", "0.5")
    assert counts(account) == [2, 1, 1, 1, 0, 0]
    (row,) = traffic(installed).to_dicts()
    assert (row["region"], row["requests"], row["errors"]) == ("32.73", 2, 1)
    assert row["latency_sum_seconds"] == pytest.approx(1.25)
