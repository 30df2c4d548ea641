"""What kind of file it is, from its content and its name. What a mapping states wins."""

from __future__ import annotations

from pathlib import PurePath

from exporters.errors import UnreadableFormat
from exporters.files.format import Kind

SUFFIXES: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "json",
    ".geojson": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "xml",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".xlsb": "xlsx",
    ".ods": "xlsx",
    ".parquet": "parquet",
}
BINARY: dict[bytes, str] = {
    b"PK\x03\x04": "a ZIP archive",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"PAR1": "Parquet",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"\x1f\x8b": "gzip inside gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
}
COMMENT = b"<!--"
MARKUP = {
    b"<!doctype html": "a web page (HTML)",
    b"<html": "a web page (HTML)",
    b"<head": "a web page (HTML)",
    b"<body": "a web page (HTML)",
    COMMENT: "a web page (HTML)",
}
XML = b"<?xml"
READABLE = "CSV, XLSX, JSON, JSON lines, XML and Parquet are read, each also as .gz"
_ALLOWED_CONTROL = frozenset(b"\t\n\r\f\v\x1a\x1b\x1c\x1d\x1e\x1f")


def kind_of(name: str, head: bytes, stated: Kind | None) -> Kind:
    """Kind of a file from its first bytes (decompressed) and its name.

    Raises ``UnreadableFormat`` for what is none of them, or not what was stated.
    """
    suffixes = [s.lower() for s in PurePath(name).suffixes if s.lower() != ".gz"]
    named = SUFFIXES.get(suffixes[-1]) if suffixes else None
    found = _binary_kind(name, head, stated, named)
    if found is not None:
        if stated is not None and stated != found:
            raise UnreadableFormat(
                f"{name} is {found}, not {stated} as the mapping states. Correct or remove format.kind."
            )
        return found
    kind = stated or named or _text_kind(head)
    if kind in ("xlsx", "parquet"):
        raise UnreadableFormat(
            f"{name} is not {kind}: its content is text, or cut off. Save it as {kind} again, or name it "
            "by what it is."
        )
    refuse_markup(name, head, kind)
    return kind


def _binary_kind(name: str, head: bytes, stated: Kind | None, named: Kind | None) -> Kind | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) and "xlsx" in (stated, named):
        return "xlsx"
    if head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head):
        return "xlsx"
    for magic, what in BINARY.items():
        if head.startswith(magic):
            raise UnreadableFormat(f"{name} is {what}, not a table. {READABLE}.")
    return None


def _text_kind(head: bytes) -> Kind:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"["):
        return "json"
    if text.startswith(XML):
        return "xml"
    if text.startswith(b"{"):
        first = text.split(b"\n", 1)
        return "jsonl" if first[0].rstrip().endswith(b"}") and len(first) > 1 else "json"
    return "csv"


def refuse_markup(name: str, head: bytes, kind: Kind) -> None:
    """Raise ``UnreadableFormat`` for HTML (a login page saved as data), and XML taken for another kind."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower()
    if start.startswith(XML) and kind != "xml":
        raise UnreadableFormat(
            f"{name} is XML, not a table. To read it, state format.kind: xml in the mapping. {READABLE}."
        )
    for opening, what in MARKUP.items():
        if start.startswith(opening) and (kind, opening) != ("xml", COMMENT):
            raise UnreadableFormat(
                f"{name} is {what}, not a table. Did a login page come instead of the file? {READABLE}."
            )


def refuse_binary(name: str, head: bytes) -> None:
    """Raise ``UnreadableFormat`` where the bytes, already decoded to UTF-8, are no text."""
    control = sum(byte < ord(" ") and byte not in _ALLOWED_CONTROL for byte in head)
    if b"\x00" in head or control > len(head) / 100:
        at = next(i for i, byte in enumerate(head) if byte < ord(" ") and byte not in _ALLOWED_CONTROL)
        raise UnreadableFormat(
            f"{name} is not text: byte {at} is 0x{head[at]:02x}. {READABLE}; for another program's file, "
            "export it first."
        )
