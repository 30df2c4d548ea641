"""How an answer is printed: for a person at a terminal, for a pipe, and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from pantau.session import JsonOption, Session

ROWS: list[dict[str, Any]] = [
    {"region": "71.71", "score": 95.99683127, "parts": {"a": 1.5, "b": None}, "reasons": ("too few", "x\ty")},
    {"region": "12.07", "score": None, "parts": {}, "reasons": ()},
]

app = typer.Typer()
one = typer.Typer()


@one.command()
def show_one(ctx: typer.Context) -> None:
    Session(ctx, None, as_json=False).answer({"registry": "indonesia", "regions": 514})


@app.command()
def show(ctx: typer.Context, *, as_json: JsonOption = False) -> None:
    Session(ctx, None, as_json=as_json).answer(ROWS)


def test_a_pipe_gets_whole_lines_with_tabs_between_the_fields() -> None:
    answer = CliRunner().invoke(app)
    assert answer.stdout.splitlines() == [
        "region\tscore\tparts\treasons",
        "71.71\t95.9968\ta 1.5, b \ttoo few; x y",
        "12.07\t\t\t",
    ]


def test_entries_of_one_thing_have_no_heading() -> None:
    assert CliRunner().invoke(one).stdout.splitlines() == ["registry\tindonesia", "regions\t514"]


def test_json_has_the_exact_values() -> None:
    told = json.loads(CliRunner().invoke(app, ["--json"]).stdout)
    assert told[0]["score"] == 95.99683127
    assert told[0]["reasons"] == ["too few", "x\ty"]


def test_a_terminal_gets_a_table_with_nothing_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    shown = CliRunner().invoke(app).stdout
    assert "│" in shown
    assert "…" not in shown
    assert "95.9968" in shown
