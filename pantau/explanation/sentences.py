"""What the explanation of a rank says, in Indonesian and English."""

from __future__ import annotations

from app.text import Language
from app.text.words import Words, words

SENTENCES: dict[str, Words] = {
    "title": words("{name} ({code}): dari peringkat sampai catatan", "{name} ({code}): from rank to records"),
    "simulated": words(
        "PERHATIAN: ada catatan simulasi di dalamnya.", "NOTE: simulated records are among what was counted."
    ),
    "rank": words("1. Peringkat", "1. Rank"),
    "method": words(
        "Metode {method} versi {version}, periode {period}, dihitung {computed}.",
        "Method {method} version {version}, period {period}, computed {computed}.",
    ),
    "versions": words("Versi arsip: {versions}.", "Versions of the archive: {versions}."),
    "ranked": words(
        "Peringkat {rank} dari {ranked}; kisaran bersama {low}–{high} (untuk membandingkan); "
        "kelompok {band}.",
        "Rank {rank} of {ranked}; simultaneous range {low}–{high} (to compare with others); band {band}.",
    ),
    "alone": words(
        "Kisaran untuk daerah ini saja, bila dipilih sebelumnya: {low}–{high}.",
        "Range for this place alone, if chosen beforehand: {low}–{high}.",
    ),
    "choices": words(
        "Dengan pilihan metode lain: peringkat {low}–{high} (5–95 % percobaan).",
        "With other choices of method: rank {low}–{high} (5–95 % of the runs).",
    ),
    "score": words("Skor {score} (95 %: {low}–{high}).", "Score {score} (95 %: {low}–{high})."),
    "indicators": words("2. Indikator", "2. Indicators"),
    "indicator": words(
        "{name} [{id}]: {value}{interval}, n = {n}, {points} poin, bobot {weight}.",
        "{name} [{id}]: {value}{interval}, n = {n}, points: {points}, weight {weight}.",
    ),
    "interval": words(" (95 %: {interval})", " (95 %: {interval})"),
    "rests": words("Dari: {datasets}.", "From: {datasets}."),
    "rollups": words(
        "3. Rekap bulanan dan catatan di arsip", "3. Monthly roll-ups and records in the archive"
    ),
    "month": words(
        "{dataset} {month}: {counts}; catatan di arsip: {records}; baris rekap: {rows}; berkas: {files}.",
        "{dataset} {month}: {counts}; records in archive: {records}; roll-up rows: {rows}; files: {files}.",
    ),
    "no_records": words("Belum ada catatan.", "There are no records yet."),
    "total": words("Jumlah {dataset}: {records} catatan.", "{dataset} in all: {records} records."),
    "batches": words("4. Asal catatan", "4. Where the records come from"),
    "batch": words(
        "{batch} ({dataset}, {started}): {source}, {origin}. Dari sini: {records} catatan berlaku, "
        "{rejected} baris ditolak. Seluruh kiriman: dibaca {read}, diterima {accepted}, ditolak {refused}.",
        "{batch} ({dataset}, {started}): {source}, {origin}. From here: {records} current records, "
        "{rejected} rows rejected. The whole batch: read {read}, accepted {accepted}, rejected {refused}.",
    ),
    "source": words(
        "Sumber {id}: terakhir berhasil {succeeded}; sejak itu gagal {failures} kali{reason}.",
        "Source {id}: last succeeded {succeeded}; failed {failures} times since{reason}.",
    ),
    "more": words(
        "… dan {n} lagi; semuanya ada dengan --json.", "… and {n} more; all are there with --json."
    ),
    "checks": words("5. Pemeriksaan", "5. Checks"),
    "counts": words(
        "Gagal: {failed}; tidak dapat diperiksa: {undone}; lulus: {passed}.",
        "Failing: {failed}; could not be checked: {undone}; passing: {passed}.",
    ),
    "check": words(
        "{name} [{id}] ({dataset}, {region}, {severity}) sejak {since}: {bad} dari {n}.",
        "{name} [{id}] ({dataset}, {region}, {severity}) since {since}: {bad} of {n}.",
    ),
    "hold": words(
        "Ditahan: {dataset} {region}, {days}: {name} [{id}].",
        "On hold: {dataset} {region}, {days}: {name} [{id}].",
    ),
    "hold.always": words("semua hari", "all days"),
    "remedy": words("Yang perlu dilakukan: {remedy}", "What to do: {remedy}"),
    "never": words("belum pernah", "never"),
    "unknown": words("tidak diketahui", "not known"),
    "published": words("6. Yang sudah diterbitkan", "6. What was published"),
    "unpublished": words("Belum ada peringkat yang diterbitkan.", "No ranking was published yet."),
    "snapshot": words(
        "{id} ({published}): peringkat {rank}, kisaran {low}–{high}. SHA-256 {sha256}.",
        "{id} ({published}): rank {rank}, range {low}–{high}. SHA-256 {sha256}.",
    ),
    "snapshot.unranked": words(
        "{id} ({published}): tidak diperingkat. SHA-256 {sha256}.",
        "{id} ({published}): not ranked. SHA-256 {sha256}.",
    ),
    "corrects": words("Koreksi atas {corrects}: {reason}", "Corrects {corrects}: {reason}"),
    "reply": words("Tanggapan, {at}, oleh {by}: {text}", "Reply, {at}, by {by}: {text}"),
    "count.received": words("diterima", "received"),
    "count.finished": words("selesai", "finished"),
    "count.rejected": words("ditolak instansi", "rejected by the office"),
    "count.withdrawn": words("ditarik", "withdrawn"),
    "count.open": words("masih terbuka", "open"),
    "count.undated": words("selesai tanpa tanggal", "ended without a date"),
    "count.with_due": words("dengan batas waktu", "with a due date"),
    "count.on_time": words("tepat waktu", "on time"),
    "count.late": words("terlambat", "late"),
    "count.respondents": words("responden", "respondents"),
    "count.up_seconds": words("detik hidup", "seconds up"),
    "count.down_seconds": words("detik mati", "seconds down"),
    "count.probes": words("pemeriksaan", "probes"),
    "count.failures": words("gagal", "failures"),
    "count.requests": words("permintaan", "requests"),
    "count.errors": words("galat", "errors"),
}


def say(key: str, t: Language, **fields: object) -> str:
    """Return a sentence as plain text, its fields filled in. Raises ``KeyError`` for an unknown key."""
    return SENTENCES[key][t.code].format(**fields)
