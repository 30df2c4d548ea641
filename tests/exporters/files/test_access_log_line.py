"""Lines of access logs as servers write them: what is read of one, and what is shown of one that cannot be."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.files.accesslogline import LineReader, Request, instant, masked
from exporters.files.format import AccessLog
from tests.exporters.files.logs import line
from tests.exporters.realdata import real

NEW_YEAR = 1_735_689_600  # 2025-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('203.0.113.77 - - [01/Jan/2025:07:00:00 +0700] "GET / HTTP/1.1" 200 -', "common, no bytes"),
        (
            '2001:db8::77 - a b [01/Jan/2025:00:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "M \\"x\\" y"',
            "quotes",
        ),
        ('203.0.113.77 - - [01/Jan/2025:00:00:00 +0000] "\\x16\\x03\\x01" 200 150 "-" "-"', "TLS to port 80"),
        (
            '203.0.113.77 - - [01/Jan/2025:00:00:00 +0000] "" 200 0 "-" "-" "203.0.113.77" rt=0.1 -',
            "more fields",
        ),
        ('www.x.id:443 203.0.113.77 - - [31/Dec/2024:14:00:00 -1000] "GET /" 200 5 "-" "M"', "virtual host"),
        ('{"time_iso8601": "2025-01-01T07:00:00+07:00", "status": 200}', "JSON of nginx"),
        ('{"ts": 1735689600.5, "status": "200", "x": {"y": [1]}}', "epoch in seconds"),
        ('{"timestamp": 1735689600999, "response": "200"}', "epoch in milliseconds"),
        ('{"time_local": "01/Jan/2025:00:00:00 +0000", "status": 200}', "JSON, clock as text"),
    ],
    ids=lambda value: value if len(value) < 25 else "",
)
def test_lines_as_servers_write_them_are_read(text: str, known: str) -> None:
    assert LineReader(AccessLog()).read(text) == Request(NEW_YEAR, is_failed=False), known


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        (
            line(0)[:-1],
            '9.9.9.9 - x.x [01/Jan/2025:00:00:00 +0000] "GET /x?x=9 x/9.9" 200 9 "x://x.x/?x=9" "x/9.9',
        ),
        ("Sitī \u0663\u0664 12\x00\x1b[31m", "x 9 9?[9x"),
        ("a" * 500, "x..."),
    ],
)
def test_excerpt_shows_only_instant_method_status_and_signs(text: str, excerpt: str) -> None:
    assert masked(text) == excerpt


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_excerpt_of_any_text_has_no_letters_or_digits_of_it(text: str) -> None:
    assert {char for char in masked(text) if char.isalnum()} <= {"x", "9"}


@given(st.text(max_size=60) | st.from_regex(r"\{.*\}", fullmatch=True), st.booleans())
def test_no_line_stops_the_reading(text: str, by_host: bool) -> None:  # noqa: FBT001 - drawn, not passed
    reader = LineReader(AccessLog(by_host=by_host, time_unit="s"))
    assert isinstance(reader.read(text), str | Request)


@given(
    st.from_regex(
        r"[0-9]{1,20}(\.[0-9]+)?|[0-9]{4}-[01][0-9]-[0-3][0-9]T00:00:00[+-][0-2][0-9]:00", fullmatch=True
    )
)
def test_instant_is_in_years_that_can_be_written(text: str) -> None:
    second = instant(text)
    assert second is None or 0 <= second < 253_402_300_800


def test_lines_of_the_apache_log_without_bytes_are_requests() -> None:
    lines = real("access-logs/apache_logs").read_text(encoding="utf-8").splitlines()
    without = [text for text in lines if '" 304 - "' in text or ' - "' in text.split('" ', 1)[1][:8]]
    reader = LineReader(AccessLog())
    assert Counter(isinstance(reader.read(text), Request) for text in without) == {True: 669}


def test_milliseconds_of_the_nginx_plus_snapshots_are_told_from_seconds() -> None:
    path = real("access-logs/nginxplus_json_logs")
    stamps = [json.loads(text)["timestamp"] for text in path.read_text(encoding="utf-8").splitlines()]
    seconds = [instant(str(stamp)) for stamp in stamps]
    first, last = seconds[0], seconds[-1]
    assert first is not None
    assert last is not None
    assert last - first == pytest.approx(2_554, abs=1)
    assert instant("1446249499") == first
