"""Why a region is not ranked, and what to know about a rank: one table, both languages.

A reason is stored as ``code(key=value,…): English sentence``; ``explain`` gives it in either
language. The reasons of single figures (``metrics.indicators.reasons``) are understood too: after one
that tells of a withheld value stands the reason of the hold, with the check that failed and its remedy.
"""

from __future__ import annotations

from metrics.indicators import reasons as of_figures
from metrics.indicators.reasons import Wording

NOTHING = Wording(
    "Tidak diperingkat: belum satu pun indikator bernilai.",
    "Not ranked, because none of its indicators has a value.",
    "Hubungkan sumber data daerah ini.",
    "Connect the region's sources.",
)
REQUIRED = Wording(
    "Tidak diperingkat: {indicator} wajib ada tetapi tidak bernilai ({cause}).",
    "Not ranked, because {indicator} is required and has no value ({cause}).",
    "Lihat alasan pada indikator itu.",
    "See the reason at that indicator.",
)
NOTHING_HELD = Wording(
    "Tidak diperingkat: belum satu pun indikator bernilai, dan sebagian nilainya ditahan.",
    "Not ranked, because none of its indicators has a value, and some values are withheld.",
    "",
    "",
)
REQUIRED_HELD = Wording(
    "Tidak diperingkat: {indicator} wajib ada tetapi nilainya ditahan.",
    "Not ranked, because {indicator} is required and its value is withheld.",
    "",
    "",
)
COVERAGE = Wording(
    "Tidak diperingkat: indikator yang bernilai hanya mencakup {share} % bobot; diperlukan {minimum} %.",
    "Not ranked, because its indicators cover only {share} % of the weights; {minimum} % are needed.",
    "Lengkapi indikator yang kosong.",
    "Fill the indicators that are empty.",
)
PARTIAL = Wording(
    "Skor dihitung tanpa indikator yang kosong: mencakup {share} % bobot.",
    "The score leaves out empty indicators: it covers {share} % of the weights.",
    "Lengkapi indikator yang kosong.",
    "Fill the indicators that are empty.",
)
ALONE = Wording(
    "Hanya satu daerah dapat diperingkat, jadi tidak ada pembandingnya.",
    "Only one region can be ranked, so there is nobody to compare it with.",
    "",
    "",
)
NO_DIFFERENCE = Wording(
    "Tidak ada bukti bahwa daerah-daerah ini berbeda; urutannya dapat terjadi karena kebetulan.",
    "There is no evidence that the regions differ; their order may be chance.",
    "",
    "",
)
NOT_TOLD_APART = Wording(
    "Tidak ada dua daerah yang dapat dibedakan; urutannya dapat terjadi karena kebetulan.",
    "No two regions can be told apart; their order may be chance.",
    "",
    "",
)
NOBODY = Wording(
    "Belum satu pun dapat diperingkat, jadi tidak ada yang dibandingkan.",
    "Nobody can be ranked, so there is nothing to compare.",
    "Lihat alasan pada tiap daerah.",
    "See the reason at each region.",
)
KNOWN_NOWHERE = Wording(
    "{indicator} tidak bernilai di semua yang diperingkat: tidak ikut membedakan.",
    "{indicator} has no value anywhere among those ranked: it tells nobody apart.",
    "Hubungkan sumber datanya.",
    "Connect a source of it.",
)
SAME_EVERYWHERE = Wording(
    "{indicator} sama di semua yang diperingkat: tidak ikut membedakan, dan normalisasi lain tidak diuji.",
    "{indicator} is the same everywhere among those ranked: it tells nobody apart, and other "
    "normalisations are not tried.",
    "",
    "",
)

OWN: dict[str, Wording] = {
    "nothing-reported": NOTHING,
    "nothing-stands": NOTHING_HELD,
    "required-missing": REQUIRED,
    "required-withheld": REQUIRED_HELD,
    "coverage-too-low": COVERAGE,
    "partial-coverage": PARTIAL,
    "alone": ALONE,
    "no-difference": NO_DIFFERENCE,
    "not-told-apart": NOT_TOLD_APART,
    "nobody-ranked": NOBODY,
    "known-nowhere": KNOWN_NOWHERE,
    "same-everywhere": SAME_EVERYWHERE,
}
"""Reasons of the ranking by machine id."""

REASONS: dict[str, Wording] = of_figures.REASONS | OWN
"""All reasons that a ranking may state."""


def reason(code: str, **details: object) -> str:
    """Reason as it is stored in ``RankRow.reasons``."""
    return of_figures.reason_text(code, of_figures.detail_of(**details), REASONS)


def explain(text: str, language: str) -> str:
    """Sentence and remedy of a stored reason in "id" or "en"."""
    return of_figures.explain(text, language, REASONS)
