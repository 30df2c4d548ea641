"""Every page of the dashboard in a real browser: without data, with one region, with 514."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.main import PAGES
from app.text import LANGUAGES
from tests.app.installations import with_all_regions, with_one_region, without_data
from tests.services.chromium import visit
from tests.services.command import Installed
from tests.services.dashboard import served

pytestmark = pytest.mark.browser

STATES: dict[str, Callable[[Path], Installed]] = {
    "empty": without_data,
    "one": with_one_region,
    "nation": with_all_regions,
}
SIMULATED = ("nation",)
AT_REST = '[data-testid="stApp"][data-test-script-state="notRunning"]'
WIDER = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
    .some(box => box.scrollWidth > box.clientWidth)"""
"""Whether the page, or the part of it that scrolls, is wider than what is seen of it."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Address of the dashboard of each state: made and served at first use, then kept."""
    addresses: dict[str, str] = {}
    with ExitStack() as servers:

        def of(state: str) -> str:
            if state not in addresses:
                home = STATES[state](tmp_path_factory.mktemp(state)).home
                addresses[state] = servers.enter_context(served(home)).address
            return addresses[state]

        yield of


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("state", STATES)
def test_page_shows_without_failure_sideways_scroll_or_any_other_host(
    address: Callable[[str], str], chromium: Browser, state: str, page: str, code: str, width: int
) -> None:
    t = LANGUAGES[code]
    place = f"{address(state)}/{PAGES[page]}?lang={code}"
    with visit(chromium, place, width=width, until=t(f"{page}.title")) as seen:
        seen.page.locator(AT_REST).wait_for(timeout=60_000)
        seen.page.wait_for_load_state("networkidle")
        assert seen.page.locator("h1").all_inner_texts() == [t(f"{page}.title")]
        assert seen.page.locator("html").get_attribute("lang") == code
        assert seen.page.locator('[data-testid="stException"]').count() == 0, seen.text[-500:]
        assert "Traceback" not in seen.text
        assert seen.failures == []
        assert seen.outside == []
        assert not seen.page.evaluate(WIDER)
        assert (t("simulated.lead") in seen.text) is (state in SIMULATED)
