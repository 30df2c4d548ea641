"""The page on sources in a real browser: it refreshes itself, leads to a history, can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from app.text import LANGUAGES
from exporters.errors import FetchReason
from tests.app.collected import NOW, collect, failed, fetches_of, sources_of
from tests.app.installations import ONLY, with_one_region
from tests.e2e.test_dashboard import WIDER
from tests.e2e.test_dashboard_use import CONTRASTS, READABLE, settle
from tests.services.chromium import visit
from tests.services.dashboard import served

pytestmark = pytest.mark.browser

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
CHOSEN = f"{ONLY}/permits"
LONGEST_SECONDS = 90
"""Within this time a page that refreshes itself every 30 seconds has done so, on a busy machine too."""


@dataclass(frozen=True)
class Served:
    """A dashboard and the installation that it shows."""

    address: str
    home: Path


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard of one region, of whose four sources one fails."""
    home = with_one_region(tmp_path_factory.mktemp("one")).home
    with served(home) as dashboard:
        yield Served(dashboard.address, home)


def test_new_failure_shows_without_a_touch_and_the_choice_stays(one: Served, chromium: Browser) -> None:
    place = f"{one.address}/sumber?lang=en&source={ONLY}%2Fpermits&kind=rest"
    before = EN("sources.failing", n="1", of="4")
    with visit(chromium, place, width=1440, until=before) as seen:
        settle(seen.page)
        other = sources_of([ONLY], simulated=False)[1]
        later = NOW + timedelta(minutes=5)
        down = replace(failed(other, FetchReason.REFUSED), attempted=later)
        collect(one.home, [down], fetches_of(down, down.reason))
        lead = seen.page.get_by_text(EN("sources.failing", n="2", of="4"))
        expect(lead).to_be_visible(timeout=LONGEST_SECONDS * 1000)
        expect(seen.page.get_by_text(EN.instant(later, "Asia/Jakarta")).first).to_be_visible()
        boxes = seen.page.get_by_role("combobox")
        expect(boxes.first).to_have_value(f"Kota Bandung ({ONLY}) · permits · {CHOSEN}")
        assert seen.page.url == place
        assert seen.page.locator('[data-testid="stException"]').count() == 0
        seen.page.get_by_role("link", name=EN("page.quality"), exact=True).click()
        seen.page.get_by_role("heading", name=EN("quality.title"), exact=True).wait_for(timeout=60_000)
        assert seen.failures == []


def test_keyboard_opens_the_history_of_a_failing_source_and_keeps_the_choice(
    one: Served, chromium: Browser
) -> None:
    with visit(chromium, f"{one.address}/sumber?kind=rest", width=1440, until=ID("sources.order")) as seen:
        settle(seen.page)
        seen.page.get_by_role("link", name="permits", exact=True).focus()
        seen.page.keyboard.press("Enter")
        seen.page.get_by_text(ID("sources.chart"), exact=True).wait_for(timeout=60_000)
        assert seen.page.url == f"{one.address}/sumber?kind=rest&source={ONLY}%2Fpermits"
        seen.page.locator(".js-plotly-plot .scatterlayer").wait_for(timeout=60_000)
        assert seen.outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_text_of_a_chosen_source_is_readable_and_not_wider_than_the_screen(
    one: Served, chromium: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    with chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        tab.goto(f"{one.address}/sumber?state=all&source={ONLY}%2Fpermits")
        tab.get_by_text(ID("sources.order")).wait_for(timeout=60_000)
        settle(tab)
        contrasts: list[tuple[str, float]] = tab.evaluate(CONTRASTS)
        assert not tab.evaluate(WIDER)
    assert len(contrasts) > 40
    assert {words: found for words, found in contrasts if found < READABLE} == {}
