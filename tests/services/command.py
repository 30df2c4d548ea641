"""The command line as a person runs it, in this process: what it prints, and its exit status."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pantau.cli import main


@dataclass(frozen=True)
class Answer:
    """What a command printed and the status it ended with."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*words: str | Path) -> Answer:
    """Run ``pantau`` with these words."""
    out, err = io.StringIO(), io.StringIO()
    with patch.object(sys, "argv", ["pantau", *map(str, words)]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        else:
            status = 0
    return Answer(status, out.getvalue(), err.getvalue())


@dataclass(frozen=True)
class Installed:
    """One installation and the commands on it, each with ``--json``."""

    home: Path

    def __call__(self, *words: str | Path, status: int = 0) -> Any:
        """Answer of a command that is expected to end with this status."""
        answer = self.run(*words)
        assert answer.status == status, (answer.status, answer.err, answer.out)
        return answer.json

    def run(self, *words: str | Path) -> Answer:
        return run("--home", self.home, "--json", *words)

    def figure(self, indicator: str, region: str, period: str = "all") -> dict[str, Any]:
        """One indicator of one region."""
        rows: list[dict[str, Any]] = self(
            "indicators", "--indicator", indicator, "--region", region, "--period", period
        )
        (row,) = rows
        return row


def install(home: Path, registry: Path | None = None, *words: str) -> Installed:
    """Make an installation."""
    installed = Installed(home)
    given: list[str | Path] = ["--registry", registry] if registry else []
    installed("init", *given, *words)
    return installed
