"""Each table of commands names functions that exist, and says of them what they say of themselves."""

import inspect
import subprocess
import sys

import pytest

from pantau.cli import GROUPS, Pantau
from pantau.commandtable import Entry

ENTRIES = {
    **Pantau.table,
    **{
        f"{group} {name}": entry
        for group, (commands, _) in GROUPS.items()
        for name, entry in commands.table.items()
    },
}
HEAVY = {
    "alembic",
    "deltalake",
    "duckdb",
    "great_expectations",
    "ibis",
    "numpy",
    "pandas",
    "plotly",
    "polars",
    "pyarrow",
    "scipy",
    "sqlalchemy",
    "streamlit",
}
LISTING = """
import sys
from pantau.cli import main
try:
    main()
finally:
    print("IMPORTED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def imported_by(*words: str) -> set[str]:
    """Top-level modules that a process has imported once it has answered."""
    run = subprocess.run([sys.executable, "-c", LISTING, *words], capture_output=True, text=True, check=False)
    (line,) = [line for line in run.stderr.splitlines() if line.startswith("IMPORTED ")]
    return set(line.split()[1:])


@pytest.mark.parametrize("name", ENTRIES)
def test_line_of_help_is_how_the_command_describes_itself(name: str) -> None:
    entry = ENTRIES[name]
    described = inspect.getdoc(entry.load())
    assert described is not None
    assert described.startswith(entry.summary.rstrip("."))


@pytest.mark.parametrize("words", [["--help"], ["--version"], [], ["db", "--help"], ["no-such-command"]])
def test_help_and_version_import_no_library_that_takes_long(words: list[str]) -> None:
    imported = imported_by(*words)
    assert "typer" in imported
    assert imported & HEAVY == set()


def test_command_imports_no_library_of_another() -> None:
    imported = imported_by("rank", "--help")
    assert imported & {"great_expectations", "ibis", "scipy", "streamlit"} == set()
    assert "sqlalchemy" in imported


def test_entry_that_names_no_function_fails_when_it_is_called() -> None:
    with pytest.raises(AttributeError):
        Entry("pantau.commands.setup:no_such_function", "").load()
