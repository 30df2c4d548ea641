"""What ``data-docs`` writes and answers."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from pantau.commands.datadocs import data_docs
from tests.pantau.conftest import BAD, CASES

app = typer.Typer()
app.command()(data_docs)


def test_pages_of_a_file_are_written_without_an_installation(files: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "docs"
    words = [
        files / "cases.csv",
        "--mapping",
        files / "mapping.yaml",
        "--out",
        out,
        "--home",
        tmp_path,
        "--json",
    ]
    answer = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert json.loads(answer.stdout) == {"page": str(out / "index.html"), "rows": CASES, "unreadable": 0}
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "completed-not-before-submitted (critical)" in page
    assert f"{BAD} unexpected values found" in page
    assert [*tmp_path.iterdir()] == [out.parent]
