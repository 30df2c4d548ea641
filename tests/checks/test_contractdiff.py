"""Changes between two contracts: whom they break, and which version they ask for."""

from __future__ import annotations

import pytest

from checks.compile import CONTRACTS, compile_contract, load_contract
from checks.contract import Contract
from checks.contractdiff import Difference, Part, Verdict, compare

BREAKING, COMPATIBLE, DOCUMENTATION = Verdict.BREAKING, Verdict.COMPATIBLE, Verdict.DOCUMENTATION
TEXT = CONTRACTS["transactions"].read_text(encoding="utf-8")


def entry(begin: str, end: str) -> str:
    """Part of the contract's text from one mark to the next."""
    start = TEXT.index(begin)
    return TEXT[start : TEXT.index(end, start + 1)]


DUE = entry("      - name: due", "    quality:\n      - id: values-readable")
CHANNEL = entry("      - name: channel", "      - name: service")
SERVICE = entry("      - name: service", "      - name: promise_value")
NOT_NEGATIVE = entry("      - id: promise-value-not-negative", "      - id: completed-not-after-observed")
DUE_RULE = entry("      - id: due-not-before-submitted", "      - id: promise-complete")
FILE_RULE = entry("      - id: file-complete-not-before-submitted", "      - id: due-not-before-submitted")
AGREES = entry("      - id: status-agrees-with-dates", "      - id: file-complete-not-before-submitted")
WARNED = AGREES[: AGREES.index("        type: custom")]
REQUIRED_DUE = DUE.replace("required: false", "required: true") + entry(
    "        quality:\n          - id: required-submitted", "      - name: file_complete"
).replace("submitted", "due")


def changed(*changes: tuple[str, str], text: str = TEXT) -> Contract:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return compile_contract(text, "changed.yaml")


