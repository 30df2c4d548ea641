"""What the report to a producer says, in Indonesian and English. The rules' own words are the dashboard's."""

from __future__ import annotations

from app.text.words import Words, words
from exporters.errors import (
    ColumnMissing,
    InvalidJson,
    SourceEmpty,
    SourceError,
    SourceMissing,
    SourceTooLarge,
    TruncatedSource,
    UnreadableFormat,
    WrongEncoding,
)

SENTENCES: dict[str, Words] = {
    "title": words("Hasil uji berkas data", "Test of a file of data"),
    "accepted": words("DITERIMA", "ACCEPTED"),
    "accepted.body": words("Semua {read} baris memenuhi kontrak.", "All {read} rows keep the contract."),
    "warned": words("DITERIMA, DENGAN PERINGATAN", "ACCEPTED, WITH WARNINGS"),
    "warned.body": words(
        "Semua {read} baris diterima. {warned} di antaranya perlu diperiksa.",
        "All {read} rows are accepted. {warned} of them should be looked at.",
    ),
    "rejected": words("BELUM DAPAT DITERIMA", "NOT ACCEPTED YET"),
    "rejected.body": words(
        "{rejected} dari {read} baris ditolak. Perbaiki menurut petunjuk di bawah, lalu uji lagi.",
        "{rejected} of {read} rows are rejected. Mend them as told below, and test again.",
    ),
    "unreadable": words("TIDAK DAPAT DIBACA", "CANNOT BE READ"),
    "unreadable.body": words(
        "Berkas tidak dapat dibaca sampai selesai. Karena itu hasilnya belum lengkap.",
        "The file cannot be read to its end. The result is therefore not complete.",
    ),
    "technical": words("Pesan teknis (bahasa Inggris)", "Message"),
    "file": words("Berkas", "File"),
    "size": words("Ukuran", "Size"),
    "bytes": words("{n} bita", "{n} bytes"),
    "dataset": words("Kumpulan data", "Record set"),
    "contract": words("Kontrak", "Contract"),
    "version": words("{name}, versi {version}", "{name}, version {version}"),
    "mapping": words("Pemetaan", "Mapping"),
    "tested": words("Waktu uji", "Tested"),
    "simulated": words("Data ini ditandai sebagai data simulasi.", "These data are marked as simulated."),
    "read": words("baris dibaca", "rows read"),
    "taken": words("diterima", "accepted"),
    "refused": words("ditolak", "rejected"),
    "doubtful": words("diterima dengan peringatan", "accepted with a warning"),
    "to_mend": words("Yang harus diperbaiki", "What must be mended"),
    "to_mend.note": words(
        "Satu baris dapat melanggar beberapa aturan, sehingga jumlahnya dapat melebihi baris yang ditolak.",
        "One row may break several rules, so that these counts may exceed the rows rejected.",
    ),
    "to_check": words("Peringatan", "Warnings"),
    "to_check.note": words(
        "Baris ini diterima dan dihitung, tetapi sebaiknya diperiksa.",
        "These rows are accepted and counted, but somebody should look at them.",
    ),
    "rows": words("Baris: {n} ({share})", "Rows: {n} ({share})"),
    "field": words("kolom {field}", "column {field}"),
    "remedy": words("Cara memperbaiki", "How to mend it"),
    "owner": words("Yang memperbaiki", "Who mends it"),
    "impact": words("Akibatnya", "Why it matters"),
    "first": words(
        "Baris pertama yang melanggar (nomor catatan dalam berkas; judul kolom tidak dihitung)",
        "The first rows that break it (number of the record in the file; the header does not count)",
    ),
    "over": words(
        "Melewati batas kontrak ({bound} dari baris): {places}.",
        "Over the bound of the contract ({bound} of the rows): {places}.",
    ),
    "whole": words("seluruh berkas", "the whole file"),
    "row": words("Baris", "Row"),
    "column": words("Kolom", "Column"),
    "value": words("Isi", "Value"),
    "reason": words("Alasan", "Reason"),
    "empty": words("(kosong)", "(empty)"),
    "unquoted": words("(tidak dikutip)", "(not quoted)"),
    "checks": words("Pemeriksaan seluruh berkas", "Checks of the file as a whole"),
    "rules": words("Semua aturan kontrak", "All rules of the contract"),
    "rule": words("Pelanggaran yang dicari", "Breach looked for"),
    "effect": words("Akibat bagi baris", "What becomes of the row"),
    "critical": words("ditolak", "rejected"),
    "warning": words("diterima, ditandai", "accepted, marked"),
    "info": words("diterima", "accepted"),
    "broken": words("Baris yang melanggar", "Rows that break it"),
    "limits": words("Yang tidak diuji di sini", "What is not tested here"),
    "limits.body": words(
        "Perbandingan dengan data yang sudah pernah masuk, catatan yang sama dengan isi berbeda, "
        "perubahan mendadak "
        "dari hari ke hari, dan hak pengirim atas suatu wilayah. Hal-hal itu diperiksa saat data masuk.",
        "The comparison with what was taken in before, one record with different contents, sudden "
        "changes from day to "
        "day, and whether the sender may tell of a region. These are checked when the data come in.",
    ),
    "privacy": words(
        "Nomor identitas, nomor telepon, alamat surel, dan nama yang dikenali sudah disamarkan. Uji ini "
        "berjalan di "
        "komputer ini saja; tidak ada yang dikirim atau disimpan selain laporan ini.",
        "Identity numbers, telephone numbers, e-mail addresses and names that are recognised are "
        "masked. The test ran on "
        "this computer alone; nothing was sent, and nothing kept but this report.",
    ),
    "now": words("waktu uji", "the time of the test"),
    "at_least": words("paling sedikit {n}", "at least {n}"),
    "above": words("lebih dari {n}", "more than {n}"),
    "at_most": words("paling banyak {n}", "at most {n}"),
    "and": words(" dan ", " and "),
    "tolerance": words(" lebih dari {n} jam", " by more than {n} hours"),
}

