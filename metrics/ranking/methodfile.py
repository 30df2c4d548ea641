"""Text of a method file: its content, and complaints that name line, entry and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import yaml
from pydantic import ValidationError

from metrics.errors import MethodError

REMEDIES = {
    "missing": "Add it",
    "extra_forbidden": "Remove it, or correct its spelling",
    "greater_than": "Write a number above that, or leave the entry out",
    "finite_number": "Write an ordinary number",
    "string_type": "Put it in quotes",
}
"""What to do about what Pydantic found, where its own sentence does not say it."""


def content_of(text: str, name: str) -> dict[str, object]:
    """Entries of a method file. Raises ``MethodError``."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MethodError(f"{name}: is not YAML. {' '.join(str(error).split())}") from error
    if root is None or not isinstance(content, dict):
        raise MethodError(f"{name}: holds no entries. Begin with id, version and indicators.")
    for key in _repeated(root):
        line = key.start_mark.line + 1
        raise MethodError(f"{name}, line {line}: {key.value!r} is given twice. Keep one of them.")
    return content


def complaint(error: ValidationError, text: str, content: dict[str, object], name: str) -> str:
    """Return the first finding with the line and the entry it is about, and what to do."""
    finding = error.errors(include_url=False)[0]
    place = finding["loc"]
    entry = ".".join(str(part) for part in place)
    listed = content.get("indicators")
    match place:
        case ("indicators", int(number), *rest) if isinstance(listed, list) and isinstance(
            listed[number], dict
        ):
            entry = ".".join([f"indicators[{listed[number].get('id', number)}]", *map(str, rest)])
        case _:
            pass
    message = finding["msg"].removeprefix("Value error, ").rstrip(".")
    remedy = REMEDIES.get(finding["type"])
    said = f"{message}. {remedy}" if remedy else message
    return f"{name}, line {_line(text, place)}: {entry or 'method'}: {said}."


def _repeated(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Keys that an entry has already."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated(value)


def _line(text: str, place: Sequence[int | str]) -> int:
    """Line (from 1) on which an entry stands, or what should hold it begins."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 0
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = (node.value[step], node.value[step])
        else:
            found = None
        if found is None:
            break
        line, node = found[0].start_mark.line, found[1]
    return line + 1
