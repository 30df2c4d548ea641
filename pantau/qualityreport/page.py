"""The page: what it is about, the answer in plain words, and its sections."""

from __future__ import annotations

from app.components.marks import days_text
from app.components.markup import text
from app.components.quality_verdict import CHECK_COMMAND, NAMED
from app.reading import observation
from app.reading.observation import Sum
from app.text import Language
from app.text.monitors import check_name
from pantau import htmlpage
from pantau.qualityreport.checks import checks
from pantau.qualityreport.facts import Facts
from pantau.qualityreport.incidents import incidents
from pantau.qualityreport.matrix import matrix
from pantau.qualityreport.pieces import listed, region_anchor, region_named
from pantau.qualityreport.regions import region_lead, regions
from pantau.qualityreport.style import STYLE
from pantau.qualityreport.text import say


def report(facts: Facts, t: Language) -> str:
    """Return the page."""
    grid = matrix(facts, t)
    body = [
        _simulated(facts, t),
        _about(facts, t),
        _verdict(facts, t),
        f'<p class="note technical">{text(say("technical", t))}</p>',
        _contents(facts, t, has_matrix=bool(grid)),
        incidents(facts, t),
        grid,
        regions(facts, t),
        checks(facts, t),
    ]
    return htmlpage.page(
        say("title", t), "\n".join(filter(None, body)), t, about=scope_named(facts, t), style=STYLE
    )


def scope_named(facts: Facts, t: Language) -> str:
    """Return in words which regions the report is about."""
    n = t.number(len(facts.rows))
    if facts.asked is None:
        return say("scope.all", t, n=n)
    provinces = {region.province.code: region.province for region in facts.regions.values()}
    for code, province in provinces.items():
        members = {one.code for one in facts.registry.regions.values() if one.province.code == code}
        if members == set(facts.asked) and len(members) > 1:
            return say("scope.province", t, name=province.name, n=n)
    return ", ".join(region_named(code, facts.registry) for code in facts.asked)


def _simulated(facts: Facts, t: Language) -> str:
    if not facts.simulated:
        return ""
    return (
        f'<p class="simulated" role="note"><b>{text(t("simulated.lead"))}</b> {text(t("simulated.body"))}</p>'
    )


def _about(facts: Facts, t: Language) -> str:
    watch, zone = facts.watch, facts.timezone
    said = [
        (say("scope", t), scope_named(facts, t)),
        (say("as_of", t), t.instant(facts.as_of, zone) if facts.as_of else t("as_of.none")),
        (say("watched", t), t.instant(watch.started, zone) if watch else say("never_watched", t)),
    ]
    if watch:
        said.append((say("days", t), days_text((watch.first, watch.last), t)))
    said.append((say("made", t), t.instant(facts.made, zone)))
    return listed([(name, text(words)) for name, words in said])


def _verdict(facts: Facts, t: Language) -> str:
    """The answer in plain words, and what else is to be known, the most urgent first."""
    whole = observation.summed(facts.rows)
    if facts.as_of is None:
        return _box("warn", t("empty.title"), [_told(t("empty.body"), t("empty.command"))])
    if facts.watch is None:
        return _box(
            "warn", t("quality.lead_unwatched"), [_told(t("quality.lead_unwatched_body"), CHECK_COMMAND)]
        )
    held = sum(bool(row.held) for row in facts.rows)
    troubled = whole.warned or held or facts.incidents
    tone = "bad" if whole.critical else "warn" if troubled or not whole.reporting else "good"
    return _box(tone, _lead(facts, whole, t), _notes(facts, whole, held, t))


def _lead(facts: Facts, whole: Sum, t: Language) -> str:
    if len(facts.rows) == 1:
        return region_lead(facts.rows[0], t)
    if not whole.reporting:
        return say("nobody", t)
    of = t.number(whole.reporting)
    return (
        t("quality.lead", n=t.number(whole.critical), of=of)
        if whole.critical
        else t("quality.lead_none", of=of)
    )


def _notes(facts: Facts, whole: Sum, held: int, t: Language) -> list[str]:
    made = observation.outcomes(facts.now)
    often = [
        t("quality.frequent_one", check=check_name(check, t.code), n=t.number(n))
        for check, n in observation.frequent(facts.now)[:NAMED]
    ]
    count = len(facts.entries)
    opened = t("quality.incidents_open", n=t.number(count)) if count else t("quality.incidents_none")
    notes = {
        f"{opened}.": True,
        f"{t('quality.frequent')} {', '.join(often)}.": bool(often) and len(facts.rows) > 1,
        t("quality.held", n=t.number(held)): held and len(facts.rows) > 1,
        t("quality.warned", n=t.number(whole.warned)): whole.warned and len(facts.rows) > 1,
        t("quality.broken", n=t.number(made.broken)): made.broken,
        t("quality.undone", n=t.number(made.learning), of=t.number(made.all)): made.learning,
    }
    return [text(note) for note, told in notes.items() if told]


def _told(body: str, command: str) -> str:
    return f"{text(body)} <code>{text(command)}</code>"


def _box(tone: str, lead: str, notes: list[str]) -> str:
    items = "".join(f"<li>{note}</li>" for note in notes)
    return f'<div class="verdict {tone}"><strong>{text(lead)}</strong><ul>{items}</ul></div>'


def _contents(facts: Facts, t: Language, *, has_matrix: bool) -> str:
    """Links to the sections. To those of regions the matrix leads, where there is one."""
    links = [("incidents", say("incidents", t))]
    if has_matrix:
        links.append(("matrix", say("matrix", t)))
    else:
        links += [(region_anchor(code), region_named(code, facts.registry)) for code in facts.asked or ()]
    links.append(("checks", say("checks", t)))
    items = "".join(f'<li><a href="#{text(place)}">{text(name)}</a></li>' for place, name in links)
    return f'<nav class="contents" aria-label="{text(say("contents", t))}"><ul>{items}</ul></nav>'
