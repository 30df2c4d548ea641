"""The caching of the dashboard: new data show, an unchanged store is not read again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from app import data
from metrics.errors import StoreError
from tests.app.installations import CASES, with_one_region
from tests.e2e.cases import some_cases, write, write_mapping
from tests.services.command import Installed


@pytest.fixture
def home(empty: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    """A copy of an installation without data, which the dashboard reads."""
    shutil.copytree(empty.home, tmp_path / "home")
    monkeypatch.setenv("PANTAU_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    yield Installed(tmp_path / "home")
    st.cache_data.clear()
    st.cache_resource.clear()


def test_store_is_that_of_the_address_else_of_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_HOME", "/somewhere")
    monkeypatch.setenv("PANTAU_STORE_URL", "postgresql+psycopg://pantau@db/pantau")
    assert data.store_url() == "postgresql+psycopg://pantau@db/pantau"
    monkeypatch.delenv("PANTAU_STORE_URL")
    assert data.store_url() == "sqlite:////somewhere/store.sqlite3"


def test_unchanged_store_is_not_read_again(home: Installed) -> None:
    assert data.facts() is data.facts()
    assert data.values_at("all", "region") is data.values_at("all", "region")


def test_new_data_show_once_the_state_is_asked_for_again(home: Installed, tmp_path: Path) -> None:
    before = data.facts()
    assert (before.as_of, before.ranking, before.batches, before.simulated) == (None, None, (), False)
    assert data.periods() == []
    file = write(tmp_path / "cases.csv", some_cases(CASES))
    home("import", file, "--mapping", write_mapping(tmp_path / "map.yaml"))
    home("rank")
    data._state.clear()
    now = data.facts()
    assert now.state != before.state
    assert now.simulated
    assert now.as_of is not None
    assert now.ranking is not None
    assert sum(batch.read for batch in now.batches) == CASES
    assert data.periods()[0] == "all"
    assert data.check_failures("32.73").height <= data.check_failures(None).height


def test_zone_of_the_country_is_the_one_most_regions_keep(home: Installed) -> None:
    assert data.facts().timezone == "Asia/Jakarta"


def test_missing_store_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_HOME", str(tmp_path / "nowhere"))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    with pytest.raises(StoreError, match="nowhere"):
        data.facts()


def test_real_records_are_not_called_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = with_one_region(tmp_path)
    monkeypatch.setenv("PANTAU_HOME", str(installed.home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    assert not data.facts().simulated
    st.cache_resource.clear()
