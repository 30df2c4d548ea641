"""Method files: the embedded ones load, and one that cannot be used says what to change."""

from pathlib import Path

import pytest

from metrics.catalogue import CATALOGUE
from metrics.errors import MethodError
from metrics.ranking import METHODS, Method
from tests.metrics.ranking.figures import METHOD


@pytest.mark.parametrize("name", METHODS)
def test_embedded_method_is_usable_and_bears_no_official_name(name: str) -> None:
    method = Method.load(name)
    assert all(component.why for component in method.indicators)
    assert any(component.required for component in method.indicators)
    assert "bukan indeks resmi" in method.title_id
    assert "not an official index" in method.title_en
    assert METHODS[name].name == f"{name}-{method.version}.yaml"
    assert all(component.goalposts_why for component in method.indicators)
    assert method.total_weight == sum(component.weight for component in method.indicators)
    assert method.sources


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "id: ikm",
            "id: happiness",
            r"method, line 10: indicators\[happiness\]\.id: no indicator 'happiness'",
        ),
        (
            "weight: 2",
            "weight: 0",
            r"line 8: indicators\[completion_days_median\]\.weight: .*greater than 0\. .*leave the entry out",
        ),
        ("weight: 2", "weight: -1", r"weight: .*greater than 0"),
        ("weight: 2", "weight: .inf", r"weight: .*finite"),
        ("high: 50", "high: 0", r"low 0 is not below high 0"),
        (
            "low: 0, high: 1}",
            "low: 1, high: 0}",
            r"low 1 is not below high 0.*direction",
        ),
        ("id: ikm", "id: on_time_ratio", r"'on_time_ratio' is listed twice"),
        ("id: ikm", "id: received_per_working_day", r"neither better high nor better low"),
        ("minimum_coverage: 0.5", "minimum_coverage: 1.5", r"minimum_coverage: .*less than or equal to 1"),
        ("minimum_coverage: 0.5", "coverage: 0.5", r"minimum_coverage: Field required"),
        ("title_id: Uji", "title_id: Uji\nweigths: 1", r"weigths: Extra inputs"),
        ('version: "1"', "version: 1", r"version: .*string"),
        ("indicators:", "period: 2025-13\nindicators:", r"period: .*pattern"),
        ("indicators:", "aggregation: copeland\nindicators:", r"aggregation: .*'arithmetic' or 'geometric'"),
        (
            "indicators:",
            "total_weight: 5\nindicators:",
            r"line 7: total_weight: the weights add up to 4, not",
        ),
        ("indicators:", "level: 0.9\nindicators:", r"line 7: level: .*greater than or equal to 0.95"),
        ("indicators:", "draws: 10\nindicators:", r"line 7: draws: .*1000"),
        ("indicators:", "doubts: {runs: 1}\nindicators:", r"line 7: doubts.runs: .*100"),
        ("indicators:", "funnels: {trim: 0.5}\nindicators:", r"line 7: funnels.trim: .*less than 0.5"),
        ("title_en: Test", "title_en: Test\ntitle_en: Other", r"line 6: 'title_en' is given twice. Keep one"),
        ("weight: 2", "weight: 2, weight: 3", r"line 8: 'weight' is given twice"),
    ],
)
def test_method_that_cannot_be_used_names_entry_and_remedy(old: str, new: str, message: str) -> None:
    assert old in METHOD
    with pytest.raises(MethodError, match=message):
        Method.parse(METHOD.replace(old, new))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no entries"),
        ("[1, 2]", "holds no entries"),
        ("id: [", "is not YAML"),
        (METHOD.partition("indicators:")[0] + "indicators: []", "at least 1 item"),
        (METHOD.partition("indicators:")[0] + "indicators: [3]", r"indicators\.0: "),
    ],
)
def test_text_that_is_no_method_is_refused(text: str, message: str) -> None:
    with pytest.raises(MethodError, match=message):
        Method.parse(text)


def test_text_of_the_first_form_of_methods_is_read_as_an_arithmetic_mean() -> None:
    text = (
        '{"id":"pantau-service-score","version":"1","title_id":"Skor","title_en":"Score","period":"all",'
        '"aggregation":"arithmetic","minimum_coverage":0.8,"indicators":[{"id":"on_time_ratio","weight":3.0,'
        '"low":0.0,"high":1.0,"required":true,"why":"The promise."}]}'
    )
    method = Method.parse(text)
    assert (method.aggregation, method.level, method.total_weight) == ("arithmetic", 0.95, None)
    assert method.indicators[0].goalposts_why == ""


@pytest.mark.parametrize("name", METHODS)
def test_method_comes_back_from_the_text_that_an_installation_stores(name: str) -> None:
    assert Method.parse(Method.load(name).model_dump_json()) == Method.load(name)


def test_missing_file_is_an_error_that_lists_the_embedded_methods(tmp_path: Path) -> None:
    with pytest.raises(MethodError, match="default, applications, complaints"):
        Method.load(tmp_path / "none.yaml")
    (tmp_path / "own.yaml").write_text(METHOD, encoding="utf-8")
    assert Method.load(tmp_path / "own.yaml").id == "test-method"


def test_goalposts_of_the_index_are_the_ends_of_its_scale() -> None:
    component = next(c for c in Method.load("default").indicators if c.id == "ikm")
    assert (component.low, component.high, CATALOGUE["ikm"].direction) == (25, 100, "up")
