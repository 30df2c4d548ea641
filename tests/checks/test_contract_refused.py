"""Bad contracts are refused at load: where the fault stands, to the column, and what to do."""

from __future__ import annotations

import pytest

from checks.compile import compile_contract
from checks.errors import ContractError

HERE = "‸"
"""Stands in a bad text where the message must point, and is taken out of it."""

ABOUT = """            description: A fact.
            dimension: conformity
            severity: critical
            businessImpact: Figures go wrong.
            customProperties: [{property: owner, value: regional-data-source}]
"""


def column(name: str, logical: str, physical: str, more: str = "required: false", rules: str = "") -> str:
    quality = f"        quality:\n{rules}" if rules else ""
    return (
        f"      - name: {name}\n        logicalType: {logical}\n        physicalType: {physical}\n"
        f"        {more}\n        description: A column.\n{quality}"
    )


def metric(identifier: str, name: str, arguments: str = "") -> str:
    given = f"            arguments: {arguments}\n" if arguments else ""
    return (
        f"          - id: {identifier}\n{ABOUT}            type: library\n            metric: {name}\n{given}"
        "            mustBeLessOrEqualTo: 0\n            unit: percent\n"
    )


def rule(identifier: str, kind: str, arguments: str = "{}") -> str:
    about = ABOUT.replace("            ", "        ")
    return (
        f"      - id: {identifier}\n{about}        type: custom\n        engine: pantau\n"
        f"        implementation:\n          rule: {kind}\n          arguments: {arguments}\n"
        "          mustBeLessOrEqualTo: 0\n          unit: percent\n"
    )


def required(name: str, more: str = "required: true") -> str:
    return column(name, "string", "string", more, metric(f"required-{name}", "nullValues"))


KEY = "required: true\n        primaryKey: true\n        primaryKeyPosition: {}"
INSTANT = ("timestamp", '"timestamp[us, tz=UTC]"')
STATUS = metric("domain-status", "invalidValues", "{validValues: [open, closed]}")
GOOD = (
    """apiVersion: v3.1.0
kind: DataContract
id: test.permits
name: permits
version: 1.0.0
status: active
description: {purpose: A test., usage: None., limitations: Many.}
schema:
  - name: permits
    logicalType: object
    physicalType: table
    description: A permit.
    properties:
"""
    + required("region", KEY.format(1))
    + required("id", KEY.format(2))
    + required("source")
    + column("seen", *INSTANT, "required: true", metric("required-seen", "nullValues"))
    + column("begun", *INSTANT)
    + column("ended", *INSTANT)
    + column("due", *INSTANT)
    + column("status", "string", "string", rules=STATUS)
    + column("up", "boolean", "bool")
    + column("count", "integer", "int64")
    + column("share", "number", "double")
    + column("edges", "array", "list<double>")
    + column("counts", "array", "list<int64>")
    + "    quality:\n"
    + rule("values-readable", "readable")
    + rule("region-known", "registered", "{column: region}")
    + rule("begun-not-late", "not-future", "{column: begun, reference: ended, tolerance_seconds: 0}")
    + rule("begun-not-old", "not-earlier", "{column: begun, earliest: 2000-01-01}")
    + rule("due-not-before-ended", "not-less", "{column: due, than: ended}")
    + rule("share-in-range", "range", "{column: share, minimum: 0, maximum: 1}")
    + rule("count-in-range", "range", "{column: count, above: 0, maximum: 9}")
    + rule("edges-in-range", "items-range", "{column: edges, minimum: 0}")
    + rule("edges-ascend", "ascending", "{column: edges}")
    + rule("same-length", "same-length", "{column: edges, other: counts}")
    + rule("edges-with-counts", "together", "{other: counts, column: edges}")
    + rule("some-figure", "any-of", "{columns: [count, share]}")
    + rule("status-dated", "dated-status", "{column: status, date: ended, dated: [closed], undated: [open]}")
    + rule(
        "status-of-up", "domain-by", "{column: status, by: up, values: {'true': [open], 'false': [closed]}}"
    )
)
SHARED = "            mustBeLessOrEqualTo: 0"
"""The bound of the first rule."""

