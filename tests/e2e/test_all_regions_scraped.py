"""A real Prometheus scrapes all regions by the configuration that comes with the project, for ten minutes."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exporters.collecting.regional import RECORDS
from metrics.regions import indonesia
from tests.services.command import install
from tests.services.exporter import Exporter, exporting
from tests.services.programs import require
from tests.services.prometheus import Prometheus, prometheus
from tests.services.simulator import simulating

ROOT = Path(__file__).parents[2]
MINUTES = 10
JOBS = ("pantau-regions", "pantau-records")


def series_of(text: str) -> list[str]:
    return [line.rpartition(" ")[0] for line in text.splitlines() if line and not line.startswith("#")]


def lint_all(exporter: Exporter, module: str) -> None:
    """Promtool has nothing to say of any region's answer, and no series stands twice in one."""
    promtool = require("promtool", "prometheus")

    def one(code: str) -> None:
        body = exporter.get(f"/probe?target={code}{module}").body
        done = subprocess.run(
            [promtool, "check", "metrics"], input=body, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), code
        series = series_of(body)
        assert len(series) == len(set(series)), code

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, indonesia().regions))


def values(server: Prometheus, expression: str) -> list[float]:
    return [float(row["value"][1]) for row in server.query(expression)]


@pytest.mark.slow
@pytest.mark.timeout(2_400)
def test_ten_minutes_of_514_regions_have_no_gap_and_no_series_twice(tmp_path: Path) -> None:
    installed = install(tmp_path / "home")
    shipped = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    with (
        simulating(tmp_path / "live", "--volume", "0.02") as simulator,
        exporting(installed.home, simulator.config) as exporter,
        prometheus(tmp_path, shipped.replace("127.0.0.1:9720", f"127.0.0.1:{exporter.port}")) as server,
    ):
        time.sleep(150)  # every target is found, and was scraped twice
        begun = time.monotonic()
        time.sleep(MINUTES * 60)
        window = f"{int(time.monotonic() - begun)}s"
        for job in JOBS:
            regions = values(server, f'count(count by (region) (up{{job="{job}"}}))')
            assert regions == [len(indonesia().regions)], job
            assert min(values(server, f'min_over_time(up{{job="{job}"}}[{window}])')) == 1, job
            scrapes = values(server, f'count_over_time(up{{job="{job}"}}[{window}])')
            assert MINUTES - 1 <= min(scrapes) <= max(scrapes) <= MINUTES + 1, job
        for fault in ("duplicate_timestamp", "out_of_order", "out_of_bounds"):
            assert values(server, f"prometheus_target_scrapes_sample_{fault}_total") in ([], [0.0]), fault
        assert values(server, "prometheus_target_scrapes_exceeded_sample_limit_total") in ([], [0.0])
        lint_all(exporter, "")
        lint_all(exporter, f"&module={RECORDS}")
