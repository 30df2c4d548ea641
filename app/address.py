"""What a reader chose, kept in the page's address by its code, so that the address can be shared.

The address is what counts: a widget shows what the address holds, and writes there what is chosen.
Streamlit's own binding of a widget to the address is not used, because it keeps the words that
are shown ("English", a name of an indicator) and not the code, so that a link would depend on
the language, and codes in links would be thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import streamlit as st
from streamlit.elements.lib.layout_utils import WidthWithoutContent


def held(key: str, options: Collection[str], default: str | None = None) -> str | None:
    """Return what the address holds of a choice; the default where it is none of the options."""
    value = st.query_params.get(key)
    return value if value in options else default


def follow(key: str, options: Collection[str], default: str | None = None) -> None:
    """Set the widget of a choice to what the address holds.

    At every run: a widget whose options have changed is a new one to Streamlit, without a value.
    """
    st.session_state[key] = held(key, options, default)


def write(key: str, default: object = None) -> None:
    """Write what was chosen into the address; the default is left out."""
    chosen = st.session_state[key]
    if chosen is not None and chosen != default:
        st.query_params[key] = str(chosen)
    elif key in st.query_params:
        del st.query_params[key]


def select(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    default: str,
    words: Callable[[str], str],
    width: WidthWithoutContent = "stretch",
) -> str:
    """Lay out a choice that always has a value, and return its code."""
    follow(key, options, default)
    chosen = st.selectbox(
        label,
        options,
        format_func=words,
        key=key,
        on_change=write,
        args=(key, default),
        filter_mode="contains",
        width=width,
    )
    return chosen or default


def search(
    label: str,
    options: Sequence[str],
    *,
    key: str,
    words: Callable[[str], str],
    placeholder: str,
    width: WidthWithoutContent = "stretch",
) -> str | None:
    """Lay out a choice that can be left open, and return its code; ``None`` while it is open."""
    follow(key, options)
    return st.selectbox(
        label,
        options,
        index=None,
        format_func=words,
        placeholder=placeholder,
        key=key,
        on_change=write,
        args=(key,),
        filter_mode="contains",
        width=width,
    )


def part(rows: int, size: int, *, key: str) -> slice:
    """Return the rows of a list that are shown; of more than ``size``, lay out the numbers of its parts."""
    number = _numbered(-(-rows // size), key) if rows > size else 1
    return slice((number - 1) * size, number * size)


def _numbered(parts: int, key: str) -> int:
    st.session_state[key] = int(held(key, [str(number) for number in range(1, parts + 1)], "1") or 1)
    return st.pagination(parts, key=key, on_change=write, args=(key, 1))
