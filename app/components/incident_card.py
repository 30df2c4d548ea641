"""One incident: what is wrong and where, what to do, who looks after it, and what has happened."""

from __future__ import annotations

from collections.abc import Sequence

from app.components.check_words import check_link, measure
from app.components.incident_words import (
    history_link,
    incident_days,
    incident_link,
    state_badge,
    title,
    where,
)
from app.components.marks import mark_badge
from app.components.markup import text
from app.components.quality_region import column_words
from app.reading.observation import Mark
from app.text import Language
from app.text.monitors import check_about, check_name, check_remedy
from metrics.observation import Act, Incident, IncidentAct
from metrics.regions import Registry

BY_ITSELF = "pantau"
"""Who did what nobody did by hand."""


def incident_card(
    incident: Incident, parent: Incident | None, registry: Registry, t: Language, zone: str
) -> str:
    """Return what is known of an incident, as it is shown; ``parent``: that it is part of."""
    facts = "".join(f"<li>{text(fact)}</li>" for fact in _facts(incident, registry, t, zone))
    simulated = f" · {text(t('simulated.word'))}" if incident.simulated else ""
    links = [history_link(incident, registry, t), check_link(t("incidents.the_check"), incident.check, t)]
    return (
        f'<section class="pm-card"><h2 class="pm-lead">{text(title(incident, registry, t))}</h2>'
        f"<p>{mark_badge(Mark(incident.severity), t)} {state_badge(incident, t)}"
        f" {text(t.word('dataset', incident.dataset))}{simulated}</p>"
        f'<p class="pm-soft">{text(check_about(incident.check, t.code))}</p>{_parent(parent, registry, t)}'
        f"<p><b>{text(t('quality.remedy'))}</b> {text(check_remedy(incident.check, t.code))}</p>"
        f'<ul class="pm-facts">{facts}</ul>'
        f"{_technical(incident, t)}<p>{' · '.join(link for link in links if link)}</p></section>"
    )


def log_list(acts: Sequence[IncidentAct], t: Language, zone: str) -> str:
    """Return what was done with an incident, the latest first. What Pantau notes is English: small print."""
    items = "".join(f"<li>{_act(act, t, zone)}</li>" for act in reversed(acts))
    return f'<section class="pm-card"><ol class="pm-facts" reversed>{items}</ol></section>'


def _facts(incident: Incident, registry: Registry, t: Language, zone: str) -> list[str]:
    facts = [
        t("incidents.place", place=_place(incident, registry, t)),
        t("incidents.days", days=incident_days(incident, t)),
    ]
    others = [check_name(check, t.code) for check in incident.causes if check != incident.check]
    if others:
        root = check_name(incident.check, t.code)
        facts.append(t("incidents.root", check=root, others=", ".join(others)))
    return [*facts, *_figures(incident, t), *_course(incident, t, zone)]


def _place(incident: Incident, registry: Registry, t: Language) -> str:
    region = registry.regions.get(incident.place)
    place = where(incident, registry, t)
    return f"{place}, {region.province.name}" if region else place


def _figures(incident: Incident, t: Language) -> list[str]:
    facts = []
    if incident.field:
        fields = [column_words(name, t) for name in incident.field.split(", ")]
        facts.append(t("incidents.fields", fields=", ".join(fields)))
    if incident.value is not None:
        value, bound = (measure(one, incident.check, t) for one in (incident.value, incident.bound))
        facts.append(t("incidents.measured", value=value, bound=bound))
    if incident.bad:
        facts.append(t("incidents.concerned", bad=t.number(incident.bad), n=t.number(incident.n)))
    elif incident.n:
        facts.append(t("incidents.looked", n=t.number(incident.n)))
    return facts


def _course(incident: Incident, t: Language, zone: str) -> list[str]:
    """Since when it is there, how it ended, who looks after it."""
    facts = [t("incidents.opened", day=t.instant(incident.opened, zone))]
    if incident.reopened:
        facts.append(t("incidents.reopened", n=t.number(incident.reopened)))
    if incident.resolved is not None:
        key = "incidents.closed" if incident.closed_by_hand else "incidents.resolved"
        facts.append(t(key, day=t.instant(incident.resolved, zone)))
    if incident.assignee:
        facts.append(t("incidents.assignee", who=incident.assignee))
    elif incident.present:
        facts.append(t("incidents.assignee_none"))
    return facts


def _parent(parent: Incident | None, registry: Registry, t: Language) -> str:
    if parent is None:
        return ""
    link = incident_link(title(parent, registry, t), parent, t)
    note = t("incidents.parent_note") if parent.present else ""
    return f'<div class="pm-note">{text(t("incidents.parent"))} {link}. {text(note)}</div>'


def _technical(incident: Incident, t: Language) -> str:
    notes = dict.fromkeys((incident.id, incident.detail, incident.remedy))
    said = "".join(f"<p><code>{text(note)}</code></p>" for note in notes if note)
    return f"<details><summary>{text(t('quality.technical'))}</summary>{said}</details>"


def _act(act: IncidentAct, t: Language, zone: str) -> str:
    by_itself = act.who == BY_ITSELF
    who = t("incidents.machine") if by_itself else act.who
    note = text(act.note)
    if act.act is Act.ASSIGNED:
        note = text(t("incidents.to", note=act.note.removeprefix("to ")))
    elif by_itself:
        note = f"<code>{note}</code>"
    done = f"{text(t.instant(act.at, zone))} · <b>{text(t(f'incidents.act.{act.act}'))}</b> · {text(who)}"
    return f"{done}<br>{note}" if act.note else done