OLD = GOOD[
    GOOD.index("severity", GOOD.index("id: begun-not-old")) : GOOD.index(
        "\n          unit", GOOD.index("id: begun-not-old")
    )
]
"""A rule from its severity to its bound."""

LAST = "      - id: some-figure"
"""Before it another rule can stand."""

BAD: dict[str, tuple[str, str, str]] = {
    # not the text of a contract
    "no YAML": ("kind: DataContract", "kind: Data‸: Contract", "this is not YAML"),
    "tabs": ("status: active", "status:\n‸\t- active", "cannot start any token"),
    "a character of no text": ("kind: DataContract", "kind: Data‸\x07Contract", "is none of a text"),
    "nothing": (GOOD, "‸", "the whole text: Input should be a valid dictionary"),
    "a list": (GOOD, "‸- a", "the whole text: Input should be a valid dictionary"),
    "entry that holds itself": ("status: active", "status: &a [‸*a]", r"'\*a' stands for another entry"),
    "levels without end": (GOOD, "‸" + "[" * 9_000, "without end"),
    "date that there is not": ("2000-01-01", "‸2000-02-31", "'2000-02-31' cannot be read"),
    "another standard": ("apiVersion: v3.1.0", "apiVersion: ‸v2.2.2", "apiVersion: .*'v3.1.0'"),
    "another kind": ("kind: DataContract", "kind: ‸Dashboard", "kind: .*'DataContract'"),
    "unknown key": ("status: active", "status: active\n‸owner: me", "owner: .*Remove it, or use one of"),
    "unknown key of a column": (
        "        required: false",
        "        required: false\n        ‸clasification: restricted",
        r"properties\[4\]\.clasification: .*one of: name, logicalType",
    ),
    "unknown key of a rule": (
        "            severity: critical",
        "            severity: critical\n            ‸seferity: info",
        r"quality\[0\]\.seferity: .*one of: id, description, dimension",
    ),
    "key twice": ("status: active", "status: active\n‸status: draft", "'status' stands here twice"),
    "version without a patch": ("version: 1.0.0", "version: ‸'1.0'", "version: .*pattern"),
    "version with a zero in front": ("version: 1.0.0", "version: ‸1.01.0", "version: .*pattern"),
    "name of another table": ("  - name: permits", "  - name: ‸permit", "is called 'permits'"),
    # columns
    "column twice": ("- name: source", "- name: ‸region", "'region' stands here twice"),
    "unknown type": ("physicalType: bool", "physicalType: ‸boolean", "'boolean' is no type. Use one of"),
    "another logical type": ("logicalType: boolean", "logicalType: ‸string", "is logically 'boolean'"),
    "required in a word": ("required: false", "required: ‸'no'", "required: .*valid boolean"),
    "half a key": (
        "      - name: source\n",
        "      - ‸name: source\n        primaryKeyPosition: 3\n",
        "primaryKey and primaryKeyPosition go together",
    ),
    "key with a gap": ("primaryKeyPosition: 2", "primaryKeyPosition: ‸3", "This one should be 2"),
    "key with two firsts": ("primaryKeyPosition: 2", "primaryKeyPosition: ‸1", "This one should be 2"),
    "personal data in numbers": (
        "        physicalType: int64\n",
        "        physicalType: int64\n        classification: ‸restricted\n",
        "'count' is a integer. Write 'public'",
    ),
    "required without a rule": (
        "required: false",
        "required: ‸true",
        "'begun' is required but has no rule 'required-begun'",
    ),
    "rule without required": (
        "name: source\n        logicalType: string\n        physicalType: string\n        required: true",
        "name: source\n        logicalType: string\n        physicalType: string\n        required: ‸false",
        "'source' has a rule 'required-source' but is not required",
    ),
    "key that may be absent": (
        KEY.format(2),
        KEY.format(2).replace("required: true", "required: ‸false"),
        "'id' is in the key. Set 'required: true'",
    ),
    # rules, each alone
    "no owner": ("[{property: owner, value: regional-data-source}]", "‸[]", "customProperties: .*at least 1"),
    "no severity": (
        f"- id: required-region\n{ABOUT}",
        f"- ‸id: required-region\n{ABOUT}".replace("            severity: critical\n", ""),
        "severity: Field required. Add it",
    ),
    "unknown severity": ("severity: critical", "severity: ‸fatal", "'critical', 'warning' or 'info'"),
    "unknown dimension": ("dimension: conformity", "dimension: ‸beauty", "dimension: .*'completeness'"),
    "identifier that is not kebab-case": ("id: region-known", "id: ‸Region_known", "id: .*pattern"),
    "bound over a hundred": (SHARED, SHARED[:-1] + "‸101", "less than or equal to 100"),
    "bound that is no number": (SHARED, SHARED[:-1] + "‸.nan", "mustBeLessOrEqualTo: .*finite number"),
    "bound in a word": (SHARED, SHARED[:-1] + "‸'0'", "mustBeLessOrEqualTo: .*valid number"),
    "unknown metric": ("metric: nullValues", "metric: ‸oddValues", "metric: .*'nullValues'"),
    "another engine": ("engine: pantau", "engine: ‸soda", "engine: .*'pantau'"),
    "rule of another name": (
        "- id: required-region",
        "- id: ‸needs-region",
        "called 'required-region'. Rename it",
    ),
    "unknown kind of rule": (
        "rule: registered",
        "rule: ‸recognised",
        "'recognised' is no kind of rule. Use one of: any-of",
    ),
    "unknown argument": (
        "{column: region}",
        "{column: region, ‸colum: region}",
        r"arguments\.colum: Extra inputs are not permitted. Remove it",
    ),
    "missing argument": ("{column: region}", "‸{}", r"arguments\.column: Field required. Add it"),
    "argument of another type": ("2000-01-01", "‸tomorrow", r"arguments\.earliest: .*valid date"),
    "tolerance in a word": ("tolerance_seconds: 0", "tolerance_seconds: ‸'0'", "valid integer"),
    "no list of words": ("[open, closed]", "‸[]", r"validValues: 'validValues' must be a list of words"),
    "word twice": ("[open, closed]", "‸[open, closed, open]", "the word 'open' stands here twice"),
    "word with blanks": ("[open, closed]", "‸[open, ' closed']", "blanks at its ends"),
    "word that YAML takes for no": ("[open, closed]", "[open, ‸no]", "valid string"),
    "unknown argument of a metric": ("{validValues:", "‸{pattern: x, validValues:", "unknown: pattern"),
    "unknown column": (
        "than: ended",
        "than: ‸endet",
        r"arguments\.than: there is no column 'endet'. Use one of: region",
    ),
    "unknown column of several": (
        "[count, share]",
        "[count, ‸shares]",
        r"arguments\.columns\[1\]: there is no column 'shares'",
    ),
    "column of another type": (
        "{column: share,",
        "{column: ‸source,",
        "'source' is a string; this rule takes integer or number",
    ),
    "reference that is no instant": (
        "reference: ended",
        "reference: ‸source",
        "'source' is a string; this rule takes date or timestamp",
    ),
    "columns of different types": (
        "{column: due, than: ended}",
        "‸{column: due, than: share}",
        "columns due and share are of different types",
    ),
    # rules that contradict themselves
    "column before itself": ("than: ended", "than: ‸due", "names the column 'due' twice"),
    "column beside itself": ("other: counts", "other: ‸edges", "names the column 'edges' twice"),
    "range without a bound": (
        "{column: share, minimum: 0, maximum: 1}",
        "‸{column: share}",
        "at least one of minimum, above and maximum",
    ),
    "minimum above maximum": (
        "{column: share, minimum: 0,",
        "‸{column: share, minimum: 2,",
        "no value is at least 2 and at most 1. Correct one",
    ),
    "more than the most": (
        "{column: count, above: 0,",
        "‸{column: count, above: 9,",
        "no value is more than 9 and at most 9",
    ),
    "two lower bounds": (
        "{column: share, minimum: 0,",
        "‸{column: share, above: 0, minimum: 0,",
        "minimum and above are both lower bounds",
    ),
    "endless bound": ("minimum: 0", "minimum: ‸.inf", "minimum: .*finite number"),
    "bound that is a truth": ("minimum: 0", "minimum: ‸true", "minimum: .*valid number"),
    "no whole number between": (
        "{column: count, above: 0, maximum: 9}",
        "‸{column: count, above: 0, maximum: 0.5}",
        "no value of 'count' is left that passes",
    ),
    "status dated and undated": (
        "{column: status, date: ended, dated: [closed]",
        "‸{column: status, date: ended, dated: [open]",
        "'open' stands in two of dated, undated and either",
    ),
    "empty list of a value": ("'true': [open]", "'true': ‸[]", r"values\.true: .*at least 1"),
    "lists that are the same": (
        "{column: status, by: up, values: {'true': [open]",
        "‸{column: status, by: up, values: {'true': [closed]",
        "all lists are the same",
    ),
    # severities and bounds that contradict
    "required with a share of nulls": (SHARED, SHARED[:-1] + "‸5", "rejects every row .* allows 5 per cent"),
    "required that only warns": ("severity: critical", "severity: ‸warning", "'required' cannot be kept"),
    "bound that never fails": (
        OLD,
        OLD.replace("critical", "warning")[:-1] + "‸100",
        "the check never fails",
    ),
    # rules that contradict a column or one another
    "rule twice": ("- id: region-known", "- id: ‸values-readable", "'values-readable' stands here twice"),
    "one rule with two names": (
        LAST,
        rule("edges-ascend-too", "ascending", "{column: edges}").replace("id: ", "id: ‸") + LAST,
        "'edges-ascend-too' says the same as 'edges-ascend'",
    ),
    "one of several that is always there": (
        "{columns: [count, share]}",
        "‸{columns: [count, source]}",
        "'source' is required, so no row breaks this rule",
    ),
    "two that are always there": (
        "{other: counts, column: edges}",
        "‸{other: source, column: region}",
        "both columns are required",
    ),
    "one that is always there beside another": (
        "{other: counts, column: edges}",
        "‸{other: source, column: edges}",
        "'source' is required, which makes its counterpart required",
    ),
    "date that is always there": (
        "{column: status, date: ended,",
        "‸{column: status, date: seen,",
        "every row with the status 'open' breaks this rule",
    ),
    "status that there is not": (
        "{column: status, date: ended, dated: [closed]",
        "‸{column: status, date: ended, dated: [done]",
        "'done' is no word of 'status'. Use one of: open, closed",
    ),
    "value that a truth has not": (
        "{column: status, by: up, values: {'true': [open]",
        "‸{column: status, by: up, values: {'yes': [open]",
        "'yes' is no word of 'up'. Use one of: true, false",
    ),
    "ranges without a value in common": (
        LAST,
        rule("share-large", "range", "‸{column: share, minimum: 2}") + LAST,
        "no value of 'share' is left that passes",
    ),
    "order in a circle": (
        LAST,
        rule("begun-not-before-due", "not-less", "‸{column: begun, than: due}") + LAST,
        "the order goes in a circle, (begun|ended|due) <= ",
    ),
}


def test_good_contract_is_not_refused() -> None:
    assert [item.id for item in compile_contract(GOOD, "mine.yaml").rules][-1] == "status-of-up"


@pytest.mark.parametrize("case", BAD)
def test_bad_contract_is_refused_with_line_column_and_remedy(case: str) -> None:
    old, new, words = BAD[case]
    assert old in GOOD
    marked = GOOD.replace(old, new, 1)
    before, _, after = marked.partition(HERE)
    line, column_ = before.count("\n") + 1, len(before) - before.rfind("\n")
    with pytest.raises(ContractError, match=words) as refused:
        compile_contract(before + after, "mine.yaml")
    assert str(refused.value).startswith(f"mine.yaml line {line} column {column_}"), refused.value
    assert str(refused.value).endswith((".", "!"))
    assert refused.value.exit_status == 2
