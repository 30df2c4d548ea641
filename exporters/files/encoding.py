"""Text of a file as UTF-8, whatever its encoding. The encoding is stated, or found out.

Found out: a byte order mark; the pattern of UTF-16 without one; UTF-8 if the bytes are valid;
otherwise windows-1252, or windows-1250 where the letters speak for Central Europe. As long as
a file is plain ASCII nothing is decided, so that a late umlaut decides for all that follows.
"""

from __future__ import annotations

import codecs
import re

from exporters.errors import WrongEncoding
from exporters.files.detection import refuse_binary
from exporters.files.stream import ByteStream

UTF_8 = "utf-8"
MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NO_SUPERSET = ("utf-16", "utf-32", "utf-7", "iso2022", "hz", "cp037", "cp500", "cp1140")
"""Encodings in which bytes of ASCII do not always mean what they mean in ASCII."""
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_SAMPLE = 1 << 16
_UTF16_SHARE = 0.4
CENTRAL = b"\xf5\xfb\xd5\xdb\xb3\xb9\xbf\x9c\x9f\xa3\xaf\x8c\x8f\xbe\x9d\x9a\x9e\x8a\x8e"
"""Bytes that are letters of Hungarian, Polish, Czech ... in windows-1250: ő ű ł ą ż ś ź š ž."""
WESTERN = b"\xe0\xe8\xea\xe3\xf1\xf9\xe5\xf8\xe6\xec\xf2\xef\xc0\xc8\xca\xc3\xd1\xc5\xd8\xc6"
"""Bytes that are letters of French, Italian, Spanish, the North in windows-1252: à è ê ñ å ø."""


class Utf8Reader:
    """Content of a stream as UTF-8 without byte order mark. ``read`` raises ``WrongEncoding``."""

    def __init__(self, stream: ByteStream, stated: str | None) -> None:
        self._stream = stream
        self._pushed, mark = _without_mark(stream.read(_SAMPLE))
        self._start = stream.position - len(self._pushed)
        """Offset in the content of the next byte to decode."""
        self.stated = stated
        self.encoding = _reconciled(stream.name, stated, mark) or _utf16(self._pushed)
        if _is_superset_of_ascii(self.encoding):
            self._refuse_utf16()
            refuse_binary(stream.name, self._pushed)
        elif mark is None and b"\x00" not in self._pushed and self.encoding in _WIDE:
            raise WrongEncoding(
                f"{stream.name} has no zero byte, so it is not {stated} as the mapping states. "
                "Correct or remove format.encoding."
            )
        self._decoder: codecs.IncrementalDecoder | None = None
        self._doubted = False
        if self.encoding is not None:
            self._decide(self.encoding)

    @property
    def name(self) -> str:
        """Name of the file, for messages."""
        return self._stream.name

    def read(self, size: int) -> bytes:
        """Return about ``size`` bytes of UTF-8; empty at the end. May cut inside a letter."""
        data = self._pushed or self._stream.read(size)
        self._pushed = b""
        if data:
            return self._utf8(data) or self.read(size)
        if self._decoder is not None:
            self._decode(b"", final=True)
        return b""

    def _refuse_utf16(self) -> None:
        """Refuse to take UTF-16 for what was stated, or for something that is no text."""
        found = _utf16(self._pushed)
        if found is not None:
            raise WrongEncoding(
                f"{self.name} is {found}, not {self.stated} as the mapping states. Correct or remove "
                "format.encoding."
            )

    def _decide(self, encoding: str) -> codecs.IncrementalDecoder:
        self.encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        return self._decoder

    def _utf8(self, data: bytes) -> bytes:
        plain = self._decoder is None or not self._decoder.getstate()[0]
        if plain and data.isascii() and _is_superset_of_ascii(self.encoding):
            self._start += len(data)
            return data
        if self._decoder is None:
            self._decide(_guess(data))
        elif self.stated is not None and not self._doubted:
            self._doubt(data)
        text = self._decode(data, final=False)
        return data if self.encoding == UTF_8 else text.encode()

    def _decode(self, data: bytes, *, final: bool) -> str:
        assert self._decoder is not None  # noqa: S101 - both callers have decided on one
        pending = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            at = self._start - pending + error.start
            raise self._wrong(at, error.object[error.start]) from error
        self._start += len(data)
        return text

    def _wrong(self, at: int, byte: int) -> WrongEncoding:
        line = _line_at(self._stream, at)
        if self.stated is not None:
            remedy = f"The mapping states {self.stated}: correct or remove format.encoding"
        else:
            remedy = (
                "State format.encoding in the mapping (for example windows-1252), or save the file as UTF-8"
            )
        return WrongEncoding(
            f"{self.name}, line {line}: byte 0x{byte:02x} at offset {at:,} is not {self.encoding}. {remedy}."
        )

    def _doubt(self, data: bytes) -> None:
        """Refuse to read UTF-8 as windows-1252, which would make two wrong letters of every umlaut."""
        self._doubted = True
        if self.encoding in (UTF_8, None) or not _is_superset_of_ascii(self.encoding):
            return
        if _is_utf8(data):
            raise WrongEncoding(
                f"{self.name} is UTF-8, not {self.stated} as the mapping states. Correct or remove "
                "format.encoding."
            )


def _without_mark(head: bytes) -> tuple[bytes, str | None]:
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return head[len(mark) :], encoding
    return head, None


def _reconciled(name: str, stated: str | None, mark: str | None) -> str | None:
    """Encoding from what was stated and what the byte order mark says."""
    if stated is None:
        return mark
    plain = UTF_8 if stated == "utf-8-sig" else stated
    if mark is None:
        return f"{plain}-le" if plain in ("utf-16", "utf-32") else plain
    if not mark.startswith(plain):
        raise WrongEncoding(
            f"{name} begins with the byte order mark of {mark}, not {stated} as the mapping states. "
            "Correct or remove format.encoding."
        )
    return mark


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every second byte is zero."""
    if len(head) < 4 or b"\x00" not in head:  # noqa: PLR2004 - two characters
        return None
    half = len(head) / 2
    if head[1::2].count(0) / half > _UTF16_SHARE and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) / half > _UTF16_SHARE and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _is_superset_of_ascii(encoding: str | None) -> bool:
    return encoding is None or not encoding.startswith(NO_SUPERSET)


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(UTF_8)("strict").decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> str:
    """Encoding of bytes beyond ASCII. Mostly valid UTF-8 is UTF-8, whose error is told with its place."""
    letters = len(_UTF8_LETTER.findall(data))
    strays = len(_BEYOND_ASCII.findall(_UTF8_LETTER.sub(b"", data)))
    if letters >= strays:
        return UTF_8
    central = sum(data.count(byte) for byte in CENTRAL)
    western = sum(data.count(byte) for byte in WESTERN)
    return "cp1250" if central > western else "cp1252"


def _line_at(stream: ByteStream, offset: int) -> int:
    """Line of a byte, from 1: the content is read once more, up to there."""
    line = 1
    with stream.again() as again:
        left = offset
        while left > 0 and (data := again.read(min(left, 1 << 20))):
            left -= len(data)
            line += data.count(b"\n")
    return line