CHANGES: dict[str, tuple[tuple[str, str], tuple[str, str, Verdict, Verdict]]] = {
    "optional column more": (
        (DUE, DUE + DUE.replace("name: due", "name: paid")),
        ("column added", "paid", COMPATIBLE, COMPATIBLE),
    ),
    "required column more": (
        (DUE, DUE + REQUIRED_DUE.replace("name: due", "name: paid").replace("required-due", "required-paid")),
        ("column added", "paid", BREAKING, COMPATIBLE),
    ),
    "column less": ((SERVICE, ""), ("column removed", "service", BREAKING, BREAKING)),
    "column of another name": (
        (SERVICE, SERVICE.replace("name: service", "name: service_name")),
        ("column renamed", "service", BREAKING, BREAKING),
    ),
    "column required now": ((DUE, REQUIRED_DUE), ("required", "due", BREAKING, COMPATIBLE)),
    "type that takes less": (
        (
            "logicalType: number\n        physicalType: double",
            "logicalType: integer\n        physicalType: int64",
        ),
        ("type", "promise_value", BREAKING, BREAKING),
    ),
    "masked now": (
        (CHANNEL, CHANNEL.replace("public", "restricted")),
        ("classification", "channel", COMPATIBLE, BREAKING),
    ),
    "masked no longer": (
        (SERVICE, SERVICE.replace("restricted", "public")),
        ("classification", "service", BREAKING, BREAKING),
    ),
    "word more": (
        ("phone, post", "phone, fax, post"),
        ("word added", "domain-channel", COMPATIBLE, BREAKING),
    ),
    "word less": (("phone, post", "phone"), ("word removed", "domain-channel", BREAKING, COMPATIBLE)),
    "rule more": (
        (
            NOT_NEGATIVE,
            NOT_NEGATIVE + NOT_NEGATIVE.replace("not-negative", "small").replace("minimum: 0", "maximum: 9"),
        ),
        ("rule added", "promise-value-small", BREAKING, COMPATIBLE),
    ),
    "rule that warns more": (
        (
            DUE_RULE,
            DUE_RULE
            + DUE_RULE.replace("due-not-before-submitted", "due-later").replace("submitted", "completed"),
        ),
        ("rule added", "due-later", COMPATIBLE, COMPATIBLE),
    ),
    "rule less": ((NOT_NEGATIVE, ""), ("rule removed", "promise-value-not-negative", COMPATIBLE, BREAKING)),
    "rule that warns less": (
        (DUE_RULE, ""),
        ("rule removed", "due-not-before-submitted", COMPATIBLE, COMPATIBLE),
    ),
    "rule of another kind": (
        (
            NOT_NEGATIVE,
            NOT_NEGATIVE.replace("rule: range", "rule: not-less")
            .replace("promise_value", "completed")
            .replace("minimum: 0", "than: file_complete"),
        ),
        ("kind of the rule", "promise-value-not-negative", BREAKING, BREAKING),
    ),
    "range narrower": (
        (NOT_NEGATIVE, NOT_NEGATIVE.replace("minimum: 0", "minimum: 1")),
        ("arguments of the rule", "promise-value-not-negative", BREAKING, COMPATIBLE),
    ),
    "range wider": (
        (NOT_NEGATIVE, NOT_NEGATIVE.replace("minimum: 0", "minimum: -1")),
        ("arguments of the rule", "promise-value-not-negative", COMPATIBLE, BREAKING),
    ),
    "tolerance smaller": (
        ("tolerance_seconds: 86400", "tolerance_seconds: 3600"),
        ("arguments of the rule", "observed-at-not-in-future", BREAKING, COMPATIBLE),
    ),
    "earlier allowed": (
        ("earliest: 2000-01-01", "earliest: 1990-01-01"),
        ("arguments of the rule", "submitted-not-ancient", COMPATIBLE, BREAKING),
    ),
    "arguments that nobody can compare": (
        (
            "            column: completed\n            than: submitted",
            "            column: completed\n            than: file_complete",
        ),
        ("arguments of the rule", "completed-not-before-submitted", BREAKING, BREAKING),
    ),
    "arguments of a warning": (
        (
            "undated: [open]\n            either: [rejected, withdrawn]",
            "undated: [open, withdrawn]\n            either: [rejected]",
        ),
        ("arguments of the rule", "status-agrees-with-dates", COMPATIBLE, COMPATIBLE),
    ),
    "severity lowered": (
        (NOT_NEGATIVE, NOT_NEGATIVE.replace("critical", "warning")),
        ("severity", "promise-value-not-negative", COMPATIBLE, BREAKING),
    ),
    "bound lowered": (
        (AGREES, AGREES.replace("To: 1", "To: 0.5")),
        ("bound", "status-agrees-with-dates", COMPATIBLE, COMPATIBLE),
    ),
    "dimension": (
        ("dimension: timeliness", "dimension: accuracy"),
        ("dimension", "observed-at-not-in-future", COMPATIBLE, COMPATIBLE),
    ),
    "owner": (
        (WARNED, WARNED.replace("regional-data-source", "national-operator")),
        ("owner", "status-agrees-with-dates", DOCUMENTATION, DOCUMENTATION),
    ),
    "words about a column": (
        ("Unit of promise_value", "The unit of promise_value"),
        ("description of the column", "promise_unit", DOCUMENTATION, DOCUMENTATION),
    ),
    "words about a rule": (
        ("The region is one that the registry lists.", "The region is in the registry."),
        ("description of the rule", "region-known", DOCUMENTATION, DOCUMENTATION),
    ),
    "words about what follows": (
        ("cannot be attributed to any region", "is nobody's"),
        ("business impact", "region-known", DOCUMENTATION, DOCUMENTATION),
    ),
    "words about the whole": (
        ("How long people wait", "How long one waits"),
        ("description", "", DOCUMENTATION, DOCUMENTATION),
    ),
    "another id": (("id: pantau-mpp.transactions", "id: mine"), ("id", "", DOCUMENTATION, DOCUMENTATION)),
    "columns in another order": (
        (CHANNEL + SERVICE, SERVICE + CHANNEL),
        ("order of the columns", "channel", COMPATIBLE, COMPATIBLE),
    ),
    "rules in another order": (
        (FILE_RULE + DUE_RULE, DUE_RULE + FILE_RULE),
        ("order of the rules", "file-complete-not-before-submitted", COMPATIBLE, COMPATIBLE),
    ),
}
ASKED = {(True, False): Part.MAJOR, (False, False): Part.MINOR, (False, True): Part.PATCH}


@pytest.mark.parametrize("case", CHANGES)
def test_change_is_found_alone_and_judged_for_producers_and_readers(case: str) -> None:
    replacement, (what, subject, producers, readers) = CHANGES[case]
    found = compare(load_contract("transactions"), changed(replacement))
    (change,) = found.changes
    assert (change.what, change.subject, change.producers, change.readers) == (
        what,
        subject,
        producers,
        readers,
    )
    verdicts = {producers, readers}
    assert found.asked is ASKED[BREAKING in verdicts, verdicts == {DOCUMENTATION}]


def test_rule_that_begins_to_reject_breaks_producers() -> None:
    rejects = AGREES.replace("warning", "critical").replace("To: 1", "To: 0")
    found = compare(load_contract("transactions"), changed((AGREES, rejects)))
    assert [(change.what, change.producers, change.readers) for change in found.changes] == [
        ("severity", BREAKING, COMPATIBLE),
        ("bound", COMPATIBLE, COMPATIBLE),
    ]


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract_does_not_differ_from_itself(name: str) -> None:
    found = compare(load_contract(name), load_contract(name))
    assert found.changes == ()
    assert (found.asked, found.made, found.is_enough) == (Part.NONE, Part.NONE, True)


