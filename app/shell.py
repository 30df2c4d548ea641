"""What every page has around it: language, name, links, the notes on simulated and on old data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app import address
from app.components import states
from app.components.markup import style, text
from app.data import Facts
from app.text import LANGUAGES, Language, language

LANGUAGE_KEY = "lang"
DEFAULT = next(iter(LANGUAGES))


def chosen() -> Language:
    """Return the language of this page view: the address's, else the first of the table."""
    return language(address.held(LANGUAGE_KEY, LANGUAGES))


def masthead(t: Language, pages: Sequence[StreamlitPage]) -> None:
    """Lay out the name, the links to the pages and the language switch; set the page's language."""
    st.html(style())
    # The value is a code of our own table: no text from outside reaches the script.
    st.html(
        f"<script>document.documentElement.lang = {t.code!r}</script>",
        unsafe_allow_javascript=True,
    )
    with st.container(key="masthead", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<div class="pm-brand"><i></i>{text(t("brand"))}</div>', width="content")
        for page in pages:
            st.page_link(page, query_params={LANGUAGE_KEY: t.code} if t.code != DEFAULT else None)
        address.follow(LANGUAGE_KEY, LANGUAGES, DEFAULT)
        st.segmented_control(
            t("language"),
            list(LANGUAGES),
            required=True,
            format_func=lambda code: LANGUAGES[code].name,
            key=LANGUAGE_KEY,
            on_change=address.write,
            args=(LANGUAGE_KEY, DEFAULT),
            label_visibility="collapsed",
        )


def notes(t: Language, facts: Facts) -> None:
    """Lay out the banner of simulated data and the note on data that have grown old."""
    if facts.simulated:
        st.html(states.simulated(t))
    if facts.as_of is None:
        return
    days = (datetime.now(tz=UTC) - facts.as_of).days
    if days > states.STALE_DAYS:
        body = t("stale.body", days=t.number(days), day=t.instant(facts.as_of, facts.timezone))
        st.html(states.notice(t("stale.lead"), body))


def heading(t: Language, facts: Facts, title: str, *more: str) -> None:
    """Lay out the page's heading, and under it the time of the data."""
    day = t.instant(facts.as_of, facts.timezone)
    as_of = t("as_of", day=day) if facts.as_of else t("as_of.none")
    st.html(states.heading(title, " · ".join([as_of, *more])))
