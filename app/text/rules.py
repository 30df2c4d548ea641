"""The quality rules in words, Indonesian and English, most of them composed from their columns."""

from __future__ import annotations

import re

Words = dict[str, str]
"""Text by language code."""


def _words(indonesian: str, english: str) -> Words:
    return {"id": indonesian, "en": english}


COLUMNS: dict[str, Words] = {
    "answered": _words("tanggal pengisian survei", "date of the survey"),
    "authority": _words("otoritas", "authority"),
    "channel": _words("kanal", "channel"),
    "checked": _words("waktu pemeriksaan", "time of the probe"),
    "class": _words("kelas pengaduan", "class of the complaint"),
    "competence": _words("kompetensi pelaksana", "competence of the staff"),
    "complaint-handling": _words("penanganan pengaduan", "handling of complaints"),
    "completed": _words("tanggal selesai", "date of completion"),
    "completion-time": _words("waktu penyelesaian", "time to completion"),
    "conduct": _words("perilaku pelaksana", "conduct of the staff"),
    "connect-seconds": _words("lama menyambung", "time to connect"),
    "cost": _words("biaya", "cost"),
    "dns-seconds": _words("lama mencari nama", "time to resolve the name"),
    "due": _words("tenggat", "deadline"),
    "errors": _words("jumlah galat", "number of errors"),
    "facilities": _words("sarana dan prasarana", "facilities"),
    "file-complete": _words("tanggal berkas lengkap", "date on which the file was complete"),
    "first-byte-seconds": _words("lama menunggu jawaban", "time to the first byte"),
    "id": _words("nomor catatan", "number of the record"),
    "interval-seconds": _words("panjang selang", "length of the interval"),
    "latency-sum-seconds": _words("jumlah latensi", "sum of latencies"),
    "observed": _words("waktu pengamatan", "time of observation"),
    "observed-at": _words("waktu pengamatan", "time of observation"),
    "occurred": _words("tanggal kejadian", "date of the event"),
    "platform": _words("platform", "platform"),
    "procedure": _words("prosedur", "procedure"),
    "product": _words("produk layanan", "product"),
    "promise-from": _words("awal hitungan janji", "start of the promised time"),
    "promise-unit": _words("satuan waktu janji", "unit of the promised time"),
    "promise-value": _words("waktu yang dijanjikan", "promised time"),
    "reason": _words("sebab gangguan", "reason of the failure"),
    "received": _words("tanggal diterima", "date of receipt"),
    "region": _words("wilayah", "region"),
    "requests": _words("jumlah permintaan", "number of requests"),
    "requirements": _words("persyaratan", "requirements"),
    "resolved": _words("tanggal tuntas", "date of resolution"),
    "responded": _words("tanggal tanggapan", "date of the first answer"),
    "simulated": _words("tanda simulasi", "mark of simulation"),
    "source": _words("sumber", "source"),
    "stage": _words("tahap", "stage"),
    "started": _words("awal selang", "start of the interval"),
    "status": _words("status", "status"),
    "status-code": _words("kode status", "status code"),
    "submitted": _words("tanggal pengajuan", "date of submission"),
    "target": _words("sasaran pemeriksaan", "target of the probe"),
    "tls-seconds": _words("lama sambungan aman", "time of the TLS handshake"),
    "total-seconds": _words("lama seluruhnya", "total time"),
    "track": _words("jalur", "track"),
    "transfer-seconds": _words("lama pengiriman", "time of the transfer"),
    "up": _words("keadaan hidup atau mati", "up or down"),
    "valid-seconds": _words("masa berlaku hasil", "validity of the result"),
    "verified": _words("tanggal verifikasi", "verification"),
}
"""Columns of the contracts, written as the ids of the rules write them."""

