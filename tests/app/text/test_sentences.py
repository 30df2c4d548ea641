"""The tables of sentences: both languages say the same things, and everything that can be said."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

import pytest

from app.components.sentences import definition, indicator_name, reason, rule_words
from app.reading.progress import LINES
from app.reading.values import Comparison
from app.text import LANGUAGES, Language
from checks.compile import CONTRACTS, load_contract
from checks.monitors import MONITORS
from exporters.intake import CONFLICT_RULE
from exporters.issues import RULES
from metrics.catalogue import CATALOGUE
from metrics.datasets import DATASETS
from metrics.model import Severity, ValueStatus
from metrics.observation import Act, State
from metrics.ranking.reasons import REASONS
from metrics.rollout.figures import published_figures
from metrics.rollout.stages import TRACKS
from tests.architecture.checkout import modules

FIRST, *OTHERS = LANGUAGES.values()
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
DIMENSIONS = {rule.dimension for name in CONTRACTS for rule in load_contract(name).rules} | {
    monitor.about.dimension for monitor in MONITORS.values()
}
EVERY_RULE = {rule.id for name in CONTRACTS for rule in load_contract(name).rules} | {*RULES, CONFLICT_RULE}


def fields(sentence: str) -> list[str]:
    """Names of the fields of a sentence, sorted, each as often as it stands there."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("other", OTHERS, ids=[one.code for one in OTHERS])
def test_languages_have_the_same_sentences(other: Language) -> None:
    assert set(other.sentences) == set(FIRST.sentences)


@pytest.mark.parametrize("other", OTHERS, ids=[one.code for one in OTHERS])
def test_a_sentence_has_the_same_fields_in_every_language(other: Language) -> None:
    differ = {
        key: (fields(sentence), fields(other.sentences[key]))
        for key, sentence in FIRST.sentences.items()
        if set(fields(sentence)) != set(fields(other.sentences[key]))
    }
    assert differ == {}


@EVERY_LANGUAGE
def test_no_sentence_is_empty_or_has_stray_blanks(t: Language) -> None:
    odd = [
        key
        for key, sentence in t.sentences.items()
        if not sentence or sentence != sentence.strip() or "  " in sentence
    ]
    assert odd == []


@EVERY_LANGUAGE
def test_bold_marks_are_in_pairs(t: Language) -> None:
    assert [key for key, sentence in t.sentences.items() if sentence.count("**") % 2] == []


def literals() -> Iterator[tuple[str, bool]]:
    """Every text in the dashboard's code, and whether it is whole: of an f-string the beginning alone."""
    for path in modules("app"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, True
            elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                yield str(node.values[0].value), False


def keys_in(node: ast.expr) -> list[str]:
    """Whole keys in what ``t`` is called with: one, or one of two."""
    if isinstance(node, ast.IfExp):
        return keys_in(node.body) + keys_in(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_sentence_that_the_dashboard_asks_for_exists() -> None:
    asked = [
        (f"{path.name}:{node.lineno}", key)
        for path in modules("app")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t"
        for key in keys_in(node.args[0])
    ]
    assert len(asked) > 100
    assert [(place, key) for place, key in asked if key not in FIRST.sentences] == []


def test_no_sentence_is_left_that_nobody_asks_for() -> None:
    whole = {key for key, is_whole in literals() if is_whole}
    begun = tuple(key for key, is_whole in literals() if not is_whole and key.endswith("."))
    groups = tuple(f"{key}." for key in whole if re.fullmatch(r"[a-z_]+", key))  # t.word("dataset", …)
    unused = [
        key
        for key in FIRST.sentences
        if key not in whole and not key.startswith(begun) and not key.startswith(groups)
    ]
    assert unused == []


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("dataset", set(DATASETS)),
        ("status", {status.value for status in ValueStatus} - {"ok"}),
        ("severity", {severity.value for severity in Severity}),
        ("checks.severity", {severity.value for severity in Severity}),
        ("dimension", DIMENSIONS),
        ("incidents.act", {act.value for act in Act}),
        ("quality.state", {state.value for state in State}),
        ("unit", {entry.unit for entry in CATALOGUE.values()} - {"ratio"}),
        ("series", {figure.series for figure in published_figures()} | {line.target for line in LINES}),
        ("direction", {entry.direction for entry in CATALOGUE.values()}),
        ("compare", {outcome.value for outcome in Comparison}),
        ("track", {line.id for line in LINES}),
        ("track.stage", {line.id for line in LINES}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_stored_word_is_translated(t: Language, group: str, names: set[str]) -> None:
    assert [name for name in sorted(names) if f"{group}.{name}" not in t.sentences] == []


@EVERY_LANGUAGE
def test_every_indicator_has_a_name_and_a_definition(t: Language) -> None:
    for indicator in CATALOGUE.values():
        assert indicator_name(indicator.id, t) not in ("", indicator.id)
        assert definition(indicator, t)


def test_names_of_indicators_are_told_apart() -> None:
    for t in LANGUAGES.values():
        names = [indicator_name(key, t) for key in CATALOGUE]
        assert len(set(names)) == len(names), t.code


@EVERY_LANGUAGE
@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_a_sentence_without_its_id(t: Language, code: str) -> None:
    wording = REASONS[code]
    details = ",".join(f"{name}=7" for name in dict.fromkeys(fields(wording.text_en + wording.remedy_en)))
    said = reason(f"{code}({details}): stored words", t)
    assert code not in said
    assert "stored words" not in said
    assert said.endswith(".")
    assert "{" not in said


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_has_the_same_fields_in_both_languages(code: str) -> None:
    wording = REASONS[code]
    both = (wording.text_id + wording.remedy_id, wording.text_en + wording.remedy_en)
    assert set(fields(both[0])) == set(fields(both[1]))


@pytest.mark.parametrize("track", TRACKS)
def test_every_stage_is_named_in_both_languages(track: str) -> None:
    assert [stage.id for stage in TRACKS[track].stages if not stage.name_id or not stage.name_en] == []


@EVERY_LANGUAGE
def test_every_rule_that_rejects_or_warns_is_said_in_words(t: Language) -> None:
    assert [rule for rule in sorted(EVERY_RULE) if rule_words(rule, t) == rule] == []


@EVERY_LANGUAGE
def test_a_rule_that_nobody_knows_is_said_by_its_id(t: Language) -> None:
    assert rule_words("rule-of-a-later-version", t) == "rule-of-a-later-version"
