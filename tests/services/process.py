"""The command line as a process of its own: what it prints, its status, and the most memory it took."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.services.command import Answer

_MEASURED = """
import atexit, os, resource
from pathlib import Path
from pantau.cli import main

def tell():
    own = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    Path(os.environ["PEAK"]).write_text(f"{own.split()[1]} {started}")

atexit.register(tell)
main()
"""


@dataclass(frozen=True)
class Measured:
    """Answer of a process, and the most memory that it, or a process that it started, had at a time."""

    answer: Answer
    peak_bytes: int


def measured(*words: str | Path, peak: Path) -> Measured:
    """Run ``pantau`` with these words; ``peak`` is a file to tell its memory in."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *map(str, words)],
        env=os.environ | {"PEAK": str(peak)},
        capture_output=True,
        text=True,
        check=False,
    )
    kibibytes = max(map(int, peak.read_text(encoding="utf-8").split()))
    return Measured(Answer(done.returncode, done.stdout, done.stderr), kibibytes << 10)
