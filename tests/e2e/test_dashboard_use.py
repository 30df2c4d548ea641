"""The dashboard in use, in a real browser: addresses that are shared, going back, keyboard, contrast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from app.main import PAGES
from app.text import LANGUAGES
from tests.app.installations import ONLY, with_some_regions
from tests.services.chromium import visit
from tests.services.dashboard import served

pytestmark = pytest.mark.browser

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
AT_REST = '[data-testid="stApp"][data-test-script-state="notRunning"]'
TABS = 12
"""Presses of the Tab key within which everything in the page's head is reached."""
CHOICES = 4
"""On the page of a region: province, region, period and indicator."""
READABLE = 4.5
"""Least contrast of text by WCAG 2.2, success criterion 1.4.3."""

CONTRASTS = """() => {
  const brush = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    brush.clearRect(0, 0, 1, 1); brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (element, x, y) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const box = at.getBoundingClientRect();
      const beneath = box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
      if (beneath || at === document.body) layers.push(rgba(getComputedStyle(at).backgroundColor));
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = colour => {
    const [r, g, b] = colour.map(part => part / 255)
      .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, words = node.textContent.trim();
    if (!words || element.closest('style, script, svg, .pm-sr, [aria-hidden="true"], canvas')) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const under = ground(element, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const text = over(rgba(getComputedStyle(element).color), under);
    const [high, low] = [light(text), light(under)].sort((a, b) => b - a);
    found.push([words.slice(0, 60), Math.round((high + 0.05) / (low + 0.05) * 100) / 100]);
  }
  return found;
}"""
"""Every piece of text that is seen, with its contrast against what lies under it."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the dashboard of an installation with five regions."""
    with served(with_some_regions(tmp_path_factory.mktemp("some")).home) as dashboard:
        yield dashboard.address


def settle(page: Page) -> None:
    page.locator(AT_REST).wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")


def headed(page: Page, words: str) -> None:
    """Wait until a heading says these words."""
    page.get_by_role("heading", name=words, exact=True).wait_for(timeout=60_000)


def state(page: Page) -> list[str]:
    """What tells one state of a region's page from another: heading and choices."""
    settle(page)
    boxes = page.get_by_role("combobox")
    expect(boxes).to_have_count(CHOICES, timeout=60_000)
    return [*page.locator("h1").all_inner_texts(), *(box.input_value() for box in boxes.all())]


def test_address_of_a_chosen_state_opened_elsewhere_shows_the_same(home: str, chromium: Browser) -> None:
    with visit(chromium, f"{home}/wilayah?region={ONLY}&lang=en", width=1440, until="Kota Bandung") as first:
        first.page.get_by_role("combobox", name=EN("choose.period")).click()
        first.page.get_by_role("option", name="March 2025").click()
        expect(first.page).to_have_url(f"{home}/wilayah?region={ONLY}&lang=en&period=2025-03")
        chosen = state(first.page)
        with visit(chromium, first.page.url, width=1440, until="Kota Bandung") as other:
            assert state(other.page) == chosen
            assert other.page.url == first.page.url
    assert chosen[0] == "Kota Bandung"
    assert "March 2025" in chosen


def test_language_switch_keeps_page_and_place(home: str, chromium: Browser) -> None:
    with visit(
        chromium, f"{home}/wilayah?region={ONLY}&period=2025-03", width=1440, until="Kota Bandung"
    ) as seen:
        seen.page.get_by_role("radio", name="English").click()
        headed(seen.page, EN("region.indicators"))
        assert seen.page.url == f"{home}/wilayah?region={ONLY}&period=2025-03&lang=en"
        assert state(seen.page)[0] == "Kota Bandung"
        assert "March 2025" in state(seen.page)
        expect(seen.page.locator("html")).to_have_attribute("lang", "en")
        seen.page.get_by_role("link", name=EN("page.quality"), exact=True).click()
        headed(seen.page, EN("quality.title"))
        assert seen.page.url == f"{home}/kualitas-data?lang=en"


def test_links_of_the_ranking_lead_to_the_region_in_the_same_language(home: str, chromium: Browser) -> None:
    with visit(chromium, f"{home}/?lang=en", width=1440, until=EN("rank.all")) as seen:
        link = seen.page.get_by_role("link", name="Kota Bandung").first
        link.click()
        headed(seen.page, "Kota Bandung")
        assert seen.page.url == f"{home}/wilayah?region={ONLY}&lang=en"
        headed(seen.page, EN("region.indicators"))


def test_back_and_forward_go_through_what_was_chosen(home: str, chromium: Browser) -> None:
    with visit(chromium, f"{home}/wilayah?region={ONLY}", width=1440, until="Kota Bandung") as seen:
        page = seen.page
        seen.page.get_by_role("radio", name="English").click()
        headed(page, EN("region.indicators"))
        page.get_by_role("link", name=EN("page.about"), exact=True).click()
        headed(page, EN("about.title"))
        page.go_back()
        headed(page, "Kota Bandung")
        headed(page, EN("region.indicators"))
        page.go_back()
        headed(page, ID("region.indicators"))
        assert page.url == f"{home}/wilayah?region={ONLY}"
        page.go_forward()
        headed(page, EN("region.indicators"))
        assert seen.failures == []


def focused(page: Page) -> str:
    """Words of what the keyboard would act on."""
    words: str = page.evaluate("document.activeElement.innerText || ''")
    return words.strip()


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what says these words has the focus."""
    reached = []
    for _ in range(TABS):
        page.keyboard.press("Tab")
        reached.append(focused(page))
        if reached[-1] == words:
            return
    raise AssertionError((words, reached))


def test_keyboard_alone_reaches_the_pages_and_the_language(home: str, chromium: Browser) -> None:
    with visit(chromium, home, width=1440, until=ID("rank.title")) as seen:
        settle(seen.page)
        tab_to(seen.page, ID("page.quality"))
        seen.page.keyboard.press("Enter")
        headed(seen.page, ID("quality.title"))
        settle(seen.page)
        seen.page.locator("body").press("Home")
        seen.page.evaluate("document.activeElement.blur()")
        tab_to(seen.page, "Indonesia")
        seen.page.keyboard.press("ArrowRight")
        if "lang=en" not in seen.page.url:
            seen.page.keyboard.press("Enter")
        headed(seen.page, EN("quality.title"))
        assert seen.page.url == f"{home}/kualitas-data?lang=en"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_text_is_readable_in_light_and_in_dark(
    home: str, chromium: Browser, page: str, scheme: Literal["light", "dark"]
) -> None:
    with chromium.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900}) as context:
        tab = context.new_page()
        tab.goto(f"{home}/{PAGES[page]}?region={ONLY}")
        tab.locator("h1").first.wait_for(timeout=60_000)
        settle(tab)
        contrasts: list[tuple[str, float]] = tab.evaluate(CONTRASTS)
        ground = tab.evaluate(
            "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        )
    assert len(contrasts) > 15
    assert (sum(int(part) for part in ground.strip("rgb()").split(",")) < 200) is (scheme == "dark")
    assert {found[0]: found[1] for found in contrasts if found[1] < READABLE} == {}
