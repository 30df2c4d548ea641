"""Each import-linter contract of pyproject.toml breaks on a violation planted in a copy of the packages."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.checkout import PACKAGES, ROOT

# contract -> the violations it must notice, each as (module to write, what it imports)
PLANTS = {
    "Data flow left to right": [
        ("metrics/planted.py", "checks"),
        ("metrics/planted.py", "exporters"),
        ("metrics/planted.py", "app"),
        ("metrics/planted.py", "pantau"),
        ("checks/planted.py", "exporters"),
        ("checks/planted.py", "app"),
        ("checks/planted.py", "pantau"),
        ("exporters/planted.py", "pantau"),
        ("exporters/planted.py", "app"),
        ("app/planted.py", "exporters"),
        ("app/planted.py", "pantau"),
    ],
    "The dashboard reads the store, never the checks": [
        ("app/planted.py", "checks"),
        ("app/planted.py", "exporters"),
        ("app/planted.py", "great_expectations"),
        ("app/planted.py", "deltalake"),
        ("app/views/planted.py", "duckdb"),
    ],
    "The simulator shares nothing with what it tests": [
        ("simulator/planted.py", "app"),
        ("simulator/planted.py", "checks"),
        ("simulator/planted.py", "exporters"),
        ("simulator/planted.py", "pantau"),
    ],
    "Only the command line starts the simulator": [
        ("app/planted.py", "simulator"),
        ("checks/planted.py", "simulator"),
        ("exporters/planted.py", "simulator"),
        ("metrics/planted.py", "simulator"),
    ],
    "SQLAlchemy only in the store": [
        ("metrics/planted.py", "sqlalchemy.orm"),
        ("app/planted.py", "sqlalchemy"),
        ("pantau/planted.py", "alembic"),
        ("exporters/planted.py", "psycopg"),
        ("checks/planted.py", "sqlite3"),
    ],
    "Great Expectations only in the gate": [
        ("checks/planted.py", "great_expectations"),
        ("exporters/planted.py", "great_expectations.core"),
    ],
    "Delta tables only behind the archive": [
        ("exporters/planted.py", "deltalake"),
        ("metrics/planted.py", "deltalake"),
    ],
    "Ibis only in the roll-up": [
        ("metrics/planted.py", "ibis"),
        ("pantau/planted.py", "ibis"),
    ],
    "Spark only in the roll-up": [
        ("metrics/planted.py", "pyspark"),
        ("metrics/planted.py", "py4j.protocol"),
        ("pantau/planted.py", "pyspark.sql"),
    ],
    "Streamlit and Plotly only in the dashboard": [
        ("metrics/planted.py", "streamlit"),
        ("pantau/planted.py", "plotly.express"),
    ],
    "Typer only in the command line": [
        ("exporters/planted.py", "typer"),
        ("app/planted.py", "typer"),
    ],
}


def declared() -> list[dict[str, Any]]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = config["tool"]["importlinter"]["contracts"]
    return found


def contracts() -> list[str]:
    return [contract["name"] for contract in declared()]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and of the contracts, to plant violations in."""
    copy = tmp_path_factory.mktemp("packages")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def broken_contracts(packages: Path) -> set[str]:
    """Names of the contracts that the packages break."""
    linter = "from importlinter.cli import lint_imports_command as lint; lint()"
    run = subprocess.run(
        [sys.executable, "-c", linter, "--no-logo", "--cache-dir", str(packages / "cache"), "pyproject.toml"],
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "PYTHONPATH": str(packages), "NO_COLOR": "1", "COLUMNS": "200"},
    )
    broken = {name for name in contracts() if f"{name} BROKEN" in run.stdout}
    assert (run.returncode == 0) == (not broken), run.stdout + run.stderr
    return broken


def test_every_contract_has_a_planted_violation() -> None:
    assert sorted(PLANTS) == sorted(contracts())


def test_every_forbidden_module_is_planted() -> None:
    forbidden = {
        (contract["name"], module)
        for contract in declared()
        for module in contract.get("forbidden_modules", ())
    }
    planted = {
        (name, imported.partition(".")[0]) for name, plants in PLANTS.items() for _, imported in plants
    }
    assert forbidden - planted == set()


@pytest.mark.parametrize("contract", PLANTS)
def test_contract_breaks_on_a_planted_violation(packages: Path, contract: str) -> None:
    before = broken_contracts(packages)
    assert contract not in before
    for module, imported in PLANTS[contract]:
        planted = packages / module
        planted.parent.mkdir(exist_ok=True)
        planted.write_text(f"import {imported}\n", encoding="utf-8")
        try:
            assert contract in broken_contracts(packages), f"{module} imports {imported} and nobody minds"
        finally:
            planted.unlink()
