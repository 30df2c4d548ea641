"""About the data and the method: how to read it, what each figure means, and who says otherwise."""

from __future__ import annotations

from importlib import metadata

import streamlit as st

from app import data, shell
from app.components import frames, sentences
from app.text import Language
from metrics.catalogue import CATALOGUE
from metrics.ranking.method import METHODS, Method

DISTRIBUTION = "pantau-mpp"
READING = ("range", "moves", "missing", "compare", "flags", "percentiles", "scores")


def page(t: Language, facts: data.Facts) -> None:
    """Lay out the page."""
    shell.heading(t, facts, t("about.title"))
    st.markdown(t("about.lead"))
    st.subheader(t("about.reading"), anchor=False)
    st.markdown("\n".join(f"- {t(f'about.reading.{name}')}" for name in READING))
    _contradictions(t, facts)
    _catalogue(t)
    _method(t, facts)
    _versions(t, facts)


def _contradictions(t: Language, facts: data.Facts) -> None:
    if not facts.figures:
        return
    conflicts = [figure for figure in facts.figures if figure.contradiction]
    blanks = [figure for figure in facts.figures if figure.value is None]
    st.subheader(t("about.published"), anchor=False)
    counts = {"n": len(facts.figures), "conflicts": len(conflicts), "blanks": len(blanks)}
    st.markdown(t("about.published_body", **{key: t.number(n) for key, n in counts.items()}))
    rows = [sentences.figure_row(figure, t) for figure in conflicts]
    frames.under(t, rows, key="table-conflicts", title=t("about.conflicts", n=t.number(len(conflicts))))
    rows = [sentences.figure_row(figure, t) for figure in facts.figures]
    frames.under(t, rows, key="table-figures", title=t("about.figures", n=t.number(len(facts.figures))))


def _catalogue(t: Language) -> None:
    st.subheader(t("about.catalogue"), anchor=False)
    st.caption(t("about.catalogue_body", n=t.number(len(CATALOGUE))))
    for indicator in CATALOGUE.values():
        with st.expander(sentences.indicator_name(indicator.id, t), key=f"indicator-{indicator.id}"):
            st.markdown(sentences.definition(indicator, t))
            st.caption(sentences.indicator_line(indicator, t))


def _method(t: Language, facts: data.Facts) -> None:
    st.subheader(t("about.method"), anchor=False)
    if facts.ranking is None:
        st.caption(t("about.no_ranking"))
        return
    st.caption(sentences.method_line(facts.ranking, t, facts.timezone))
    for path in METHODS.values():
        method = Method.load(path)
        if (method.id, method.version) == (facts.ranking.method, facts.ranking.method_version):
            with st.expander(t("about.method_file"), key="method"):
                st.code(path.read_text(encoding="utf-8"), language="yaml", wrap_lines=True)
            return
    st.caption(t("about.method_elsewhere"))


def _versions(t: Language, facts: data.Facts) -> None:
    st.subheader(t("about.versions"), anchor=False)
    ranking = facts.ranking
    archive = sorted(ranking.archive_versions.items()) if ranking else []
    lines = [
        t("about.version", version=metadata.version(DISTRIBUTION) if _installed() else t("about.source")),
        t(
            "about.registry",
            name=facts.registry.name,
            n=t.number(len(facts.registry.regions)),
            digest=facts.registry.digest[:12],
        ),
        *(t("about.archive", dataset=t.word("dataset", name), version=n) for name, n in archive),
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.caption(t("about.simulated" if facts.simulated else "about.real"))


def _installed() -> bool:
    return any(found.name == DISTRIBUTION for found in metadata.distributions(name=DISTRIBUTION))


page(shell.chosen(), data.facts())
