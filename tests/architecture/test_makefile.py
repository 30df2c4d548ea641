"""The Makefile explains itself, and the scripts behind it are sound."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.checkout import PACKAGES, ROOT, named

SCRIPTS = sorted((ROOT / ".ci").iterdir())


def make(*arguments: str) -> str:
    """What make prints; it inherits nothing from a make that started these tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    environment.pop("MFLAGS", None)
    run = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout


def phony() -> list[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert targets is not None
    return targets[1].split()


@pytest.mark.parametrize("target", phony())
def test_make_alone_explains_the_target(target: str) -> None:
    assert re.search(rf"^  make {target} +\w", make(), re.MULTILINE)


@pytest.mark.parametrize("target", ["setup", "demo", "test", "lint", "bench", "clean"])
def test_target_exists(target: str) -> None:
    assert target in phony()


@pytest.mark.parametrize("target", ["demo", "test", "lint"])
def test_target_makes_the_virtual_environment_itself(target: str) -> None:
    planned = make("--dry-run", "--always-make", target)
    assert planned.index(".ci/venv") < planned.index(".venv/bin/")


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_script_is_executable_strict_and_parses(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", script], check=True)


def test_setup_leaves_bytecode_where_the_environment_says_not_to(tmp_path: Path) -> None:
    """The lines of .ci/venv that compile, run on a virtual environment of one module that is no Python."""
    text = (ROOT / ".ci" / "venv").read_text(encoding="utf-8")
    compiling = text[text.index('echo "setup: compiling"') :]
    site = tmp_path / "site"
    site.mkdir()
    (site / "library.py").write_text("VALUE = 1\n", encoding="utf-8")
    (site / "template.py").write_text("class {{ name }}\n", encoding="utf-8")
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\nif [ "$1" = -c ]; then echo "{site}"; else exec "{sys.executable}" "$@"; fi\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "own.py").write_text("VALUE = 1\n", encoding="utf-8")
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"venv=venv\n{compiling}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    compiled = {path.name.split(".")[0] for path in tmp_path.rglob("*.pyc")}
    assert compiled == {"library", "own"}
    assert len(list(tmp_path.rglob("own.*.pyc"))) == len(PACKAGES)


def test_ci_checks_strictly_and_waits_for_no_input() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "export PANTAU_TEST_STRICT=1" in text
    assert "make lint test </dev/null" in text


def test_system_names_the_command_that_installs_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "bash").symlink_to(str(shutil.which("bash")))
    nobody = tmp_path / "id"
    nobody.write_text("#!/bin/bash\necho 1000\n", encoding="utf-8")
    nobody.chmod(0o755)
    run = {
        strict: subprocess.run(
            [ROOT / ".ci" / "system"],
            env={"PATH": str(tmp_path), "PANTAU_TEST_STRICT": strict},
            capture_output=True,
            text=True,
            check=False,
        )
        for strict in ("0", "1")
    }
    assert run["0"].stderr.count("sudo apt-get install --no-install-recommends chromium") == 1
    assert [run["0"].returncode, run["1"].returncode] == [0, 1]
