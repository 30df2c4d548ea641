"""A result in plain sentences, Indonesian and English, never surer than the statistics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from babel.numbers import format_decimal

from metrics.definitions.indicator import Direction
from metrics.effect.phrases import (
    ASIDE,
    COMPARED,
    DETECTABLE,
    LIMITS,
    NOTES,
    OBSTACLES,
    PLACEBO,
    PRE_TREND,
    SIZE,
    SIZE_ALONE,
    TWO_WAY,
    VERDICTS,
    WEIGHED,
    Language,
    Verdict,
)
from metrics.effect.results import Effect, Note, Unanswered

LEVEL = 0.05
SMALLEST_P = 0.001


@dataclass(frozen=True, slots=True)
class Subject:
    """What the sentences are about: the indicator's name and unit in their language, and its better side."""

    name: str
    unit: str
    better: Direction
    decimals: int = 1


def verdict(result: Effect | Unanswered, better: Direction) -> Verdict:
    """What may be said. A difference that was there before the start already is no effect."""
    if isinstance(result, Unanswered):
        return Verdict.UNANSWERED
    if result.overall.p is None:
        return Verdict.NO_INTERVAL
    if differed_before(result):
        return Verdict.NOT_CREDIBLE
    if result.overall.p >= LEVEL:
        return Verdict.NOT_FOUND
    checked = result.pre_trend is not None or bool(_placebo_ps(result))
    return _direction(result.overall.value, better) if checked else Verdict.UNCHECKED


def differed_before(result: Effect) -> bool:
    """Whether the pre-trend test, or a placebo date (Bonferroni over the dates), finds a difference."""
    ps = _placebo_ps(result)
    trend = result.pre_trend is not None and result.pre_trend.p < LEVEL
    return trend or any(p * len(ps) < LEVEL for p in ps)


def sentences(result: Effect | Unanswered, subject: Subject, language: Language) -> tuple[str, ...]:
    """What was found, what it rests on, and what it cannot say, in that order."""
    if isinstance(result, Unanswered):
        first = OBSTACLES[result.obstacle][language].format(name=subject.name)
        return first, *_aside(result, language)
    found = VERDICTS[verdict(result, subject.better)][language].format(name=subject.name)
    return (
        found,
        *_size(result, subject, language),
        *_before(result, subject, language),
        *_basis(result, language),
        *_two_way(result, subject, language),
        *limits(language),
    )


def limits(language: Language) -> tuple[str, ...]:
    """What no figure of this kind can say, whatever it is."""
    return tuple(text[language] for text in LIMITS)


def _direction(value: float, better: Direction) -> Verdict:
    if better == "neutral":
        return Verdict.CHANGED
    return Verdict.BETTER if (value > 0) == (better == "up") else Verdict.WORSE


def _size(result: Effect, subject: Subject, language: Language) -> Iterator[str]:
    one = result.overall
    value, unit = _signed(one.value, subject, language), subject.unit
    if one.low is None or one.high is None:
        yield SIZE_ALONE[language].format(value=value, unit=unit)
        return
    low, high = (_signed(bound, subject, language) for bound in (one.low, one.high))
    yield SIZE[language].format(value=value, unit=unit, low=low, high=high)
    if result.detectable is not None:
        least = _number(result.detectable, subject.decimals, language)
        yield DETECTABLE[language].format(value=least, unit=unit)


def _before(result: Effect, subject: Subject, language: Language) -> Iterator[str]:
    trend = result.pre_trend
    if trend is not None:
        text = PRE_TREND[trend.p < LEVEL][language]
        yield text.format(months=len(trend.months), p=_p(trend.p, language))
    number = len(_placebo_ps(result))
    for one in result.placebos:
        if one.estimate.p is not None:
            p = min(one.estimate.p * number, 1.0)
            value = _signed(one.estimate.value, subject, language)
            yield PLACEBO[p < LEVEL][language].format(
                months=one.months_earlier, value=value, unit=subject.unit, p=_p(p, language)
            )


def _basis(result: Effect, language: Language) -> Iterator[str]:
    used, choices = result.used, result.choices
    yield COMPARED[choices.controls][language].format(
        compared=used.compared,
        started=used.started,
        without=used.without,
        first=used.months[0],
        last=used.months[-1],
    )
    yield WEIGHED[choices.weights][language]
    for note in result.notes:
        if note is not Note.NO_INTERVAL:  # the verdict has said it
            yield NOTES[note][language].format(
                clusters=used.clusters,
                side=result.overall.clusters,
                missing=used.missing,
                cells=used.regions * len(used.months),
                silent=", ".join(used.silent),
                left_out=used.left_out,
            )
    yield from _aside(result, language)


def _aside(result: Effect | Unanswered, language: Language) -> Iterator[str]:
    for one in result.set_aside:
        yield ASIDE[one.reason][language].format(n=len(one.regions))


def _two_way(result: Effect, subject: Subject, language: Language) -> Iterator[str]:
    if result.two_way is not None:
        yield TWO_WAY[language].format(
            value=_signed(result.two_way.estimate.value, subject, language),
            unit=subject.unit,
            negative=_number(100 * result.two_way.negative_weight, 1, language),
        )


def _placebo_ps(result: Effect) -> list[float]:
    return [one.estimate.p for one in result.placebos if one.estimate.p is not None]


def _p(p: float, language: Language) -> str:
    return f"< {_number(SMALLEST_P, 3, language)}" if p < SMALLEST_P else f"= {_number(p, 3, language)}"


def _signed(value: float, subject: Subject, language: Language) -> str:
    shown = round(value, subject.decimals) + 0.0  # + 0.0: no minus before a zero
    return ("+" if shown > 0 else "") + _number(shown, subject.decimals, language)


def _number(value: float, decimals: int, language: Language) -> str:
    form = "#,##0" + "." * bool(decimals) + "0" * decimals
    return str(format_decimal(value, format=form, locale=language))
