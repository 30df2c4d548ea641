"""Canonical JSON: the same content gives the same bytes."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.publishing.canonical import canonical, settled

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), PLAIN))
def test_content_that_was_read_back_gives_the_same_bytes(content: dict[str, object]) -> None:
    once = canonical(content)
    assert canonical(json.loads(once)) == once


@given(st.dictionaries(st.text(), PLAIN))
def test_settled_twice_is_settled_once(content: dict[str, object]) -> None:
    once = settled(content)
    assert settled(once) == once
    assert canonical(settled(json.loads(canonical(once)))) == canonical(once)


def test_order_in_which_entries_were_put_does_not_matter() -> None:
    assert canonical({"b": 1, "a": {"d": 2, "c": 3}}) == canonical({"a": {"c": 3, "d": 2}, "b": 1})


def test_numbers_that_differ_in_the_sixteenth_digit_settle_to_the_same() -> None:
    added = sum([0.1] * 10)
    assert added != 1.0
    assert settled({"sum": added}) == settled({"sum": 1.0})
    assert canonical(settled({"sum": -0.0})) == b'{"sum":0.0}'


def test_days_and_instants_are_text() -> None:
    at = dt.datetime(2025, 7, 1, 3, 0, tzinfo=dt.UTC)
    assert canonical({"day": at.date(), "at": at}) == b'{"at":"2025-07-01T03:00:00+00:00","day":"2025-07-01"}'


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_number_that_is_none_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"value": number})


def test_content_without_a_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no canonical form"):
        canonical({"value": {1, 2}})
