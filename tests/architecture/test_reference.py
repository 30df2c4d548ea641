"""The reference of the command line is current and leaves no command, option or argument undescribed."""

from collections.abc import Iterator

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from pantau.cli import app
from tests.architecture.reference import CLI_PAGE, command_line


def commands(command: object, path: str = "pantau") -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Each command with the words that call it; groups before what is in them."""
    assert isinstance(command, TyperCommand | TyperGroup)
    yield path, command
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(get_command(app)))


def test_reference_is_what_the_command_line_says_of_itself() -> None:
    assert CLI_PAGE.read_text(encoding="utf-8") == command_line(), "run make docs"


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
