"""An incident in words: where it is, what it is about, how it stands."""

from __future__ import annotations

from app.components.marks import days_text
from app.components.markup import badge, link
from app.components.quality_region import TONES
from app.components.quality_verdict import INCIDENTS_PAGE, QUALITY_PAGE
from app.components.sentences import place_name
from app.reading.incidents import EVERYWHERE, Case
from app.text import Language
from app.text.monitors import MONITORS, check_name
from metrics.observation import Incident, Scope
from metrics.regions import Registry


def where(incident: Incident, registry: Registry, t: Language) -> str:
    """Return the place of an incident with its code; the name of a platform."""
    if incident.scope is Scope.PLATFORM:
        return t("incidents.platform", name=incident.place)
    if incident.scope is Scope.PROVINCE:
        known = registry.provinces.get(incident.place)
        return t("incidents.province", name=f"{known.name} ({known.code})" if known else incident.place)
    if incident.place == EVERYWHERE:
        return t("incidents.everywhere")
    return place_name(incident.place, registry, t)


def title(incident: Incident, registry: Registry, t: Language) -> str:
    """Return an incident in one line: where it is, and the check that fails."""
    return f"{where(incident, registry, t)}: {check_name(incident.check, t.code)}"


def incident_link(label: str, incident: Incident, t: Language, **query: str | None) -> str:
    """Return a link to the page of an incident, which keeps what else was chosen."""
    return link(label, INCIDENTS_PAGE, t.code, **{**query, "id": incident.id})


def history_link(incident: Incident, registry: Registry, t: Language) -> str:
    """Return a link to what is known of the data at the incident's place; "" where it is no one place."""
    if incident.place in registry.regions:
        return link(t("incidents.history"), QUALITY_PAGE, t.code, region=incident.place)
    if incident.scope is Scope.PROVINCE and incident.place in registry.provinces:
        return link(t("incidents.history_province"), QUALITY_PAGE, t.code, province=incident.place)
    return ""


def state_badge(incident: Incident, t: Language) -> str:
    """Return the state of an incident as a badge."""
    return badge(t(f"quality.state.{incident.state}"), TONES[incident.state])


def incident_days(incident: Incident, t: Language) -> str:
    """Return the days that an incident is about; a rule looks at the latest batch and knows none."""
    if incident.days is not None:
        return days_text(incident.days, t)
    return t("incidents.no_days" if incident.check in MONITORS else "incidents.latest_batch")


def size(case: Case, t: Language) -> str:
    """Return how many regions a case of a province or platform is about; "" for one of a region."""
    return t("incidents.parts", n=t.number(len(case.regions))) if case.wide else ""
