"""The generated pages of docs/reference. `make docs` writes them anew; a test holds them current."""

from pathlib import Path

from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command

from pantau.cli import app
from tests.architecture.checkout import ROOT

CLI_PAGE = ROOT / "docs" / "reference" / "cli.md"
_INTRODUCTION = """# The command line

Generated from the command itself by `make docs`. `pantau COMMAND --help` says the same.

"""


def command_line() -> str:
    """docs/reference/cli.md as it should be: every command with its arguments and options."""
    command = get_command(app)
    text = get_docs_for_click(obj=command, ctx=Context(command), name="pantau", indent=1)
    lines = (line.rstrip() for line in text.splitlines())
    return _INTRODUCTION + "\n".join(lines).strip() + "\n"


def write(page: Path, text: str) -> None:
    """Put the text where the page belongs."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(CLI_PAGE, command_line())
