"""Why a figure is missing: one table of machine ids with sentences and remedies in both languages.

A reason is stored as text, ``code(key=value,…): sentence``, so that a reader of the raw data
understands it; ``explain`` gives the sentence and its remedy in the wanted language. A value that
holds a sign of this notation is written as in a URL (``%2C``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from metrics.catalogue import CATALOGUE
from metrics.indicators.remedies import remedy_in
from metrics.model import ValueStatus

SIGNS = {ord(sign): f"%{ord(sign):02X}" for sign in "%(),=\n"}
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
        words = {key: _spoken(key, value, language) for key, value in details.items()}
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
    "no-day-over": ("belum ada hari kerja yang lewat", "no working day is over"),
    "unjudged": ("belum diperiksa", "not judged yet"),
    "whole-only": ("hanya untuk seluruh masa", "only for the whole time"),
    "few-parts": ("terlalu sedikit bagian", "too few parts"),
    "parts-left-out": ("tanpa sebagian", "some parts left out"),
    "on-hold": ("datanya ditahan", "its data are on hold"),
    "on-hold-always": ("datanya ditahan", "its data are on hold"),
    "pooled-on-hold": ("data daerahnya ditahan", "data of its regions are on hold"),
    "regions-on-hold": ("data sebagian daerahnya ditahan", "data of some of its regions are on hold"),
}
"""Reasons in two or three words, for sentences about them."""

BACK = ("{remedy} Sesudah itu nilainya tampil kembali.", "{remedy} The value returns when the check passes.")
"""Remedy of a hold."""

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
    "no-day-over": Wording(
        "Sejak permohonan pertama dari sini belum ada hari kerja yang lewat.",
        "No working day has ended since the first application from here.",
        "Tunggu hari kerja berikutnya, atau periksa kalender daerah di registri.",
        "Wait for the next working day, or check the region's calendar in the registry.",
        ValueStatus.NOT_APPLICABLE,
    ),
    "unjudged": Wording(
        "Data dari sini belum diperiksa.",
        "The data from here have not been judged yet.",
        "Jalankan pemeriksaan data; daerah yang baru melapor memerlukan beberapa minggu.",
        "Have the data checked; a region that has just begun needs some weeks.",
    ),
    "whole-only": Wording(
        "Angka ini hanya ada untuk seluruh masa.",
        "This figure is only given for the whole time.",
        "Pilih seluruh masa.",
        "Choose the whole time.",
        ValueStatus.NOT_APPLICABLE,
    ),
    "few-parts": Wording(
        "Baru {n} bagian mutu data yang diketahui; diperlukan sedikitnya {minimum}. Belum ada: {parts}.",
        "Only {n} parts of the data's quality are known; at least {minimum} are needed. Missing: {parts}.",
        "Kirim permohonan dan jalankan pemeriksaan data.",
        "Send applications, and have the data checked.",
    ),
    "parts-left-out": Wording(
        "Skor ini dihitung tanpa bagian yang belum diketahui: {parts}.",
        "The score leaves out what is not known: {parts}.",
        "Lihat alasannya pada indikator itu.",
        "See the reason at these indicators.",
        ValueStatus.OK,
    ),
    "on-hold": Wording(
        "Ditahan: data {dataset} dari {days} di antara {span} hari periode ini tidak lulus pemeriksaan "
        "kritis, terutama '{check}' ({first} sampai {last}).",
        "Withheld: the {dataset} of {days} of the {span} days of this period fail critical checks, "
        "above all '{check}' ({first} to {last}).",
        *BACK,
        ValueStatus.WITHHELD,
    ),
    "on-hold-always": Wording(
        "Ditahan: data {dataset} dari sini tidak lulus pemeriksaan kritis '{check}'.",
        "Withheld: the {dataset} from here fail the critical check '{check}'.",
        *BACK,
        ValueStatus.WITHHELD,
    ),
    "pooled-on-hold": Wording(
        "Ditahan: {held} dari n = {n} berasal dari {regions} daerah yang datanya tidak lulus pemeriksaan "
        "kritis; yang terbesar {largest} ({dataset}, '{check}').",
        "Withheld: {held} of n = {n} come from regions whose data fail critical checks (number of regions: "
        "{regions}); the largest is {largest} ({dataset}, '{check}').",
        *BACK,
        ValueStatus.WITHHELD,
    ),
    "regions-on-hold": Wording(
        "Terhitung pula {regions} daerah yang nilainya sendiri ditahan: {held} dari n = {n}.",
        "Regions whose own values are withheld are counted in it (number of regions: {regions}): {held} of "
        "n = {n}.",
        "Lihat alasannya pada daerah itu.",
        "See the reasons at these regions.",
        ValueStatus.OK,
    ),
}
"""Reasons by machine id. One with the status ``OK`` says what to know about a value that stands."""

HOLDS = frozenset({"on-hold", "on-hold-always", "pooled-on-hold"})
"""Reasons that name the remedy of a hold."""


def detail_of(**facts: object) -> str:
    """Details as they are stored, "key=value,key=value"."""
    return ",".join(f"{key}={str(value).translate(SIGNS)}" for key, value in facts.items())


def reason_text(code: str, detail: str = "", table: Mapping[str, Wording] = REASONS) -> str:
    """Reason as it is stored. ``detail``: "key=value,key=value" for the sentence."""
    shown = f"{code}({detail})" if detail else code
    return f"{shown}: {table[code].sentence('en', details_of(detail))}"


def code_of(reason: str) -> str:
    """Machine id of a stored reason; empty for text that is none."""
    match = PATTERN.match(reason)
    return match[1] if match else ""


def reason_details(reason: str) -> Mapping[str, str]:
    """Details of a stored reason by key; none for text that is no reason."""
    match = PATTERN.match(reason)
    return details_of(match[2] or "") if match else {}


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
    return {key: unquote(value) for key, _, value in pairs}


def _spoken(key: str, value: str, language: str) -> str:
    if key == "check":  # an id of the checks, which may be a word of ours too
        return value
    if key == "remedy":
        return remedy_in(language, value)
    if key == "parts":
        return ", ".join(_word(part, language) for part in value.split("+"))
    return _word(value, language)


def _word(value: str, language: str) -> str:
    for table in (WORDS, CAUSES):
        if value in table:
            return table[value][language != "id"]
    if value in CATALOGUE:
        return CATALOGUE[value].name_id if language == "id" else CATALOGUE[value].name_en
    return value
