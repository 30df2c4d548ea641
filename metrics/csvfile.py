"""Small CSV files of facts (registry, tiles, rollout): rows whose fields are read strictly.

Every error is a ``RegistryError`` that names the file, the row (1 = the first under the
header), the field, the value and the remedy.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from metrics.errors import RegistryError

DELIMITERS = ",;\t"
LOOKALIKE = 0.87
"""From this similarity on, an unknown column is taken for a misspelt known one."""
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a CSV file: its number (1 = the first under the header) and its fields."""

    source: str
    number: int
    fields: dict[str, str]

    def error(self, field: str, problem: str, remedy: str) -> RegistryError:
        """Error that names this row, the field, its value, what is wrong and what to do."""
        value = self.fields.get(field, "")
        return RegistryError(
            f"{self.source}, row {self.number}, field {field!r}, value {value!r}: {problem}. {remedy}."
        )

    def text(self, field: str) -> str:
        """Text without outer blanks; ``""`` where the field is blank or absent."""
        return self.fields.get(field, "")

    def required(self, field: str) -> str:
        """Text that must not be blank."""
        value = self.text(field)
        if not value:
            raise self.error(field, "it is blank", f"Fill in {field!r}: every row needs it")
        return value

    def number_between(self, field: str, low: float, high: float) -> float | None:
        """Return the number within ``low`` and ``high``, ``None`` where it is blank."""
        value = self.text(field)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self.error(field, "not a number", "Write digits with a decimal point, or leave it blank")
        if not low <= number <= high:
            remedy = "Correct it (are latitude and longitude swapped?) or leave it blank"
            raise self.error(field, f"out of range {low:g} to {high:g}", remedy)
        return number

    def count(self, field: str) -> int | None:
        """Whole number from zero up, ``None`` where it is blank."""
        value = self.text(field)
        if not value:
            return None
        if not (value.isascii() and value.isdecimal()):
            remedy = "Write digits alone, without separators of thousands, or leave it blank"
            raise self.error(field, "not a whole number", remedy)
        return int(value)

    def flag(self, field: str) -> bool:
        """Return the truth of ``true`` or ``false``."""
        value = self.text(field).casefold()
        if value not in BOOLEANS:
            raise self.error(field, "neither true nor false", "Write true or false")
        return BOOLEANS[value]


def read_rows(
    path: Path,
    *,
    required: Sequence[str],
    optional: Collection[str] = (),
    aliases: dict[str, str] | None = None,
) -> list[Row]:
    """Rows of a UTF-8 CSV file (comma, semicolon or tab), fields stripped, column names as asked.

    ``aliases`` maps other names of columns to ours. Columns that nobody asked for are left
    out, but one that looks like a misspelt optional column is an error.
    """
    text = _text(path)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    # strict: a stray quote is an error, never a shift of the fields
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        header = _header(next(reader), path, required, optional, aliases or {})
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            row = Row(path.name, len(rows) + 1, {})
            if len(values) != len(header):
                problem = f"{len(values)} fields under a header of {len(header)}"
                raise RegistryError(
                    f"{path.name}, row {row.number}: {problem}. Quote fields that hold {delimiter!r}."
                )
            row.fields.update(
                {name: value.strip() for name, value in zip(header, values, strict=True) if name}
            )
            rows.append(row)
    except csv.Error as error:
        raise RegistryError(
            f"{path.name}, row {len(rows) + 1}: not CSV ({error}). Save it as CSV again."
        ) from error
    if not rows:
        raise RegistryError(f"{path.name} holds a header and no rows. Add at least one row under the header.")
    return rows


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegistryError(
            f"{path.name} is not UTF-8 (byte {error.start}). Save it as CSV UTF-8."
        ) from error
    except OSError as error:
        raise RegistryError(
            f"{path} cannot be read: {error.strerror}. Give the path of a CSV file."
        ) from error
    if not text.strip():
        raise RegistryError(
            f"{path.name} is empty. Give a CSV file with a header and one row for each entry."
        )
    return text


def _header(
    found: list[str], path: Path, required: Sequence[str], optional: Collection[str], aliases: dict[str, str]
) -> list[str]:
    """Our names of the columns, ``""`` for those that nobody asked for."""
    stripped = [name.strip().casefold() for name in found]
    names = [aliases.get(name, name) if aliases.get(name) not in stripped else name for name in stripped]
    known = {*required, *optional}
    for name in sorted(known):
        if names.count(name) > 1:
            raise RegistryError(f"{path.name}: column {name!r} occurs twice. Remove or rename one of them.")
    for name in required:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = (
                f"Rename {close[0]!r} to {name!r}"
                if close
                else f"Add it (found: {', '.join(filter(None, names))})"
            )
            raise RegistryError(f"{path.name}: column {name!r} is missing. {hint}.")
    for name in set(names) - known:
        close = difflib.get_close_matches(name, sorted(known - set(names)), n=1, cutoff=LOOKALIKE)
        if close:
            raise RegistryError(
                f"{path.name}: column {name!r} is unknown. Did you mean {close[0]!r}? Rename it."
            )
    return [name if name in known else "" for name in names]
