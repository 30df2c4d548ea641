"""Reasons of failed fetches in words."""

from __future__ import annotations

import pytest

from app.text import LANGUAGES, Language
from app.text.causes import CAUSES, Side, cause_text, side_of
from exporters.errors import FetchReason
from exporters.sources import READY_MAPPINGS, SOURCES

EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))


@EVERY_LANGUAGE
@pytest.mark.parametrize("reason", FetchReason)
def test_every_reason_has_words_of_its_own(t: Language, reason: FetchReason) -> None:
    words = CAUSES[reason].words[t.code]
    assert words == cause_text(reason.value, t.code)
    assert words == words.strip()
    assert len(words) > len("dns")
    assert [other for other, cause in CAUSES.items() if cause.words[t.code] == words] == [reason.value]


def test_no_words_are_left_for_a_reason_that_is_none() -> None:
    assert set(CAUSES) == {reason.value for reason in FetchReason}


def test_reason_that_nobody_knows_is_said_as_it_is_and_blames_nobody() -> None:
    assert cause_text("of_a_later_version", "id") == "of_a_later_version"
    assert side_of("of_a_later_version") is Side.UNSETTLED


@pytest.mark.parametrize("reason", ["timeout", "reset", "dns"])
def test_what_the_network_may_cause_is_not_blamed_on_the_region(reason: str) -> None:
    assert side_of(reason) is Side.UNSETTLED


@EVERY_LANGUAGE
def test_every_kind_of_source_has_words(t: Language) -> None:
    assert [kind for kind in {*SOURCES, *READY_MAPPINGS} if f"source_kind.{kind}" not in t.sentences] == []
