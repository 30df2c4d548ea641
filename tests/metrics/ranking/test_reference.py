"""The page about the methods is what the method files say."""

import pytest

from metrics.ranking import METHODS, Method
from metrics.ranking.reference import reference
from tests.architecture.checkout import ROOT


def test_page_about_methods_is_current() -> None:
    page = ROOT / "docs" / "reference" / "method.md"
    assert page.read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize("name", METHODS)
def test_page_gives_each_indicator_with_weight_goalposts_and_reasons(name: str) -> None:
    method = Method.load(name)
    section = reference().partition(f"## `{name}`")[2].partition("\n## ")[0]
    for component in method.indicators:
        row = next(line for line in section.splitlines() if f"#{component.id})" in line)
        assert component.why in row
        assert component.goalposts_why in row
        assert {f"{component.low:g}", f"{component.high:g}"} <= set(row.split())
    assert all(source in section for source in method.sources)
