"""The sentences: what is said, what is never said, in both languages."""

from dataclasses import replace
from string import Formatter

import pytest

from metrics.definitions.indicator import Direction
from metrics.effect import (
    Aside,
    Choices,
    Effect,
    Estimate,
    Note,
    Obstacle,
    PreTrend,
    SetAside,
    Subject,
    Unanswered,
    Verdict,
    Weights,
    effect,
    limits,
    phrases,
    sentences,
    verdict,
)
from metrics.effect.phrases import Language
from metrics.effect.words import differed_before
from tests.metrics.effect.simulated import NEVER, World, draw

LANGUAGES: tuple[Language, Language] = ("id", "en")
WORLD = World(80, 16, {6: 0.3, 10: 0.3, NEVER: 0.4})
DAYS = {
    "id": Subject("Waktu penyelesaian", "hari", "down"),
    "en": Subject("Time to completion", "days", "down"),
}


def found(choices: Choices | None = None) -> Effect:
    made = draw(WORLD, 1)
    result = effect(made.panel, made.starts, choices or Choices())
    assert isinstance(result, Effect)
    return result


def judged(result: Effect, value: float, p: float | None) -> Effect:
    """Result with another overall estimate, and a clean past."""
    half = None if p is None else 1.0
    low, high = (None, None) if half is None else (value - half, value + half)
    overall = Estimate(value, half, low, high, p, 48, 48, 80)
    clean = replace(result.pre_trend, p=0.5) if result.pre_trend else None
    placebos = tuple(replace(one, estimate=replace(one.estimate, p=0.5)) for one in result.placebos)
    return replace(result, overall=overall, pre_trend=clean, placebos=placebos)


@pytest.mark.parametrize(
    ("value", "p", "better", "expected"),
    [
        (-2.0, 0.001, "down", Verdict.BETTER),
        (-2.0, 0.001, "up", Verdict.WORSE),
        (2.0, 0.001, "up", Verdict.BETTER),
        (2.0, 0.001, "down", Verdict.WORSE),
        (2.0, 0.001, "neutral", Verdict.CHANGED),
        (2.0, 0.05, "up", Verdict.NOT_FOUND),
        (2.0, None, "up", Verdict.NO_INTERVAL),
    ],
)
def test_verdict_follows_the_test_and_the_better_side(
    value: float, p: float | None, better: Direction, expected: Verdict
) -> None:
    assert verdict(judged(found(), value, p), better) is expected


def test_difference_from_before_the_start_is_never_called_an_effect() -> None:
    clean = judged(found(), -2.0, 0.0001)
    trend = replace(clean, pre_trend=PreTrend((-2, -3), 9.0, (2, 40), 0.01))
    first, *rest = clean.placebos
    placebo = replace(clean, placebos=(replace(first, estimate=replace(first.estimate, p=0.01)), *rest))
    for result in (trend, placebo):
        assert verdict(result, "down") is Verdict.NOT_CREDIBLE
        assert sentences(result, DAYS["en"], "en")[0].startswith("Time to completion: do not read")
        assert sentences(result, DAYS["id"], "id")[0].startswith(
            "Waktu penyelesaian: angka di bawah ini jangan"
        )


def test_one_placebo_of_several_must_be_clearer_than_one_alone() -> None:
    clean = judged(found(), -2.0, 0.0001)
    assert len(clean.placebos) == 2
    first, *rest = clean.placebos
    near = (replace(first, estimate=replace(first.estimate, p=0.03)), *rest)
    assert not differed_before(replace(clean, placebos=near))
    assert differed_before(replace(clean, placebos=near[:1]))


