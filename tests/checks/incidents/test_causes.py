"""The order of causes."""

import re

from checks.incidents.causes import ORDER, RULES, causal
from checks.monitors import MONITORS
from tests.architecture.checkout import ROOT


def test_every_monitor_has_one_place_in_the_order_and_every_place_a_reason() -> None:
    named = [check for step in ORDER for check in step.checks]
    assert sorted(named) == sorted([*MONITORS, RULES])
    assert all(step.reason.endswith(".") for step in ORDER)


def test_root_cause_comes_first_and_rules_of_contracts_after_the_schema() -> None:
    shuffled = ["twins", "drift", "ratios", "volume", "completeness", "region-known", "silence", "schema"]
    assert causal([*shuffled, "drift", "sustained"]) == (
        "schema",
        "region-known",
        "silence",
        "sustained",
        "volume",
        "completeness",
        "ratios",
        "drift",
        "twins",
    )


def test_howto_has_the_order_as_it_is() -> None:
    text = (ROOT / "docs" / "howto" / "incidents.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (.+) \| (.+\.) \|$", text, re.MULTILINE)
    assert told == [(", ".join(step.checks), step.reason) for step in ORDER]
