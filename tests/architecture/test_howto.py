"""What the how-tos tell people to write works as written."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from checks.compile import CONTRACTS, compile_contract
from checks.rules.kind import Scope
from tests.architecture.checkout import ROOT

HOWTO = ROOT / "docs" / "howto"


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a how-to in one language."""
    text = (HOWTO / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_rule_of_the_howto_compiles_and_finds_what_it_says() -> None:
    (entry,) = blocks("add-a-check.md", "yaml")
    text = CONTRACTS["transactions"].read_text(encoding="utf-8")
    contract = compile_contract(text.rstrip("\n") + "\n" + entry, "transactions.yaml")
    scope = Scope(frozenset(), datetime(2026, 1, 1, tzinfo=UTC), contract.polars_schema)
    day = [datetime(2025, 5, day, tzinfo=UTC) for day in (1, 2)]
    rows = pl.DataFrame(
        {"completed": [day[0], day[1], None], "file_complete": [day[1], day[1], day[1]]},
        schema={name: contract.polars_schema[name] for name in ("completed", "file_complete")},
    )
    broken = rows.select(contract.rule("completed-not-before-file-complete").mask(scope)).to_series()
    assert broken.to_list() == [True, False, False]


def pantau(*words: str) -> str:
    """What a command answers with --json; whatever it says besides is shown when it fails."""
    program = "from pantau.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", program, *words, "--json"], capture_output=True, text=True, check=False
    )
    assert run.returncode in {0, 1}, run.stderr
    return run.stdout


def test_example_of_an_import_is_read_as_the_howto_says(tmp_path: Path) -> None:
    (records,) = blocks("import-your-files.md", "csv")
    (mapping,) = blocks("import-your-files.md", "yaml")
    (tmp_path / "contoh.csv").write_text(records, encoding="utf-8")
    (tmp_path / "contoh.yaml").write_text(mapping, encoding="utf-8")
    home = f"--home={tmp_path / 'home'}"
    the_import = ("import", str(tmp_path / "contoh.csv"), f"--mapping={tmp_path / 'contoh.yaml'}", home)
    pantau("init", home)
    counts = [
        {name: answer[name] for name in ("read", "accepted", "rejected", "new", "unchanged")}
        for answer in map(
            json.loads, (pantau(*the_import, "--dry-run"), pantau(*the_import), pantau(*the_import))
        )
    ]
    tried = {"read": 4, "accepted": 2, "rejected": 2}
    assert counts == [
        {**tried, "new": 0, "unchanged": 0},
        {**tried, "new": 2, "unchanged": 0},
        {**tried, "new": 0, "unchanged": 2},
    ]
    rejected = {
        json.loads(row["payload"])["No"]: row["reason"] for row in json.loads(pantau("rejected", home))
    }
    assert sorted(rejected) == ["0003", "0004"]
    assert "Bandung" in rejected["0003"]
