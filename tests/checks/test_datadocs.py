"""Great Expectations' Data Docs open without a network, quote nobody, and say what the gate says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from checks.compile import CONTRACTS, load_contract
from checks.contract import Contract
from checks.datadocs import INDEX, SUITE, offline, write_data_docs
from checks.expectations import pages
from checks.suites import of_rows
from tests.checks.records import broken, chunk_of, frame_of, gate_of, good
from tests.services.chromium import chromium

__all__ = ["chromium"]

NIK, PHONE, NAME = "3273014507890001", "081234567890", "Siti Aminah"
MARKUP = (
    '<img src="https://example.invalid/x.png" onerror="document.title=1"><script>document.title=2</script>'
)
ROOT = Path(__file__).parents[2]
TRANSACTIONS = load_contract("transactions")


def written(folder: Path, contract: Contract = TRANSACTIONS) -> Path:
    """Pages on records of which some are good, one breaks each rule, and two hold what must not be shown."""
    records = [good(contract, number) for number in range(1, 9)]
    records += [
        broken(contract, rule, 100 + number)
        for number, rule in enumerate(contract.rules)
        if rule.kind_name != "readable"
    ]
    if contract is TRANSACTIONS:
        records.append(good(contract, 501) | {"status": f"{PHONE} a.n. {NAME}", "service": NIK})
        records.append(good(contract, 502) | {"status": f"{MARKUP} {PHONE}"})
    return write_data_docs(folder, contract, [frame_of(contract, records)], gate_of(contract)._scope)


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("docs"))


@pytest.fixture
def asked(chromium: Browser, docs: Path) -> Iterator[tuple[list[str], list[str], str]]:
    """What a browser asks for when it opens both pages, what it complains of, and the index's text."""
    page = chromium.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(docs.as_uri(), wait_until="networkidle")
    text = page.locator("body").inner_text()
    assert page.title() == f"transactions {TRANSACTIONS.version}"
    page.get_by_role("link", name="transactions-rows").first.click()
    page.wait_for_url("**/expectations.html")
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Home").click()
    page.wait_for_url("**/index.html")
    yield requests, complaints, text
    page.close()


@pytest.mark.browser
def test_browser_asks_for_the_two_pages_and_nothing_else(
    docs: Path, asked: tuple[list[str], list[str], str]
) -> None:
    requests, complaints, _ = asked
    pages_asked = [url for url in requests if not url.startswith("data:")]
    home = docs.parent.as_uri()
    assert pages_asked == [f"{home}/{INDEX}", f"{home}/{SUITE}", f"{home}/{INDEX}"]
    assert complaints == []


@pytest.mark.browser
def test_browser_shows_each_rule_with_the_values_that_break_it(
    asked: tuple[list[str], list[str], str],
) -> None:
    _, _, text = asked
    for rule in TRANSACTIONS.rules:
        if rule.kind_name != "readable":
            assert f"{rule.id} ({rule.severity})" in text
    assert "99.99" in text
    assert "selesai" in text


def test_pages_as_great_expectations_writes_them_would_ask_other_hosts() -> None:
    """What ``offline`` is for; without this the tests above could pass for nothing."""
    frame = frame_of(TRANSACTIONS, [good(TRANSACTIONS, 1)])
    raw = pages(
        of_rows(TRANSACTIONS, frame, gate_of(TRANSACTIONS)._scope),
        {rule.id: "" for rule in TRANSACTIONS.rules},
    )
    for page in raw.values():
        assert re.search(r'<script src="https://', page)
        assert re.search(r'<link rel="stylesheet" href="https://', page)
        assert "//" not in offline(page, "x").replace("-//", "")


@pytest.mark.parametrize("secret", [NIK, PHONE, NAME])
def test_personal_data_are_in_no_page(docs: Path, secret: str) -> None:
    for page in (INDEX, SUITE):
        assert secret not in docs.with_name(page).read_text(encoding="utf-8")
    assert "[phone] [name]" in docs.read_text(encoding="utf-8")


def test_markup_in_the_data_is_text_in_the_page(docs: Path) -> None:
    page = docs.read_text(encoding="utf-8")
    assert "<img" not in page
    assert "<script" not in page
    assert "img src=" in unescape(page)


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ('<p onclick="x()" class="a">b</p>', '<p class="a">b</p>'),
        ('<a href="https://example.invalid">b</a>', "<a>b</a>"),
        ('<a href="//example.invalid/expectations/x">b</a>', "<a>b</a>"),
        ('<a href="javascript:x()">b</a>', "<a>b</a>"),
        ('<a href="#c">b</a>', '<a href="#c">b</a>'),
        ('<a href="../../expectations/x.html">b</a>', f'<a href="{SUITE}">b</a>'),
        ('<iframe src="x"></iframe>c<embed src="x"><meta http-equiv="refresh" content="0;url=//x">', "c"),
        ('<p style="background: url(//x)">b</p>', "<p>b</p>"),
        ("<style>p { background: url(//x) }</style><script>x()</script>b", "b"),
        ("1 &lt; 2 &amp;lt;", "1 &lt; 2 &amp;lt;"),
        ("(np.int64(1), np.datetime64('2025-07-01'), np.True_)", "(1, 2025-07-01, True)"),
    ],
)
def test_only_harmless_markup_is_left(markup: str, left: str) -> None:
    assert offline(markup, "x").partition("<body>\n")[2].partition("\n</body>")[0] == left


@pytest.mark.parametrize("name", CONTRACTS)
def test_pages_count_what_the_gate_counts(name: str, tmp_path: Path) -> None:
    contract = load_contract(name)
    records = [
        broken(contract, rule, 1000 * number + k)
        for number, rule in enumerate(contract.rules, 1)
        if rule.kind_name != "readable"
        for k in range(number)
    ]
    chunk = chunk_of(contract, records)
    gate = gate_of(contract).open()
    gate.check(chunk)
    bad = {one.rule: one.bad for one in gate.close() if one.region is None}
    page = write_data_docs(tmp_path, contract, [chunk.frame], gate_of(contract)._scope)
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8"))).split())
    for rule in contract.rules:
        if rule.kind_name != "readable":
            found = re.search(rf"{rule.id} \({rule.severity}\).*?([\d,]+) unexpected values found", text)
            assert found
            assert int(found[1].replace(",", "")) == bad[rule.id]


def test_no_rows_make_a_page_too(tmp_path: Path) -> None:
    page = write_data_docs(tmp_path, TRANSACTIONS, [], gate_of(TRANSACTIONS)._scope)
    assert "required-id (critical)" in page.read_text(encoding="utf-8")


QUIET = """
import socket, sys
from pathlib import Path
def deny(event, args):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise SystemExit(f"contacts {args}")
sys.addaudithook(deny)
from tests.checks.test_datadocs import written
written(Path(sys.argv[1]))
"""


def test_writing_them_contacts_nobody(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [SUITE, INDEX]
