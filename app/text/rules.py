"""The quality rules in words, Indonesian and English, most of them composed from their columns."""

from __future__ import annotations

import re

from app.text.words import Words, words

COLUMNS: dict[str, Words] = {
    "answered": words("tanggal pengisian survei", "date of the survey"),
    "authority": words("otoritas", "authority"),
    "channel": words("kanal", "channel"),
    "checked": words("waktu pemeriksaan", "time of the probe"),
    "class": words("kelas pengaduan", "class of the complaint"),
    "competence": words("kompetensi pelaksana", "competence of the staff"),
    "complaint-handling": words("penanganan pengaduan", "handling of complaints"),
    "completed": words("tanggal selesai", "date of completion"),
    "completion-time": words("waktu penyelesaian", "time to completion"),
    "conduct": words("perilaku pelaksana", "conduct of the staff"),
    "connect-seconds": words("lama menyambung", "time to connect"),
    "cost": words("biaya", "cost"),
    "dns-seconds": words("lama mencari nama", "time to resolve the name"),
    "due": words("tenggat", "deadline"),
    "errors": words("jumlah galat", "number of errors"),
    "facilities": words("sarana dan prasarana", "facilities"),
    "file-complete": words("tanggal berkas lengkap", "date on which the file was complete"),
    "first-byte-seconds": words("lama menunggu jawaban", "time to the first byte"),
    "id": words("nomor catatan", "number of the record"),
    "interval-seconds": words("panjang selang", "length of the interval"),
    "latency-sum-seconds": words("jumlah latensi", "sum of latencies"),
    "observed": words("waktu pengamatan", "time of observation"),
    "observed-at": words("waktu pengamatan", "time of observation"),
    "occurred": words("tanggal kejadian", "date of the event"),
    "platform": words("platform", "platform"),
    "procedure": words("prosedur", "procedure"),
    "product": words("produk layanan", "product"),
    "promise-from": words("awal hitungan janji", "start of the promised time"),
    "promise-unit": words("satuan waktu janji", "unit of the promised time"),
    "promise-value": words("waktu yang dijanjikan", "promised time"),
    "reason": words("sebab gangguan", "reason of the failure"),
    "received": words("tanggal diterima", "date of receipt"),
    "region": words("wilayah", "region"),
    "requests": words("jumlah permintaan", "number of requests"),
    "requirements": words("persyaratan", "requirements"),
    "resolved": words("tanggal tuntas", "date of resolution"),
    "responded": words("tanggal tanggapan", "date of the first answer"),
    "simulated": words("tanda simulasi", "mark of simulation"),
    "source": words("sumber", "source"),
    "stage": words("tahap", "stage"),
    "started": words("awal selang", "start of the interval"),
    "status": words("status", "status"),
    "status-code": words("kode status", "status code"),
    "submitted": words("tanggal pengajuan", "date of submission"),
    "target": words("sasaran pemeriksaan", "target of the probe"),
    "tls-seconds": words("lama sambungan aman", "time of the TLS handshake"),
    "total-seconds": words("lama seluruhnya", "total time"),
    "track": words("jalur", "track"),
    "transfer-seconds": words("lama pengiriman", "time of the transfer"),
    "up": words("keadaan hidup atau mati", "up or down"),
    "valid-seconds": words("masa berlaku hasil", "validity of the result"),
    "verified": words("tanggal verifikasi", "verification"),
}
"""Columns of the contracts, written as the ids of the rules write them."""

PATTERNS: dict[str, Words] = {
    "required-{}": words("{} kosong", "no {}"),
    "domain-{}": words("{} di luar daftar kata", "{} is none of the agreed words"),
    "{}-not-in-future": words("{} di masa depan", "{} lies in the future"),
    "{}-not-ancient": words("{} sebelum tahun 2000", "{} before the year 2000"),
    "{}-not-negative": words("{} negatif", "{} is negative"),
    "{}-positive": words("{} tidak lebih dari nol", "{} is not more than zero"),
    "{}-in-range": words("{} di luar rentang nilai", "{} out of its range"),
    "{}-not-before-{}": words("{} mendahului {}", "{} precedes {}"),
    "{}-not-after-{}": words("{} melewati {}", "{} is later than {}"),
}
"""Kinds of rule that name one or two columns. What is said is what is wrong."""

