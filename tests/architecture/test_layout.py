"""Where code lies and how large it may grow."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.checkout import CODE, PACKAGES, ROOT, modules, named

LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 40
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc", "stuff"}
QUIET, UNTYPED = "no" + "qa", "type: " + "ignore"  # in pieces, or these lines would be findings
SUPPRESSION = re.compile(rf"#\s*(?:{QUIET}|{UNTYPED})\b")
REASONED = (
    re.compile(rf"# {QUIET}: [A-Z]+\d+(?:, ?[A-Z]+\d+)*[\s#:-]+[^\s#]"),
    re.compile(rf"# {UNTYPED}\[[\w, -]+\][\s#:-]+[^\s#]"),
)
SHADOWS = ("metrics.py", "checks.py", "exporters.py", "pantau.py", "pages")


@pytest.mark.parametrize("package", PACKAGES)
def test_package_exists_and_can_be_imported_by_the_linter(package: str) -> None:
    assert (ROOT / package / "__init__.py").is_file()


def test_every_folder_with_modules_is_a_package() -> None:
    # import-linter silently skips folders without __init__.py; Alembic loads its versions by path
    bare = {
        named(path.parent)
        for path in modules(*CODE)
        if not (path.parent / "__init__.py").is_file()
        and path.parent.parts[-2:] != ("migrations", "versions")
    }
    assert bare == set()


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PACKAGES)}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_MODULE} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    assert [place for path in modules(*PACKAGES) for place in long_functions(path)] == []


def long_functions(path: Path) -> list[str]:
    """Functions whose body, without its docstring, is longer than allowed: `file:line name (lines)`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            has_docstring = ast.get_docstring(node) is not None
            body = node.body[1:] if has_docstring else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            if lines > LINES_OF_A_FUNCTION:
                found.append(f"{named(path)}:{node.lineno} {node.name} ({lines})")
    return found


def test_modules_are_named_after_what_they_hold() -> None:
    assert [named(path) for path in modules(*PACKAGES) if path.stem in EMPTY_NAMES] == []


def test_the_dashboard_shadows_no_package() -> None:
    # `streamlit run app/main.py` puts app/ first on the path
    assert [name for name in SHADOWS if (ROOT / "app" / name).exists()] == []


def test_every_suppressed_finding_says_which_and_why() -> None:
    bare = []
    for path in modules(*CODE):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if SUPPRESSION.search(line) and not any(reasoned.search(line) for reasoned in REASONED):
                bare.append(f"{named(path)}:{number} {line.strip()}")
    assert bare == []
