"""When the kernel saw what this process notices later: Linux's ``TCP_INFO`` of a connection.

An event loop that was busy takes its instants late. The kernel has measured the round trip of the
connection's handshake and knows how long ago the last bytes came; elsewhere than on Linux, or where it
does not say, the event loop's instants stand.
"""

from __future__ import annotations

import socket
import struct
import sys
from typing import Protocol

TICK_SECONDS = 0.004
"""The kernel's clock of arrivals goes in ticks (250 a second in common builds); less is no evidence."""

_INFO = struct.Struct("8x24I")  # struct tcp_info of linux/tcp.h, up to tcpi_total_retrans
_LAST_DATA, _ROUND_TRIP, _RETRANSMITS = 11, 15, 23


class Options(Protocol):
    """A socket, or what asyncio gives for one."""

    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes:
        """Value of an option."""


def handshake_seconds(connected: Options) -> float | None:
    """Round trip of the handshake, unless it was repeated or is not known."""
    info = _info(connected)
    if info is None or info[_RETRANSMITS] or not info[_ROUND_TRIP]:
        return None
    return info[_ROUND_TRIP] / 1_000_000


def lateness_seconds(connected: Options | None) -> float:
    """How long ago at least the last bytes came; 0 if that is not known."""
    info = _info(connected) if connected is not None else None
    return max(0.0, info[_LAST_DATA] / 1_000 - TICK_SECONDS) if info else 0.0


def _info(connected: Options) -> tuple[int, ...] | None:
    if sys.platform != "linux":
        return None
    try:
        return _INFO.unpack(connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size))
    except (OSError, struct.error):
        return None
