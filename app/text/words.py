"""A text in both languages, for tables in which the two stand beside each other."""

from __future__ import annotations

Words = dict[str, str]
"""Text by language code."""


def words(indonesian: str, english: str) -> Words:
    """Return a text in both languages."""
    return {"id": indonesian, "en": english}
