"""The catalogue: every entry complete, in both languages, computed, and printed in the reference."""

import re
from pathlib import Path

import pytest

from metrics.catalogue import CATALOGUE, Indicator, indicator_of, reference
from metrics.datasets import DATASETS
from metrics.errors import UnknownName
from metrics.indicators import compute
from tests.metrics.indicators.records import CALENDARS, REGISTRY

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "indicators.md"
OFFICIAL = re.compile(r"\b(IKKD|IPP|PEKPPP|SPBE|IGA|IID|Ombudsman|indeks pelayanan publik)\b", re.IGNORECASE)


@pytest.mark.parametrize("indicator", CATALOGUE.values(), ids=CATALOGUE)
def test_entry_says_all_that_a_reader_must_know(indicator: Indicator) -> None:
    assert CATALOGUE[indicator.id] is indicator
    assert indicator.dataset in DATASETS
    assert indicator.direction in {"up", "down", "neutral"}
    assert indicator.minimum_n >= 1
    assert indicator.name_id != indicator.name_en
    assert indicator.definition_id != indicator.definition_en
    for text in (
        indicator.denominator,
        indicator.interval,
        indicator.source,
        indicator.version,
        indicator.unit,
    ):
        assert text
    for text in (indicator.definition_id, indicator.definition_en):
        assert text.endswith(".")


@pytest.mark.parametrize("indicator", CATALOGUE.values(), ids=CATALOGUE)
def test_entry_carries_no_official_name_but_that_of_the_official_formula(indicator: Indicator) -> None:
    assert not OFFICIAL.search(indicator.name_id + indicator.name_en)
    assert ("IKM" in indicator.name_id) is (indicator.id == "ikm")


def test_every_entry_is_computed_and_nothing_else_is() -> None:
    assert {value.indicator for value in compute({}, REGISTRY, CALENDARS)} == set(CATALOGUE)


def test_reference_is_current() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), (
        "run: python -m metrics.catalogue > docs/reference/indicators.md"
    )


def test_unknown_indicator_is_an_error_that_lists_the_known_ones() -> None:
    assert indicator_of("ikm").unit == "index"
    with pytest.raises(UnknownName, match=r"no indicator 'ikmm'.*completion_days_median"):
        indicator_of("ikmm")
