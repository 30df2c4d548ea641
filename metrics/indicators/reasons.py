"""Why a figure is missing: one table of machine ids with sentences and remedies in both languages.

A reason is stored as text, ``code(key=value,…): sentence``, so that a reader of the raw data
understands it; ``explain`` gives the sentence and its remedy in the wanted language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from metrics.catalogue import CATALOGUE
from metrics.model import ValueStatus

PATTERN = re.compile(r"^([a-z0-9]+(?:-[a-z0-9]+)*)(?:\(([^()]*)\))?: ")


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentence and remedy of a reason; ``{key}`` stands for a detail."""

    text_id: str
    text_en: str
    remedy_id: str
    remedy_en: str
    status: ValueStatus = ValueStatus.NO_DATA

    def sentence(self, language: str, details: Mapping[str, str]) -> str:
        """Sentence and remedy in "id" or "en"; names of record sets and indicators are spelt out."""
        words = {key: _spoken(value, language) for key, value in details.items()}
        template = (
            f"{self.text_id} {self.remedy_id}" if language == "id" else f"{self.text_en} {self.remedy_en}"
        )
        return template.strip().format_map(words)


WORDS: dict[str, tuple[str, str]] = {
    "transactions": ("permohonan", "applications"),
    "complaints": ("pengaduan", "complaints"),
    "surveys": ("survei", "surveys"),
    "probes": ("pemeriksaan layanan", "probes"),
    "requirements": ("persyaratan", "requirements"),
    "procedure": ("prosedur", "procedure"),
    "completion_time": ("waktu penyelesaian", "completion time"),
    "cost": ("biaya", "cost"),
    "product": ("produk layanan", "service product"),
    "competence": ("kompetensi pelaksana", "staff competence"),
    "conduct": ("perilaku pelaksana", "staff conduct"),
    "facilities": ("sarana dan prasarana", "facilities"),
    "complaint_handling": ("penanganan pengaduan", "complaint handling"),
}
"""Words for stored names, Indonesian and English."""

CAUSES: dict[str, tuple[str, str]] = {
    "no-records": ("belum ada data", "no records"),
    "no-records-in-period": ("tidak ada data pada periode ini", "no records in this period"),
    "too-few": ("terlalu sedikit", "too few"),
    "none-finished": ("tidak ada yang selesai", "none finished"),
    "half-open": ("lebih dari separuh masih terbuka", "more than half still open"),
    "tenth-open": ("lebih dari sepersepuluh masih terbuka", "more than a tenth still open"),
    "no-due": ("tanpa tenggat", "no deadlines"),
    "no-channel": ("kanal tidak diketahui", "channel unknown"),
    "no-working-day": ("tanpa hari kerja", "no working day"),
    "nothing-finished": ("tidak ada yang selesai belakangan ini", "nothing finished lately"),
    "no-transactions": ("tanpa permohonan", "no applications"),
    "only-gaps": ("keadaan tidak diketahui", "state unknown"),
    "element-unanswered": ("unsur tidak dijawab", "an element unanswered"),
}
"""Reasons in two or three words, for sentences about them."""

