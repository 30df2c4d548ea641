"""How often something may happen: token buckets, in tables that do not grow."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

PLACES = 1024


@dataclass(slots=True)
class Bucket:
    """Holds up to ``burst`` and gains ``rate`` a second. Full to begin with."""

    level: float
    at: float

    def wait(self, rate: float, burst: float, now: float) -> float:
        """Take one out: 0.0. Where there is none, the seconds until there is; then none is taken."""
        self.level = min(burst, self.level + (now - self.at) * rate)
        self.at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / rate


class HashedBuckets:
    """Buckets by address, in ``PLACES`` places: some addresses share one, and none is remembered.

    The place is drawn with a secret of this process, so that nobody can aim at another's.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(16)
        self._places: dict[int, Bucket] = {}

    def wait(self, address: str, rate: float, burst: float) -> float:
        """Seconds until this address may; 0.0 where it may now."""
        digest = hashlib.blake2b(address.encode(), key=self._key, digest_size=4).digest()
        now = self._clock()
        bucket = self._places.setdefault(int.from_bytes(digest) % PLACES, Bucket(burst, now))
        return bucket.wait(rate, burst, now)
