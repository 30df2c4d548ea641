"""An answer over HTTP/1.1, read piece by piece and within limits (RFC 9112). Pure: no socket, no clock."""

from __future__ import annotations

import re
from collections.abc import Collection

from exporters.probing.result import Failure, Reason

HEAD_LIMIT_BYTES = 65_536
"""Longest status line and headers, and longest trailers."""

INTERIM_LIMIT = 8
"""Interim answers (1xx) before the one that counts."""

BODILESS = frozenset({204, 304})
_LINE_LIMIT_BYTES = 1_024
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) ([1-5][0-9]{2})(?: .*)?", re.DOTALL)
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)", re.DOTALL)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?", re.DOTALL)


class Response:
    """The answer to one request.

    ``headless``: statuses whose body is of no interest; the answer is complete with its headers.
    ``keep``: whether the bytes of the body are kept in ``body``; they are counted in any case.
    """

    def __init__(
        self, *, method: str, limit_bytes: int, keep: bool, headless: Collection[int] = frozenset()
    ) -> None:
        self.status = 0
        self.version = ""
        self.headers: dict[str, list[str]] = {}
        self.body = bytearray()
        self.body_bytes = 0
        self.complete = False
        self._method = method
        self._limit = limit_bytes
        self._keep = keep
        self._headless = headless
        self._buffer = bytearray()
        self._searched = 0
        self._trailer_bytes = 0
        self._interim = 0
        self._left: int | None = None  # bytes left of the body or of the chunk; None: until the end
        self._read = self._head

    def feed(self, data: bytes) -> bool:
        """Takes the next bytes; true once the answer is complete. Raises ``Failure``."""
        self._buffer += data
        while not self.complete and self._read():
            pass
        return self.complete

    def end(self) -> None:
        """Takes the end of the stream. Raises ``Failure`` if the answer is not complete."""
        if self.complete or (self._read == self._until_end):
            self.complete = True
        elif not self.status and not self._buffer and not self._interim:
            raise Failure(Reason.CLOSED, "the connection was closed without an answer")
        else:
            raise Failure(Reason.CLOSED, "the connection was closed before the answer was complete")

    def first(self, name: str) -> str | None:
        """First value of a header, by its name in lower case."""
        values = self.headers.get(name)
        return values[0] if values else None

    def _head(self) -> bool:
        if self._buffer.startswith((b"\r", b"\n")):
            self._buffer = self._buffer.lstrip(b"\r\n")
        found = _BLANK_LINE.search(self._buffer, self._searched)
        self._searched = max(0, len(self._buffer) - 3)
        if (found.start() if found else len(self._buffer)) > HEAD_LIMIT_BYTES:
            raise Failure(Reason.TOO_LARGE, f"the headers are longer than {HEAD_LIMIT_BYTES} bytes")
        if found is None:
            if not b"HTTP/".startswith(bytes(self._buffer[:5])):
                raise Failure(Reason.PROTOCOL, "the answer is not HTTP/1")
            return False
        lines = _FOLD.sub(b" ", bytes(self._buffer[: found.start()])).split(b"\n")
        del self._buffer[: found.end()]
        self._searched = 0
        self._begin(lines[0].rstrip(b"\r"))
        if self.status < 200:  # noqa: PLR2004 - 1xx is interim
            self._pass_interim()
            return True
        self.headers = _fields(lines[1:])
        self._choose_body()
        return True

    def _begin(self, line: bytes) -> None:
        found = _STATUS_LINE.fullmatch(line)
        if found is None:
            raise Failure(Reason.PROTOCOL, "the status line is not one of HTTP/1")
        self.version, self.status = found[1].decode(), int(found[2])

    def _pass_interim(self) -> None:
        self._interim += 1
        if self.status == 101 or self._interim > INTERIM_LIMIT:  # noqa: PLR2004 - Switching Protocols
            raise Failure(Reason.PROTOCOL, f"status {self.status} is no answer to this request")
        self.status = 0

    def _choose_body(self) -> None:
        codings = [
            word.strip().lower() for word in ",".join(self.headers.get("transfer-encoding", ())).split(",")
        ]
        if self._method == "HEAD" or self.status in BODILESS or self.status in self._headless:
            self.complete = True
        elif codings == ["chunked"]:
            self._read = self._chunk_line
        elif codings != [""]:
            raise Failure(Reason.PROTOCOL, "the answer has a transfer coding that was not asked for")
        elif "content-length" in self.headers:
            self._left = self._content_length()
            self._check_limit(self._left)
            self._read = self._counted
        else:
            self._read = self._until_end

    def _content_length(self) -> int:
        lengths = {part.strip() for value in self.headers["content-length"] for part in value.split(",")}
        length = lengths.pop()
        if lengths or not _LENGTH.fullmatch(length):
            raise Failure(
                Reason.PROTOCOL, "the length of the body is stated in a way that cannot be understood"
            )
        return int(length)

    def _check_limit(self, size: int) -> None:
        if size > self._limit:
            raise Failure(Reason.TOO_LARGE, f"the body is longer than {self._limit} bytes")

    def _take(self, size: int) -> None:
        self.body_bytes += size
        self._check_limit(self.body_bytes)
        if self._keep:
            self.body += self._buffer[:size]
        del self._buffer[:size]

    def _until_end(self) -> bool:
        self._take(len(self._buffer))
        return False

    def _counted(self) -> bool:
        size = min(self._left or 0, len(self._buffer))
        self._left = (self._left or 0) - size
        self._take(size)
        self.complete = self._left == 0
        return False

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n", 0, _LINE_LIMIT_BYTES)
        if end < 0:
            if len(self._buffer) >= _LINE_LIMIT_BYTES:
                raise Failure(Reason.PROTOCOL, "a chunk of the body begins with an endless line")
            return None
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        return line

    def _chunk_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        found = _CHUNK.fullmatch(line)
        if found is None:
            raise Failure(Reason.PROTOCOL, "a chunk of the body has no readable size")
        self._left = int(found[1], 16)
        self._check_limit(self.body_bytes + self._left)
        self._read = self._chunk if self._left else self._trailer
        return True

    def _chunk(self) -> bool:
        size = min(self._left or 0, len(self._buffer))
        self._left = (self._left or 0) - size
        self._take(size)
        if self._left:
            return False
        self._read = self._chunk_end
        return True

    def _chunk_end(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if line:
            raise Failure(Reason.PROTOCOL, "a chunk of the body is longer than it says")
        self._read = self._chunk_line
        return True

    def _trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self._trailer_bytes += len(line) + 2
        if self._trailer_bytes > HEAD_LIMIT_BYTES:
            raise Failure(Reason.TOO_LARGE, f"the trailers are longer than {HEAD_LIMIT_BYTES} bytes")
        self.complete = not line
        return True


def _fields(lines: list[bytes]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for line in lines:
        found = _FIELD.fullmatch(line.rstrip(b"\r"))
        if found is None:
            raise Failure(Reason.PROTOCOL, "a header cannot be read")
        fields.setdefault(found[1].decode().lower(), []).append(found[2].strip().decode("latin-1"))
    return fields
