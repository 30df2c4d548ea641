"""The address holds what was chosen, by its code: who opens it sees the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from app.text import LANGUAGES
from tests.app.installations import ONLY
from tests.app.reader import Reader
from tests.services.command import Installed


@pytest.fixture
def home(some: Installed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    """Five regions, which the dashboard reads."""
    monkeypatch.setenv("PANTAU_HOME", str(some.home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    yield some
    st.cache_resource.clear()


def choices(reader: Reader) -> dict[str | None, object]:
    return {box.key: box.value for box in reader.test.selectbox}


CHOICES = {
    "national": {"indicator": "completion_days_p90", "period": "2025-03", "province": "32"},
    "region": {"region": ONLY, "province": "32", "period": "2025-02", "indicator": "completion_days_p90"},
}


@pytest.mark.parametrize("page", CHOICES)
def test_what_is_chosen_is_in_the_address_and_who_opens_it_sees_the_same(home: Installed, page: str) -> None:
    first = Reader.of(home).open(page)
    for key, code in CHOICES[page].items():
        first.test.selectbox(key=key).set_value(code).run()
    assert first.failures == []
    assert first.test.query_params == CHOICES[page]
    other = Reader.of(home).open(page, **CHOICES[page])
    assert choices(other) == choices(first) == CHOICES[page]
    assert (other.heading, other.words) == (first.heading, first.words)


@pytest.mark.parametrize("page", CHOICES)
def test_address_means_the_same_in_every_language(home: Installed, page: str) -> None:
    reader = Reader.of(home)
    for code in LANGUAGES:
        reader.open(page, lang=code, **CHOICES[page])
        assert reader.failures == []
        assert choices(reader) == CHOICES[page], code


def test_default_is_left_out_of_the_address(home: Installed) -> None:
    reader = Reader.of(home).open("national", period="2025-03", province="32")
    reader.test.selectbox(key="period").set_value("all").run()
    reader.test.selectbox(key="province").set_value(None).run()
    assert reader.test.query_params == {}


def test_part_of_the_ranking_is_in_the_address(nation: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_HOME", str(nation.home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    reader = Reader.of(nation).open("national")
    reader.test.pagination(key="page").set_value(2).run()
    assert reader.test.query_params == {"page": "2"}
    other = Reader.of(nation).open("national", page="2")
    assert other.words == reader.words
    assert other.test.pagination(key="page").value == 2
    reader.open("national", page="99")
    assert reader.test.pagination(key="page").value == 1
    st.cache_resource.clear()
