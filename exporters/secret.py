"""Secrets of a configuration: in the environment or in a file, never in the configuration itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, SecretStr


def revealed(text: str) -> str | None:
    """Value that ``env:NAME`` or ``file:PATH`` stands for; ``None`` where the text is neither.

    Raises ``ValueError`` where it is not there.
    """
    kind, _, name = text.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise ValueError(f"there is no {name} in the environment. Set it")
        return os.environ[name]
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{name} cannot be read. Correct the path, or the rights") from error
    return None


def _secret(value: object) -> object:
    if isinstance(value, SecretStr):
        return value
    found = revealed(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a secret does not stand in a configuration. Write env:NAME or file:PATH")
    return SecretStr(found)


Secret = Annotated[SecretStr, BeforeValidator(_secret)]
"""A secret by its place: ``env:NAME`` or ``file:PATH``. Not shown in messages, tables or representations."""
