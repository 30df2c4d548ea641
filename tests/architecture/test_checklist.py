"""The checklist of the exporter names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/exporter-checklist.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert len(named) >= 30
    assert missing == []


def test_every_line_names_its_test() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    assert [line[:60] for line in lines if not NAMED.search(line)] == []
    numbers = {int(line.split("|")[1]) for line in lines}
    assert numbers == set(range(1, 40)) - {32, 33, 34, 35, 36, 38}
