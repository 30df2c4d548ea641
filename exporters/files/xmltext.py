"""XML documents read in pieces, one record for each element of a name. Nothing outside the document is read.

A document type (DTD) is refused, and with it every entity that is not XML's own and every reference
to something outside. Values stay the text that was written: child elements become columns
``outer.inner``, attributes ``outer.@name``, elements that are repeated inside their parent a JSON
array. Empty elements are null.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

import polars as pl

from exporters.errors import SourceEmpty, SourceTooLarge, UnreadableFormat, WrongEncoding
from exporters.files.encoding import Utf8Reader
from exporters.files.format import RESERVED, FileFormat, Limits
from exporters.files.jsontext import Record, chunks_of
from exporters.files.stream import ByteStream

_PIECE = 1 << 16
_TEXT = "#text"
_PATHS_SHOWN = 10
_PATH_SHOWN = 80
_ENCODING_ERRORS = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
        expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
    }
)
_CUT_OFF = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    }
)
_NO_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]


def read_xml(stream: ByteStream, fmt: FileFormat, limits: Limits, chunk_rows: int) -> Iterator[pl.DataFrame]:
    """Frames of the records: the elements that ``fmt.records`` names, or all children of the outermost.

    Raises ``UnreadableFormat`` with line and column where the document is broken or has a document
    type, ``SourceTooLarge`` for a record, a depth or a width beyond the limits.
    """
    reader = Utf8Reader(stream, fmt.encoding) if fmt.encoding else None
    document = _Document(stream.name, fmt.records, limits, "utf-8" if reader else None)
    records = _records((reader or stream).read, document)
    return chunks_of(records, chunk_rows, limits, stream.name)


def _records(read: Callable[[int], bytes], document: _Document) -> Iterator[Record]:
    found = 0
    while data := read(_PIECE):
        for record in document.feed(data):
            found += 1
            yield record
    yield from document.end()
    if not found:
        raise SourceEmpty(document.without_record())


@dataclass(slots=True)
class _Element:
    """An element of a record, as far as it was read."""

    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    children: list[_Element] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """Its own text; ``None`` if it is empty, or blank between child elements."""
        text = "".join(self.texts)
        return None if not text or (self.children and text.isspace()) else text

    def of_one_name(self) -> dict[str, list[_Element]]:
        """Child elements by their names, in the order of the first of each."""
        out: dict[str, list[_Element]] = {}
        for child in self.children:
            out.setdefault(child.name, []).append(child)
        return out


class _Document:
    """A document as its bytes come. Holds the record that is being read, and no other part."""

    def __init__(self, name: str, records: str, limits: Limits, encoding: str | None) -> None:
        self._name = name
        self._path = records
        self._limits = limits
        self._open: list[str] = []
        self._record: list[_Element] = []
        self._begun = 0
        self._fed = 0
        self._done: list[Record] = []
        self._met: dict[str, None] = {}
        self._parser = expat.ParserCreate(encoding)
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def feed(self, data: bytes) -> list[Record]:
        """Read on. Returns the records that have ended."""
        self._fed += len(data)
        self._parse(data, is_final=False)
        if self._fed - self._parser.CurrentByteIndex > self._limits.max_record_bytes + _PIECE:
            self._refuse_size()
        done, self._done = self._done, []
        return done

    def end(self) -> list[Record]:
        """Return what is left. Raises ``UnreadableFormat`` for a document that was cut off."""
        self._parse(b"", is_final=True)
        return self._done

    def without_record(self) -> str:
        """Message for a document that held no record: what it held instead."""
        met = ", ".join(self._met)
        if not self._path:
            return f"{self._name} holds no record: <{met}> is empty. Was it exported with an empty selection?"
        return (
            f"{self._name} holds no element {self._path!r}, which format.records names (found: {met}). "
            "Correct it, or was the file exported with an empty selection?"
        )

    def _parse(self, data: bytes, *, is_final: bool) -> None:
        try:
            self._parser.Parse(data, is_final)
        except expat.ExpatError as error:
            raise self._broken(error) from error
        except (LookupError, ValueError) as error:  # an encoding that Python lacks, or of several bytes
            raise WrongEncoding(
                f"{self._name}, line 1: the encoding it declares cannot be read ({error}). State "
                "format.encoding in the mapping, or save the file as UTF-8."
            ) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name)
        if len(self._open) > self._limits.max_depth:
            raise SourceTooLarge(
                f"{self._place()}: more than {self._limits.max_depth:,} elements inside one another. If that "
                "is right, raise format.limits.max_depth."
            )
        own = {key: value for key, value in attributes.items() if key.split(":")[0] != "xmlns"}
        if self._record:
            element = _Element(name, own)
            self._record[-1].children.append(element)
            self._record.append(element)
            self._check_size()
        elif self._is_record():
            self._begun = self._parser.CurrentByteIndex
            self._record = [_Element(name, own)]

    def _is_record(self) -> bool:
        path = ".".join(self._open)
        if len(self._met) < _PATHS_SHOWN:
            self._met[path[:_PATH_SHOWN]] = None
        if not self._path:
            return len(self._open) == 2  # noqa: PLR2004 - the outermost element and its child
        return path == self._path or path.endswith(f".{self._path}")

    def _end(self, _name: str) -> None:
        self._open.pop()
        if not self._record:
            return
        self._check_size()
        element = self._record.pop()
        if not self._record:
            self._done.append(_columns(element))

    def _characters(self, text: str) -> None:
        if self._record:
            self._record[-1].texts.append(text)
            self._check_size()

    def _check_size(self) -> None:
        if self._parser.CurrentByteIndex - self._begun > self._limits.max_record_bytes:
            self._refuse_size()

    def _refuse_size(self) -> None:
        raise SourceTooLarge(
            f"{self._place()}: a record or a tag of more than {self._limits.max_record_bytes:,} bytes. Is "
            "format.records the name of the element of one record? If so, raise "
            "format.limits.max_record_bytes."
        )

    def _refuse(self, *_declared: object) -> NoReturn:
        raise UnreadableFormat(
            f"{self._place()}: a document type (DTD) is declared. It can make a small file grow without end, "
            "or read other files, so none is read. Remove <!DOCTYPE ...>, or ask the sender for XML without."
        )

    def _place(self) -> str:
        parser = self._parser
        return f"{self._name}, line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"

    def _broken(self, error: expat.ExpatError) -> UnreadableFormat:
        problem = expat.errors.messages[error.code]
        where = f"{self._name}, line {error.lineno}, column {error.offset + 1}: invalid XML, {problem}"
        if error.code in _ENCODING_ERRORS:
            return WrongEncoding(f"{where}. State format.encoding in the mapping, or save the file as UTF-8.")
        if error.code in _CUT_OFF:
            return UnreadableFormat(f"{where}. It ends too early: fetch it again.")
        hint = "If it is not in UTF-8, state format.encoding. " if error.code == _NO_TOKEN else ""
        return UnreadableFormat(f"{where}. {hint}Correct it there, or ask the sender for valid XML.")


def _columns(record: _Element) -> Record:
    out: Record = {}
    _flatten(record, "", out)
    return out


def _flatten(element: _Element, name: str, out: Record) -> None:
    """Put the columns of an element into ``out``, its text under ``name``."""
    text = element.text
    if text is not None or not (element.children or element.attributes):
        out[_free(name or _TEXT)] = text
    prefix = f"{name}." if name else ""
    out |= {f"{prefix}@{key}": value for key, value in element.attributes.items()}
    for child, those in element.of_one_name().items():
        if len(those) == 1:
            _flatten(those[0], f"{prefix}{child}", out)
        else:
            out[_free(f"{prefix}{child}")] = json.dumps([_value(one) for one in those], ensure_ascii=False)


def _free(name: str) -> str:
    """Name of a column that is not one of our own."""
    return f"{name}__2" if name in RESERVED else name


def _value(element: _Element) -> object:
    """Value of a repeated element, as JSON has it: its text, or an object."""
    text = element.text
    if not element.children and not element.attributes:
        return text
    out: dict[str, object] = {f"@{key}": value for key, value in element.attributes.items()}
    if text is not None:
        out[_TEXT] = text
    for child, those in element.of_one_name().items():
        out[child] = _value(those[0]) if len(those) == 1 else [_value(one) for one in those]
    return out
