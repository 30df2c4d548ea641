"""All checks as rows: what each is, how its regions come out, what a run costs; and the page's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.components.check_words import (
    check_link,
    check_title,
    kind_words,
    milliseconds,
    severity_words,
    slip_bounds,
)
from app.components.grid import grid, grid_row, plain
from app.components.marks import SIGNS
from app.components.markup import text
from app.reading.checks import Check
from app.reading.observation import Mark
from app.text import NONE, Language
from metrics.observation import Watch

HEADS = (
    "checks.head_check",
    "checks.head_severity",
    "checks.head_dimension",
    "checks.head_datasets",
    "checks.head_failing",
    "checks.head_passed",
    "checks.head_undone",
    "checks.head_cost",
)
GROUPS = {"failing": Mark.CRITICAL, "passed": Mark.PASSED, "undone": Mark.LEARNING}
"""The three ways in which a check comes out, each with a mark whose sign stands for it."""
MILLISECONDS = 1000


def check_verdict(checks: Sequence[Check], watch: Watch | None, t: Language) -> str:
    """Return the answer in plain words: how many checks fail anywhere, and what else is to be known."""
    failing = sum(check.among("failing") > 0 for check in checks)
    whole = t.number(len(checks))
    lead = t("checks.lead", n=t.number(failing), of=whole) if failing else t("checks.lead_none", of=whole)
    items = "".join(f"<li>{text(fact)}</li>" for fact in _facts(checks, watch, t))
    notes = "".join(
        f'<p class="pm-soft">{text(note)}</p>'
        for note in (t("checks.kinds"), t("checks.alarms", **slip_bounds(t)))
    )
    return (
        f'<section class="pm-card"><p class="pm-lead">{text(lead)}</p>'
        f'<ul class="pm-facts">{items}</ul>{notes}</section>'
    )


def check_table(checks: Sequence[Check], t: Language, query: Mapping[str, str | None]) -> str:
    """Return the table; each check leads to its own page."""
    heads = [t(key) for key in HEADS]
    return grid(heads, (_row(check, heads, t, query) for check in checks))


def _facts(checks: Sequence[Check], watch: Watch | None, t: Language) -> list[str]:
    critical = sum(check.regions.get(Mark.CRITICAL, 0) > 0 for check in checks)
    undone = sum(check.among("undone") > 0 for check in checks)
    never = sum(check.cost is None and not check.judged for check in checks)
    facts = {
        t("checks.critical", n=t.number(critical)): critical,
        t("checks.undone", n=t.number(undone)): undone,
        t("checks.never", n=t.number(never)): never,
    }
    said = [fact for fact, n in facts.items() if n]
    paid = [check.cost.milliseconds for check in checks if check.monitor and check.cost]
    if watch is not None and paid:
        said.append(t("checks.costs", seconds=t.number(sum(paid) / MILLISECONDS, 1)))
    return said


def _row(check: Check, heads: Sequence[str], t: Language, query: Mapping[str, str | None]) -> str:
    name = check_link(check_title(check.id, t), check.id, t, **query)
    datasets = ", ".join(t.word("dataset", dataset) for dataset in check.datasets)
    counts = [_count(check, group, t) for group in GROUPS]
    if not check.judged and not check.monitor:
        counts = [text(t("checks.whole")), "", ""]
    cells = [
        (text(severity_words(check, t)), "pm-nowrap"),
        (text(t.word("dimension", check.dimension) if check.dimension else NONE), "pm-nowrap"),
        *plain(text(datasets), *counts),
        (_cost(check, t), "pm-nowrap"),
    ]
    about = f"{kind_words(check, t)} · {check.id}"
    return grid_row(f"{name}<small>{text(about)}</small>", cells, heads)


def _count(check: Check, group: str, t: Language) -> str:
    n = check.among(group)
    if not n:
        return "0"
    critical = check.regions.get(Mark.CRITICAL, 0)
    mark = Mark.WARNING if group == "failing" and not critical else GROUPS[group]
    return f'<span class="pm-mark"><i aria-hidden="true">{SIGNS[mark]}</i> {text(t.number(n))}</span>'


def _cost(check: Check, t: Language) -> str:
    if check.cost is None:
        return text(t("checks.no_cost"))
    rows = t("checks.cost_rows", rows=t.number(check.cost.rows))
    return f"{text(milliseconds(check.cost, t))}<small>{text(rows)}</small>"
