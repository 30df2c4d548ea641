"""The page on quality in a real browser: from the verdict to a region's history, on any screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser

from app.text import LANGUAGES
from tests.app.installations import ONLY, with_one_region
from tests.app.observed import watched
from tests.e2e.test_dashboard import WIDER
from tests.e2e.test_dashboard_use import CONTRASTS, READABLE, settle
from tests.services.chromium import visit
from tests.services.dashboard import served

pytestmark = pytest.mark.browser

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
NARROW = 360


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dashboard of one region, which went silent."""
    home = with_one_region(tmp_path_factory.mktemp("one")).home
    watched(home)
    with served(home) as dashboard:
        yield f"{dashboard.address}/kualitas-data"


def test_keyboard_leads_from_the_matrix_to_the_history_and_back(address: str, chromium: Browser) -> None:
    with visit(chromium, f"{address}?lang=en", width=1440, until=EN("quality.grid", n="1")) as seen:
        settle(seen.page)
        seen.page.locator(".pm-grid").get_by_role("link", name="Kota Bandung").focus()
        seen.page.keyboard.press("Enter")
        seen.page.get_by_role("heading", name=EN("quality.holds"), exact=True).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}?region={ONLY}&lang=en"
        seen.page.locator(".js-plotly-plot .scatterlayer").wait_for(timeout=60_000)
        seen.page.get_by_role("link", name=EN("quality.back")).click()
        seen.page.get_by_text(EN("quality.lead", n="1", of="1")).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}?lang=en"
        assert seen.failures == []
        assert seen.outside == []


def test_tile_of_a_province_leaves_its_regions(address: str, chromium: Browser) -> None:
    with visit(chromium, f"{address}?show=all", width=1440, until=ID("quality.grid", n="514")) as seen:
        settle(seen.page)
        seen.page.locator(".pm-tile", has_text="Jabar").click()
        seen.page.get_by_text(ID("quality.grid", n="1")).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}?province=32"


@pytest.mark.parametrize("query", ["", f"region={ONLY}"], ids=["country", "region"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, NARROW])
def test_page_is_readable_and_not_wider_than_the_screen(
    address: str, chromium: Browser, query: str, scheme: Literal["light", "dark"], width: int
) -> None:
    until = ID("quality.own_rejected") if query else ID("quality.latest")
    with chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        failures: list[str] = []
        tab.on("pageerror", lambda error: failures.append(str(error)))
        tab.goto(f"{address}?{query}")
        tab.get_by_role("heading", name=until, exact=True).wait_for(timeout=60_000)
        settle(tab)
        contrasts: list[tuple[str, float]] = tab.evaluate(CONTRASTS)
        assert not tab.evaluate(WIDER)
        assert failures == []
    assert len(contrasts) > 30
    assert {words: found for words, found in contrasts if found < READABLE} == {}
