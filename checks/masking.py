"""Personal data: found and made unreadable before a record leaves the gate.

Finding is vectorised (Rust's regular expressions, about 60 ns a cell); rewriting costs a few
microseconds a cell, and is done only to cells in which something was found.

What counts: sixteen digits in a row as a NIK or a family card has them, also in groups with
spaces, dots or dashes between; Indonesian telephone numbers (mobile, or with the country code, or
with an area code in brackets); e-mail addresses; names after a form of address that is used for
persons only ("a.n. Siti Aminah", "Sdr. Budi"). "Ibu" and "Nama" are no such sign ("Ibu Kota", "Kesehatan
Ibu dan Anak"), and a name without any sign is not found. A longer run of digits is no NIK: a time
stamp to the millisecond has seventeen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

import polars as pl

_NIK = r"\d{2}(?:[ -]{0,2}\d{2}){5}[ -]{0,2}\d{4}"
_NIK_DOTTED = (  # a dot must part at least three groups: 12.34567890123456 is a number
    r"\d{2}\.\d{2}\.\d{2}(?:[ .-]\d{6}[ .-]|\.(?:\d{2}\.){3})\d{4}"
    r"|\d{4}[ .-]\d{4}[ .-]\d{4}[ .-]\d{4}"
    r"|\d{6}[ .-]\d{6}[ .-]\d{4}"
    r"|\d{6}[ .-](?:\d{2}[ .-]){3}\d{4}"
)
_MOBILE = r"(?:\+?62[ .-]{0,3}\(?0?|0)8\d{1,2}\)?[ .-]{0,3}\d{3,4}[ .-]{0,3}\d{3,5}"
_LANDLINE = (
    r"(?:\+62[ .-]{0,3}\(?0?[2-79]\d{1,2}\)?|\(0[2-79]\d{1,2}\))[ .-]{0,3}\d{3,4}[ .-]?\d{3,4}"
    r"|0[2-79]\d{1,2}-\d{6,8}"
)
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"

_ADDRESSED = (
    r"(?:[Aa]\.[Nn]\.?|[Aa]tas [Nn]ama|ATAS NAMA|[Ss]dri?\.?|SDRI?\.?|[Bb]pk\.?|BPK\.?|Bapak|BAPAK) {1,2}"
)
_WORD = r"(?:[A-Z][a-z'\u2019]+\.?|[A-Z]{3,}\.?|[A-Z]\.)"
_NAME = rf"\b(?:{_ADDRESSED}){{1,3}}{_WORD}(?: {_WORD}){{0,3}}"
NAMES = _NAME.replace(r"\b", r"(?-u:\b)")
"""For Rust: forms of address and up to four words with capitals; abbreviations (PT, CV) are no names."""

_FOUND = rf"(?:^|\D)(?:{_NIK}|{_NIK_DOTTED}|{_MOBILE}|{_LANDLINE})(?:\D|$)|{_EMAIL}|{NAMES}".replace(
    r"\d", "[0-9]"
).replace(r"\D", "[^0-9]")
"""``_PERSONAL`` for Rust, which has no look-around; whether there is a match is the same."""

_NUMBERS = rf"(?<!\d)(?P<nik>{_NIK}|{_NIK_DOTTED})(?!\d)|(?<!\d)(?P<phone>{_MOBILE}|{_LANDLINE})(?!\d)"
_PERSONAL = re.compile(rf"{_NUMBERS}|(?P<email>{_EMAIL})|(?P<name>{_NAME})", re.ASCII)
_WITHOUT_EMAIL = re.compile(rf"{_NUMBERS}|(?P<name>{_NAME})", re.ASCII)
"""The same for a text without "@", in half the time: an address could begin at every letter."""
_NOT_DIGITS = re.compile(r"\D")
_SAMPLE = 1_000
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def personal(column: str) -> pl.Expr:
    """Whether a text holds personal data that ``mask`` would replace. False for null."""
    return pl.col(column).str.contains(_FOUND).fill_null(value=False)


def mask(frame: pl.DataFrame, keys: Mapping[str, bytes | None]) -> pl.DataFrame:
    """Return the same frame with personal data replaced in the text columns named; null stays null.

    Without a key by its kind alone, "[nik]". With one by its kind and a keyed digest,
    "[nik:hkadjpfb...]": the same number gives the same text again, so two people stay two, and
    nobody without the key can try all the numbers until one fits. Masking twice changes nothing.
    """
    return frame.with_columns(masked_columns(frame, keys))


def masked_columns(frame: pl.DataFrame, keys: Mapping[str, bytes | None]) -> list[pl.Series]:
    """Give those of the text columns named that hold personal data, masked as ``mask`` does."""
    found = frame.lazy().select(_searched(frame[name]).alias(name) for name in keys).collect()
    return [_rewritten(frame[name], found[name], key) for name, key in keys.items() if found[name].any()]


def mask_text(text: str, key: bytes | None = None) -> str:
    """Mask one text: see ``mask``."""
    return _masked(text, _rewriter(key))


def _searched(texts: pl.Series) -> pl.Expr:
    """Give what ``personal`` gives for this column, where few texts come often: by searching each once."""
    sample = texts.gather_every(max(1, texts.len() // _SAMPLE))
    if sample.n_unique() * 2 > sample.len():
        return personal(texts.name)
    distinct = texts.unique()
    hits = distinct.filter(distinct.to_frame().select(personal(texts.name)).to_series())
    if hits.is_empty():
        return pl.lit(value=False).alias(texts.name)
    return pl.col(texts.name).is_in(hits.implode()).fill_null(value=False)


def _rewritten(texts: pl.Series, found: pl.Series, key: bytes | None) -> pl.Series:
    rewrite = _rewriter(key)
    known: dict[str, str] = {}
    written = [
        known[text] if text in known else known.setdefault(text, _masked(text, rewrite))
        for text in texts.filter(found)
    ]
    return texts.clone().scatter(found.arg_true(), written)


def _masked(text: str, rewrite: Callable[[re.Match[str]], str]) -> str:
    return (_PERSONAL if "@" in text else _WITHOUT_EMAIL).sub(rewrite, text)


def _rewriter(key: bytes | None) -> Callable[[re.Match[str]], str]:
    if key is None:
        return lambda match: f"[{match.lastgroup}]"
    secret = hashlib.sha256(key).digest()

    def rewrite(match: re.Match[str]) -> str:
        kind = str(match.lastgroup)
        digest = hashlib.blake2b(_canonical(kind, match.group()).encode(), key=secret, digest_size=8)
        return f"[{kind}:{digest.hexdigest().translate(_LETTERS)}]"

    return rewrite


def _canonical(kind: str, found: str) -> str:
    """One spelling for one number or address: +62 812-3456-7890 is 081234567890."""
    if kind in {"email", "name"}:
        return found.lower()
    digits = _NOT_DIGITS.sub("", found)
    return "0" + digits.removeprefix("62").removeprefix("0") if kind == "phone" else digits
