"""How a file is written: what a mapping may state under ``format``. What it leaves out is detected."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Kind = Literal["csv", "xlsx", "json", "jsonl", "parquet"]

ROW = "_row"
"""Column of every chunk: 1-based number of the record in its source."""
LINE = "_line"
"""Text of a line that is no record. The column is there only in chunks that have such lines."""
PROBLEM = "_problem"
"""Why it is none. Stands beside ``LINE``."""
LINES = "_lines"
"""How many lines of the source a grouped record was made from."""
RESERVED = (ROW, LINE, PROBLEM, LINES)


class Limits(BaseModel):
    """What a file may grow to before it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_columns: int = Field(
        2_000, gt=0, description="columns of a table, or different fields of JSON records"
    )
    max_record_bytes: int = Field(4 << 20, gt=0, description="bytes of one record of a text file")
    max_ratio: float = Field(
        100.0, gt=0, description="how many times its size a compressed file may grow to when decompressed"
    )
    ratio_from_bytes: int = Field(
        64 << 20,
        ge=0,
        description="decompressed bytes from which `max_ratio` holds: short files of few distinct words "
        "compress well and hurt nobody",
    )
    max_decompressed_bytes: int = Field(
        64 << 30, gt=0, description="bytes that a compressed file may hold once decompressed"
    )
    max_sheet_bytes: int = Field(
        2 << 30, gt=0, description="memory that reading a spreadsheet may take; its sheet is held whole there"
    )


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(
            f"{name!r} is no encoding. Write for example utf-8, utf-16 or windows-1252"
        ) from None


def _header(value: object) -> object:
    if isinstance(value, str) and value.casefold() in {"false", "no", "none"}:
        return 0
    return value


_SPELT = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}


def _spelt(value: object) -> object:
    return _SPELT.get(value, value) if isinstance(value, str) else value


Delimiter = Annotated[str, BeforeValidator(_spelt), Field(min_length=1, max_length=1)]


class FileFormat(BaseModel):
    """How a file is written. ``None``: found out from its name and content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind | None = Field(
        None,
        description="`csv`, `xlsx`, `json`, `jsonl` or `parquet`, each also as .gz; "
        "found out from name and content if left out",
    )
    delimiter: Delimiter | None = Field(
        None, description="character between two fields of a CSV file; `tab` may be written as a word"
    )
    quote: Annotated[str, Field(max_length=1)] = Field(
        '"', description="character around fields of a CSV file; `''` if quotes mean nothing"
    )
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = Field(
        None, description="encoding of a text file, for example `utf-8`, `utf-16`, `windows-1250`"
    )
    decimal: Literal[".", ","] = Field(".", description="decimal mark of numbers: `.` or `,`")
    thousands: Annotated[str, Field(max_length=1)] = Field(
        "", description="mark between groups of three digits; none if left out"
    )
    header: Annotated[int, BeforeValidator(_header), Field(ge=0)] = Field(
        1,
        description="line (CSV) or row (XLSX) with the names of the columns, from 1; what stands above "
        "is left out; `false`: there is none, the columns are `column_1`, `column_2`, ...",
    )
    sheet: str | None = Field(
        None, description="sheet of an XLSX file, by name or by number from 1; the first if left out"
    )
    records: str = Field(
        "", description="path to the array of records inside a JSON document, for example `data.items`"
    )
    limits: Limits = Field(default_factory=Limits, description="what it may grow to before it is refused")
