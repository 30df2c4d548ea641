"""The table of pages. ``streamlit run app/main.py`` with PANTAU_HOME or PANTAU_STORE_URL set."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app import shell
from app.components import states
from app.data import facts
from app.text import Language
from metrics.errors import StoreError

VIEWS = Path(__file__).parent / "views"

PAGES: dict[str, str] = {
    "national": "",
    "region": "wilayah",
    "quality": "kualitas-data",
    "incidents": "insiden",
    "checks": "pemeriksaan",
    "sources": "sumber",
    "about": "tentang",
}
"""Page by its module in ``app/views`` with its address; the one without an address comes first."""


def main() -> None:
    """Lay out the frame and run the page that the address names."""
    t = shell.chosen()
    st.set_page_config(page_title=t("brand"), layout="wide", initial_sidebar_state="collapsed")
    pages = [
        st.Page(VIEWS / f"{name}.py", title=t(f"page.{name}"), url_path=path or None, default=not path)
        for name, path in PAGES.items()
    ]
    page = st.navigation(pages, position="hidden")
    shell.masthead(t, pages)
    try:
        shell.notes(t, facts())
    except StoreError as error:
        _no_store(t, error)
    else:
        page.run()


def _no_store(t: Language, error: StoreError) -> None:
    """Lay out the page of an installation whose store is missing, outdated or unreachable."""
    st.html(states.heading(t("no_store.title")))
    st.html(states.empty(t("no_store.lead"), t("no_store.body"), str(error)))


if __name__ == "__main__":
    main()
