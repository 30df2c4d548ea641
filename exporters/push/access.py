"""Who sends a push: 401 without a token that is right, 429 for those who send too much."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from exporters.push.buckets import Bucket, HashedBuckets
from exporters.push.refusal import Refusal, later
from exporters.push.settings import PushSettings
from exporters.push.tokens import Find, Grant, admitted
from metrics.regions import Registry

MINUTE = 60.0


@dataclass
class Access:
    """Lets senders in.

    ``threads``: where the store is read, for each push anew: a token that is revoked is refused at once.
    """

    find: Find
    registry: Registry
    threads: Executor
    clock: Callable[[], datetime]
    wrong: int = 0
    """Wrong tokens so far."""
    _wrong: HashedBuckets = field(default_factory=lambda: HashedBuckets(time.monotonic))
    _pushes: dict[str, Bucket] = field(default_factory=dict)
    """By token that is right: as many as there are tokens."""

    async def grant(self, request: Request, settings: PushSettings) -> Grant:
        """What the sender of a request may send. Raises ``Refusal`` (400, 401, 429) and ``StoreError``."""
        given = request.headers.getlist("authorization")
        if len(given) > 1:
            raise Refusal(400, "the header authorization stands there more than once. Send it once.")
        scheme, _, text = (given[0] if given else "").partition(" ")
        found = None
        if scheme.lower() == "bearer":
            found = await asyncio.get_running_loop().run_in_executor(
                self.threads, admitted, text.strip(), self.find, self.registry, self.clock()
            )
        if found is None:
            raise self._refused(request, settings, given=bool(given))
        return found

    def within_rate(self, grant: Grant, settings: PushSettings) -> None:
        """Raise ``Refusal`` (429) where a token sends more often than it may."""
        now, rate = time.monotonic(), settings.pushes_per_second
        bucket = self._pushes.setdefault(grant.token, Bucket(settings.burst, now))
        wait = bucket.wait(rate, settings.burst, now)
        if wait:
            raise later(
                429,
                f"this token may send {rate:g} pushes a second in the long run, {settings.burst} at once. "
                "Send more records in fewer pushes.",
                wait,
            )

    def _refused(self, request: Request, settings: PushSettings, *, given: bool) -> Refusal:
        challenge = 'Bearer realm="pantau"'
        if not given:
            return Refusal(
                401,
                "there is no token. Send it as Authorization: Bearer <token>.",
                {"WWW-Authenticate": challenge},
            )
        self.wrong += 1
        per_minute = settings.wrong_tokens_per_minute
        address = request.client.host if request.client else ""
        wait = self._wrong.wait(address, per_minute / MINUTE, per_minute)
        if wait:
            return later(
                429, "too many wrong tokens came from this address. Correct the token, and wait.", wait
            )
        return Refusal(
            401,
            "the token is wrong, expired or revoked. Ask the operator for another one.",
            {"WWW-Authenticate": f'{challenge}, error="invalid_token"'},
        )
