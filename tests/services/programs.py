"""Programs that are not Python's: found, or the test that needs one is skipped by name.

With PANTAU_TEST_STRICT=1 such a skip is a failure (``tests/conftest.py``).
"""

import shutil
from pathlib import Path

import pytest


def require(program: str, package: str, *, under: str | None = None) -> Path:
    """Path of a program: the newest below ``under`` (a pattern from the root), else on PATH.

    Skips the test when there is none, naming the Debian package that brings it.
    """
    if under is not None:
        found = [path for path in Path("/").glob(under.lstrip("/")) if (path / program).exists()]
        if found:
            return max(found, key=_version) / program
    on_path = shutil.which(program)
    if on_path is None:
        pytest.skip(f"program {program} is not installed: apt-get install -y {package}")
    return Path(on_path)


def _version(folder: Path) -> list[int]:
    """Numbers in a path: 15 is newer than 9.6."""
    return [int(number) for part in folder.parts for number in part.split(".") if number.isdigit()]
