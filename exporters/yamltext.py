"""YAML whose scalars stay text, so that ``11.10``, ``007`` and ``no`` are what was written."""

from __future__ import annotations

import yaml

from exporters.errors import MappingError
from metrics.errors import PantauError


class _TextLoader(yaml.BaseLoader):
    """Loader of text, sequences and maps; a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, object]:  # type: ignore[override] # noqa: FBT001, FBT002 - the signature of PyYAML
        """Map with distinct keys."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} stands here twice. Keep one of them", key.start_mark
                )
            seen.add(key.value)
        return {str(key): value for key, value in super().construct_mapping(node, deep=deep).items()}


def read_yaml(
    text: str, origin: str, *, first: str = "dataset: ...", fault: type[PantauError] = MappingError
) -> dict[str, object]:
    """Map at the top of a YAML text. Raises ``fault`` with the line; ``first``: entry to begin with."""
    try:
        document = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - BaseLoader builds nothing but text
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "somewhere"
        raise fault(f"{origin}, {where}: {error.problem}. Correct the YAML there.") from error
    except yaml.YAMLError as error:
        raise fault(f"{origin} is no YAML: {error}. Correct it.") from error
    if not isinstance(document, dict):
        raise fault(f"{origin} holds no entries. Begin with 'version: 1' and '{first}'.")
    return document
