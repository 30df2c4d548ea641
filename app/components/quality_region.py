"""One region in the eyes of the checks: its present state, what is held, its incidents, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.components.marks import days_text, figure, mark_badge, mark_text
from app.components.markup import REGION_PAGE, badge, link, text
from app.components.quality_matrix import freshness
from app.components.quality_verdict import INCIDENTS_PAGE, QUALITY_PAGE
from app.reading.observation import Cell, Mark, Row
from app.text import Language
from app.text.monitors import check_about, check_name, check_remedy
from app.text.rules import COLUMNS
from metrics.model import Region
from metrics.observation import Finding, Hold, Incident, State

SHOWN = 12
"""Findings that are laid out; the others are in the table."""

TONES = {State.OPEN: "warn", State.ACKNOWLEDGED: "warn", State.RESOLVED: "good"}


def region_card(row: Row, datasets: Sequence[str], region: Region, t: Language) -> str:
    """Return how a region stands: how many checks fail, each record set's mark and freshness."""
    failing = sum(cell.failing for cell in row.cells.values())
    if row.worst is Mark.NONE:
        lead = t("quality.region_unwatched")
    else:
        lead = t("quality.region_failing", n=t.number(failing)) if failing else t("quality.region_clean")
    items = "".join(f"<li>{_record_set(name, row.cells[name], t)}</li>" for name in datasets)
    back = link(t("quality.back"), QUALITY_PAGE, t.code)
    own = link(t("quality.region_page"), REGION_PAGE, t.code, region=region.code)
    return (
        f'<section class="pm-card"><h2>{text(region.full_name)} ({text(region.code)}), '
        f'{text(region.province.name)}</h2><p class="pm-lead">{text(lead)}</p>'
        f'<ul class="pm-facts">{items}</ul><p>{own} · {back}</p></section>'
    )


def _record_set(name: str, cell: Cell, t: Language) -> str:
    facts = [freshness(cell, t)]
    if cell.failing:
        facts.append(t("quality.failing", n=t.number(cell.failing)))
    return f"{mark_badge(cell.mark, t)} <b>{text(t.word('dataset', name))}</b> · {text(' · '.join(facts))}"


def hold_list(holds: Iterable[Hold], t: Language) -> str:
    """Return what is kept out of the ranking, and what brings it back: one entry for each check."""
    grouped: dict[str, list[Hold]] = {}
    for hold in holds:
        grouped.setdefault(hold.check, []).append(hold)
    items = ""
    for check, found in grouped.items():
        what = ", ".join(f"{t.word('dataset', hold.dataset)} ({days_text(hold.days, t)})" for hold in found)
        why = t("quality.hold", what=what, check=check_name(check, t.code))
        remedy = t("quality.hold_remedy", remedy=check_remedy(check, t.code))
        details = dict.fromkeys(note for hold in found for note in (hold.detail, hold.remedy))
        items += f"<li>{text(why)} <b>{text(remedy)}</b>{_technical(details, t)}</li>"
    return f'<section class="pm-card pm-held"><ul class="pm-facts">{items}</ul></section>'


def incident_list(incidents: Sequence[Incident], t: Language, zone: str) -> str:
    """Return incidents in the order given, each with a link to its page."""
    items = "".join(f"<li>{_incident(one, t, zone)}</li>" for one in incidents)
    return f'<section class="pm-card"><ul class="pm-facts">{items}</ul></section>'


def _incident(one: Incident, t: Language, zone: str) -> str:
    name = f"{check_name(one.check, t.code)} · {t.word('dataset', one.dataset)}"
    facts = [days_text(one.days, t), t("quality.incident_opened", day=t.instant(one.opened, zone))]
    if one.resolved:
        facts.append(t("quality.incident_resolved", day=t.instant(one.resolved, zone)))
    if one.assignee:
        facts.append(t("quality.incident_assigned", who=one.assignee))
    shared = ""
    if one.parent:
        shared = f" · {link(t('quality.incident_shared'), INCIDENTS_PAGE, t.code, id=one.parent)}"
    return (
        f"{badge(t(f'quality.state.{one.state}'), TONES[one.state])} "
        f"{link(name, INCIDENTS_PAGE, t.code, id=one.id)}<br>{text(' · '.join(facts))}{shared}"
    )


def finding_list(findings: Sequence[Finding], t: Language) -> str:
    """Return findings in the order given, as cards: what, which days, how much, and what to do."""
    cards = "".join(_finding(one, t) for one in findings[:SHOWN])
    return f'<div class="pm-cards">{cards}</div>'


def finding_rows(findings: Iterable[Finding], t: Language) -> list[dict[str, str]]:
    """Return findings as rows of a table, in the order given."""
    return [
        {
            t("quality.head_mark"): mark_text(Mark(one.severity), t),
            t("fresh.dataset"): t.word("dataset", one.dataset),
            t("quality.head_check"): check_name(one.monitor, t.code),
            t("quality.head_days"): days_text(one.days, t),
            t("quality.head_field"): column_words(one.field, t),
            t("quality.head_value"): figure(one.value, t),
            t("table.bound"): figure(one.bound, t),
            t("table.rows_bad"): t("table.bad_of", bad=t.number(one.bad), n=t.number(one.n)),
            t("quality.head_remedy"): check_remedy(one.monitor, t.code),
            t("quality.technical"): one.detail,
        }
        for one in findings
    ]


def column_words(field: str | None, t: Language) -> str:
    """Return a column in words; its own name where it has none."""
    if field is None:
        return ""
    words = COLUMNS.get(field.replace("_", "-"))
    return words[t.code] if words else field


def _finding(one: Finding, t: Language) -> str:
    facts = []
    if one.value is not None:
        facts.append(t("quality.measured", value=figure(one.value, t), bound=figure(one.bound, t)))
    if one.n:
        facts.append(t("quality.concerned", bad=t.number(one.bad), n=t.number(one.n)))
    if one.field:
        facts.append(t("quality.field", field=column_words(one.field, t)))
    where = f"{t.word('dataset', one.dataset)} · {days_text(one.days, t)}"
    return (
        f'<section class="pm-card"><p>{mark_badge(Mark(one.severity), t)}</p>'
        f"<h3>{text(check_name(one.monitor, t.code))}</h3><p>{text(where)}</p>"
        f'<p class="pm-soft">{text(check_about(one.monitor, t.code))}</p><p>{text(" · ".join(facts))}</p>'
        f"<p><b>{text(t('quality.remedy'))}</b> {text(check_remedy(one.monitor, t.code))}</p>"
        f"{_technical([one.detail, one.remedy], t)}</section>"
    )


def _technical(notes: Iterable[str], t: Language) -> str:
    said = " ".join(f"<p><code>{text(note)}</code></p>" for note in notes if note)
    return f"<details><summary>{text(t('quality.technical'))}</summary>{said}</details>" if said else ""
