"""The satisfaction index to the letter of PermenPANRB 14/2017: exact ninths, decimal rounding, letters."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from metrics.datasets import SURVEY_ELEMENTS
from metrics.indicators.reasons import code_of
from metrics.indicators.satisfaction import ikm_exact, ikm_letter, ikm_rounded
from metrics.model import IndicatorValue, ValueStatus
from metrics.packing import pack
from tests.metrics.indicators.records import SEEN, figures, micros

Answers = list[list[int | None]]


def survey_rollup(region: str, answers: Answers) -> pl.DataFrame:
    columns = [[a for a in element if a is not None] for element in zip(*answers, strict=True)]
    asked = [(place, len(c), sum(c)) for place, c in enumerate(columns) if c]
    scores = Counter(
        (sum(a for a in row if a is not None), sum(a is not None for a in row)) for row in answers
    )
    row = {
        "partition": "2025-03",
        "region": region,
        "respondents": len(answers),
        "elements": pack(*(np.array(c, np.int64) for c in zip(*asked, strict=True))),
        "scores": pack(*np.array([[*key, n] for key, n in sorted(scores.items())], np.int64).T),
        "last_observed_us": micros(SEEN),
    }
    return pl.DataFrame([row])


def index(answers: Answers) -> IndicatorValue:
    return figures(survey_rollup=survey_rollup("W.1", answers))["ikm", "region", "W.1", "all"]


@pytest.mark.parametrize(
    ("value", "rounded", "letter"),
    [
        (88.305, "88.31", "A"),
        (88.3049, "88.30", "B"),
        (76.605, "76.61", "B"),
        (76.6, "76.60", "C"),
        (65.00, "65.00", "C"),
        (64.995, "65.00", "C"),
        (64.99, "64.99", "D"),
        (25, "25.00", "D"),
        (100, "100.00", "A"),
    ],
)
def test_index_is_rounded_half_up_before_the_letter(value: float, rounded: str, letter: str) -> None:
    assert ikm_rounded(value) == Decimal(rounded)
    assert ikm_rounded(Fraction(str(value))) == Decimal(rounded)
    assert ikm_letter(value) == letter


@pytest.mark.parametrize("value", [24.99, 100.01, 0])
def test_index_outside_its_scale_has_no_letter(value: float) -> None:
    with pytest.raises(ValueError, match="outside 25 to 100"):
        ikm_letter(value)


def test_exact_ninth_gives_91_48_where_a_weight_of_0_11_gave_90_56() -> None:
    rng = np.random.default_rng(0)
    flat = np.full(29 * 9, 4)
    flat[rng.choice(29 * 9, 29 * 9 * 4 - 955, replace=False)] -= 1
    answers: Answers = [[int(a) for a in row] for row in flat.reshape(29, 9)]
    value = index(answers)
    assert sum(map(sum, flat.reshape(29, 9).tolist())) == 955
    assert ikm_rounded(value.value or 0) == Decimal("91.48")
    assert value.n == 29


def test_perfect_score_is_100_and_not_99() -> None:
    value = index([[4] * 9] * 12)
    assert (value.value, value.low, value.high) == (100.0, 100.0, 100.0)


def test_index_is_the_nearest_float_to_the_exact_one_where_answers_are_missing() -> None:
    answers: Answers = [[4, 3, 2, 1, 4, 3, 2, 1, None], [1, 2, 3, None, 4, 3, 2, 1, 4], [3] * 9] * 3
    columns = [[a for a in element if a is not None] for element in zip(*answers, strict=True)]
    exact = ikm_exact([len(c) for c in columns], [sum(c) for c in columns])
    assert index(answers).value == float(exact)


def test_interval_is_that_of_t_over_the_respondents() -> None:
    answers: Answers = [[4] * 9, [3] * 9, [2] * 9, [3] * 9, [4] * 9]
    value = index(answers)
    scores = [100, 75, 50, 75, 100]
    half = 2.7764 * float(np.std(scores, ddof=1)) / 5**0.5
    assert value.value == 80.0
    assert value.low == pytest.approx(80 - half, abs=0.01)
    assert value.high == 100.0


def test_element_that_nobody_answered_withholds_the_index() -> None:
    facilities = SURVEY_ELEMENTS.index("facilities")
    answers: Answers = [[None if place == facilities else 4 for place in range(9)]] * 8
    value = index(answers)
    assert (value.value, value.status) == (None, ValueStatus.WITHHELD)
    assert code_of(value.reason) == "element-unanswered"
    assert "facilities" in value.reason
