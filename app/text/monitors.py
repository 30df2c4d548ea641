"""The checks of the data in words: what each watches and what to do, Indonesian and English.

Monitors have words of their own. A rule of a contract is named by ``app.text.rules``; what it watches
and what to do are the same for all rules.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.text.rules import rule_text
from app.text.words import Words, words


@dataclass(frozen=True, slots=True)
class Check:
    """A check's name, one sentence on what it watches, and one on what to do."""

    name: Words
    about: Words
    remedy: Words


def _check(name: tuple[str, str], about: tuple[str, str], remedy: tuple[str, str]) -> Check:
    """Each pair: Indonesian, English."""
    return Check(*(words(*pair) for pair in (name, about, remedy)))


MONITORS: dict[str, Check] = {
    "volume": _check(
        ("Jumlah catatan harian", "Records a day"),
        (
            "Membandingkan jumlah catatan setiap hari kerja dengan yang biasa di wilayah itu.",
            "Compares the records of each working day with what is usual in the region.",
        ),
        (
            "Tanyakan kepada sumber berapa catatannya pada hari-hari itu, lalu ambil ulang hari-hari itu.",
            "Ask the source how many records it has of these days, and fetch the days again.",
        ),
    ),
    "sustained": _check(
        ("Penurunan yang menetap", "Lasting drop"),
        (
            "Mengamati apakah catatan berkurang terus selama beberapa hari kerja berturut-turut.",
            "Watches whether records stay fewer than usual over a run of working days.",
        ),
        (
            "Tanyakan loket, kanal, atau aplikasi mana yang tidak lagi mengirim, lalu ambil ulang harinya.",
            "Ask which counter, channel or application no longer delivers, and fetch the days again.",
        ),
    ),
    "silence": _check(
        ("Data terhenti", "Silence"),
        (
            "Mengamati berapa lama wilayah tidak mengirim apa pun, menurut kalender dan kebiasaannya.",
            "Watches how long a region sends nothing at all, by its own calendar and pace.",
        ),
        (
            "Lihat pengambilan terakhir dari sumbernya, lalu tanyakan apakah sistem daerah masih mengirim.",
            "Look at the source's last fetch, and ask the region whether its system delivers.",
        ),
    ),
    "never-delivered": _check(
        ("Belum pernah mengirim", "Never delivered"),
        (
            "Mencari wilayah yang sumbernya sudah tersambung, tetapi belum ada catatan yang diterima.",
            "Looks for regions whose source is connected but from which no record has come.",
        ),
        (
            "Lihat pengambilan terakhir dari sumbernya: gagal, atau dijawab kosong? Lalu tanyakan ke daerah.",
            "Look at the source's last fetch: does it fail, or answer with nothing? Then ask the region.",
        ),
    ),
    "drift": _check(
        ("Pergeseran isi", "Drift of contents"),
        (
            "Membandingkan sebaran isi dan lama proses empat pekan dengan dua belas pekan sebelumnya.",
            "Compares the mix of values and durations of four weeks with the twelve weeks before.",
        ),
        (
            "Tanyakan apa yang berubah di sumber, dan periksa pemetaan kolom ini.",
            "Ask what changed at the source, and look at the mapping of this field.",
        ),
    ),
    "schema": _check(
        ("Perubahan susunan kolom", "Change of columns"),
        (
            "Membandingkan nama, tipe, dan bentuk kolom kiriman dengan kiriman sebelumnya dan kontraknya.",
            "Compares names, types and shapes of a batch's columns with the batch before and the contract.",
        ),
        (
            "Bandingkan dengan catatan rilis sistem sumber; perbaiki pemetaan, lalu olah ulang yang ditolak.",
            "Compare the source's notes of its release; mend the mapping, and replay what was rejected.",
        ),
    ),
    "ratios": _check(
        ("Perbandingan antarhimpunan data", "Ratios between record sets"),
        (
            "Membandingkan jumlah survei, pengaduan, dan permintaan per permohonan dengan biasanya.",
            "Watches surveys, complaints and requests per case, against what is usual in the region.",
        ),
        (
            "Cari himpunan data mana yang catatannya kurang atau berulang, lalu cocokkan dengan sumbernya.",
            "Find which of the two sets lacks or repeats records, and compare it with its source.",
        ),
    ),
    "contradictions": _check(
        ("Pertentangan antarhimpunan data", "Contradictions between record sets"),
        (
            "Mencari yang tidak mungkin sama-sama benar, misalnya survei melebihi permohonan yang selesai.",
            "Looks for what cannot both be true, such as more surveys than cases that ended.",
        ),
        (
            "Cari himpunan data yang tidak lengkap, lalu ambil ulang pekan-pekan itu dari sumbernya.",
            "Find the set that is not complete, and fetch these weeks again from its source.",
        ),
    ),
    "totals": _check(
        ("Kecocokan dengan jumlah di sumber", "The source's own total"),
        (
            "Mencocokkan jumlah catatan menurut sumber dengan jumlah yang diterima.",
            "Compares the number of records that the source gives with the number taken in.",
        ),
        (
            "Ambil ulang dari halaman pertama; bila kelebihan, cari halaman yang terbaca dua kali.",
            "Fetch again from the first page; if there are too many, look for pages that were read twice.",
        ),
    ),
    "clock": _check(
        ("Waktu di masa depan", "Times in the future"),
        (
            "Mencari catatan yang waktunya setelah saat diterima, atau setelah hari terakhir yang dinilai.",
            "Looks for records that begin after they were seen, or after the last day judged.",
        ),
        (
            "Betulkan jam sistem sumber, atau zona waktu pada pemetaan, lalu kirim ulang catatannya.",
            "Set the source's clock, or the time zone of the mapping, and send the records again.",
        ),
    ),
    "shift": _check(
        ("Jam bergeser", "Shifted clock"),
        (
            "Mengamati apakah jam-jam layanan bergeser beberapa jam penuh dari biasanya.",
            "Watches whether the hours of the day have moved by whole hours from what was usual.",
        ),
        (
            "Bandingkan satu catatan dengan layar sistem sumber, lalu betulkan zona waktu pada pemetaan.",
            "Compare one record with the source's own screen, and set the time zone of the mapping.",
        ),
    ),
    "impossible-speed": _check(
        ("Selesai terlalu cepat", "Impossible speed"),
        (
            "Mencari permohonan yang selesai dalam satu detik sejak diajukan, dalam jumlah banyak.",
            "Looks for cases that end within a second of their beginning, in bulk.",
        ),
        (
            "Tanyakan apakah data dimasukkan belakangan; tanpa waktu yang benar, jangan hitung lamanya.",
            "Ask whether the cases were entered after the fact; without true times leave durations out.",
        ),
    ),
    "identical-durations": _check(
        ("Lama proses persis sama", "Identical durations"),
        (
            "Mencari banyak permohonan yang lama prosesnya sama sampai ke detiknya.",
            "Looks for many cases that took the same time to the second.",
        ),
        (
            "Tanyakan bagaimana waktu selesai dicatat; mungkin formulir mengisinya sendiri.",
            "Ask how the end of a case is recorded; a form may fill it in by itself.",
        ),
    ),
    "batch-closing": _check(
        ("Ditutup serentak", "Closed all at once"),
        (
            "Mencari banyak permohonan yang ditutup pada menit yang sama atau pada hari libur.",
            "Looks for many cases that end in the same minute, or on a day on which the region is closed.",
        ),
        (
            "Tanyakan apakah permohonan memang selesai saat itu; tanggal yang benar mungkin ada di kertas.",
            "Ask whether the cases really ended then; the true day may be on paper.",
        ),
    ),
    "repeated-days": _check(
        ("Hari yang disalin", "Copied days"),
        (
            "Mencari hari yang catatannya mengulang catatan hari lain di wilayah yang sama.",
            "Looks for days whose records repeat those of another day of the same region.",
        ),
        (
            "Minta daftar asli hari-hari itu; sebelum ada, hari-hari itu tidak dihitung.",
            "Ask for the original list of these days; until then the days do not count.",
        ),
    ),
    "copied-regions": _check(
        ("Salinan dari wilayah lain", "Copies of another region"),
        (
            "Mencari catatan yang waktu dan isinya sama dengan catatan wilayah lain.",
            "Looks for records with the same times and content as records of another region.",
        ),
        (
            "Minta daftar asli dari kedua wilayah; periksa apakah satu berkas dikirim dengan dua kode.",
            "Ask both regions for their original lists; look whether one file came under two codes.",
        ),
    ),
    "round-numbers": _check(
        ("Angka terlalu bulat", "Round numbers"),
        (
            "Mengamati apakah lama proses terlalu sering kelipatan 5, 10, atau 60 menit.",
            "Watches whether durations are multiples of 5, 10 or 60 minutes too often.",
        ),
        (
            "Tanyakan apakah waktunya dicatat saat itu atau ditulis dari ingatan.",
            "Ask whether the times are recorded, or written in from memory.",
        ),
    ),
    "digit-preference": _check(
        ("Angka akhir tidak wajar", "Last digits"),
        (
            "Mengamati apakah sepuluh angka terakhir muncul sama seringnya pada lama proses dan permintaan.",
            "Watches whether the ten last digits of durations and requests are equally frequent.",
        ),
        (
            "Tanyakan dari mana angkanya berasal, lalu bandingkan dengan log aplikasinya.",
            "Ask how the figures come about, and compare them with a log of the application.",
        ),
    ),
    "constant-values": _check(
        ("Angka tidak berubah", "Values that do not change"),
        (
            "Mencari hasil ukur yang angkanya persis sama berkali-kali berturut-turut.",
            "Looks for measurements that give the same number many times running.",
        ),
        (
            "Tanyakan apakah angkanya sungguh diukur; pengumpul yang macet mengulang angka terakhirnya.",
            "Ask whether the figure is measured; an exporter that hangs repeats its last one.",
        ),
    ),
    "straight-lining": _check(
        ("Jawaban survei seragam", "Uniform survey answers"),
        (
            "Mengamati bagian survei yang semua jawabannya angka yang sama.",
            "Watches the share of surveys in which all answers are the same number.",
        ),
        (
            "Tanyakan bagaimana survei diambil, dan lihat jawaban pekan-pekan itu satu per satu.",
            "Ask how the surveys are taken, and look at the answers of these weeks one by one.",
        ),
    ),
    "twins": _check(
        ("Catatan kembar", "Twins"),
        (
            "Mencari catatan yang isinya sama semua dan hanya berbeda nomor.",
            "Looks for records that are alike in everything but their number.",
        ),
        (
            "Tanyakan nomor mana yang asli; sistem yang dipindahkan sering memberi nomor baru.",
            "Ask which number is the case's own; a system that was moved often numbers its cases anew.",
        ),
    ),
    "personal-data": _check(
        ("Data pribadi", "Personal data"),
        (
            "Mencari NIK, nomor telepon, alamat surel, dan nama orang di kolom teks.",
            "Looks for NIK, telephone numbers, e-mail addresses and names of people in text columns.",
        ),
        (
            "Keluarkan kolom itu dari pemetaan atau nyatakan terbatas; minta sumber tidak mengirimkannya.",
            "Leave the column out of the mapping or declare it restricted; ask the source not to send it.",
        ),
    ),
    "completeness": _check(
        ("Kolom makin banyak kosong", "More blanks"),
        (
            "Membandingkan bagian catatan tanpa isi di tiap kolom dengan dua belas pekan sebelumnya.",
            "Compares the share of blanks of each field with the twelve weeks before.",
        ),
        (
            "Tanyakan apakah formulir atau ekspornya berubah; petakan nama kolom yang baru bila ada.",
            "Ask whether a form or an export changed; map the field's new name if it has one.",
        ),
    ),
    "referential": _check(
        ("Nama layanan tidak dikenal", "Unknown services"),
        (
            "Mencari nama layanan dan kategori yang belum pernah dipakai wilayah itu.",
            "Looks for names of services and categories that the region never used before.",
        ),
        (
            "Bila layanannya baru, tidak perlu apa-apa; bila hanya namanya lain, tambahkan ke pemetaan.",
            "If the service is new, nothing; if it is a known one by another name, add it to the mapping.",
        ),
    ),
    "placeholder-times": _check(
        ("Jam pengganti", "Placeholder times"),
        (
            "Mencari jam yang sama pada terlalu banyak catatan: hanya tanggalnya yang diketahui.",
            "Looks for a time of day that far too many records share: only their date is known.",
        ),
        (
            "Cari ekspor, formulir, atau tahun yang jamnya hilang; durasinya hanya berlaku dalam hari.",
            "Find the export, form or years that lack the time; durations hold in whole days only.",
        ),
    ),
    "left-open": _check(
        ("Kasus lama masih terbuka", "Old cases still open"),
        (
            "Mencari kasus yang masih terbuka jauh setelah hampir semua kasus lain selesai.",
            "Looks for cases that are open long after nearly all others have ended.",
        ),
        (
            "Tanyakan apakah kasus itu sungguh belum selesai; minta yang sudah selesai ditutup di sistem.",
            "Ask whether these cases are really open; have those that have ended closed in the system.",
        ),
    ),
    "uneven-sampling": _check(
        ("Jarak pengecekan tidak merata", "Probes at an uneven pace"),
        (
            "Membandingkan bagian catatan yang berhasil dengan bagian waktu yang berhasil.",
            "Compares the share of records that are up with the share of the time.",
        ),
        (
            "Jangan menghitung catatannya; timbang tiap keadaan menurut lamanya, atau minta semuanya.",
            "Do not count the records; weigh each state by how long it lasted, or ask for all the probes.",
        ),
    ),
}
"""By the id of the monitor, as the store keeps it."""

ANY_RULE = _check(
    ("aturan kontrak", "rule of the contract"),
    (
        "Memeriksa setiap baris kiriman terhadap kontrak datanya.",
        "Checks each row of a batch against the contract of its record set.",
    ),
    (
        "Betulkan nilainya di sistem sumber atau pemetaannya, lalu kirim ulang atau olah ulang yang ditolak.",
        "Mend the value at the source or in the mapping, and send again or replay what was rejected.",
    ),
)
"""Of every rule of a contract."""


def check_name(check: str, language: str) -> str:
    """Name of a monitor, or what a rule finds wrong; the id itself for a rule of an own contract."""
    if check in MONITORS:
        return MONITORS[check].name[language]
    return rule_text(check, language) or check


def check_about(check: str, language: str) -> str:
    """Return what a check watches, in one sentence."""
    return MONITORS.get(check, ANY_RULE).about[language]


def check_remedy(check: str, language: str) -> str:
    """Return what to do about what a check finds, in one sentence."""
    return MONITORS.get(check, ANY_RULE).remedy[language]
