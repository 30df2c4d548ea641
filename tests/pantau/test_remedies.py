"""Each rule that a file can break has a remedy in both languages, filled in to the last word."""

from __future__ import annotations

import pytest

from app.text import LANGUAGES
from checks.compile import CONTRACTS, load_contract
from checks.contract import Rule
from checks.rules import RULES
from exporters.errors import SourceError
from exporters.issues import RULES as READING
from exporters.push.reading import own_mapping
from pantau.producertext import OWNERS, REMEDIES, SENTENCES, UNREADABLE
from pantau.remedies import remedy
from pantau.trial import Broken

ALL = [(name, rule) for name in CONTRACTS for rule in load_contract(name).rules]
WORDS = [*SENTENCES.values(), *OWNERS.values(), *REMEDIES.values(), *UNREADABLE.values()]


def test_every_kind_of_rule_and_every_rule_of_reading_has_a_remedy() -> None:
    assert {*REMEDIES} == {*RULES, *READING}


def test_every_sentence_is_in_every_language() -> None:
    assert all({*words} == {*LANGUAGES} and all(words.values()) for words in WORDS)


def test_every_owner_of_a_contract_has_words() -> None:
    assert {*OWNERS} == {rule.owner for _, rule in ALL}


def test_every_failure_of_a_source_has_words_and_the_closest_come_first() -> None:
    kinds = [*UNREADABLE]
    assert kinds[-1] is SourceError
    assert all(not issubclass(later, kind) for at, kind in enumerate(kinds) for later in kinds[at + 1 :])


@pytest.mark.parametrize(("name", "rule"), ALL, ids=[f"{name} {rule.id}" for name, rule in ALL])
@pytest.mark.parametrize("code", LANGUAGES)
def test_remedy_of_a_rule_names_its_columns(name: str, rule: Rule, code: str) -> None:
    broken = Broken(rule.id, "", rule, rule.owner, rejects=True, rows=1, examples=())
    text = remedy(broken, own_mapping(name), "32.73", LANGUAGES[code])
    assert text.endswith(".")
    assert not {"{", "}"} & {*text}
    assert [column for column in rule.columns if column not in text] == []


@pytest.mark.parametrize("rule", READING)
@pytest.mark.parametrize("code", LANGUAGES)
def test_remedy_of_a_rule_of_reading_is_filled_in(rule: str, code: str) -> None:
    broken = Broken(rule, "submitted", None, "regional-data-source", rejects=True, rows=1, examples=())
    text = remedy(broken, own_mapping("transactions"), "32.73", LANGUAGES[code])
    assert text.endswith(".")
    assert not {"{", "}"} & {*text}


def test_tolerance_is_told_in_hours_and_only_where_there_is_one() -> None:
    contract = load_contract("transactions")
    said = {
        name: remedy(
            Broken(name, "", contract.rule(name), "", rejects=True, rows=1, examples=()),
            own_mapping("transactions"),
            "32.73",
            LANGUAGES["en"],
        )
        for name in ("observed-at-not-in-future", "completed-not-after-observed")
    }
    assert "later than the time of the test by more than 24 hours." in said["observed-at-not-in-future"]
    assert "later than observed_at. Look" in said["completed-not-after-observed"]
