"""Targets by a date: facts, paces, probabilities, and words that are never surer than the model."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rollout.figures import published_figures
from metrics.rollout.forecast import NoForecast
from metrics.rollout.outlook import LADDER, Outlook, recent_pace, word
from metrics.rollout.series import CountSeries, Denominator, Point, certain_series
from metrics.rollout.target import Prospect, prospect
from metrics.rollout.words import VERDICTS, sentences
from metrics.statistics.figures import BadFigures

WHOLE = Denominator(508, "Wakil Presiden")
MOST = {outlook: most for most, outlook in LADDER}


def published() -> CountSeries:
    return certain_series(published_figures(), "mpp_physical", "KemenPANRB")


def found(target: int, by: date) -> Prospect:
    one = prospect(published(), WHOLE, target, by, draws=2000)
    assert isinstance(one, Prospect)
    return one


def test_an_mpp_in_every_region_in_2024_was_missed_whatever_the_denominator() -> None:
    for whole in (508, 514):
        one = prospect(published(), Denominator(whole, "x"), whole, date(2024, 12, 31))
        assert isinstance(one, Prospect)
        assert (one.outlook, one.probability, one.asked) == (Outlook.MISSED, None, None)


def test_a_target_reached_in_time_is_a_fact() -> None:
    one = found(150, date(2023, 12, 31))
    assert one.outlook is Outlook.REACHED
    assert "counted 152 on 26 September 2023" in sentences(one, "en")
    assert "mencatat 152 pada 26 September 2023" in sentences(one, "id")


def test_whether_it_was_reached_between_two_counts_is_not_known() -> None:
    assert found(150, date(2023, 8, 1)).outlook is Outlook.UNKNOWN


def test_a_target_that_the_last_count_has_passed_is_reached_whatever_the_day() -> None:
    assert found(305, date(2030, 1, 1)).outlook is Outlook.REACHED


def test_the_pace_asked_and_the_pace_seen_are_per_month() -> None:
    one = found(400, date(2027, 12, 15))
    assert one.asked is not None
    assert one.recent is not None
    assert one.asked.per_month == pytest.approx((400 - 305) / 24, rel=0.002)
    assert one.recent.per_month == pytest.approx((305 - 272) / (368 / 30.4375))
    assert one.recent.first == Point(date(2024, 12, 12), 272)


def test_a_series_shorter_than_a_year_has_no_recent_pace() -> None:
    assert recent_pace([Point(date(2025, 1, 1), 3), Point(date(2025, 6, 1), 9)]) is None
    assert recent_pace([]) is None


def test_a_harder_target_is_never_likelier() -> None:
    chances = [found(target, date(2027, 12, 31)).probability for target in (310, 340, 400, 480, 508)]
    known = [chance for chance in chances if chance is not None]
    assert len(known) == 5
    assert known == sorted(known, reverse=True)


def test_the_digital_track_has_no_number() -> None:
    series = certain_series(published_figures(), "mppdn_live", "KemenPANRB")
    assert isinstance(prospect(series, WHOLE, 200, date(2024, 12, 31)), NoForecast)


@pytest.mark.parametrize("target", [0, 509, -1])
def test_a_target_beyond_the_denominator_is_refused(target: int) -> None:
    with pytest.raises(BadFigures, match=r"not from 1 to 508 \(Wakil Presiden\)"):
        prospect(published(), WHOLE, target, date(2030, 1, 1))


@given(st.integers(1, 5000), st.data())
def test_a_word_is_never_surer_than_the_share_of_futures(draws: int, data: st.DataObject) -> None:
    reached = data.draw(st.integers(0, draws))
    share, said = reached / draws, word(reached, draws)
    if said in (Outlook.UNLIKELY, Outlook.VERY_UNLIKELY):
        assert share <= MOST[said]
    if said is Outlook.LIKELY:
        assert share > MOST[Outlook.OPEN]
    if said is Outlook.VERY_LIKELY:
        assert share > MOST[Outlook.LIKELY]


@given(st.integers(1, 3000), st.data())
def test_the_words_of_a_share_and_of_its_complement_mirror_each_other(
    draws: int, data: st.DataObject
) -> None:
    reached = data.draw(st.integers(0, draws))
    ladder = [outlook for _, outlook in LADDER]
    assert ladder.index(word(reached, draws)) == len(ladder) - 1 - ladder.index(word(draws - reached, draws))


def test_few_draws_allow_no_sure_word() -> None:
    assert word(10, 10) is Outlook.OPEN
    assert word(0, 10) is Outlook.OPEN
    assert word(8000, 8000) is Outlook.VERY_LIKELY


def test_no_word_of_the_future_claims_certainty() -> None:
    ahead = [text for outlook in MOST for text in VERDICTS[outlook].values()]
    assert len(ahead) == 10
    sure = ("will ", "cannot", "certain", "akan ", "pasti", "mustahil", "tidak mungkin")
    assert not [text for text in ahead for claim in sure if claim in text]
    assert all("model" in text for text in ahead)


def test_the_sentences_give_chance_paces_denominator_and_limits_in_both_languages() -> None:
    one = found(400, date(2027, 12, 31))
    english, indonesian = sentences(one, "en"), sentences(one, "id")
    assert "3.9 a month from 15 December 2025 on" in english
    assert "3,9 per bulan sejak 15 Desember 2025" in indonesian
    for text in (english, indonesian):
        assert "508 (Wakil Presiden)" in text
        assert "100 sim" in text
    assert "no budget or plan" in english


@pytest.mark.parametrize(("target", "said"), [(508, "fewer than 1 in 100"), (306, "in 100")])
def test_no_hundredth_is_said_at_the_ends(target: int, said: str) -> None:
    assert said in sentences(found(target, date(2030, 1, 1)), "en")
