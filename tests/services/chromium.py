"""Headless Chromium for a test: what it asks for, what it complains of, what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services.programs import require

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module; each opens pages of its own.

    Not for longer: while Playwright is there, no test of the process can run an event loop of its own.
    """
    program = require("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that is open, and the addresses outside of it that it asked for."""

    page: Page
    outside: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def is_wider_than_the_screen(self) -> bool:
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide


@contextmanager
def visit(browser: Browser, address: str, *, width: int, until: str) -> Iterator[Visit]:
    """Open an address and wait until a text is on the page."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    seen = Visit(page)
    home = address.split("/", 3)[2]
    page.on("request", lambda request: _note(seen, request.url, home))
    page.on("pageerror", lambda error: seen.failures.append(str(error)))
    try:
        page.goto(address)
        page.get_by_text(until).first.wait_for(timeout=60_000)
        yield seen
    finally:
        page.close()


def _note(seen: Visit, address: str, home: str) -> None:
    if not address.startswith(("data:", "blob:")) and address.split("/", 3)[2] != home:
        seen.outside.append(address)
