"""The pages of incidents and of checks in a real browser: from the verdict to the finding, on any screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect

from app.text import LANGUAGES
from app.text.monitors import check_name
from tests.app.installations import ONLY, with_one_region
from tests.app.troubled import WIDE, troubled
from tests.e2e.test_dashboard import WIDER
from tests.e2e.test_dashboard_use import CONTRASTS, READABLE, settle
from tests.services.chromium import visit
from tests.services.dashboard import served

pytestmark = pytest.mark.browser

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
NARROW = 360
PLACES = {
    "incidents": ("insiden?state=all", ID("incidents.order")),
    "incident": (f"insiden?id={WIDE}", ID("incidents.findings_body")),
    "checks": ("pemeriksaan?kind=monitor", ID("checks.order")),
    "check": ("pemeriksaan?check=silence", ID("checks.cost_time")),
}
"""Pages, each with words that stand near its end."""
MASTHEAD = 150
"""Pixels that the head of every page takes at most, at 390 pixels wide: three lines."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dashboard of one region, in whose province the data went silent."""
    home = with_one_region(tmp_path_factory.mktemp("one")).home
    troubled(home)
    with served(home) as dashboard:
        yield dashboard.address


def complaints(said: ConsoleMessage) -> list[str]:
    """Errors of the console, without Streamlit's own probing for the path that it is served under."""
    probing = "/_stcore/" in said.location["url"]
    return [said.text] if said.type == "error" and not probing else []


def test_keyboard_leads_from_the_list_to_an_incident_its_check_and_back(
    address: str, chromium: Browser
) -> None:
    place = f"{address}/insiden?lang=en&dataset=transactions"
    with visit(chromium, place, width=1440, until=EN("incidents.order")) as seen:
        settle(seen.page)
        name = EN("incidents.province", name="Jawa Barat (32)")
        seen.page.locator(".pm-grid").get_by_role("link", name=name, exact=True).focus()
        seen.page.keyboard.press("Enter")
        seen.page.get_by_role("heading", name=EN("incidents.log"), exact=True).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}/insiden?dataset=transactions&id={WIDE}&lang=en"
        expect(seen.page.get_by_text(f"pantau incident note {WIDE}")).to_be_visible()
        seen.page.get_by_role("link", name=EN("incidents.back")).click()
        seen.page.get_by_text(EN("incidents.order")).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}/insiden?dataset=transactions&lang=en"
        seen.page.go_back()
        seen.page.get_by_role("link", name=EN("incidents.the_check")).click()
        seen.page.get_by_role("heading", name=EN("checks.now"), exact=True).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}/pemeriksaan?check=silence&lang=en"
        seen.page.locator(".js-plotly-plot .scatterlayer").first.wait_for(timeout=60_000)
        assert seen.failures == []
        assert seen.outside == []


def test_incidents_inside_a_province_open_with_a_click(address: str, chromium: Browser) -> None:
    with visit(chromium, f"{address}/insiden", width=390, until=ID("incidents.order")) as seen:
        settle(seen.page)
        part = seen.page.locator(f'.pm-inside a[href*="id=part-{ONLY}"]')
        expect(part).to_be_hidden()
        seen.page.get_by_text(ID("incidents.inside", n="3", present="3")).click()
        part.click()
        seen.page.get_by_text(ID("incidents.parent_note")).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}/insiden?id=part-{ONLY}"


def test_region_of_a_finding_leads_to_the_history_of_its_data(address: str, chromium: Browser) -> None:
    with visit(
        chromium, f"{address}/pemeriksaan?check=silence", width=1440, until=ID("checks.cost_time")
    ) as seen:
        settle(seen.page)
        seen.page.locator(".pm-grid").first.get_by_role("link", name=f"Kota Bandung ({ONLY})").click()
        seen.page.get_by_role("heading", name=ID("quality.timeline"), exact=True).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}/kualitas-data?region={ONLY}"


def test_check_is_found_by_its_name_and_stands_in_the_address(address: str, chromium: Browser) -> None:
    with visit(chromium, f"{address}/pemeriksaan", width=1440, until=ID("checks.order")) as seen:
        settle(seen.page)
        seen.page.get_by_role("combobox", name=ID("checks.search")).fill(check_name("twins", "id"))
        seen.page.get_by_role("option").first.click()
        seen.page.get_by_role("heading", name=ID("checks.now"), exact=True).wait_for(timeout=60_000)
        assert seen.page.url == f"{address}/pemeriksaan?check=twins"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, NARROW])
def test_page_is_readable_and_not_wider_than_the_screen(
    address: str, chromium: Browser, place: str, scheme: Literal["light", "dark"], width: int
) -> None:
    path, until = PLACES[place]
    with chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        failures: list[str] = []
        tab.on("pageerror", lambda error: failures.append(str(error)))
        tab.on("console", lambda said: failures.extend(complaints(said)))
        tab.goto(f"{address}/{path}")
        tab.get_by_text(until, exact=True).first.wait_for(timeout=60_000)
        tab.locator("h1").wait_for(timeout=60_000)
        settle(tab)
        contrasts: list[tuple[str, float]] = tab.evaluate(CONTRASTS)
        assert not tab.evaluate(WIDER)
        assert failures == []
    assert len(contrasts) > 30
    assert {words: found for words, found in contrasts if found < READABLE} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_head_with_all_pages_takes_three_lines_of_a_narrow_screen(
    address: str, chromium: Browser, lang: str
) -> None:
    until = LANGUAGES[lang]("incidents.order")
    with visit(chromium, f"{address}/insiden?lang={lang}", width=390, until=until) as seen:
        settle(seen.page)
        head = seen.page.locator(".st-key-masthead")
        box = head.bounding_box()
        assert box is not None
        assert box["height"] <= MASTHEAD
        assert all(link.is_visible() for link in head.get_by_role("link").all())
