"""One check: what it looks at, what to do where it fails, and how its regions come out."""

from __future__ import annotations

from app.components.check_words import (
    CHECKS_PAGE,
    check_title,
    kind_words,
    milliseconds,
    reference,
    severity_words,
    slip_bounds,
)
from app.components.marks import days_text
from app.components.markup import link, text
from app.components.quality_verdict import INCIDENTS_PAGE
from app.reading.checks import GROUPS, Check, Rate
from app.text import Language
from app.text.monitors import check_about, check_remedy
from metrics.observation import Days


def check_card(check: Check, rate: Rate | None, span: Days | None, incidents: int, t: Language) -> str:
    """Return what is known of a check.

    ``rate``, ``span``: findings in the days last judged, of a monitor. ``incidents``: how many of it are
    present.
    """
    about = [kind_words(check, t), severity_words(check, t)]
    if check.dimension:
        about.append(t.word("dimension", check.dimension))
    about += [t.word("dataset", name) for name in check.datasets]
    facts = "".join(f"<li>{text(fact)}</li>" for fact in _facts(check, rate, span, t))
    links = [link(t("checks.back"), CHECKS_PAGE, t.code)]
    if incidents:
        words = t("checks.incidents", n=t.number(incidents))
        links.insert(0, link(words, INCIDENTS_PAGE, t.code, check=check.id))
    return (
        f'<section class="pm-card"><h2 class="pm-lead">{text(check_title(check.id, t))}</h2>'
        f"<p>{text(' · '.join(about))}</p><p>{text(check_about(check.id, t.code))}</p>"
        f'<ul class="pm-facts">{facts}</ul><p>{" · ".join(links)}</p></section>'
    )


def check_counters(check: Check, t: Language) -> str:
    """Return one figure for each way in which the check comes out; they add up to the regions it judged."""
    cards = "".join(
        f'<section class="pm-card"><h3>{text(t(f"checks.head_{group}"))}</h3>'
        f'<p class="pm-big">{text(t.number(check.among(group)))}</p></section>'
        for group in GROUPS
    )
    return f'<div class="pm-cards pm-counters" role="group">{cards}</div>'


def _facts(check: Check, rate: Rate | None, span: Days | None, t: Language) -> list[str]:
    facts = [t("checks.remedy", remedy=check_remedy(check.id, t.code))]
    if rate is not None:
        facts.append(
            t(
                "checks.rate",
                found=t.number(rate.found),
                regions=t.number(rate.regions),
                days=t.number(rate.days),
                span=days_text(span, t),
                yearly=t.number(rate.yearly, 2),
                judged=t.number(rate.judged),
            )
        )
    if not check.monitor:
        facts.append(t("checks.slips", **slip_bounds(t)))
    if check.cost is not None:
        rows = t("checks.cost_rows", rows=t.number(check.cost.rows))
        facts.append(f"{t('checks.head_cost')}: {milliseconds(check.cost, t)}, {rows}")
    facts.append(t("checks.code", code=check.id))
    return [*facts, t("checks.reference", page=reference(check))]
