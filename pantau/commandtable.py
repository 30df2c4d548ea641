"""Groups of commands whose modules are imported when one of their commands runs, not before.

The libraries behind the commands take seconds to import, and ``pantau --help`` needs none of them.
So a group is a table of names: where each command's function is, and the line of help that lists it.
A test holds every entry to the function that it names.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its function as ``module:function``, and what ``--help`` of its group says of it."""

    function: str
    summary: str

    def load(self) -> Callable[..., None]:
        """Import the function's module."""
        module, _, name = self.function.partition(":")
        function: Callable[..., None] = getattr(importlib.import_module(module), name)
        return function


class Announced(TyperCommand):
    """Stands for a command in the list of a group, and becomes it once it is called."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, callback=None, help=entry.summary)
        self._entry = entry

    def load(self) -> TyperCommand:
        """The command itself, with its arguments and options."""
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(self._entry.load())
        command = get_command(alone)
        assert isinstance(command, TyperCommand)  # noqa: S101 - an app of one command is that command
        return command

    def make_context(self, *args: Any, **extra: Any) -> typer.Context:  # noqa: ANN401 - typer's own signature
        """Context of the command itself."""
        return self.load().make_context(*args, **extra)  # type: ignore[return-value] # typer's narrower type


class CommandTable(TyperGroup):
    """A group made of a table."""

    table: ClassVar[Mapping[str, Entry]] = {}

    def __init__(self, **attrs: Any) -> None:  # noqa: ANN401 - typer's own signature
        super().__init__(**attrs)
        announced = {name: Announced(name, entry) for name, entry in self.table.items()}
        self.commands = {**announced, **self.commands}