REASONS: dict[str, Wording] = {
    "no-records": Wording(
        "Belum ada data {dataset} dari daerah ini.",
        "There are no {dataset} from here.",
        "Hubungkan sumber datanya atau impor berkasnya.",
        "Connect a source of them or import a file.",
    ),
    "no-records-in-period": Wording(
        "Tidak ada data {dataset} untuk periode ini.",
        "There are no {dataset} for this period.",
        "Periksa apakah sumbernya melapor pada periode ini.",
        "Check whether the source reported in this period.",
    ),
    "too-few": Wording(
        "Hanya {n} yang dapat dihitung; diperlukan sedikitnya {minimum}.",
        "Only {n} can be counted; at least {minimum} are needed.",
        "Pilih periode yang lebih panjang.",
        "Choose a longer period.",
        ValueStatus.TOO_FEW,
    ),
    "none-finished": Wording(
        "Tidak ada {dataset} dengan waktu mulai dan selesai.",
        "None of the {dataset} has both a start and an end.",
        "Periksa apakah sumbernya mengirim waktu selesai.",
        "Check that the source sends the time of the end.",
    ),
    "half-open": Wording(
        "Menurut perkiraan lebih dari separuh kasus masih terbuka ({open} dari {n} belum selesai).",
        "By estimate more than half of the cases are still open ({open} of {n} have no end).",
        "Selesaikan yang tertunda, atau periksa apakah waktu selesainya dilaporkan.",
        "Finish what is pending, or check that its end is reported.",
        ValueStatus.WITHHELD,
    ),
    "tenth-open": Wording(
        "Menurut perkiraan lebih dari sepersepuluh kasus masih terbuka ({open} dari {n} belum selesai).",
        "By estimate more than a tenth of the cases are still open ({open} of {n} have no end).",
        "Tunggu pengamatan yang lebih lama, atau periksa apakah waktu selesainya dilaporkan.",
        "Wait for a longer observation, or check that the end is reported.",
        ValueStatus.WITHHELD,
    ),
    "no-due": Wording(
        "Tidak ada {dataset} dengan tenggat yang sudah selesai atau lewat.",
        "None of the {dataset} has a deadline and is either finished or overdue.",
        "Kirim tenggat atau janji waktu layanannya.",
        "Send the deadline or the promised time of the service.",
    ),
    "no-channel": Wording(
        "Kanal permohonan tidak diketahui.",
        "The channel of the applications is not known.",
        "Kirim kanalnya, atau petakan dari sumbernya.",
        "Send the channel, or map it from the source.",
    ),
    "no-working-day": Wording(
        "Tidak ada hari kerja dalam periode ini menurut kalender daerah.",
        "The period has no working day by the region's calendar.",
        "Periksa kalender daerah di registri.",
        "Check the region's calendar in the registry.",
        ValueStatus.NOT_APPLICABLE,
    ),
    "nothing-finished": Wording(
        "Tidak ada yang selesai dalam {days} hari terakhir, sedangkan {open} masih terbuka.",
        "Nothing was finished in the last {days} days, and {open} are open.",
        "Periksa apakah waktu selesai dilaporkan.",
        "Check that the time of the end is reported.",
        ValueStatus.WITHHELD,
    ),
    "no-transactions": Wording(
        "Tidak ada permohonan pada bulan-bulan yang pengaduannya dilaporkan.",
        "There are no applications in the months for which complaints are reported.",
        "Hubungkan sumber permohonan untuk periode yang sama.",
        "Connect a source of applications for the same period.",
        ValueStatus.NOT_APPLICABLE,
    ),
    "only-gaps": Wording(
        "Keadaan layanan tidak diketahui sepanjang periode ini.",
        "The state of the service is unknown for the whole period.",
        "Periksa jadwal pemeriksaan dan lama berlakunya.",
        "Check the schedule of the probes and how long a result stands.",
    ),
    "element-unanswered": Wording(
        "Unsur {element} tidak dijawab seorang pun, padahal indeks memerlukan kesembilan unsur.",
        "Nobody answered the element {element}, and the index needs all nine.",
        "Petakan unsur ini, atau tanyakan dalam survei.",
        "Map this element, or ask for it in the survey.",
        ValueStatus.WITHHELD,
    ),
}
"""Reasons by machine id."""


def reason_text(code: str, detail: str = "", table: Mapping[str, Wording] = REASONS) -> str:
    """Reason as it is stored. ``detail``: "key=value,key=value" for the sentence."""
    shown = f"{code}({detail})" if detail else code
    return f"{shown}: {table[code].sentence('en', details_of(detail))}"


def code_of(reason: str) -> str:
    """Machine id of a stored reason; empty for text that is none."""
    match = PATTERN.match(reason)
    return match[1] if match else ""


def explain(reason: str, language: str, table: Mapping[str, Wording] = REASONS) -> str:
    """Sentence and remedy of a stored reason in "id" or "en"; the text itself where it is none of ours."""
    match = PATTERN.match(reason)
    if not match or match[1] not in table:
        return reason
    return table[match[1]].sentence(language, details_of(match[2] or ""))


@lru_cache(maxsize=4096)
def details_of(detail: str) -> Mapping[str, str]:
    """Details by key."""
    pairs = (pair.partition("=") for pair in detail.split(",") if pair)
    return {key: value for key, _, value in pairs}


def _spoken(value: str, language: str) -> str:
    for table in (WORDS, CAUSES):
        if value in table:
            return table[value][language != "id"]
    if value in CATALOGUE:
        return CATALOGUE[value].name_id if language == "id" else CATALOGUE[value].name_en
    return value
