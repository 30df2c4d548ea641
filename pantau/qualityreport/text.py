"""What the report on the data's quality says, in Indonesian and English, beyond the dashboard's sentences."""

from __future__ import annotations

from app.text import Language
from app.text.words import Words, words

SENTENCES: dict[str, Words] = {
    "title": words("Laporan mutu data", "Report on the quality of the data"),
    "scope": words("Cakupan", "Covers"),
    "scope.all": words("semua wilayah ({n})", "all regions ({n})"),
    "scope.province": words("{name} ({n} wilayah)", "{name} (regions: {n})"),
    "as_of": words("Data per", "Data as of"),
    "watched": words("Terakhir diperiksa", "Last checked"),
    "never_watched": words("belum pernah", "never"),
    "days": words("Hari yang dinilai", "Days judged"),
    "made": words("Laporan dibuat", "Report made"),
    "contents": words("Isi laporan", "Contents"),
    "nobody": words(
        "Belum ada data yang diterima dari wilayah dalam laporan ini.",
        "No data have come from the regions of this report.",
    ),
    "matrix": words("Wilayah dan himpunan datanya", "Regions and their record sets"),
    "matrix.note": words(
        "Hasil pemeriksaan terburuk saat ini, lalu hari sejak catatan terakhirnya, dihitung dari catatan "
        "terbaru siapa pun.",
        "The worst result of the checks at present, then the days since the latest record, counted from the "
        "latest record of anybody.",
    ),
    "matrix.more": words(
        "Rincian satu wilayah: pantau quality-report --out BERKAS.html --region KODE",
        "Details of a region: pantau quality-report --out FILE.html --region CODE",
    ),
    "matrix.nothing": words("belum pernah mengirim data apa pun", "never sent any data"),
    "technical": words(
        "Tulisan miring adalah catatan teknis dalam bahasa Inggris.", "Technical notes are in italics."
    ),
    "figures": words("{value}; batas {bound}", "{value}; bound {bound}"),
    "provinces": words("Provinsi", "Provinces"),
    "provinces.note": words(
        "Angka: wilayah yang gagal berat dari semua wilayah provinsi itu dalam laporan ini.",
        "Figures: regions that fail a critical check, of all regions of the province in this report.",
    ),
    "incidents": words("Insiden terbuka", "Open incidents"),
    "incidents.alone": words("Insiden satu wilayah: {n}", "Incidents of a single region: {n}"),
    "place.province": words("Provinsi {name}", "Province {name}"),
    "place.platform": words("Platform {name}", "Platform {name}"),
    "place.none": words("sumber yang dipakai banyak wilayah", "a source that many regions share"),
    "root": words("Pangkal masalah", "Root cause"),
    "followed": words("Ikut gagal karenanya", "Fails with it"),
    "opened": words("Dibuka", "Opened"),
    "state": words("Keadaan", "State"),
    "members": words("Wilayah yang terkena ({n})", "Regions concerned ({n})"),
    "region": words("Wilayah", "Region"),
    "standings": words("Hasil pemeriksaan saat ini", "Results of the checks at present"),
    "failing": words("Gagal", "Fails"),
    "undone": words("Tidak dapat diperiksa", "Could not be checked"),
    "passing": words("Lulus", "Passes"),
    "since": words("sejak {day}", "since {day}"),
    "lift": words(
        "Dicabut sendiri bila datanya diperiksa lagi dan lulus. Untuk menilai ulang hari yang sudah lewat, "
        "pengelola menjalankan:",
        "Lifted by itself once the data are checked again and pass. To judge past days again, those who "
        "run Pantau use:",
    ),
    "lift.batch": words(
        "Dicabut sendiri bila kiriman berikutnya memenuhi aturan ini.",
        "Lifted by itself once the next batch keeps this rule.",
    ),
    "holds.none": words("Semua data wilayah ini ikut peringkat.", "No data of this region are kept out."),
    "measured": words("Terukur", "Measured"),
    "nothing": words("tidak ada", "none"),
    "rule": words("Aturan", "Rule"),
    "rows": words("Baris ditolak", "Rows rejected"),
    "checks": words("Pemeriksaan", "Checks"),
    "checks.note": words(
        "Jumlah pada tabel: pasangan wilayah dan himpunan data dalam laporan ini, menurut hasil terakhir. "
        "Biaya dihitung untuk semua wilayah bersama.",
        "Figures of the table: pairs of region and record set in this report, by their latest result. "
        "The cost is that of all regions together.",
    ),
    "cost": words("Biaya sekali jalan", "Cost of a run"),
    "cost.each": words("{ms} milidetik, {rows} catatan", "{ms} milliseconds, {rows} records"),
    "cost.runs": words(
        "{each}; rata-rata dari {runs} kali, terakhir {day}",
        "{each}; average of {runs} runs, the last on {day}",
    ),
    "cost.none": words("belum pernah dijalankan", "never run"),
    "found": words("Ditemukan", "Has found"),
    "found.some": words(
        "{n} temuan di {regions} wilayah, pada hari {days}",
        "findings: {n}, in regions: {regions}, days: {days}",
    ),
    "found.more": words(
        "{n} temuan lain tidak ditulis di sini.",
        "Further findings that are not listed here: {n}.",
    ),
    "now": words("Saat ini", "At present"),
    "now.counts": words(
        "gagal {failed}, tidak dapat diperiksa {undone}, lulus {passed}",
        "fails {failed}, could not be checked {undone}, passes {passed}",
    ),
    "rules": words("Aturan kontrak: {name}", "Rules of the contract: {name}"),
    "broken": words("Baris yang melanggar", "Rows that break it"),
}
"""By key. Every sentence is there in both languages."""


def say(key: str, t: Language, **fields: str) -> str:
    """Return a sentence as plain text, its fields filled in. Raises ``KeyError`` for an unknown key."""
    sentence = SENTENCES[key][t.code]
    return sentence.format(**fields) if fields else sentence
