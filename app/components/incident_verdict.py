"""How it stands with the incidents: the answer of their page."""

from __future__ import annotations

from collections.abc import Sequence

from app.components import states
from app.components.incident_words import incident_days, incident_link, size, title
from app.components.marks import days_text, mark_badge
from app.components.markup import text
from app.components.quality_verdict import CHECK_COMMAND
from app.reading import incidents as reading
from app.reading.incidents import Answer, Case
from app.reading.observation import Mark
from app.text import Language
from metrics.observation import Watch
from metrics.regions import Registry

NAMED = 3
"""Incidents that are named, the gravest."""


def incident_verdict(
    cases: Sequence[Case], watch: Watch | None, registry: Registry, t: Language, zone: str
) -> str:
    """Return the answer in plain words. ``cases``: all, the most urgent first."""
    if watch is None and not cases:
        return states.empty(t("quality.lead_unwatched"), t("quality.lead_unwatched_body"), CHECK_COMMAND)
    found = reading.answer(cases)
    facts = [f"<li>{text(fact)}</li>" for fact in _facts(found, t, zone)]
    named = [_named(case, registry, t) for case in cases[:NAMED] if case.incident.present]
    gravest = f"<h3>{text(t('incidents.gravest'))}</h3>{_list(named)}" if named else ""
    watched = ""
    if watch is not None:
        days = days_text((watch.first, watch.last), t)
        watched = t("quality.watched", day=t.instant(watch.started, zone), days=days)
    return (
        f'<section class="pm-card"><p class="pm-lead">{text(_lead(found, t))}</p>{_list(facts)}{gravest}'
        f'<p class="pm-soft">{text(watched)}</p><p class="pm-soft">{text(t("incidents.what"))}</p></section>'
    )


def _lead(found: Answer, t: Language) -> str:
    if not found.present:
        return t("incidents.lead_none")
    fields = {"n": t.number(found.present), "regions": t.number(found.regions)}
    if not found.wide:
        return t("incidents.lead", **fields)
    return t("incidents.lead_wide", **fields, wide=t.number(found.wide))


def _facts(found: Answer, t: Language, zone: str) -> list[str]:
    if found.since is None:
        return []
    untaken = t("incidents.untaken", n=t.number(found.untaken)) if found.untaken else t("incidents.taken")
    since = t("incidents.since", day=t.instant(found.since, zone))
    return [t("incidents.grave", n=t.number(found.critical)), since, untaken]


def _named(case: Case, registry: Registry, t: Language) -> str:
    incident = case.incident
    about = [t.word("dataset", incident.dataset), size(case, t), incident_days(incident, t)]
    link = incident_link(title(incident, registry, t), incident, t)
    return (
        f"<li>{mark_badge(Mark(incident.severity), t)} {link}"
        f"<br>{text(' · '.join(part for part in about if part))}</li>"
    )


def _list(items: Sequence[str]) -> str:
    return f'<ul class="pm-facts">{"".join(items)}</ul>' if items else ""
