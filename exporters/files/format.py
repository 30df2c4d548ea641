"""How a file is written: what a mapping may state under ``format``. What it leaves out is detected."""

from __future__ import annotations

import codecs
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

Kind = Literal["csv", "xlsx", "json", "jsonl", "xml", "access_log", "parquet"]

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
        2_000, gt=0, description="columns of a table, or different fields of JSON or XML records"
    )
    max_record_bytes: int = Field(4 << 20, gt=0, description="bytes of one record of a text file")
    max_depth: int = Field(100, gt=0, le=500, description="elements inside one another in an XML document")
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


class AccessLog(BaseModel):
    """How a web server writes its access log, and what its lines are counted by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interval_seconds: int = Field(
        300, ge=1, le=86_400, description="length of an interval; intervals begin at multiples of it in UTC"
    )
    by_host: bool = Field(
        default=False,
        description="whether each host has rows of its own, and a column `host`: of text lines the first "
        "field (`%v` or `%v:%p` of Apache), of JSON lines the key of the host",
    )
    time_unit: Literal["s", "ms", "us"] | None = Field(
        None,
        description="unit of the request time: `s` for `$request_time` of nginx, `us` for `%D` of Apache; "
        "left out, no latency is read",
    )
    time_key: str | None = Field(None, description="key of the instant in JSON lines, if not a common one")
    status_key: str | None = Field(None, description="key of the status in JSON lines, if not a common one")
    host_key: str | None = Field(None, description="key of the host in JSON lines, if not a common one")
    duration_key: str | None = Field(
        None,
        description="key of the request time in JSON lines, if not a common one; of text lines the word "
        "before it, as `rt` in `rt=0.012`, and if left out their last field",
    )
    bounds: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...] = Field(
        (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
        min_length=1,
        max_length=100,
        description="upper bounds of the histogram's buckets in seconds, ascending; one without a bound is "
        "added",
    )
    log: str = Field(
        "",
        description="name of the log, part of each `id`; needed where several servers of one region begin a "
        "log in the same second",
    )
    open_rows: int = Field(
        20_000,
        ge=1,
        description="rows that wait for lines that come late; beyond them the earliest interval is closed",
    )

    @field_validator("bounds")
    @classmethod
    def _ascending(cls, bounds: tuple[float, ...]) -> tuple[float, ...]:
        if any(low >= high for low, high in pairwise(bounds)):
            raise ValueError("the bounds do not ascend. Sort them and keep each once")
        return bounds


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(
            f"{name!r} is no encoding. Write for example utf-8, utf-16 or windows-1252"
        ) from None


Encoding = Annotated[str, AfterValidator(_known_encoding)]


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
        description="`csv`, `xlsx`, `json`, `jsonl`, `xml`, `parquet` or `access_log`, each also as .gz; "
        "all but `access_log` are found out from name and content if left out",
    )
    delimiter: Delimiter | None = Field(
        None, description="character between two fields of a CSV file; `tab` may be written as a word"
    )
    quote: Annotated[str, Field(max_length=1)] = Field(
        '"', description="character around fields of a CSV file; `''` if quotes mean nothing"
    )
    encoding: Encoding | None = Field(
        None,
        description="encoding of a text file, for example `utf-8`, `utf-16`, `windows-1250`; of XML, if it "
        "is not the one that the document declares",
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
        "",
        description="path to the array of records inside a JSON document, for example `data.items`; of an "
        "XML document the element of one record, by its name or its path such as `requests.request`, and "
        "if left out each child of the outermost element",
    )
    access_log: AccessLog = Field(
        default_factory=AccessLog, description="how an access log is written, with `kind: access_log`"
    )
    limits: Limits = Field(default_factory=Limits, description="what it may grow to before it is refused")

    @model_validator(mode="after")
    def _log_of_its_kind(self) -> Self:
        if "access_log" in self.model_fields_set and self.kind != "access_log":
            raise ValueError("access_log needs 'kind: access_log'. Add it, or remove access_log")
        return self
