"""Room for the pushes that are under way: so many, and so many bytes. Beyond it, 503."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exporters.push.refusal import Refusal, later
from exporters.push.settings import PushSettings

RETRY_SECONDS = 5


class Stay:
    """What one push takes of the room."""

    def __init__(self, room: Room, settings: PushSettings) -> None:
        self._room = room
        self._settings = settings
        self.bytes = 0

    def hold(self, size: int) -> None:
        """Take ``size`` bytes in all. Raises ``Refusal`` where there is no room for them."""
        grown = size - self.bytes
        if grown > 0 and self._room.bytes + grown > self._settings.waiting_bytes:
            raise _full()
        self._room.bytes += grown
        self.bytes = size


class Room:
    """All pushes under way. For one event loop."""

    def __init__(self) -> None:
        self.pushes = 0
        self.bytes = 0

    @contextmanager
    def stay(self, settings: PushSettings) -> Iterator[Stay]:
        """Come in, and leave at the end. Raises ``Refusal`` where there is no room."""
        if self.pushes >= settings.waiting_pushes:
            raise _full()
        self.pushes += 1
        one = Stay(self, settings)
        try:
            yield one
        finally:
            self.pushes -= 1
            one.hold(0)


def _full() -> Refusal:
    return later(
        503, "more is being pushed than can be taken in. Send it again after some seconds.", RETRY_SECONDS
    )
