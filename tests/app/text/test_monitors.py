"""Every monitor has a name, a sentence on what it watches and one on what to do, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.text import LANGUAGES
from app.text.monitors import MONITORS as SAID
from app.text.monitors import check_about, check_name, check_remedy
from app.text.rules import RULES, rule_text
from checks.monitors import MONITORS

LONGEST_NAME = 40
RULE = "completed-not-before-submitted"


def test_words_are_those_of_the_monitors_and_no_others() -> None:
    assert set(SAID) == set(MONITORS)
    assert set(SAID).isdisjoint(RULES)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("check", MONITORS)
def test_monitor_has_a_short_name_and_two_sentences(check: str, code: str) -> None:
    name, about, remedy = check_name(check, code), check_about(check, code), check_remedy(check, code)
    assert name not in {check, ""}
    assert len(name) <= LONGEST_NAME
    assert not name.endswith(".")
    assert about.endswith(".")
    assert remedy.endswith(".")
    assert about != remedy


@pytest.mark.parametrize("say", [check_name, check_about, check_remedy])
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_monitors_are_said_alike_and_no_language_stands_for_the_other(
    say: Callable[[str, str], str], code: str
) -> None:
    said = [say(check, code) for check in MONITORS]
    assert len(set(said)) == len(said)
    other = next(language for language in LANGUAGES if language != code)
    assert all(say(check, other) != words for check, words in zip(MONITORS, said, strict=True))


@pytest.mark.parametrize("code", LANGUAGES)
def test_rule_of_a_contract_is_named_by_what_it_finds_wrong(code: str) -> None:
    assert check_name(RULE, code) == rule_text(RULE, code)
    assert check_about(RULE, code) == check_about("key-unique", code)
    assert check_remedy(RULE, code) == check_remedy("key-unique", code)
    assert check_remedy(RULE, code) not in {check_remedy(check, code) for check in MONITORS}


@pytest.mark.parametrize("code", LANGUAGES)
def test_rule_of_an_own_contract_keeps_its_id_as_its_name(code: str) -> None:
    assert check_name("stamp-duty-paid", code) == "stamp-duty-paid"
    assert check_about("stamp-duty-paid", code).endswith(".")
