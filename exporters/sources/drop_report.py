"""What is told to who put a file that cannot be read: in Indonesian, then in English."""

from __future__ import annotations

from datetime import datetime

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

_MEANINGS: dict[type[SourceError], tuple[str, str]] = {
    ColumnMissing: (
        "Kolom yang dibutuhkan tidak ada dalam berkas.",
        "Tambahkan kolom itu dengan nama yang sama seperti sebelumnya, lalu letakkan kembali berkasnya.",
    ),
    InvalidJson: (
        "Isi berkas bukan JSON yang benar.",
        "Ekspor ulang dari aplikasi asal, lalu letakkan kembali berkasnya.",
    ),
    SourceEmpty: (
        "Berkas tidak berisi satu catatan pun.",
        "Periksa pilihan waktu ekspor, lalu ekspor ulang.",
    ),
    SourceMissing: (
        "Berkas ada, tetapi tidak boleh dibaca.",
        "Beri hak baca pada berkas itu, lalu letakkan kembali berkasnya.",
    ),
    SourceTooLarge: (
        "Berkas melampaui batas ukuran, jumlah kolom, atau perbandingan kompresi.",
        "Bagi berkas menjadi beberapa bagian, atau minta pengelola sistem menaikkan batasnya.",
    ),
    TruncatedSource: (
        "Berkas terkompresi terpotong di tengah jalan.",
        "Kirim ulang berkas itu secara utuh.",
    ),
    WrongEncoding: (
        "Huruf dalam berkas tidak sesuai dengan pengodean teksnya.",
        "Simpan ulang sebagai UTF-8, lalu letakkan kembali berkasnya.",
    ),
    UnreadableFormat: (
        "Berkas bukan tabel yang dapat dibaca, rusak, atau terpotong.",
        "Simpan ulang sebagai CSV, XLSX, JSON Lines, XML, atau Parquet, lalu letakkan kembali berkasnya.",
    ),
    SourceError: (
        "Berkas tidak dapat dibaca.",
        "Perbaiki menurut keterangan di bawah, lalu letakkan kembali berkasnya.",
    ),
}


def report(name: str, error: SourceError, now: datetime) -> str:
    """Text of the report: what happened, where, and what to do."""
    what, remedy = next(_MEANINGS[kind] for kind in type(error).__mro__ if kind in _MEANINGS)
    instant = now.isoformat(timespec="seconds")
    return (
        f"Berkas: {name}\n"
        f"Waktu: {instant}\n"
        f"Yang terjadi: {what} Tidak satu baris pun diambil dari berkas ini.\n"
        "Letak kesalahan: lihat keterangan dalam bahasa Inggris di bawah.\n"
        f"Yang perlu dilakukan: {remedy}\n"
        "\n"
        f"File: {name}\n"
        f"Time: {instant}\n"
        "What happened: it cannot be read, and no row of it was taken.\n"
        f"Where, and what to do: {error}\n"
    )
