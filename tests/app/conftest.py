"""One installation of each kind for all tests of the dashboard, and its store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from metrics.store import Store
from tests.app.installations import with_all_regions, with_one_region, with_some_regions, without_data
from tests.services.command import Installed


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return without_data(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def one(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return with_one_region(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="session")
def some(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return with_some_regions(tmp_path_factory.mktemp("some"))


@pytest.fixture(scope="session")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return with_all_regions(tmp_path_factory.mktemp("nation"))


@pytest.fixture
def some_store(some: Installed) -> Iterator[Store]:
    with Store.open(f"sqlite:///{some.home / 'store.sqlite3'}") as store:
        yield store


@pytest.fixture
def empty_store(empty: Installed) -> Iterator[Store]:
    with Store.open(f"sqlite:///{empty.home / 'store.sqlite3'}") as store:
        yield store


@pytest.fixture
def closed_stores() -> Iterator[None]:
    """After a test, the dashboard has no store open and remembers nothing of one."""
    yield
    st.cache_data.clear()
    st.cache_resource.clear()
