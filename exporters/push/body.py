"""The body of a push: what it claims to be, received and decompressed within bounds, onto disk."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from starlette.requests import Request

from exporters.files.format import Kind
from exporters.files.stream import GZIP
from exporters.push.refusal import Refusal
from exporters.push.room import Stay
from exporters.push.settings import PushSettings

KINDS: dict[str, Kind] = {
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
}
"""Content types that are read."""
ENCODINGS = ("gzip", "zstd")
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})
_CHARSET = re.compile(r"\s*charset\s*=\s*\"?([\w.:+-]+)\"?\s*", re.IGNORECASE)
_PIECE = 1 << 18
_RATIO_FROM_BYTES = 1 << 20
KEY_LENGTH = 200
SINGLE = ("content-type", "content-encoding", "idempotency-key")


@dataclass(frozen=True, slots=True)
class Claim:
    """What the headers of a push say of its body. ``encoding``: "" for none."""

    kind: Kind
    encoding: str


def claimed(request: Request, settings: PushSettings) -> Claim:
    """What the headers say. Raises ``Refusal`` (400, 413, 415)."""
    for name in SINGLE:
        if len(request.headers.getlist(name)) > 1:
            raise Refusal(400, f"the header {name} stands there more than once. Send it once.")
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    kind = KINDS.get(media.strip().lower())
    if kind is None:
        raise Refusal(
            415,
            f"this Content-Type is not read. Send one of {', '.join(KINDS)}.",
            {"Accept": ", ".join(KINDS)},
        )
    charset = _CHARSET.fullmatch(parameters)
    if charset is not None and charset[1].lower() not in _UTF8:
        raise Refusal(415, "this charset is not read. Send the text in UTF-8.", {"Accept": ", ".join(KINDS)})
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in (*ENCODINGS, "identity"):
        raise Refusal(
            415,
            f"this Content-Encoding is not read. Send {' or '.join(ENCODINGS)}, or leave it out.",
            {"Accept-Encoding": ", ".join(ENCODINGS)},
        )
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > settings.max_body_bytes:
        raise _too_large(f"{int(length):,} bytes", settings)
    return Claim(kind, "" if encoding == "identity" else encoding)


async def receive(request: Request, into: Path, settings: PushSettings, stay: Stay) -> int:
    """Write the body to a file; returns its bytes. Raises ``Refusal`` (408, 413, 503)."""
    size = 0
    try:
        with into.open("wb") as file:
            async with asyncio.timeout(settings.body_seconds):
                async for piece in _pieces(request):
                    size += len(piece)
                    if size > settings.max_body_bytes:
                        raise _too_large(f"more than {settings.max_body_bytes:,} bytes", settings)
                    stay.hold(size)
                    file.write(piece)
    except TimeoutError:
        raise Refusal(
            408,
            f"the body did not arrive within {settings.body_seconds:g} s ({size:,} bytes did). Send less at "
            "a time, or compress it.",
            {"Connection": "close"},
        ) from None
    return size


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    async for piece in request.stream():
        if piece:
            yield piece


def _too_large(what: str, settings: PushSettings) -> Refusal:
    return Refusal(
        413,
        f"the body has {what}; {settings.max_body_bytes:,} are read. Send the records in several pushes, or "
        "compress them.",
        {"Connection": "close"},
    )


def decompress(sent: Path, content: Path, encoding: str, settings: PushSettings) -> str:
    """Write what a body holds to ``content``; returns its SHA-256. Raises ``Refusal`` (400, 413)."""
    digest, size, sent_size = hashlib.sha256(), 0, sent.stat().st_size
    try:
        with pa.input_stream(str(sent), compression=encoding or None) as stream, content.open("wb") as file:
            while piece := stream.read(_PIECE):
                size += len(piece)
                _within(size, sent_size, settings)
                digest.update(piece)
                file.write(piece)
    except (pa.ArrowException, OSError) as error:
        raise _broken(encoding) from error
    if encoding and sent_size and not size:
        raise _broken(encoding)
    with content.open("rb") as file:
        if file.read(len(GZIP)) == GZIP:
            raise Refusal(
                400, "the content is gzip, and its headers do not say so. Send Content-Encoding: gzip."
            )
    return digest.hexdigest()


def _broken(encoding: str) -> Refusal:
    return Refusal(
        400, f"the body is no {encoding or 'file'}, or cut off. Send it again, and check Content-Encoding."
    )


def _within(size: int, sent_size: int, settings: PushSettings) -> None:
    if size > settings.max_content_bytes:
        raise Refusal(
            413,
            f"the body holds more than {settings.max_content_bytes:,} bytes once decompressed. Send the "
            "records in several pushes.",
        )
    if size > _RATIO_FROM_BYTES and size > settings.max_ratio * sent_size:
        raise Refusal(
            413,
            f"the body grows more than {settings.max_ratio:g} times when it is decompressed. Send the "
            "records in several pushes, or compress them less.",
        )
