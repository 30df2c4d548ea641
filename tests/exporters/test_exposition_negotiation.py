"""A client gets the format and the compression that it asked for, as from prometheus_client."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.exposition import choose_encoder, gzip_accepted

from exporters.exposition import (
    Family,
    Kind,
    Scrape,
    accepts_gzip,
    answer,
    choose,
    compress,
    render_openmetrics,
    render_text,
)

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
UNKNOWN = Family("pantau_probe_success", "Whether the probe was answered.", Kind.GAUGE, max_series=1)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, TEXT),
        ("", TEXT),
        ("*/*", TEXT),
        (BROWSER, TEXT),
        ("text/plain;version=0.0.4", TEXT),
        ("text/plain; version=1.0.0", "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"),
        ("application/openmetrics-text", OPENMETRICS),
        ("application/openmetrics-text; version=0.0.1", TEXT),
        (PROMETHEUS_2, f"{OPENMETRICS}; escaping=underscores"),
        (PROMETHEUS_3, f"{OPENMETRICS}; escaping=allow-utf-8"),
    ],
)
def test_format_is_the_one_that_prometheus_client_chooses(accept: str | None, content_type: str) -> None:
    assert choose(accept).content_type == content_type
    assert choose_encoder(accept or "")[1] == content_type
    openmetrics = content_type.startswith("application/")
    assert choose(accept).render is (render_openmetrics if openmetrics else render_text)


offers = st.tuples(
    st.sampled_from(["application/openmetrics-text", "text/plain", "*/*", "text/html", ""]),
    st.sampled_from(["", ";version=1.0.0", "; version=0.0.4", ";version=0.0.1", ";version=1.0", ";version="]),
    st.sampled_from(["", ";escaping=allow-utf-8", "; escaping=values", ";escaping=other", ";charset=utf-8"]),
).map("".join)


@given(st.lists(offers).map(",".join))
def test_without_preferences_the_choice_is_always_that_of_prometheus_client(accept: str) -> None:
    assert choose(accept).content_type == choose_encoder(accept)[1]


@given(st.text())
def test_any_header_is_answered(accept: str) -> None:
    assert choose(accept).content_type.startswith((TEXT, OPENMETRICS, "text/plain; version=1.0.0"))
    assert accepts_gzip(accept) in {True, False}


def test_preference_comes_before_order_and_zero_is_a_refusal() -> None:
    assert choose("application/openmetrics-text;q=0.1,text/plain;version=1.0.0").render is render_text
    assert choose("application/openmetrics-text;q=0,text/plain").content_type == TEXT


@pytest.mark.parametrize("version", ["2.0.0", "99.0.0", "1.0.0-rc", "9" * 5000])
def test_no_other_version_is_claimed_than_was_written(version: str) -> None:
    assert choose(f"application/openmetrics-text;version={version}").content_type in {
        TEXT,
        f"{OPENMETRICS}; escaping=underscores",
    }


def test_an_escaping_that_would_change_names_is_not_claimed() -> None:
    accept = "application/openmetrics-text;version=1.0.0;escaping=dots"
    assert choose(accept).content_type == f"{OPENMETRICS}; escaping=underscores"


@pytest.mark.parametrize(
    "header", [None, "", "gzip", "deflate, gzip", "GZIP;q=0.5", "br", "identity", "xgzip"]
)
def test_gzip_is_accepted_where_prometheus_client_thinks_so(header: str | None) -> None:
    assert accepts_gzip(header) == gzip_accepted(header or "")


def test_gzip_with_weight_zero_is_refused() -> None:
    assert not accepts_gzip("gzip;q=0, identity")


@pytest.mark.parametrize("level", [0, 7, 9])
def test_levels_that_cost_more_than_they_save_are_refused(level: int) -> None:
    with pytest.raises(ValueError, match="1 to 6"):
        compress(b"", level)


def test_compressed_bytes_are_the_same_at_any_time() -> None:
    assert compress(b"pantau" * 100)[4:8] == bytes(4)


def test_answer_says_what_it_is_and_what_it_depends_on() -> None:
    scrape = Scrape([UNKNOWN])
    scrape.set(UNKNOWN, (), 1)
    body, headers = answer(scrape, PROMETHEUS_2, "gzip")
    assert gzip.decompress(body) == render_openmetrics(scrape)
    assert headers == {
        "Content-Type": f"{OPENMETRICS}; escaping=underscores",
        "Content-Encoding": "gzip",
        "Vary": "Accept, Accept-Encoding",
    }
    body, headers = answer(scrape, None, None)
    assert body == render_text(scrape)
    assert headers == {"Content-Type": TEXT, "Vary": "Accept, Accept-Encoding"}