OWNERS: dict[str, Words] = {
    "regional-data-source": words(
        "pengelola sistem sumber di daerah, bersama vendornya",
        "those who run the source system in the region, with their vendor",
    ),
    "national-operator": words("pengelola Pantau MPP", "the operator of Pantau MPP"),
}
"""Owners that the contracts name."""

REMEDIES: dict[str, Words] = {
    "any-of": words("Isi paling sedikit satu dari {columns}.", "Fill in at least one of {columns}."),
    "ascending": words(
        "Urutkan angka di {column} dari kecil ke besar, tanpa angka yang sama.",
        "Sort the numbers in {column} from small to large, without equal ones.",
    ),
    "dated-status": words(
        "Samakan {column} dengan {date}. Dengan tanggal: {dated}. Tanpa tanggal: {undated}.",
        "Make {column} agree with {date}. With a date: {dated}. Without: {undated}.",
    ),
    "domain": words(
        "Pakai salah satu kata ini di {column}: {values}. Bila sistem sumber memakai kata lain, "
        "terjemahkan dalam "
        "pemetaan, di bawah words.",
        "Use one of these words in {column}: {values}. Where the source system has words of its own, "
        "translate them in "
        "the mapping, under words.",
    ),
    "domain-by": words(
        "Pakai kata di {column} yang sesuai dengan {by}: {values}.",
        "Use a word in {column} that goes with {by}: {values}.",
    ),
    "items-range": words(
        "Isi setiap angka di {column} dengan nilai {bounds}.", "Make each number in {column} {bounds}."
    ),
    "not-earlier": words(
        "Isi {column} dengan tanggal yang sebenarnya, paling awal {earliest}. Tanggal seperti 1900 atau "
        "1970 biasanya "
        "berarti tidak diisi di sistem sumber.",
        "Write the true date in {column}, {earliest} at the earliest. A date such as 1900 or 1970 "
        "mostly means that "
        "nothing was typed in.",
    ),
    "not-future": words(
        "Nilai {column} tidak boleh melewati {reference}{tolerance}. Periksa jam, zona waktu, dan "
        "urutan tanggal dan "
        "bulan di sistem sumber.",
        "{column} may not be later than {reference}{tolerance}. Look at the clock, the time zone, and "
        "the order of day "
        "and month in the source system.",
    ),
    "not-less": words(
        "Nilai {column} tidak boleh mendahului atau kurang dari {than}. Perbaiki yang keliru di antara "
        "keduanya.",
        "{column} may not be before, or less than, {than}. Correct the one of the two that is wrong.",
    ),
    "range": words("Isi {column} dengan angka {bounds}.", "Write a number in {column} that is {bounds}."),
    "readable": words("Perbaiki nilai yang disebut.", "Correct the value named."),
    "registered": words(
        "Isi {column} dengan kode wilayah yang terdaftar, sebagai teks, misalnya {example}.",
        "Write the code of a region of the registry in {column}, as text, such as {example}.",
    ),
    "required": words("Isi {column} di setiap baris.", "Fill in {column} in every row."),
    "same-length": words(
        "Samakan banyaknya angka di {column} dan {other}.",
        "Give {column} and {other} the same number of items.",
    ),
    "together": words(
        "Isi {column} dan {other} keduanya, atau kosongkan keduanya.",
        "Fill in both {column} and {other}, or neither.",
    ),
    "line-malformed": words(
        "Samakan banyaknya kolom di setiap baris dengan baris judul. Beri tanda kutip pada isi yang "
        "memuat pemisah "
        "kolom atau ganti baris.",
        "Give each line as many columns as the header has. Quote values that hold the delimiter or a "
        "line break.",
    ),
    "date-unreadable": words(
        "Tulis {column} dalam bentuk {formats}, dengan tanggal dan jam yang memang ada, atau tambahkan "
        "bentuknya dalam "
        "pemetaan, di bawah formats.",
        "Write {column} in the form {formats}, with a date and time that exist, or add its form in the "
        "mapping, under "
        "formats.",
    ),
    "number-unreadable": words(
        'Tulis {column} sebagai angka saja, tanpa satuan, dengan tanda desimal "{decimal}". Jumlah '
        "harus bilangan bulat.",
        'Write {column} as a number alone, without a unit, with the decimal mark "{decimal}". A count '
        "is a whole number.",
    ),
    "word-unknown": words(
        "Pakai salah satu kata ini di {column}: {words}, atau tambahkan katanya dalam pemetaan, di "
        "bawah words.",
        "Use one of these words in {column}: {words}, or add the word in the mapping, under words.",
    ),
    "list-unreadable": words(
        "Tulis {column} sebagai daftar angka, seperti [0.1, 0.5, inf].",
        "Write {column} as a list of numbers, like [0.1, 0.5, inf].",
    ),
    "text-unreadable": words("Hapus karakter NUL dari {column}.", "Remove the character NUL from {column}."),
    "region-missing": words("Isi {column} di setiap baris.", "Fill in {column} in every row."),
    "region-unknown": words(
        "Tulis wilayah di {column} seperti di daftar wilayah; kodenya berupa teks, misalnya {example}. "
        "Ejaan lain dapat "
        "diterjemahkan dalam pemetaan, di bawah region.words.",
        "Write the region in {column} as the registry does; its code is a text such as {example}. "
        "Another spelling can "
        "be translated in the mapping, under region.words.",
    ),
    "region-ambiguous": words(
        "Sebutkan apakah kabupaten atau kota, atau pakai kode wilayah, misalnya {example}.",
        "Say which kind of region it is, or write its code, such as {example}.",
    ),
    "region-foreign": words(
        "Kirim hanya wilayah yang menjadi hak pengirim.", "Send only regions that the sender may tell of."
    ),
    "simulation-foreign": words(
        "Samakan tanda simulasi dengan pengirimnya.", "Make the mark of a simulation agree with the sender."
    ),
}
"""What to do, by kind of rule, or by the id of a rule of reading."""

