"""Which program computed: its version, the digest of its source, the libraries that it computed with."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

SOURCE = Path(__file__).parents[1]
KINDS = frozenset({".py", ".yaml", ".csv"})
LIBRARIES = ("duckdb", "ibis-framework", "numpy", "polars", "pyarrow", "scipy")
DIGITS = 12


@dataclass(frozen=True, slots=True)
class Program:
    """``source``: SHA-256 over the files of ``metrics``, where all figures are computed.

    ``libraries``: versions by name, Python's and the processor's kind among them.
    """

    version: str
    source: str
    libraries: dict[str, str]

    @property
    def name(self) -> str:
        """Version with the beginning of the source's digest."""
        return f"{self.version}+{self.source[:DIGITS]}"

    def differences(self, other: Program) -> list[str]:
        """What is another in the other one, in words."""
        said = [f"program {self.name}, now {other.name}"] if self.name != other.name else []
        names = sorted(self.libraries.keys() | other.libraries.keys())
        pairs = (
            (name, self.libraries.get(name, "none"), other.libraries.get(name, "none")) for name in names
        )
        return [*said, *(f"{name} {then}, now {now}" for name, then, now in pairs if then != now)]


def running() -> Program:
    """Return the program that runs."""
    sha = hashlib.sha256()
    for file in sorted(SOURCE.rglob("*")):
        if file.suffix in KINDS:
            content = file.read_bytes()
            sha.update(f"{file.relative_to(SOURCE).as_posix()} {len(content)}\n".encode())
            sha.update(content)
    libraries = {name: version(name) for name in LIBRARIES}
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    return Program(version("pantau-mpp"), sha.hexdigest(), libraries | machine)
