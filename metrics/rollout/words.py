"""A prospect in a few sentences, in Indonesian and in English, never surer than the model.

Of what has not happened yet they never say "will" or "cannot", and every probability is said to be
the model's.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_decimal

from metrics.rollout.outlook import Outlook, Pace
from metrics.rollout.series import Point
from metrics.rollout.target import Prospect

Language = Literal["id", "en"]

VERDICTS: dict[Outlook, dict[Language, str]] = {
    Outlook.REACHED: {
        "id": "Target {target} per {by} tercapai: {authority} mencatat {count} pada {day}.",
        "en": "The target of {target} by {by} was reached: {authority} counted {count} on {day}.",
    },
    Outlook.MISSED: {
        "id": "Target {target} per {by} tidak tercapai: {authority} mencatat {count} pada {day}.",
        "en": "The target of {target} by {by} was not reached: {authority} counted {count} on {day}.",
    },
    Outlook.UNKNOWN: {
        "id": "Tidak diketahui apakah target {target} tercapai per {by}: {authority} baru mencatat {count} "
        "pada {day}.",
        "en": "Whether the target of {target} was reached by {by} is not known: {authority} counted "
        "{count} only on {day}.",
    },
    Outlook.VERY_LIKELY: {
        "id": "Menurut model, target {target} per {by} sangat mungkin tercapai",
        "en": "By the model, the target of {target} by {by} is very likely to be reached",
    },
    Outlook.LIKELY: {
        "id": "Menurut model, target {target} per {by} mungkin tercapai",
        "en": "By the model, the target of {target} by {by} is likely to be reached",
    },
    Outlook.OPEN: {
        "id": "Menurut model, tercapainya target {target} per {by} masih terbuka",
        "en": "By the model, it is open whether the target of {target} by {by} is reached",
    },
    Outlook.UNLIKELY: {
        "id": "Menurut model, target {target} per {by} kecil kemungkinannya tercapai",
        "en": "By the model, the target of {target} by {by} is unlikely to be reached",
    },
    Outlook.VERY_UNLIKELY: {
        "id": "Menurut model, target {target} per {by} sangat kecil kemungkinannya tercapai",
        "en": "By the model, the target of {target} by {by} is very unlikely to be reached",
    },
}
CHANCES: dict[Language, tuple[str, str, str]] = {
    "id": ("kurang dari 1", "sekitar {n}", "lebih dari 99"),
    "en": ("fewer than 1", "about {n}", "more than 99"),
}
FEW = 1.0
"""Of a hundred simulations: nearer to never and to always no number is said."""
OF: dict[Language, str] = {"id": "{chance} dari 100 simulasi", "en": "{chance} in 100 simulations"}
PACE: dict[Language, str] = {
    "id": "Target meminta {asked} per bulan sejak {since}",
    "en": "It asks for {asked} a month from {since} on",
}
SEEN: dict[Language, tuple[str, str]] = {
    "id": ("laju terakhir {recent} per bulan (sejak {start})", "laju terakhir belum dapat dihitung"),
    "en": ("the recent pace is {recent} a month (since {start})", "there is no recent pace yet"),
}
LIMITS: dict[Language, str] = {
    "id": "Model hanya mengenal angka yang diterbitkan {authority}, bukan anggaran atau rencana; "
    "penyebut {whole} ({whose}).",
    "en": "The model knows only the counts that {authority} published, no budget or plan; denominator "
    "{whole} ({whose}).",
}


def sentences(found: Prospect, language: Language) -> str:
    """Verdict, and of a target that is ahead its probability, the two paces and the limits."""
    facts = {
        "target": found.target,
        "by": _day(found.by, language),
        "authority": found.series.authority,
        "whole": found.denominator.whole,
        "whose": found.denominator.authority,
    }
    verdict = VERDICTS[found.outlook][language]
    if found.asked is None or found.probability is None:
        point = _telling(found)
        return verdict.format(**facts, count=point.count, day=_day(point.day, language))
    return (
        f"{verdict.format(**facts)} ({_chance(found.probability, language)}). "
        f"{_paces(found.asked, found.recent, language)}. {LIMITS[language].format(**facts)}"
    )


def _telling(found: Prospect) -> Point:
    """Point that shows the fact: the first that reached the target, or the first from the day on."""
    points = found.series.points
    if found.outlook is Outlook.MISSED:
        return next(point for point in points if point.day >= found.by)
    return next(point for point in points if point.count >= found.target)


def _chance(probability: float, language: Language) -> str:
    few, some, most = CHANCES[language]
    hundredths = 100 * probability
    chance = few if hundredths < FEW else most if hundredths > 100 - FEW else some.format(n=round(hundredths))
    return OF[language].format(chance=chance)


def _paces(asked: Pace, recent: Pace | None, language: Language) -> str:
    needed = PACE[language].format(
        asked=_number(asked.per_month, language), since=_day(asked.first.day, language)
    )
    known, unknown = SEEN[language]
    if recent is None:
        return f"{needed}; {unknown}"
    start = _day(recent.first.day, language)
    return f"{needed}; {known.format(recent=_number(recent.per_month, language), start=start)}"


def _day(day: date, language: Language) -> str:
    return str(format_date(day, "d MMMM y", locale=language))


def _number(value: float, language: Language) -> str:
    return str(format_decimal(value, "0.0", locale=language))
