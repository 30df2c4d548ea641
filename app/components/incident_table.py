"""Incidents as rows: where and what, how grave, which days, since when, who looks after it; parts below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.components.grid import grid, grid_row, plain
from app.components.incident_words import incident_days, incident_link, size, state_badge, where
from app.components.marks import mark_badge
from app.components.markup import text
from app.components.sentences import place_name
from app.reading.incidents import Case
from app.reading.observation import Mark
from app.text import Language
from app.text.monitors import check_name
from metrics.observation import Incident, State
from metrics.regions import Registry

HEADS = (
    "incidents.head_what",
    "quality.head_mark",
    "fresh.dataset",
    "incidents.head_days",
    "incidents.head_opened",
    "incidents.head_state",
)


def incident_table(
    cases: Sequence[Case], registry: Registry, t: Language, zone: str, query: Mapping[str, str | None]
) -> str:
    """Return the table; each place leads to the page of its incident and keeps what else was chosen."""
    return grid([t(key) for key in HEADS], (_rows(case, registry, t, zone, query) for case in cases))


def part_list(
    parts: Iterable[Incident], registry: Registry, t: Language, query: Mapping[str, str | None]
) -> str:
    """Return parts of an incident by region, each check leading to its own incident; what is over says so."""
    by_place: dict[str, list[str]] = {}
    for part in parts:
        by_place.setdefault(part.place, []).append(_part(part, t, query))
    items = "".join(
        f"<li>{text(place_name(place, registry, t))}<small>{', '.join(links)}</small></li>"
        for place, links in sorted(by_place.items())
    )
    return f'<ul class="pm-directory">{items}</ul>'


def causes_words(incident: Incident, t: Language) -> str:
    """Return the check of an incident, the root cause, and those that follow from it."""
    name = check_name(incident.check, t.code)
    others = [check_name(check, t.code) for check in incident.causes if check != incident.check]
    return f"{name}, {t('incidents.with', checks=', '.join(others))}" if others else name


def assignee_words(incident: Incident, t: Language) -> str:
    """Return who looks after an incident, or that nobody does yet; "" of one that is over."""
    if incident.assignee:
        return t("incidents.assigned", who=incident.assignee)
    return t("incidents.nobody") if incident.state is State.OPEN else ""


def _rows(case: Case, registry: Registry, t: Language, zone: str, query: Mapping[str, str | None]) -> str:
    incident = case.incident
    place = incident_link(where(incident, registry, t), incident, t, **query)
    about = " · ".join(part for part in (causes_words(incident, t), size(case, t)) if part)
    cells = plain(
        mark_badge(Mark(incident.severity), t),
        text(t.word("dataset", incident.dataset)),
        text(incident_days(incident, t)),
        text(t.instant(incident.opened, zone)),
        f"{state_badge(incident, t)}<small>{text(assignee_words(incident, t))}</small>",
    )
    row = grid_row(f"{place}<small>{text(about)}</small>", cells, [t(key) for key in HEADS])
    return row + (_inside(case, registry, t, query) if case.parts else "")


def _inside(case: Case, registry: Registry, t: Language, query: Mapping[str, str | None]) -> str:
    words = t("incidents.inside", n=t.number(len(case.parts)), present=t.number(case.present_parts))
    return (
        f'<tr class="pm-inside"><td colspan="{len(HEADS)}"><details><summary>{text(words)}</summary>'
        f"{part_list(case.parts, registry, t, query)}</details></td></tr>"
    )


def _part(part: Incident, t: Language, query: Mapping[str, str | None]) -> str:
    name = incident_link(check_name(part.check, t.code), part, t, **query)
    return name if part.present else f"{name} ({text(t(f'quality.state.{part.state}'))})"
