"""The generated pages are current, and no command, option or argument is left undescribed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup

from tests.architecture.checkout import named
from tests.architecture.reference import CLI_PAGE, PAGES, pantau


def commands(command: object, path: str = "pantau") -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Each command with the words that call it; groups before what is in them."""
    assert isinstance(command, TyperCommand | TyperGroup)
    yield path, command
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(pantau()))


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
