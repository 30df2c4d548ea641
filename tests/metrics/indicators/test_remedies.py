"""Remedies of critical checks reach Indonesian readers in Indonesian."""

import pytest

from checks.monitors import MONITORS
from metrics.indicators.remedies import INDONESIAN, OWNERS, RULE, remedy_in
from metrics.model import Severity

CRITICAL = {
    name: one.about.remedy for name, one in MONITORS.items() if one.about.severity is Severity.CRITICAL
}


@pytest.mark.parametrize("monitor", CRITICAL)
def test_remedy_of_every_critical_monitor_is_translated(monitor: str) -> None:
    assert CRITICAL[monitor] in INDONESIAN, (
        f"translate the remedy of {monitor} in metrics/indicators/remedies.py"
    )
    assert remedy_in("en", CRITICAL[monitor]) == CRITICAL[monitor]


def test_no_translation_is_left_of_a_remedy_that_nobody_gives() -> None:
    assert set(INDONESIAN) == {*CRITICAL.values(), RULE}


@pytest.mark.parametrize("owner", OWNERS)
def test_remedy_of_a_rule_says_who_must_mend_it(owner: str) -> None:
    said = remedy_in("id", f"{owner}: {RULE}")
    assert said.lower().startswith(f"{OWNERS[owner]}: perbaiki baris ini")


def test_remedy_without_a_translation_is_given_in_english_and_said_to_be() -> None:
    assert remedy_in("id", "Ask again.") == "Ask again. (dalam bahasa Inggris)"
    assert remedy_in("en", "Ask again.") == "Ask again."
