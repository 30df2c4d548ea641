"""Choices that several pages lay out alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streamlit.elements.lib.layout_utils import WidthWithoutContent

from app import address
from app.text import Language
from metrics.model import Province


def province(
    t: Language,
    provinces: Mapping[str, Province],
    codes: Sequence[str] | None = None,
    *,
    width: WidthWithoutContent = "stretch",
) -> str | None:
    """Lay out the choice of a province, of all or of some, and return its code; ``None`` while it is open."""
    return address.search(
        t("choose.province"),
        list(provinces) if codes is None else codes,
        key="province",
        words=lambda code: f"{provinces[code].name} · {code}",
        placeholder=t("choose.all_provinces"),
        width=width,
    )
