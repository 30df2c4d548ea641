"""A push that runs for the tests of a module, which send records of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exporters.push.serving import Client, Site, site
from tests.services.command import install


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("push") / "home"
    install(home)
    with site(home, body_seconds=0.5, wrong_tokens_per_minute=10_000) as one:
        yield one


@pytest.fixture
def client(running: Site) -> Client:
    """A client with a token of its own, for one region and applications."""
    return running.client()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation of the test's own."""
    install(tmp_path / "home")
    return tmp_path / "home"