def test_difference_whose_past_could_not_be_checked_is_an_association() -> None:
    result = replace(judged(found(), -2.0, 0.001), pre_trend=None, placebos=())
    assert verdict(result, "down") is Verdict.UNCHECKED
    assert "as an association, not as an effect" in sentences(result, DAYS["en"], "en")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_found_is_no_proof_of_no_effect_and_says_what_would_be_seen(language: Language) -> None:
    result = replace(judged(found(), 0.2, 0.7), detectable=1.234)
    text = sentences(result, DAYS[language], language)
    assert {"id": "Ini bukan bukti bahwa tidak ada dampak", "en": "no evidence that there is no effect"}[
        language
    ] in text[0]
    assert any({"id": "1,2 hari", "en": "1.2 days"}[language] in one for one in text)


def test_size_has_its_sign_its_interval_and_the_numbers_of_the_language() -> None:
    result = judged(found(), -1234.56, 0.001)
    assert (
        "-1.234,6 hari (interval 95 %: -1.235,6 sampai -1.233,6 hari)"
        in sentences(result, DAYS["id"], "id")[1]
    )
    assert (
        "-1,234.6 days (95 % interval: -1,235.6 to -1,233.6 days)" in sentences(result, DAYS["en"], "en")[1]
    )
    assert ": 0.0 days" in sentences(judged(found(), -0.01, 0.9), DAYS["en"], "en")[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_result_without_an_interval_has_no_word_on_direction(language: Language) -> None:
    text = sentences(judged(found(), -2.0, None), DAYS[language], language)
    assert {"id": "tidak dapat dinilai", "en": "cannot be judged"}[language] in text[0]
    assert {"id": "tanpa interval", "en": "without an interval"}[language] in text[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_ends_with_what_it_cannot_say(language: Language) -> None:
    text = sentences(found(), DAYS[language], language)
    assert text[-len(limits(language)) :] == limits(language)
    for word in {
        "id": ("diundi", "Pembaruan lain", "pembanding ikut merasakan", "Cara mencatat", "Kanal digital"),
        "en": (
            "by lot",
            "Other reforms",
            "compared with feel it too",
            "recorded can change",
            "digital channel",
        ),
    }[language]:
        assert any(word in one for one in limits(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_way_figure_comes_with_its_warning(language: Language) -> None:
    text = [one for one in sentences(found(), DAYS[language], language) if "Goodman-Bacon" in one]
    assert len(text) == 1
    assert {"id": "pembanding saja", "en": "For comparison only"}[language] in text[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_notes_and_what_was_left_out_are_said(language: Language) -> None:
    shown = replace(found(), notes=tuple(Note), set_aside=tuple(SetAside(one, ("1", "2")) for one in Aside))
    text = sentences(replace(shown, used=replace(shown.used, silent=("2024-03",))), DAYS[language], language)
    assert any("2024-03" in one for one in text)
    assert sum({"id": "2 daerah", "en": "2 regions"}[language] in one for one in text) >= len(Aside)
    assert all("{" not in one for one in text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("obstacle", Obstacle)
def test_obstacle_says_why_there_is_no_answer(obstacle: Obstacle, language: Language) -> None:
    result = Unanswered(obstacle, (SetAside(Aside.STARTED_BEFORE, ("1",)),))
    text = sentences(result, DAYS[language], language)
    assert verdict(result, "up") is Verdict.UNANSWERED
    assert DAYS[language].name in text[0]
    assert len(text) == 2


def test_weights_are_said() -> None:
    assert any(
        "number of their records" in one
        for one in sentences(found(Choices(weights=Weights.RECORDS)), DAYS["en"], "en")
    )


def test_both_languages_tell_the_same_figures() -> None:
    tables = [table for name, table in vars(phrases).items() if name.isupper()]
    texts = [text for table in tables for text in _texts(table)]
    assert len(texts) > 40
    for text in texts:
        assert _fields(text["id"]) == _fields(text["en"])


def _texts(table: object) -> list[dict[str, str]]:
    if isinstance(table, tuple):
        return [text for text in table if isinstance(text, dict)]
    if not isinstance(table, dict):
        return []
    return [table] if "id" in table else [text for text in table.values() if isinstance(text, dict)]


def _fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text)} - {None}
