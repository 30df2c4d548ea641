"""Sheets: records of one file, typed as the simulator makes them, and as the file's text."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from simulator.flavours import REGION_ZONE, Flavour

HIDDEN = ("region", "zone")


@dataclass(frozen=True)
class Sheet:
    """Records of one file in a flavour: ``frame`` is typed and has the contract's column names.

    ``planted``: further rows, already as the file's text. ``lines``: raw lines that are no
    records. Both stand in the middle of the file.
    """

    flavour: Flavour
    frame: pl.DataFrame
    planted: tuple[pl.DataFrame, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        """Records in the file, planted ones and malformed lines included."""
        return len(self.frame) + sum(len(rows) for rows in self.planted) + len(self.lines)

    def write(self, folder: Path) -> Path:
        """Write the file into a folder."""
        middle = len(self.frame) // 2
        path = folder / self.flavour.file
        with path.open("wb") as file:
            file.write(text_of(written(self.frame[:middle], self.flavour), self.flavour, header=True))
            for rows in self.planted:
                file.write(text_of(rows, self.flavour))
            file.writelines(f"{line}\n".encode() for line in self.lines)
            file.write(text_of(written(self.frame[middle:], self.flavour), self.flavour))
        return path


def written(frame: pl.DataFrame, flavour: Flavour) -> pl.DataFrame:
    """Records as the columns of the file: dates and words as text, numbers as they are."""
    columns = [
        _cell(pl.col(name), frame.schema[name], flavour, frame["zone"].unique().sort().to_list(), name).alias(
            title
        )
        for name, title in flavour.columns.items()
    ]
    title, word = flavour.mark
    return frame.select(*columns, pl.lit(word).alias(title))


def text_of(rows: pl.DataFrame, flavour: Flavour, *, header: bool = False) -> bytes:
    """Rows as bytes of the file."""
    buffer = io.BytesIO()
    if flavour.suffix == "jsonl":
        rows.write_ndjson(buffer)
    else:
        rows.write_csv(
            buffer,
            include_header=header,
            separator=flavour.separator,
            decimal_comma=flavour.decimal_comma,
        )
    return buffer.getvalue()


def _cell(value: pl.Expr, kind: pl.DataType, flavour: Flavour, zones: list[str], name: str) -> pl.Expr:
    if isinstance(kind, pl.Datetime):
        return _instant(value, flavour, zones)
    if kind == pl.Date:
        return value.cast(pl.String)
    if isinstance(kind, pl.List):
        return pl.format("[{}]", value.cast(pl.List(pl.String)).list.join(","))
    if kind == pl.Boolean:
        value = value.cast(pl.String)
    words = flavour.words.get(name)
    return value.replace(words) if words else value


def _instant(value: pl.Expr, flavour: Flavour, zones: list[str]) -> pl.Expr:
    """Text of an instant on the flavour's clock, which may be that of the record's region."""
    if flavour.zone != REGION_ZONE:
        return value.dt.convert_time_zone(flavour.zone).dt.strftime(flavour.dates)
    text = pl.lit(None, dtype=pl.String)
    for zone in zones:
        local = value.dt.convert_time_zone(zone).dt.strftime(flavour.dates)
        text = pl.when(pl.col("zone") == zone).then(local).otherwise(text)
    return text
