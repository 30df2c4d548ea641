"""Texts to numbers, truth values, lists and words. Vectorised; what cannot be read is null."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars._typing import PolarsDataType

from exporters.mapping import plain

TRUTH = {"true": True, "false": False, "1": True, "0": False}
_GROUPS = r"^[+-]?\d{{1,3}}(?:{}\d{{3}})+(?:[.,]\d*)?$"
_WHOLE = 2.0**53


def read_number(text: pl.Series, decimal: str, thousands: str) -> pl.Series:
    """Numbers. A text with the other decimal mark is none: 1.234 is not 1234, nor 1,234 one and a bit.

    ``thousands``: a mark that may stand between groups of three digits, and nowhere else.
    """
    if thousands:
        grouped = text.str.contains(
            _GROUPS.format("\\" + thousands if not thousands.isspace() else thousands)
        )
        text = text.zip_with(
            ~grouped.fill_null(value=False), text.str.replace_all(thousands, "", literal=True)
        )
    if decimal == ",":
        has_point = text.str.contains(".", literal=True).fill_null(value=False)
        text = text.str.replace(",", ".", literal=True)
        text = text.zip_with(~has_point, pl.Series([None], dtype=pl.String).new_from_index(0, len(text)))
    number = text.cast(pl.Float64, strict=False)
    gap = number.is_null() & text.is_not_null()
    if gap.any():
        number = number.scatter(
            gap.arg_true(), text.filter(gap).str.strip_chars().cast(pl.Float64, strict=False)
        )
    return pl.select(pl.when(number.is_finite()).then(number)).to_series()


def read_integer(text: pl.Series, decimal: str, thousands: str, scale: float) -> pl.Series:
    """Whole numbers; a number with a fraction is none."""
    if scale == 1:
        plain_ones = text.cast(pl.Int64, strict=False)
        if plain_ones.null_count() == text.null_count():
            return plain_ones
    number = read_number(text, decimal, thousands) * scale
    whole = (number == number.round()) & (number.abs() <= _WHOLE)
    return pl.select(pl.when(whole).then(number).cast(pl.Int64)).to_series()


def read_words(text: pl.Series, words: Mapping[str, str | None], default: str | None) -> pl.Series:
    """Words by a table whose keys are plain (``plain``). ``default`` for those not in it."""
    distinct = text.drop_nulls().unique()
    meanings = [words.get(plain(word), default) for word in distinct]
    table = pl.DataFrame({"text": distinct, "word": meanings}, schema={"text": pl.String, "word": pl.String})
    if table.height == 1:
        return pl.select(pl.when(text.is_not_null()).then(pl.lit(meanings[0], pl.String))).to_series()
    return spread(text, table, "word")


def spread(text: pl.Series, table: pl.DataFrame, column: str) -> pl.Series:
    """Column of a table, by its column ``text``, for each text."""
    codes = text.cast(pl.Enum(table["text"])).to_physical()
    return (
        table[column].gather(codes)
        if table.height
        else pl.Series([None], dtype=table.schema[column]).new_from_index(0, len(text))
    )


def read_truth(text: pl.Series, words: Mapping[str, str | None], default: str | None) -> pl.Series:
    """Truth values: true, false, 1 and 0, or the words that mean true and false."""
    meant = read_words(text, words, default) if words else text
    distinct = meant.drop_nulls().unique()
    table = pl.DataFrame(
        {"text": distinct, "truth": [TRUTH.get(plain(word)) for word in distinct]},
        schema={"text": pl.String, "truth": pl.Boolean},
    )
    return spread(meant, table, "truth")


def read_list(text: pl.Series, inner: PolarsDataType, scale: float) -> pl.Series:
    """Lists of numbers: ``[0.1, 0.5, inf]`` or ``0.1;0.5;inf``; null if one item is no number."""
    items = (
        text.str.strip_chars("[] \t").str.replace_all(r'["\s]', "").str.replace_all(";", ",", literal=True)
    )
    items = items.str.to_lowercase().str.replace_all("infinity", "inf", literal=True)
    parts = pl.select(
        pl.when(items == "").then(pl.lit([], pl.List(pl.String))).otherwise(items.str.split(","))
    ).to_series()
    numbers = parts.list.eval(pl.element().cast(pl.Float64, strict=False) * scale)
    if inner.is_integer():
        whole = pl.element() == pl.element().round()
        numbers = numbers.list.eval(pl.when(whole).then(pl.element()).cast(inner, strict=False))
    spoilt = numbers.list.eval(pl.element().is_null()).list.any()
    return numbers.zip_with(
        ~spoilt.fill_null(value=True), pl.Series([None], dtype=pl.List(inner)).new_from_index(0, len(text))
    )
