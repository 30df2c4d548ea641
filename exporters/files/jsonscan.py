"""Elements of an array inside a JSON document, one by one, without holding the document."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator

from exporters.errors import InvalidJson, SourceTooLarge
from exporters.files.encoding import Utf8Reader

_PIECE = 1 << 20
_BLANK = " \t\r\n"
_EDGE = 16
"""An error this near to the end of what was read may only mean that the rest is still to come."""


class JsonScanner:
    """Reads a document from left to right. ``elements`` may be used once.

    Raises ``InvalidJson`` with line and column, ``SourceTooLarge`` for one record larger than
    ``max_record_bytes``.
    """

    def __init__(self, reader: Utf8Reader, decoder: json.JSONDecoder, max_record_bytes: int) -> None:
        self._reader = reader
        self._decode = decoder.raw_decode
        self._limit = max_record_bytes
        self._utf8 = codecs.getincrementaldecoder("utf-8")("strict")
        self._text = ""
        self._at = 0
        self._line = 1
        self._column = 1
        self._ended = False

    def elements(self, path: tuple[str, ...]) -> Iterator[object]:
        """Each element of the array at ``path`` (keys of objects). A single object there is one element."""
        for depth, key in enumerate(path):
            self._descend(key, ".".join(path[: depth + 1]))
        if self._peek() == "{":
            yield self._value()
        elif self._peek() == "[":
            yield from self._array()
        else:
            raise self._error("an array of records was expected", "State where it is in format.records")
        if not path and self._peek():
            raise self._error("something follows the document", "Is it JSON lines? State format.kind: jsonl")
        self._skip_rest()

    def _array(self) -> Iterator[object]:
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield self._value()
            match self._peek():
                case ",":
                    self._at += 1
                case "]":
                    self._at += 1
                    return
                case "":
                    raise self._error("the document ends inside an array", "It was cut off: fetch it again")
                case _:
                    raise self._error("',' or ']' was expected")

    def _descend(self, key: str, path: str) -> None:
        """Move to the value of a key of the object that begins here."""
        if self._peek() != "{":
            raise self._error(f"an object with the key of {path!r} was expected", "Correct format.records")
        self._at += 1
        while self._peek() == '"':
            found = self._value()
            if self._peek() != ":":
                raise self._error("':' was expected")
            self._at += 1
            if found == key:
                self._peek()
                return
            self._value()
            if self._peek() == ",":
                self._at += 1
        raise self._error(f"there is no {path!r} in the document", "Correct format.records")

    def _peek(self) -> str:
        """Return the next character that is not blank, without taking it; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Forget what was read, append the next piece. False at the end."""
        if self._ended:
            return False
        data = self._reader.read(_PIECE)
        self._ended = not data
        self._line, self._column = self._position(self._at)
        self._text = self._text[self._at :] + self._utf8.decode(data, self._ended)
        self._at = 0
        return True

    def _value(self) -> object:
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                unfinished = error.pos >= len(self._text) - _EDGE or error.msg.startswith("Unterminated")
                if self._ended or not unfinished:
                    self._at = error.pos
                    raise self._error(error.msg) from error
            except (ValueError, RecursionError) as error:
                raise self._error(str(error)) from error
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > self._limit:
                raise SourceTooLarge(
                    f"{self._reader.name}, line {self._position(self._at)[0]}: a record of more than "
                    f"{self._limit:,} bytes. Is format.records the path to the array of records? If so, "
                    "raise format.limits.max_record_bytes."
                )
            self._more()

    def _skip_rest(self) -> None:
        """Read to the end, so that a file that is cut off there does not pass for whole."""
        while self._more():
            self._at = len(self._text)

    def _position(self, at: int) -> tuple[int, int]:
        """Line and column, from 1, of a place in what is held."""
        newlines = self._text.count("\n", 0, at)
        if not newlines:
            return self._line, self._column + at
        return self._line + newlines, at - self._text.rfind("\n", 0, at)

    def _error(
        self, problem: str, remedy: str = "Correct it there, or ask the sender for valid JSON"
    ) -> InvalidJson:
        line, column = self._position(self._at)
        near = self._text[max(0, self._at - 20) : self._at + 20].replace("\n", " ").strip()
        return InvalidJson(
            f"{self._reader.name}, line {line}, column {column}: invalid JSON, {problem}, near {near!r}. "
            f"{remedy}."
        )
