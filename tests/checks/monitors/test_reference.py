"""The page about the monitors is true."""

from __future__ import annotations

from pathlib import Path

from checks.monitors.reference import monitors

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "monitors.md"


def test_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == monitors(), (
        "Write it anew: python -m checks.monitors.reference docs/reference/monitors.md"
    )
