"""The payload of a rejected record: the source's own record as JSON, for people and for a replay."""

from __future__ import annotations

import polars as pl

from checks.masking import mask

_EMPTY = "{}"


def payloads(raw: pl.DataFrame, rows: pl.Series, key: bytes) -> pl.Series:
    """JSON text of the raw record of each row number, in that order, personal data masked; "{}" if none.

    Values are texts or null, as the source wrote them. Where several raw records became one, as
    the lines of an event log do, the text is a list of them. Only the rows asked for are encoded.
    """
    if rows.is_empty():
        return pl.Series("payload", [], dtype=pl.String)
    picked = raw.filter(pl.col("_row").is_in(rows.implode()))
    texts = picked.select("_row").with_columns(_encoded(picked.drop("_row"), key))
    if texts["_row"].equals(rows):
        return texts["payload"]
    if texts["_row"].n_unique() != texts.height:
        texts = texts.group_by("_row", maintain_order=True).agg(
            pl.when(pl.len() > 1)
            .then(pl.format("[{}]", pl.col("payload").str.join(",")))
            .otherwise(pl.col("payload").first())
            .alias("payload")
        )
    return (
        rows.alias("_row")
        .to_frame()
        .join(texts, on="_row", how="left", maintain_order="left")["payload"]
        .fill_null(_EMPTY)
    )


def _encoded(records: pl.DataFrame, key: bytes) -> pl.Series:
    if not records.width:
        return pl.Series("payload", [_EMPTY] * records.height, dtype=pl.String)
    texts = records.select(_text(name, kind) for name, kind in records.schema.items())
    masked = mask(texts, dict.fromkeys(texts.columns, key))
    return masked.select(pl.struct(pl.all()).struct.json_encode().alias("payload")).to_series()


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return a column as text: typed sources give numbers and lists, in which people's data may be too."""
    column = pl.col(name)
    if kind == pl.String:
        return column
    if kind.is_nested():
        return pl.when(column.is_not_null()).then(pl.struct(column).struct.json_encode()).alias(name)
    if kind == pl.Binary:
        return column.bin.encode("hex")
    return column.cast(pl.String)
