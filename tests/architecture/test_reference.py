"""The generated pages are current, and no command, option or argument is left undescribed."""

from pathlib import Path

import pytest

from pantau.home import Settings
from tests.architecture.checkout import named
from tests.architecture.reference import CLI_PAGE, COMMANDS, PAGES, wrong


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_generated_page_is_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page](), "run make docs"


@pytest.mark.parametrize("path", COMMANDS)
def test_command_has_a_section_in_the_reference(path: str) -> None:
    page = CLI_PAGE.read_text(encoding="utf-8")
    assert f"# `{path}`\n" in page


@pytest.mark.parametrize("path", COMMANDS)
def test_command_and_each_of_its_options_say_what_they_do(path: str) -> None:
    command = COMMANDS[path]
    assert command.help
    silent = [param.name for param in command.params if not getattr(param, "help", None)]
    assert silent == []


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_setting_is_in_the_reference(setting: str) -> None:
    assert f"`PANTAU_{setting.upper()}`" in CLI_PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--home", "var/x", "import", "a.csv", "--mapping", "m.yaml"], None),
        (["db", "upgrade", "--home=var/x"], None),
        (["demo", "--no-serve"], None),
        (["--version"], None),
        (["improt", "a.csv"], "there is no pantau improt"),
        (["rank", "--mapping", "m.yaml"], "pantau rank has no --mapping"),
        (["db", "downgrade"], "there is no pantau db downgrade"),
        (["--verison"], "pantau has no --verison"),
    ],
)
def test_wrong_command_in_a_document_is_found(words: list[str], complaint: str | None) -> None:
    assert wrong(words) == complaint
