"""The dashboard in a real browser, with a simulated year of 514 regions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.services.chromium import visit
from tests.services.command import run
from tests.services.dashboard import served

pytestmark = pytest.mark.browser

PAGES = ("", "wilayah", "kualitas-data", "tentang")


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard of a simulated year of 514 regions, on a small scale."""
    home = tmp_path_factory.mktemp("nation") / "home"
    answer = run("--home", home, "demo", "--scale", "0.02", "--no-serve")
    assert answer.status == 0, answer.err
    with served(home) as dashboard:
        yield dashboard.address


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_show_without_failure_sideways_scroll_or_any_other_host(
    nation: str, chromium: Browser, width: int
) -> None:
    for page in PAGES:
        with visit(chromium, f"{nation}/{page}", width=width, until="Data simulasi.") as seen:
            seen.page.wait_for_timeout(1500)
            assert seen.page.locator('[data-testid="stException"]').count() == 0, (page, seen.text[-500:])
            assert seen.outside == []
            assert not seen.is_wider_than_the_screen, page


@pytest.mark.parametrize(("language", "mark"), [("id", "Data simulasi."), ("en", "Simulated data.")])
def test_every_page_marks_simulated_data(nation: str, chromium: Browser, language: str, mark: str) -> None:
    for page in PAGES:
        with visit(chromium, f"{nation}/{page}?lang={language}", width=1440, until=mark) as seen:
            assert mark in seen.text
