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
    assert METHODS[name].name == f"{name}.yaml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: ikm", "id: happiness", r"indicators\[happiness\]\.id: no indicator 'happiness'"),
        ("weight: 2", "weight: 0", r"indicators\[completion_days_median\]\.weight: .*greater than 0"),
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
        ("indicators:", "aggregation: geometric\nindicators:", r"aggregation: .*arithmetic"),
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


def test_missing_file_is_an_error_that_lists_the_embedded_methods(tmp_path: Path) -> None:
    with pytest.raises(MethodError, match="default, applications, complaints"):
        Method.load(tmp_path / "none.yaml")
    (tmp_path / "own.yaml").write_text(METHOD, encoding="utf-8")
    assert Method.load(tmp_path / "own.yaml").id == "test-method"


def test_goalposts_of_the_index_are_the_ends_of_its_scale() -> None:
    component = next(c for c in Method.load("default").indicators if c.id == "ikm")
    assert (component.low, component.high, CATALOGUE["ikm"].direction) == (25, 100, "up")
