"""What pydantic finds wrong with a YAML file, as lines that name the entry and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pydantic import ValidationError


def _remove(_: list[str]) -> str:
    return "Remove it, or correct its name."


def faults(
    error: ValidationError,
    remedy: Callable[[list[str]], str] = _remove,
    *,
    tags: Collection[str] = (),
    quoting: bool = True,
    under: str = "",
) -> Iterator[str]:
    """One line for each fault.

    ``remedy`` tells what to do about an entry that there is not. ``tags``: names in pydantic's places
    that are none of the file's. ``quoting``: whether to say what was found; it may be a secret.
    ``under``: place in the file of what was validated.
    """
    for item in error.errors():
        place = [str(part) for part in item["loc"] if part not in tags]
        path = ".".join([*filter(None, [under]), *place])
        if item["type"] == "extra_forbidden":
            yield f"{path}: there is no such entry. {remedy(place)}"
        elif item["type"] == "missing":
            yield f"{path}: it is missing. Add it."
        elif item["type"] == "value_error":
            yield f"{path}: {item['ctx']['error']}." if path else f"{item['ctx']['error']}."
        else:
            found = f" (found {item['input']!r})" if quoting else ""
            yield f"{path}: {item['msg']}{found}. Correct it."
