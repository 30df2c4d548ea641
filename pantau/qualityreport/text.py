"""What the report on the data's quality says, in Indonesian and English, beyond the dashboard's sentences."""

from __future__ import annotations

from app.text import Language

Words = dict[str, str]
"""Text by language code."""


def _words(indonesian: str, english: str) -> Words:
    return {"id": indonesian, "en": english}


SENTENCES: dict[str, Words] = {
    "title": _words("Laporan mutu data", "Report on the quality of the data"),
    "scope": _words("Cakupan", "Covers"),
    "scope.all": _words("semua wilayah ({n})", "all regions ({n})"),
    "scope.province": _words("{name} ({n} wilayah)", "{name} (regions: {n})"),
    "as_of": _words("Data per", "Data as of"),
    "watched": _words("Terakhir diperiksa", "Last checked"),
    "never_watched": _words("belum pernah", "never"),
    "days": _words("Hari yang dinilai", "Days judged"),
    "made": _words("Laporan dibuat", "Report made"),
    "contents": _words("Isi laporan", "Contents"),
    "nobody": _words(
        "Belum ada data yang diterima dari wilayah dalam laporan ini.",
        "No data have come from the regions of this report.",
    ),
    "matrix": _words("Wilayah dan himpunan datanya", "Regions and their record sets"),
    "matrix.note": _words(
        "Hasil pemeriksaan terburuk saat ini, lalu hari sejak catatan terakhirnya, dihitung dari catatan "
        "terbaru siapa pun.",
        "The worst result of the checks at present, then the days since the latest record, counted from the "
        "latest record of anybody.",
    ),
    "matrix.more": _words(
        "Rincian satu wilayah: pantau quality-report --out BERKAS.html --region KODE",
        "Details of a region: pantau quality-report --out FILE.html --region CODE",
    ),
    "matrix.nothing": _words("belum pernah mengirim data apa pun", "never sent any data"),
    "technical": _words(
        "Tulisan miring adalah catatan teknis dalam bahasa Inggris.", "Technical notes are in italics."
    ),
    "figures": _words("{value}; batas {bound}", "{value}; bound {bound}"),
    "provinces": _words("Provinsi", "Provinces"),
    "provinces.note": _words(
        "Angka: wilayah yang gagal berat dari semua wilayah provinsi itu dalam laporan ini.",
        "Figures: regions that fail a critical check, of all regions of the province in this report.",
    ),
    "incidents": _words("Insiden terbuka", "Open incidents"),
    "incidents.alone": _words("Insiden satu wilayah: {n}", "Incidents of a single region: {n}"),
    "place.province": _words("Provinsi {name}", "Province {name}"),
    "place.platform": _words("Platform {name}", "Platform {name}"),
    "place.none": _words("sumber yang dipakai banyak wilayah", "a source that many regions share"),
    "root": _words("Pangkal masalah", "Root cause"),
    "followed": _words("Ikut gagal karenanya", "Fails with it"),
    "opened": _words("Dibuka", "Opened"),
    "state": _words("Keadaan", "State"),
    "members": _words("Wilayah yang terkena ({n})", "Regions concerned ({n})"),
    "region": _words("Wilayah", "Region"),
    "standings": _words("Hasil pemeriksaan saat ini", "Results of the checks at present"),
    "failing": _words("Gagal", "Fails"),
    "undone": _words("Tidak dapat diperiksa", "Could not be checked"),
    "passing": _words("Lulus", "Passes"),
    "since": _words("sejak {day}", "since {day}"),
    "lift": _words(
        "Dicabut sendiri bila datanya diperiksa lagi dan lulus. Untuk menilai ulang hari yang sudah lewat, "
        "pengelola menjalankan:",
        "Lifted by itself once the data are checked again and pass. To judge past days again, those who "
        "run Pantau use:",
    ),
    "lift.batch": _words(
        "Dicabut sendiri bila kiriman berikutnya memenuhi aturan ini.",
        "Lifted by itself once the next batch keeps this rule.",
    ),
    "holds.none": _words("Semua data wilayah ini ikut peringkat.", "No data of this region are kept out."),
    "measured": _words("Terukur", "Measured"),
    "nothing": _words("tidak ada", "none"),
    "rule": _words("Aturan", "Rule"),
    "rows": _words("Baris ditolak", "Rows rejected"),
    "checks": _words("Pemeriksaan", "Checks"),
    "checks.note": _words(
        "Jumlah pada tabel: pasangan wilayah dan himpunan data dalam laporan ini, menurut hasil terakhir. "
        "Biaya dihitung untuk semua wilayah bersama.",
        "Figures of the table: pairs of region and record set in this report, by their latest result. "
        "The cost is that of all regions together.",
    ),
    "cost": _words("Biaya sekali jalan", "Cost of a run"),
    "cost.each": _words("{ms} milidetik, {rows} catatan", "{ms} milliseconds, {rows} records"),
    "cost.runs": _words(
        "{each}; rata-rata dari {runs} kali, terakhir {day}",
        "{each}; average of {runs} runs, the last on {day}",
    ),
    "cost.none": _words("belum pernah dijalankan", "never run"),
    "found": _words("Ditemukan", "Has found"),
    "found.some": _words(
        "{n} temuan di {regions} wilayah, pada hari {days}",
        "findings: {n}, in regions: {regions}, days: {days}",
    ),
    "found.more": _words(
        "{n} temuan lain tidak ditulis di sini.",
        "Further findings that are not listed here: {n}.",
    ),
    "now": _words("Saat ini", "At present"),
    "now.counts": _words(
        "gagal {failed}, tidak dapat diperiksa {undone}, lulus {passed}",
        "fails {failed}, could not be checked {undone}, passes {passed}",
    ),
    "rules": _words("Aturan kontrak: {name}", "Rules of the contract: {name}"),
    "broken": _words("Baris yang melanggar", "Rows that break it"),
}
"""By key. Every sentence is there in both languages."""


def say(key: str, t: Language, **fields: str) -> str:
    """Return a sentence as plain text, its fields filled in. Raises ``KeyError`` for an unknown key."""
    sentence = SENTENCES[key][t.code]
    return sentence.format(**fields) if fields else sentence
