"""Every text that a system may expose is judged as the specification does."""

from __future__ import annotations

import contextlib
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as openmetrics_of

from exporters.sources.exposition_selector import Selector
from exporters.sources.exposition_text import Bounds, NotExposition, Sample, TooMuch, read_exposition
from tests.exporters.realdata import DATA, real

PLACE = "exposition"


def given_files(folder: str) -> list[str]:
    """Names of the files of a folder, or one that is not there, so that the test is skipped."""
    return sorted(path.name for path in (DATA / PLACE / folder).glob("*.prom")) or ["absent"]


def text_of(folder: str, name: str) -> str:
    path: Path = real(f"{PLACE}/{folder}/{name}")
    return path.read_bytes().decode()


@pytest.mark.parametrize("name", given_files("openmetrics-ok"))
def test_openmetrics_that_is_right_is_read(name: str) -> None:
    read_exposition(text_of("openmetrics-ok", name), openmetrics=True, bounds=Bounds())


@pytest.mark.parametrize("name", given_files("openmetrics-bad"))
def test_openmetrics_that_is_wrong_is_refused_with_its_line(name: str) -> None:
    text = text_of("openmetrics-bad", name)
    with pytest.raises(NotExposition) as caught:
        read_exposition(text, openmetrics=True, bounds=Bounds())
    assert 0 <= caught.value.line <= text.count("\n") + 1
    assert (caught.value.line > 0) == bool(text)
    assert caught.value.what


@pytest.mark.parametrize("name", given_files("text"))
def test_text_is_read(name: str) -> None:
    found = read_exposition(text_of("text", name), openmetrics=False, bounds=Bounds())
    assert found.samples or "help" in name or "empty" in name


def one(line: str) -> Sample:
    (sample,) = read_exposition(f"{line}\n", openmetrics=False, bounds=Bounds()).samples
    return sample


@pytest.mark.parametrize(
    ("line", "sample"),
    [
        ("a 1", Sample("a", {}, 1)),
        ("a:b_c{} +Inf 123", Sample("a:b_c", {}, math.inf, "123")),
        ('\ta\t{ x = "1" , y="2",, }\t-1.5e-3\t-7 ', Sample("a", {"x": "1", "y": "2"}, -0.0015, "-7")),
        (r'a{x="\"\\n\n}",} .5', Sample("a", {"x": '"\\n\n}'}, 0.5)),
        ('a{x="#"}6.', Sample("a", {"x": "#"}, 6)),
        ('a{le="+Inf"} 7', Sample("a", {"le": "+Inf"}, 7)),
    ],
)
def test_line_of_text_is_read(line: str, sample: Sample) -> None:
    assert one(line) == sample


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "a 1 2 3",
        "a 1_000",
        "a 0x10",
        "a \u0661",
        "a one",
        "1a 1",
        "é 1",
        "a{x=1} 1",
        'a{x="1" 1',
        'a{x="1"} ',
        'a{x="1" y="2"} 1',
        'a{x="1",x="2"} 1',
        'a{"x"="1"} 1',
        'a{x="1\\"} 1',
        "a 1\r",
        "# TYPE a thing",
        "# TYPE a counter\n# TYPE a counter",
        "a 1\n# TYPE a counter",
        "a 1\na 2",
        'a{x="1",y="2"} 1\na{y="2",x="1"} 1',
    ],
)
def test_line_of_text_that_is_wrong_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(NotExposition) as caught:
        read_exposition(f"# HELP z good\nz 1\n\n{line}\nz2 1\n", openmetrics=False, bounds=Bounds())
    assert caught.value.line == 4 + line.count("\n")


def test_text_that_is_cut_off_is_refused() -> None:
    with pytest.raises(NotExposition, match="cut off"):
        read_exposition("a 1\nb 12", openmetrics=False, bounds=Bounds())


def test_message_of_a_refusal_quotes_nothing() -> None:
    secret = "3273010101900001"  # noqa: S105 - a number as a citizen has
    for line in (
        f"a {secret}x",
        f'a{{nik="{secret}"}} x',
        f'a{{nik="{secret}",nik="{secret}"}} 1',
        f"{secret}",
    ):
        for openmetrics in (True, False):
            with pytest.raises(NotExposition) as caught:
                read_exposition(f"{line}\n# EOF\n", openmetrics=openmetrics, bounds=Bounds())
            assert secret not in str(caught.value)


@pytest.mark.parametrize("openmetrics", [True, False], ids=["openmetrics", "text"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("".join(f'a{{x="{n}"}} 1\n' for n in range(13)), "10 series"),
        ('a{x="1",y="2",z="3"} 1\n', "2 labels"),
        (f'a{{x="{"y" * 21}"}} 1\n', "20 characters"),
    ],
)
def test_text_that_holds_too_much_is_refused(text: str, told: str, *, openmetrics: bool) -> None:
    with pytest.raises(TooMuch, match=told):
        read_exposition(f"{text}# EOF\n", openmetrics=openmetrics, bounds=Bounds(10, 2, 20))


@given(text=st.text(st.sampled_from('aA0_:{}="\\,. \t\n#TYPEcounter+-einfHELPEOF\u00e9\x00'), max_size=60))
def test_whatever_the_text_it_is_read_or_refused_in_words(text: str) -> None:
    for openmetrics in (True, False):
        with contextlib.suppress(NotExposition, TooMuch):
            read_exposition(text, openmetrics=openmetrics, bounds=Bounds())


@given(
    values=st.dictionaries(st.text(max_size=12), st.floats(0, allow_nan=False), max_size=6),
    openmetrics=st.booleans(),
)
def test_what_prometheus_client_writes_is_read_back(values: dict[str, float], *, openmetrics: bool) -> None:
    registry = CollectorRegistry()
    counter = Counter("asked", 'How often: "\\\n"', ["what"], registry=registry)
    for label, value in values.items():
        counter.labels(label).inc(value)
    Histogram("took_seconds", "How long.", registry=registry).observe(0.3)
    text = (openmetrics_of if openmetrics else generate_latest)(registry).decode()
    found = read_exposition(text, openmetrics=openmetrics, bounds=Bounds())
    counted = {one.labels["what"]: one.value for one in found.samples if one.name == "asked_total"}
    assert counted == values


@pytest.mark.parametrize(
    ("text", "fitting", "others"),
    [
        ("a", [{}, {"x": "1"}], []),
        ('a{code=~"5.."}', [{"code": "503"}], [{"code": "5033"}, {"code": "200"}, {}]),
        ('a{code!~"5..",x="1",}', [{"x": "1"}, {"x": "1", "code": "200"}], [{"x": "1", "code": "500"}, {}]),
        (
            'a{ path = "/x.y", z != "" }',
            [{"path": "/x.y", "z": "1"}],
            [{"path": "/x.y"}, {"path": "/xay", "z": "1"}],
        ),
        (r'a{x="\"\\"}', [{"x": '"\\'}], [{"x": "\\"}]),
    ],
)
def test_selector_is_as_in_prometheus(
    text: str, fitting: list[dict[str, str]], others: list[dict[str, str]]
) -> None:
    selector = Selector.parse(text)
    assert [selector.fits(labels) for labels in fitting] == [True] * len(fitting)
    assert [selector.fits(labels) for labels in others] == [False] * len(others)


@pytest.mark.parametrize("text", ["", "{}", "1a", "a{x}", 'a{x="1"', 'a{x="1"y="2"}', 'a{x=~"("}', "a b"])
def test_selector_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.compile("Write|Correct")):
        Selector.parse(text)
