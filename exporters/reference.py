"""docs/reference/mapping.md, out of the mapping's own fields. Written anew by ``make docs``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from exporters.files.format import AccessLog, FileFormat, Limits
from exporters.mapping import Mapping, RegionMapping, ValueMapping

_REGION = (
    "How a record tells its region. `region: kode` is short for `region: {column: kode}`. A name that "
    "fits several regions rejects the record: nothing is guessed."
)
_LIMITS = (
    "What a file may grow to before it is refused, so that no file takes all of a machine. Whatever is "
    "refused names the limit that would let it pass."
)
_ACCESS_LOG = (
    "Access logs of nginx and Apache, in the common or combined format or as JSON lines, for the record "
    "set `traffic`. The lines of an interval become one row with the columns `id`, `started`, "
    "`interval_seconds`, `requests`, `errors` (status 500 and above), `latency_le`, `latency_counts`, "
    "`latency_sum_seconds`, `out_of_order` (lines earlier than the line before them) and, with `by_host`, "
    "`host`. A line that tells no request is a rejected row, in which letters and digits are masked. So the "
    "rows read are the intervals and the lines that could not be read. Keep `interval_seconds` once rows "
    "were taken in: rows of another length do not replace them."
)
_FIELD = (
    "Where the value of a contract's column comes from. `id: nomor` is short for `id: {column: nomor}`. "
    "One of `column`, `template` and `constant` is needed. `observed_at` may be such an entry too."
)
SECTIONS: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("The mapping", Mapping, "Entries at the top of the file."),
    ("`format`", FileFormat, "How the file is written. What is left out is found by looking at the file."),
    ("`format.limits`", Limits, _LIMITS),
    ("`format.access_log`", AccessLog, _ACCESS_LOG),
    ("`region`", RegionMapping, _REGION),
    ("An entry of `fields`", ValueMapping, _FIELD),
)

_INTRODUCTION = """# Mapping

Generated from the code by `make docs`. A mapping is a YAML file that says how a source's records become
records of a contract. [How to import your files](../howto/import-your-files.md) explains one line by
line. An entry that is not listed here is an error that names it.
"""


def reference() -> str:
    """Text of the page: a table for each part of a mapping."""
    return "\n".join([_INTRODUCTION, *(part for one in SECTIONS for part in section(*one))])


def section(title: str, model: type[BaseModel], text: str) -> Iterator[str]:
    """Lines of a section: a table of the entries of a model."""
    yield f"## {title}\n\n{text}\n\n| entry | meaning | left out |\n| --- | --- | --- |"
    for name, field in model.model_fields.items():
        words = ", ".join(f"`{word}`" for word in get_args(field.annotation) if isinstance(word, str))
        meaning = (field.description or words).replace("|", "\\|")
        yield f"| `{name}` | {meaning} | {_default(field)} |"
    yield ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**must be given**"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "see below"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None or value in ("", (), {}):
        return "none"
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"
