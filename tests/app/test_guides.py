"""The user guide has every page, and the page of the how-to works as written."""

from __future__ import annotations

import ast
import re
import sys
from types import ModuleType

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.components.states import STALE_DAYS
from app.main import PAGES
from app.reading.sources import STALE_HOURS, Condition
from app.text import LANGUAGES
from tests.architecture.checkout import ROOT
from tests.services.command import Installed

GUIDE = (ROOT / "docs" / "panduan" / "README.md").read_text(encoding="utf-8")
HOWTO = (ROOT / "docs" / "howto" / "add-a-page.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_guide_has_a_section_for_the_page_in_every_language(page: str) -> None:
    sections = re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)
    assert [t.code for t in LANGUAGES.values() if t(f"page.{page}") not in sections] == []


def test_guide_is_indonesian_first() -> None:
    first, second = (GUIDE.index(f"\n## {t('page.region')}\n") for t in LANGUAGES.values())
    assert first < second


def test_guide_names_the_marks_and_their_bounds_as_the_pages_do() -> None:
    for t in LANGUAGES.values():
        for key in ("simulated.lead", "stale.lead"):
            assert f"**{t(key).rstrip('.')}**" in GUIDE
    assert GUIDE.count(f"{STALE_DAYS} ") == len(LANGUAGES)


def test_guide_names_the_states_of_a_source_and_their_bound_as_the_page_does() -> None:
    for t in LANGUAGES.values():
        for condition in (Condition.LEFT_ALONE, Condition.STALE):
            assert f"**{t(f'condition.{condition}')}**" in " ".join(GUIDE.split())
    assert GUIDE.count(f"{STALE_HOURS} ") == len(LANGUAGES)


def test_page_of_the_howto_works_as_written(
    one: Installed, empty: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, sentences, view, _ = re.findall(r"^```python\n(.*?)^```", HOWTO, re.MULTILINE | re.DOTALL)
    module = ModuleType("app.reading.senders")
    exec(reading, module.__dict__)  # noqa: S102 - what the how-to tells people to write
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for t in LANGUAGES.values():
        for key, words in ast.literal_eval("{" + sentences + "}").items():
            monkeypatch.setitem(t.sentences, key, words)
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    monkeypatch.setenv("PANTAU_HOME", str(one.home))
    filled = AppTest.from_string(view, default_timeout=60).run()
    assert [error.message for error in filled.exception] == []
    assert filled.dataframe[0].value.to_numpy().tolist() == [["made-up", "294"]]
    monkeypatch.setenv("PANTAU_HOME", str(empty.home))
    blank = AppTest.from_string(view, default_timeout=60).run()
    assert [error.message for error in blank.exception] == []
    assert any(LANGUAGES["id"]("empty.title") in element.proto.body for element in blank.get("html"))
    st.cache_resource.clear()
