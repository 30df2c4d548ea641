"""Body of an answer: read under a limit, decompressed under two."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import aiohttp
import pyarrow as pa

from exporters.errors import FetchError, FetchReason

ACCEPTED = "gzip, deflate, zstd"
"""Encodings that are understood."""
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_PIECE = 1 << 18
_RATIO_FROM_BYTES = 1 << 20
"""Decompressed bytes from which the ratio holds: less hurts nobody."""
_APART_FROM_BYTES = 1 << 15
"""Compressed bytes from which decompression would hold up other requests."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may grow to. ``ratio``: decompressed by compressed bytes, for more than 1 MiB."""

    body_bytes: int = 64 << 20
    ratio: float = 100.0
    header_bytes: int = 64 << 10


async def read_body(response: aiohttp.ClientResponse, host: str, limits: Limits) -> bytes:
    """Whole body, decompressed. Raises ``FetchError`` beyond the limits or for broken compression."""
    data = await _read(response, host, limits)
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if not data or encoding in ("", "identity"):
        return data
    if len(data) < _APART_FROM_BYTES:
        return decompressed(data, encoding, host, limits)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, decompressed, data, encoding, host, limits)


async def _read(response: aiohttp.ClientResponse, host: str, limits: Limits) -> bytes:
    stated = response.content_length
    if stated is not None and stated > limits.body_bytes:
        raise _too_large(host, limits)
    data = await response.content.readany()
    if response.content.at_eof():
        _check_size(len(data), host, limits)
        return data
    whole = bytearray(data)
    while data:
        _check_size(len(whole), host, limits)
        data = await response.content.readany()
        whole += data
    return bytes(whole)


def _check_size(size: int, host: str, limits: Limits) -> None:
    if size > limits.body_bytes:
        raise _too_large(host, limits)


def _too_large(host: str, limits: Limits) -> FetchError:
    return FetchError(
        f"{host} answers with more than {limits.body_bytes:,} bytes. Ask for less at a time, for example by "
        "pages, or raise limits.body_bytes.",
        FetchReason.TOO_LARGE,
    )


def decompressed(data: bytes, encoding: str, host: str, limits: Limits) -> bytes:
    """Content of a body in one of ``ACCEPTED``. Raises ``FetchError``."""
    pieces = _PIECES.get(encoding.removeprefix("x-"))
    if pieces is None:
        raise FetchError(
            f"{host} answers in a content encoding that was not asked for; {ACCEPTED} are understood. Ask "
            "who runs it to keep to Accept-Encoding.",
            FetchReason.UNREADABLE,
        )
    whole = bytearray()
    try:
        for piece in pieces(data):
            whole += piece
            _check_size(len(whole), host, limits)
            if len(whole) > _RATIO_FROM_BYTES and len(whole) > limits.ratio * len(data):
                raise FetchError(
                    f"{host}: the answer grows more than {limits.ratio:g} times when decompressed: it looks "
                    "like a decompression bomb. If it is not, raise limits.ratio.",
                    FetchReason.TOO_LARGE,
                )
    except EOFError as error:
        raise FetchError(
            f"{host}: the compressed answer ends too early: it was cut off on its way.", FetchReason.RESET
        ) from error
    except (zlib.error, OSError) as error:
        raise FetchError(
            f"{host}: the answer is broken {encoding.removeprefix('x-')}. Ask who runs it, or switch its "
            "compression off.",
            FetchReason.UNREADABLE,
        ) from error
    return bytes(whole)


def _inflated(data: bytes, bits: int) -> Iterator[bytes]:
    """Pieces of content; members of gzip that follow one another are one. Raises ``EOFError``."""
    while data:
        inflater = zlib.decompressobj(bits)
        while not inflater.eof:
            piece = inflater.decompress(data, _PIECE)
            data = inflater.unconsumed_tail
            if not piece and not data and not inflater.eof:
                raise EOFError
            yield piece
        data = inflater.unused_data


def _deflated(data: bytes) -> Iterator[bytes]:
    """As the standard says within zlib, or as some servers write it, without."""
    zlib_header = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
    return _inflated(data, _ZLIB if zlib_header else _RAW)


def _unpacked(data: bytes) -> Iterator[bytes]:
    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        while piece := stream.read(_PIECE):
            yield piece


_PIECES: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": lambda data: _inflated(data, _GZIP),
    "deflate": _deflated,
    "zstd": _unpacked,
}
