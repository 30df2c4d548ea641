"""A check in words: its kind, its gravity, where it is described, and links to its page."""

from __future__ import annotations

from app.components.marks import figure
from app.components.markup import link
from app.reading.checks import Check, Cost
from app.text import NONE, Language
from app.text.monitors import MONITORS, check_name
from metrics.observation import FEWEST_ROWS, LEAST_SHARE

CHECKS_PAGE = "pemeriksaan"
"""Address of the page of checks."""
MONITORS_REFERENCE = "docs/reference/monitors.md"
RULES_REFERENCE = "docs/howto/contracts.md"


def check_link(label: str, check: str, t: Language, **query: str | None) -> str:
    """Return a link to the page of a check, which keeps what else was chosen."""
    return link(label, CHECKS_PAGE, t.code, **{**query, "check": check})


def check_title(check: str, t: Language) -> str:
    """Return the name of a check as a heading; the id of a rule of an own contract as it is."""
    name = check_name(check, t.code)
    return name if name == check else name[:1].upper() + name[1:]


def kind_words(check: Check, t: Language) -> str:
    """Return whether a check is a monitor or a rule."""
    return t("checks.kind.monitor" if check.monitor else "checks.kind.rule")


def severity_words(check: Check, t: Language) -> str:
    """Return the gravest severity of a check; a dash where it is not known."""
    return t(f"checks.severity.{check.severity}") if check.severity else NONE


def reference(check: Check) -> str:
    """Return where a check is described in full."""
    return f"{MONITORS_REFERENCE}#{check.id}" if check.monitor else RULES_REFERENCE


def milliseconds(cost: Cost, t: Language) -> str:
    """Return what a run takes, in milliseconds."""
    return t("checks.cost", milliseconds=t.plain(cost.milliseconds, ""))


def measure(value: float | None, check: str, t: Language) -> str:
    """Return what a check measured, or its bound: of a rule the share of rows that break it."""
    return figure(value, t) if check in MONITORS else t.percent(value)


def slip_bounds(t: Language) -> dict[str, str]:
    """Return the bounds below which a broken rule is a remark, as fields of a sentence."""
    return {"rows": t.number(FEWEST_ROWS), "share": t.percent(LEAST_SHARE, 0)}