def test_comment_asks_for_a_patch_because_a_version_has_one_text() -> None:
    found = compare(load_contract("transactions"), changed(("# Contract", "# The contract")))
    assert found.changes == ()
    assert found.asked is Part.PATCH


def test_other_record_set_breaks_everybody() -> None:
    found = compare(load_contract("transactions"), load_contract("surveys"))
    assert found.changes[0].what == "record set"
    assert found.asked is Part.MAJOR


def test_type_that_takes_more_breaks_readers_only() -> None:
    whole = TEXT.replace(
        "logicalType: number\n        physicalType: double",
        "logicalType: integer\n        physicalType: int64",
    )
    (change,) = compare(compile_contract(whole, "whole.yaml"), load_contract("transactions")).changes
    assert (change.before, change.after) == ("int64", "double")
    assert (change.producers, change.readers) == (COMPATIBLE, BREAKING)


def test_column_that_need_not_be_there_any_longer_breaks_readers_only() -> None:
    (change,) = compare(changed((DUE, REQUIRED_DUE)), load_contract("transactions")).changes
    assert (change.what, change.before, change.after) == ("required", "yes", "no")
    assert (change.producers, change.readers) == (COMPATIBLE, BREAKING)


def test_column_that_leaves_the_key_breaks_everybody() -> None:
    key = "        primaryKey: true\n        primaryKeyPosition: 2\n"
    (change,) = compare(load_contract("transactions"), changed((key, ""))).changes
    assert (change.what, change.before, change.after) == ("key position", "2", "")
    assert (change.producers, change.readers) == (BREAKING, BREAKING)


def test_rule_about_a_new_optional_column_breaks_nobody() -> None:
    range_of_paid = NOT_NEGATIVE.replace("promise-value", "paid").replace("promise_value", "paid")
    paid = (
        DUE.replace("name: due", "name: paid")
        .replace("timestamp", "number", 1)
        .replace('"timestamp[us, tz=UTC]"', "double")
    )
    found = compare(
        load_contract("transactions"),
        changed((DUE, DUE + paid), (NOT_NEGATIVE, NOT_NEGATIVE + range_of_paid)),
    )
    assert [(change.what, change.producers) for change in found.changes] == [
        ("column added", COMPATIBLE),
        ("rule added", COMPATIBLE),
    ]


def test_rule_that_a_new_column_must_come_with_an_old_one_breaks_producers() -> None:
    paid = DUE.replace("name: due", "name: paid")
    rule = (
        NOT_NEGATIVE.replace("rule: range", "rule: together")
        .replace("promise_value", "due")
        .replace("minimum: 0", "other: paid")
    )
    both = rule.replace("promise-value-not-negative", "paid-with-due")
    found = compare(
        load_contract("transactions"), changed((DUE, DUE + paid), (NOT_NEGATIVE, NOT_NEGATIVE + both))
    )
    assert [(change.what, change.producers) for change in found.changes] == [
        ("column added", COMPATIBLE),
        ("rule added", BREAKING),
    ]


def versions(before: str, after: str, change: tuple[str, str]) -> Difference:
    old = changed(("version: 1.0.0", f"version: {before}"))
    return compare(old, changed(("version: 1.0.0", f"version: {after}"), change))


@pytest.mark.parametrize(
    ("before", "after", "made", "enough", "silent"),
    [
        ("1.0.0", "1.0.0", Part.NONE, False, True),
        ("1.0.0", "1.0.1", Part.PATCH, False, True),
        ("1.9.9", "1.10.0", Part.MINOR, False, True),
        ("1.9.9", "2.0.0", Part.MAJOR, True, False),
        ("2.0.0", "1.9.9", Part.NONE, False, True),
    ],
)
def test_breaking_change_asks_for_a_major_version(
    before: str,
    after: str,
    made: Part,
    enough: bool,  # noqa: FBT001 - a row of the table
    silent: bool,  # noqa: FBT001 - as above
) -> None:
    found = versions(before, after, ("phone, post", "phone"))
    assert (found.made, found.is_enough, found.breaks_silently) == (made, enough, silent)


def test_compatible_change_never_breaks_silently() -> None:
    found = versions("1.0.0", "1.0.1", (DUE_RULE, ""))
    assert (found.asked, found.is_enough, found.breaks_silently) == (Part.MINOR, False, False)
