"""Every rule that a row or a batch can break has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.text import LANGUAGES
from app.text.rules import COLUMNS, RULES, rule_text
from checks.compile import CONTRACTS, load_contract
from checks.suites import COLUMN_CHECKS
from exporters.intake import CONFLICT_RULE

OF_CONTRACTS = {rule.id for name in CONTRACTS for rule in load_contract(name).rules}
ROOT = Path(__file__).parents[3]
OF_READING = {
    rule
    for module in ("mapper", "places", "push/reading", "fence")
    for rule in re.findall(
        r'"((?:word|date|list|number|line|region|simulation|text)-[a-z]+)"',
        (ROOT / "exporters" / f"{module}.py").read_text(),
    )
}
ALL = sorted(OF_CONTRACTS | OF_READING | {check.id for check in COLUMN_CHECKS} | {CONFLICT_RULE})


def test_rules_of_reading_are_found() -> None:
    assert {"word-unknown", "date-unreadable", "region-ambiguous", "line-malformed"} <= OF_READING


@pytest.mark.parametrize("rule", ALL)
def test_rule_has_words_of_its_own_in_both_languages(rule: str) -> None:
    said = {code: rule_text(rule, code) for code in LANGUAGES}
    assert all(said.values()), said
    assert all("{" not in str(words) for words in said.values())
    assert said["id"] != said["en"] or rule == "required-platform"


def test_rule_of_an_own_contract_keeps_its_id() -> None:
    assert rule_text("stamp-duty-paid", "id") is None
    assert rule_text("required-stamp-duty", "en") is None


def test_no_words_are_left_over() -> None:
    named = " ".join(ALL)
    assert [column for column in COLUMNS if column not in named] == []
    assert set(RULES) <= {*ALL}
