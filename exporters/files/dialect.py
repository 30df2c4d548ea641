"""How a CSV file is written: the character between its fields, and its header."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from exporters.errors import SourceTooLarge
from exporters.files.format import RESERVED, Limits

DELIMITERS = ",;\t|:^~\x1f"
_SAMPLE_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Dialect:
    """Delimiter and quote, one byte each. ``quote`` is empty where quotes mean nothing."""

    delimiter: bytes
    quote: bytes

    def records(self, lines: Iterable[str]) -> Iterable[list[str]]:
        """Fields of records, read strictly: a quoted field that goes on after its quote is an error."""
        if self.quote:
            return csv.reader(
                lines, delimiter=self.delimiter.decode(), quotechar=self.quote.decode(), strict=True
            )
        return csv.reader(lines, delimiter=self.delimiter.decode(), quoting=csv.QUOTE_NONE, strict=True)


def delimiter_of(sample: str, quote: str) -> str:
    """Return the delimiter under which the header and most records have the same number of fields, above one.

    ``sample``: whole lines from the header on. Where several do, the one with the most fields;
    where none does, the comma.
    """
    best, best_score = ",", (0.0, 1)
    for candidate in DELIMITERS:
        counts = _field_counts(sample, Dialect(candidate.encode(), quote.encode()))
        if not counts or counts[0] == 1:
            continue
        agreeing = sum(n == counts[0] for n in counts) / len(counts)
        score = (round(agreeing, 1), counts[0])
        if agreeing > 1 / 2 and score > best_score:
            best, best_score = candidate, score
    return best


def _field_counts(sample: str, dialect: Dialect) -> list[int]:
    counts = []
    try:
        for record in dialect.records(io.StringIO(sample, newline="")):
            if record:
                counts.append(len(record))
            if len(counts) == _SAMPLE_RECORDS:
                break
    except csv.Error:
        pass  # the sample may end inside a quoted field, and a wrong delimiter breaks quoting
    return counts


def column_names(found: list[str], name: str, limits: Limits) -> list[str]:
    """Names of columns: trimmed, ``column_3`` where blank, ``date__2`` for the second ``date``.

    Raises ``SourceTooLarge`` for more columns than the limit.
    """
    if len(found) > limits.max_columns:
        raise SourceTooLarge(
            f"{name} has {len(found):,} columns, more than {limits.max_columns:,}. Is it the right file, "
            "and its delimiter? If so, keep the columns that are needed, or raise format.limits.max_columns."
        )
    seen: Counter[str] = Counter(RESERVED)
    names = []
    for position, text in enumerate(found, start=1):
        plain = text.strip().removeprefix("\ufeff") or f"column_{position}"
        seen[plain] += 1
        names.append(plain if seen[plain] == 1 else f"{plain}__{seen[plain]}")
    return names