UNREADABLE: dict[type[SourceError], Words] = {
    SourceMissing: words(
        "Berkas tidak ada di tempat itu, atau tidak boleh dibaca. Periksa nama, tempat, dan izinnya.",
        "There is no such file, or it may not be read. Check its name, place and permissions.",
    ),
    TruncatedSource: words(
        "Berkas terkompresi terpotong. Salin atau unduh sekali lagi.",
        "The compressed file ends too early. Copy or download it again.",
    ),
    InvalidJson: words(
        "Isi berkas bukan JSON yang sah. Perbaiki di baris dan kolom yang disebut.",
        "The file is no valid JSON. Correct it at the line and column named.",
    ),
    WrongEncoding: words(
        "Pengodean teks tidak cocok. Simpan berkas sebagai UTF-8, atau sebutkan pengodeannya dalam pemetaan.",
        "The encoding of the text does not fit. Save the file as UTF-8, or state its encoding in the "
        "mapping.",
    ),
    SourceEmpty: words(
        "Berkas tidak memuat satu catatan pun. Periksa pilihan saat ekspor.",
        "The file holds no record. Check what was selected for the export.",
    ),
    SourceTooLarge: words(
        "Berkas melampaui batas ukuran. Bagi menjadi beberapa berkas.",
        "The file exceeds the limits. Part it into several files.",
    ),
    ColumnMissing: words(
        "Kolom yang disebut dalam pemetaan tidak ada di berkas. Samakan nama kolom di berkas dan di "
        "pemetaan.",
        "The file lacks a column that the mapping names. Make the names in the file and in the mapping "
        "agree.",
    ),
    UnreadableFormat: words(
        "Bentuk berkas tidak dikenali atau rusak. Ekspor sekali lagi sebagai CSV, XLSX, JSON, atau Parquet.",
        "The file is broken, or not of a form that is read. Export it again as CSV, XLSX, JSON or Parquet.",
    ),
    SourceError: words(
        "Berkas tidak dapat dibaca. Ikuti pesan teknis.", "The file cannot be read. Do what the message says."
    ),
}
"""What to do about a file that cannot be read; the first that fits."""
