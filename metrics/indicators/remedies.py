"""Remedies of critical checks in Indonesian, by their English words.

A hold brings its remedy in English, from the check that it is of. By the words rather than by the check:
a remedy that was changed there is then shown in English, and never beside an outdated translation.
"""

from __future__ import annotations

RULE = "correct these rows at the source and send them again, or mend the mapping and run 'pantau replay'."
"""Remedy of every rule of a contract, after the name of who must mend it."""

OWNERS = {
    "regional-data-source": "pengelola sumber data daerah",
    "national-operator": "operator nasional",
}

INDONESIAN = {
    RULE: "perbaiki baris ini di sumbernya lalu kirim lagi, atau perbaiki pemetaannya lalu jalankan "
    "'pantau replay'.",
    "Ask which counter, channel or application no longer delivers, and fetch the days again.": (
        "Tanyakan loket, kanal, atau aplikasi mana yang tidak lagi mengirim, lalu ambil ulang hari-hari itu."
    ),
    "Look at the source's last fetch, and ask the region whether its system delivers.": (
        "Periksa pengambilan terakhir dari sumbernya, dan tanyakan kepada daerah apakah sistemnya mengirim."
    ),
    "Compare the source's notes of the release; mend the mapping, and replay what was rejected.": (
        "Bandingkan dengan catatan rilis sumbernya; perbaiki pemetaannya, lalu proses ulang yang ditolak."
    ),
    "Find the set that is not complete: fetch these weeks again from its source.": (
        "Cari jenis data yang tidak lengkap: ambil ulang minggu-minggu itu dari sumbernya."
    ),
    "Fetch again from the first page; too many: look for pages that were read twice.": (
        "Ambil ulang dari halaman pertama; bila terlalu banyak, cari halaman yang terbaca dua kali."
    ),
    "Compare one record with the source's own screen; set the time zone of the mapping.": (
        "Bandingkan satu catatan dengan layar sistem sumbernya; atur zona waktu pemetaannya."
    ),
    "Ask whether the cases were entered after the fact; without true instants leave them out of durations.": (
        "Tanyakan apakah kasusnya dimasukkan belakangan; tanpa waktu yang benar, jangan sertakan dalam "
        "lama penyelesaian."
    ),
    "Ask for the original list of these days; until then the days do not count.": (
        "Mintalah daftar asli hari-hari itu; sebelum ada, hari-hari itu tidak dihitung."
    ),
    "Ask both regions for their original lists; look whether one file was delivered under two codes.": (
        "Mintalah daftar asli kedua daerah; periksa apakah satu berkas dikirim dengan dua kode."
    ),
    "Leave the column out of the mapping, or declare it restricted; ask the source not to send it.": (
        "Keluarkan kolom itu dari pemetaan, atau nyatakan terbatas; mintalah sumbernya tidak mengirimkannya."
    ),
}


def remedy_in(language: str, remedy: str) -> str:
    """Remedy in "id" or "en"; in English where there is no translation, and said to be so."""
    if language != "id":
        return remedy
    owner, mark, rest = remedy.partition(": ")
    if mark and owner in OWNERS and rest in INDONESIAN:
        return f"{OWNERS[owner].capitalize()}: {INDONESIAN[rest]}"
    return INDONESIAN.get(remedy, f"{remedy} (dalam bahasa Inggris)")
