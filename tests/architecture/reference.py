"""The generated pages of docs/reference. `make docs` writes them anew; a test holds them current."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from typer import Context
from typer.cli import get_docs_for_click
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from exporters.collecting.reference import reference as exporter
from exporters.reference import reference as mapping
from metrics.catalogue import reference as indicators
from metrics.ranking.reference import reference as method
from metrics.store.reference import reference as store
from pantau.cli import app
from pantau.commandtable import Announced
from tests.architecture.checkout import ROOT

REFERENCE = ROOT / "docs" / "reference"
CLI_PAGE = REFERENCE / "cli.md"
_INTRODUCTION = """# The command line

Generated from the command itself by `make docs`. `pantau COMMAND --help` says the same.

Every command takes `--home` and `--json`, before its name or after it. Answers go to standard output, messages to
standard error. With `--json` the answer is JSON, and nothing else is printed unless something goes wrong. What went
wrong is one line: what happened, where, and what to do.

| exit status | means |
| --- | --- |
| 0 | done |
| 1 | done, with a larger share of rejected rows than `--max-rejected` allows; of `verify`: not reproduced |
| 2 | wrong use: an option, a mapping, a registry or a method that cannot be; nothing was done |
| 3 | a source, the store or the archive failed; what was not counted is taken in by the next run |
| 130 | interrupted |

| variable | what it sets |
| --- | --- |
| `PANTAU_HOME` | the installation's folder, when `--home` is not given; else `./var` |
| `PANTAU_STORE_URL` | the store, when it is not the SQLite file in the folder: `postgresql+psycopg://USER:PASSWORD@HOST/DATABASE` |
| `PANTAU_ARCHIVE_URL` | the archive, when it is not in the folder |
| `PANTAU_ENGINE` | what rolls the archive up: `duckdb` (as without it) or `spark`; both give the same rows |
| `PANTAU_SPARK_MASTER` | the Spark cluster, such as `spark://HOST:7077`; without it Spark runs on this machine |
| `PANTAU_SECRETS_DIR` | a folder in which each of these may stand as a file instead, named in small letters (`pantau_store_url`) |
| `PANTAU_TRACEBACK` | when set, a failure ends with Python's traceback, for a report of a fault |

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


def commands(command: object, path: str = "pantau") -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Each command with the words that call it; groups before what is in them."""
    assert isinstance(command, TyperCommand | TyperGroup)
    yield path, command
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(pantau()))


def wrong(words: Sequence[str]) -> str | None:
    """What is wrong with the words after ``pantau``: a command or option that there is not."""
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    names = [word for word in _without_home(words) if not word.startswith("-")]
    group = COMMANDS.get(f"pantau {names[0]}") if names else None
    depth = min(len(names), 2 if isinstance(group, TyperGroup) else 1)
    path = " ".join(["pantau", *names[:depth]])
    if path not in COMMANDS:
        return f"there is no {path}"
    known = {"--help", "-h", *_options(COMMANDS["pantau"]), *_options(COMMANDS[path])}
    return next((f"{path} has no {option}" for option in options if option not in known), None)


def _without_home(words: Sequence[str]) -> list[str]:
    return [word for before, word in pairwise(["", *words]) if before != "--home"]


def _options(command: TyperCommand | TyperGroup) -> set[str]:
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts)}


PAGES = {
    REFERENCE / "exporter.md": exporter,
    CLI_PAGE: command_line,
    REFERENCE / "indicators.md": indicators,
    REFERENCE / "mapping.md": mapping,
    REFERENCE / "method.md": method,
    REFERENCE / "store.md": store,
}


if __name__ == "__main__":
    for page, text in PAGES.items():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text(), encoding="utf-8")
