"""The checkout as data for these tests: its root, its packages and the files that belong to the project."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "checks", "exporters", "metrics", "pantau", "simulator")
CODE = (*PACKAGES, "benchmarks", "tests")

_NOT_OURS = frozenset(
    {
        ".git",
        ".venv",
        "var",
        "build",
        "dist",
        "node_modules",
        "__pycache__",
        "spark-warehouse",
        "metastore_db",
    }
)


def project_files() -> Iterator[Path]:
    """Every file that belongs to the project; caches, the virtual environment and data are left out."""
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if name not in _NOT_OURS and not name.endswith(("_cache", ".egg-info"))
        )
        subfolders[:] = [name for name in subfolders if name != ".hypothesis"]
        yield from (Path(folder, name) for name in sorted(names) if not name.endswith(".pyc"))


def project_texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the project with its text; pictures and other binaries are left out."""
    for path in project_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(*folders: str) -> Iterator[Path]:
    """Every Python module below these folders of the checkout."""
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    """The path as people write it: relative to the checkout."""
    return path.relative_to(ROOT).as_posix()
