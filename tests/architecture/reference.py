"""The generated pages of docs/reference. `make docs` writes them anew; a test holds them current."""

from typer import Context
from typer.cli import get_docs_for_click
from typer.core import TyperGroup
from typer.main import get_command

from metrics.catalogue import reference as indicators
from metrics.store.reference import reference as store
from pantau.cli import app
from pantau.commandtable import Announced
from tests.architecture.checkout import ROOT

REFERENCE = ROOT / "docs" / "reference"
CLI_PAGE = REFERENCE / "cli.md"
_INTRODUCTION = """# The command line

Generated from the command itself by `make docs`. `pantau COMMAND --help` says the same.

"""


def whole(group: TyperGroup) -> TyperGroup:
    """The group with its commands imported, and those of its groups."""
    for name, command in group.commands.items():
        if isinstance(command, Announced):
            group.commands[name] = command.load()
        elif isinstance(command, TyperGroup):
            whole(command)
    return group


def pantau() -> TyperGroup:
    """The command line with every command imported."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return whole(group)


def command_line() -> str:
    """docs/reference/cli.md as it should be: every command with its arguments and options."""
    command = pantau()
    text = get_docs_for_click(obj=command, ctx=Context(command), name="pantau", indent=1)
    lines = (line.rstrip() for line in text.splitlines())
    return _INTRODUCTION + "\n".join(lines).strip() + "\n"


PAGES = {CLI_PAGE: command_line, REFERENCE / "indicators.md": indicators, REFERENCE / "store.md": store}


if __name__ == "__main__":
    for page, text in PAGES.items():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text(), encoding="utf-8")
