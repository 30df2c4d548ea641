"""Open incidents: those of a platform or province first, the root cause first, and their regions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from app.components.marks import days_text, mark_badge
from app.components.markup import text
from app.reading.observation import Mark
from app.text import Language
from app.text.monitors import check_remedy
from metrics.model import Severity
from metrics.observation import Incident, Scope
from pantau.qualityreport.facts import Facts
from pantau.qualityreport.pieces import check_named, listed, region_named, stacked, technical
from pantau.qualityreport.text import say

_SCOPES = {scope: place for place, scope in enumerate((Scope.PLATFORM, Scope.PROVINCE, Scope.REGION))}
_GRAVITY = {severity: place for place, severity in enumerate(Severity)}
EVERYWHERE = "*"
"""Place of an incident that is of no region in particular."""


def incidents(facts: Facts, t: Language) -> str:
    """Return the section; without incidents it says so."""
    head = f'<h2 id="incidents">{text(say("incidents", t))}</h2>'
    if not facts.incidents:
        return f"{head}<p>{text(t('quality.incidents_none'))}.</p>"
    larger = {one.id: one for one in facts.incidents if one.scope is not Scope.REGION}
    parts: dict[str, list[Incident]] = {name: [] for name in larger}
    alone: list[Incident] = []
    for one in facts.incidents:
        if one.scope is Scope.REGION:
            parts.get(one.parent or "", alone).append(one)
    first = sorted(larger.values(), key=lambda one: (_SCOPES[one.scope], _GRAVITY[one.severity], one.id))
    shared = "".join(_shared(one, parts[one.id], facts, t) for one in first)
    return f"{head}{shared}{_alone(alone, facts, t)}"


def place_named(incident: Incident, facts: Facts, t: Language) -> str:
    """Return where an incident is."""
    if incident.scope is Scope.PLATFORM:
        return say("place.platform", t, name=incident.place)
    if incident.scope is Scope.PROVINCE:
        province = facts.registry.provinces.get(incident.place)
        return say("place.province", t, name=province.name if province else incident.place)
    return (
        say("place.none", t) if incident.place == EVERYWHERE else region_named(incident.place, facts.registry)
    )


def _shared(one: Incident, parts: Sequence[Incident], facts: Facts, t: Language) -> str:
    root, *others = one.causes or (one.check,)
    places = sorted({part.place for part in parts})
    said = [(say("root", t), f"<b>{text(check_named(root, t))}</b>")]
    if others:
        said.append((say("followed", t), text(", ".join(check_named(check, t) for check in others))))
    said += [
        (t("quality.head_days"), text(days_text(one.days, t))),
        (say("opened", t), text(t.instant(one.opened, facts.timezone))),
        (say("state", t), text(t(f"quality.state.{one.state}"))),
        (t("quality.head_remedy"), text(check_remedy(root, t.code))),
        (
            say("members", t, n=t.number(len(places))),
            text(", ".join(region_named(place, facts.registry) for place in places)),
        ),
    ]
    name = f"{place_named(one, facts, t)}: {t.word('dataset', one.dataset)}"
    return (
        f'<section class="shared"><h3>{mark_badge(Mark(one.severity), t)} {text(name)}</h3>'
        f"{listed(said)}{technical([one.detail])}</section>"
    )


def _alone(found: Sequence[Incident], facts: Facts, t: Language) -> str:
    if not found:
        return ""
    heads = [say("region", t), t("quality.head_mark"), t("quality.head_check"), t("fresh.dataset")]
    heads += [say("opened", t), say("state", t)]
    ordered = sorted(found, key=lambda one: (_GRAVITY[one.severity], one.place, one.check, one.state))
    grouped = groupby(ordered, key=lambda one: (one.severity, one.place, one.check, one.state))
    rows = [_row(list(members), facts, t) for _, members in grouped]
    return f"<h3>{text(say('incidents.alone', t, n=t.number(len(found))))}</h3>{stacked(heads, rows)}"


def _row(alike: Sequence[Incident], facts: Facts, t: Language) -> list[str]:
    """Cells of the incidents of one region, check and state: they differ in their record sets."""
    first = alike[0]
    sets = "".join(
        f"<li>{text(t.word('dataset', one.dataset))} ({text(days_text(one.days, t))})</li>"
        for one in sorted(alike, key=lambda one: one.dataset)
    )
    return [
        text(place_named(first, facts, t)),
        mark_badge(Mark(first.severity), t),
        text(check_named(first.check, t)),
        f"<ul>{sets}</ul>",
        text(t.short_day(min(one.opened for one in alike).astimezone(ZoneInfo(facts.timezone)))),
        text(t(f"quality.state.{first.state}")),
    ]