PATTERNS: dict[str, Words] = {
    "required-{}": _words("{} kosong", "no {}"),
    "domain-{}": _words("{} di luar daftar kata", "{} is none of the agreed words"),
    "{}-not-in-future": _words("{} di masa depan", "{} lies in the future"),
    "{}-not-ancient": _words("{} sebelum tahun 2000", "{} before the year 2000"),
    "{}-not-negative": _words("{} negatif", "{} is negative"),
    "{}-positive": _words("{} tidak lebih dari nol", "{} is not more than zero"),
    "{}-in-range": _words("{} di luar rentang nilai", "{} out of its range"),
    "{}-not-before-{}": _words("{} mendahului {}", "{} precedes {}"),
    "{}-not-after-{}": _words("{} melewati {}", "{} is later than {}"),
}
"""Kinds of rule that name one or two columns. What is said is what is wrong."""

RULES: dict[str, Words] = {
    "batch-columns": _words("kolom kiriman tidak sesuai kontrak", "columns are not the contract's"),
    "batch-maximum": _words("nilai di atas batas tertinggi", "a value above the highest allowed"),
    "batch-minimum": _words("nilai di bawah batas terendah", "a value below the lowest allowed"),
    "batch-not-empty": _words("tidak ada baris yang diterima", "no row is accepted"),
    "batch-required": _words("nilai wajib kosong", "a required value is missing"),
    "batch-types": _words("tipe kolom tidak sesuai kontrak", "types are not the contract's"),
    "batch-words": _words("kata di luar daftar", "a word that is not agreed"),
    "date-unreadable": _words("tanggal tidak terbaca", "date that cannot be read"),
    "elements-answered": _words("tidak ada unsur survei yang diisi", "no element of the survey is answered"),
    "errors-not-over-requests": _words("galat melebihi permintaan", "more errors than requests"),
    "key-unique": _words(
        "satu nomor catatan, isi berbeda, waktu sama", "one record twice, with different content"
    ),
    "latency-bounds-ascend": _words("batas histogram tidak menaik", "bounds of the histogram do not ascend"),
    "latency-bounds-not-negative": _words("batas histogram negatif", "a bound of the histogram is negative"),
    "latency-complete": _words("histogram tidak lengkap", "the histogram is incomplete"),
    "latency-counts-not-negative": _words(
        "hitungan histogram negatif", "a count of the histogram is negative"
    ),
    "latency-same-length": _words(
        "jumlah batas dan hitungan histogram berbeda", "bounds and counts of the histogram do not match"
    ),
    "line-malformed": _words("baris rusak", "broken line"),
    "list-unreadable": _words("daftar angka tidak terbaca", "list of numbers that cannot be read"),
    "number-unreadable": _words("angka tidak terbaca", "number that cannot be read"),
    "promise-complete": _words("waktu janji tanpa satuan", "promised time without its unit"),
    "reason-agrees-with-up": _words(
        "sebab gangguan bertentangan dengan keadaan", "the reason contradicts up or down"
    ),
    "region-ambiguous": _words("nama wilayah bermakna ganda", "ambiguous name of a region"),
    "region-foreign": _words("wilayah di luar hak pengirim", "region that is not the sender's"),
    "region-known": _words("wilayah tidak dikenal", "unknown region"),
    "region-missing": _words("wilayah kosong", "no region"),
    "region-unknown": _words("wilayah tidak dikenal", "unknown region"),
    "simulation-foreign": _words(
        "tanda simulasi bertentangan dengan pengirim", "mark of a simulation that contradicts the sender"
    ),
    "stage-of-track": _words("tahap tidak termasuk jalurnya", "the stage is none of its track"),
    "status-agrees-with-dates": _words(
        "status bertentangan dengan tanggal", "the status contradicts the dates"
    ),
    "text-unreadable": _words("teks tidak terbaca", "text that cannot be read"),
    "values-readable": _words("nilai tidak terbaca", "value that cannot be read"),
    "word-unknown": _words("kata yang tidak dikenal pemetaan", "word that the mapping does not know"),
}


def rule_text(rule: str, code: str) -> str | None:
    """Text of a rule in a language; ``None`` for a rule that has none, as one of an own contract may."""
    if rule in RULES:
        return RULES[rule][code]
    for pattern, words in PATTERNS.items():
        match = re.fullmatch(pattern.replace("{}", "(.+)"), rule)
        if match and all(column in COLUMNS for column in match.groups()):
            return words[code].format(*(COLUMNS[column][code] for column in match.groups()))
    return None
