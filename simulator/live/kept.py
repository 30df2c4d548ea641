"""Replies kept as bytes for those who ask the same again while nothing has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from simulator.live.wire import Reply

LARGEST_BYTES = 32 << 20
OVERHEAD_BYTES = 1_500
"""What a reply takes beside its body."""


class KeptReplies:
    """The replies given last, up to so many bytes, each with the state of things that it holds for."""

    def __init__(self, largest_bytes: int = LARGEST_BYTES) -> None:
        self._replies: OrderedDict[Hashable, tuple[object, Reply]] = OrderedDict()
        self._largest = largest_bytes
        self.bytes = 0

    def get(self, question: Hashable, state: object) -> Reply | None:
        """Reply to this question, if it was given in this state of things."""
        kept = self._replies.get(question)
        return kept[1] if kept is not None and kept[0] == state else None

    def put(self, question: Hashable, state: object, reply: Reply) -> None:
        """Keep a reply, instead of the one in an earlier state."""
        self._drop(self._replies.pop(question, None))
        self._replies[question] = (state, reply)
        self.bytes += len(reply.body) + OVERHEAD_BYTES
        while self.bytes > self._largest:
            self._drop(self._replies.popitem(last=False)[1])

    def _drop(self, kept: tuple[object, Reply] | None) -> None:
        if kept is not None:
            self.bytes -= len(kept[1].body) + OVERHEAD_BYTES
