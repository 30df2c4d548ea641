"""Tables of data under charts: figures already written in this language, one click from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl
import streamlit as st

from app.text import Language

SHORT = 12
"""Tables up to this many rows are laid out whole; longer ones scroll in their own box."""


def table(rows: Sequence[Mapping[str, object]], *, alt: str) -> None:
    """Lay out rows as a table; the keys of the first row are the headings."""
    frame = pl.DataFrame([{key: str(value) for key, value in row.items()} for row in rows])
    height: Literal["content"] | int = "content" if len(rows) <= SHORT else 420
    st.dataframe(frame.to_pandas(), hide_index=True, width="stretch", height=height, alt=alt)


def under(t: Language, rows: Sequence[Mapping[str, object]], *, key: str, title: str = "") -> None:
    """Lay out the table that belongs to a chart, folded away below it."""
    label = title or t("table.under", n=t.number(len(rows)))
    with st.expander(label, key=key):
        if rows:
            table(rows, alt=label)
        else:
            st.caption(t("table.empty"))