RULES: dict[str, Words] = {
    "batch-columns": words("kolom kiriman tidak sesuai kontrak", "columns are not the contract's"),
    "batch-maximum": words("nilai di atas batas tertinggi", "a value above the highest allowed"),
    "batch-minimum": words("nilai di bawah batas terendah", "a value below the lowest allowed"),
    "batch-not-empty": words("tidak ada baris yang diterima", "no row is accepted"),
    "batch-required": words("nilai wajib kosong", "a required value is missing"),
    "batch-types": words("tipe kolom tidak sesuai kontrak", "types are not the contract's"),
    "batch-words": words("kata di luar daftar", "a word that is not agreed"),
    "date-unreadable": words("tanggal tidak terbaca", "date that cannot be read"),
    "elements-answered": words("tidak ada unsur survei yang diisi", "no element of the survey is answered"),
    "errors-not-over-requests": words("galat melebihi permintaan", "more errors than requests"),
    "key-unique": words(
        "satu nomor catatan, isi berbeda, waktu sama", "one record twice, with different content"
    ),
    "latency-bounds-ascend": words("batas histogram tidak menaik", "bounds of the histogram do not ascend"),
    "latency-bounds-not-negative": words("batas histogram negatif", "a bound of the histogram is negative"),
    "latency-complete": words("histogram tidak lengkap", "the histogram is incomplete"),
    "latency-counts-not-negative": words(
        "hitungan histogram negatif", "a count of the histogram is negative"
    ),
    "latency-same-length": words(
        "jumlah batas dan hitungan histogram berbeda", "bounds and counts of the histogram do not match"
    ),
    "line-malformed": words("baris rusak", "broken line"),
    "list-unreadable": words("daftar angka tidak terbaca", "list of numbers that cannot be read"),
    "number-unreadable": words("angka tidak terbaca", "number that cannot be read"),
    "promise-complete": words("waktu janji tanpa satuan", "promised time without its unit"),
    "reason-agrees-with-up": words(
        "sebab gangguan bertentangan dengan keadaan", "the reason contradicts up or down"
    ),
    "region-ambiguous": words("nama wilayah bermakna ganda", "ambiguous name of a region"),
    "region-foreign": words("wilayah di luar hak pengirim", "region that is not the sender's"),
    "region-known": words("wilayah tidak dikenal", "unknown region"),
    "region-missing": words("wilayah kosong", "no region"),
    "region-unknown": words("wilayah tidak dikenal", "unknown region"),
    "simulation-foreign": words(
        "tanda simulasi bertentangan dengan pengirim", "mark of a simulation that contradicts the sender"
    ),
    "stage-of-track": words("tahap tidak termasuk jalurnya", "the stage is none of its track"),
    "status-agrees-with-dates": words(
        "status bertentangan dengan tanggal", "the status contradicts the dates"
    ),
    "text-unreadable": words("teks tidak terbaca", "text that cannot be read"),
    "values-readable": words("nilai tidak terbaca", "value that cannot be read"),
    "word-unknown": words("kata yang tidak dikenal pemetaan", "word that the mapping does not know"),
}


def rule_text(rule: str, code: str) -> str | None:
    """Text of a rule in a language; ``None`` for a rule that has none, as one of an own contract may."""
    if rule in RULES:
        return RULES[rule][code]
    for pattern, sentence in PATTERNS.items():
        match = re.fullmatch(pattern.replace("{}", "(.+)"), rule)
        if match and all(column in COLUMNS for column in match.groups()):
            return sentence[code].format(*(COLUMNS[column][code] for column in match.groups()))
    return None
