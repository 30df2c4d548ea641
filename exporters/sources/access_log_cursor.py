"""Where the reading of a log goes on: at the first line of the earliest interval that is open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from exporters.files.accesslog import Before
from exporters.sources.access_log_files import Mark


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and up to where it was read before."""

    mark: Mark
    seen: int


@dataclass(frozen=True, slots=True)
class TailCursor:
    """Where to go on. ``offset``: in the first of the files. ``row``: lines before it, of all files."""

    places: Sequence[Place]
    offset: int
    row: int
    before: Before

    def kept(self) -> str:
        """Text of it."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> TailCursor:
        """Cursor from its text. Raises ``ValueError`` for what is none."""
        try:
            found = json.loads(text)
            places = [Place(Mark(**place["mark"]), int(place["seen"])) for place in found["places"]]
            return cls(places, int(found["offset"]), int(found["row"]), Before(**found["before"]))
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise ValueError("it is no cursor of an access log") from error
