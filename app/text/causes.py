"""Why a fetch failed, in words, Indonesian and English, and with whom the search for it begins."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Where the cause lies, as far as the reason alone tells."""

    REGION = "region"
    UNSETTLED = "unsettled"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Cause:
    """Words of a reason by language code, and the side it points to."""

    side: Side
    words: dict[str, str]


def _cause(side: Side, indonesian: str, english: str) -> Cause:
    return Cause(side, {"id": indonesian, "en": english})


CAUSES: dict[str, Cause] = {
    "dns": _cause(Side.UNSETTLED, "nama alamatnya tidak ditemukan (DNS)", "its name cannot be found (DNS)"),
    "refused": _cause(Side.REGION, "sambungan ditolak", "the connection is refused"),
    "reset": _cause(Side.UNSETTLED, "sambungan terputus di tengah jalan", "the connection breaks off"),
    "timeout": _cause(Side.UNSETTLED, "tidak menjawab sampai batas waktu", "no answer within the time limit"),
    "tls": _cause(
        Side.REGION, "sambungan aman gagal (sertifikat TLS)", "the secure connection fails (TLS certificate)"
    ),
    "address_not_allowed": _cause(
        Side.OURS,
        "alamatnya tidak diizinkan oleh konfigurasi",
        "its address is not allowed by the configuration",
    ),
    "redirect": _cause(
        Side.REGION,
        "dialihkan ke alamat lain yang tidak diikuti",
        "it points to another address, which is not followed",
    ),
    "auth": _cause(Side.UNSETTLED, "akses ditolak (kunci atau izin)", "access is denied (key or permission)"),
    "status": _cause(Side.UNSETTLED, "menjawab dengan kode kesalahan", "it answers with an error code"),
    "busy": _cause(Side.REGION, "sedang sibuk atau terganggu sementara", "it is busy or briefly disturbed"),
    "too_large": _cause(Side.UNSETTLED, "jawabannya melebihi batas", "its answer exceeds the limits"),
    "unreadable": _cause(Side.REGION, "jawabannya tidak terbaca", "its answer cannot be read"),
    "schema": _cause(
        Side.UNSETTLED, "bentuk jawaban tidak seperti yang diharapkan", "its answer has not the expected form"
    ),
    "loop": _cause(
        Side.REGION, "halaman jawabannya berputar tanpa akhir", "its pages go round without an end"
    ),
    "database": _cause(Side.REGION, "basis datanya bermasalah", "its database is in trouble"),
    "file": _cause(
        Side.UNSETTLED, "berkas atau foldernya tidak dapat dibaca", "its file or folder cannot be read"
    ),
    "internal": _cause(
        Side.OURS,
        "konfigurasi atau program Pantau bermasalah",
        "Pantau's configuration or program is at fault",
    ),
}
"""By the reason as the store keeps it. A reason that may mean more than one side is unsettled."""


def cause_text(reason: str, code: str) -> str:
    """Return a reason in a language; the reason itself for one of a later version."""
    return CAUSES[reason].words[code] if reason in CAUSES else reason


def side_of(reason: str) -> Side:
    """Return the side that a reason points to; unsettled for one of a later version."""
    return CAUSES[reason].side if reason in CAUSES else Side.UNSETTLED
