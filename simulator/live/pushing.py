"""The platform that sends by itself: what is new of all its regions, as one push to the exporter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import aiohttp
import orjson

from simulator.live.rows import contract_rows
from simulator.live.shown import Shown
from simulator.live.systems import Outlet
from simulator.live.timeline import iso

MOST_ROWS = 20_000
PATIENCE_SECONDS = 60.0
BUSY = frozenset({429, 503})
RECORD_SET = "transactions"


@dataclass
class Pusher:
    """Pushes to ``<exporter>/v1/<record set>``. ``say``: told what went wrong."""

    exporter: str
    token: Callable[[], str]
    shown: Shown
    outlets: Sequence[Outlet]
    say: Callable[[str], object]

    async def write(self) -> None:
        """Push what is new, and note it as out once the exporter has accepted it."""
        now = self.shown.timeline.now()
        sound = [outlet for outlet in self.outlets if not self.shown.troubles(outlet)]
        rows: list[bytes] = []
        for outlet in sound:
            alteration = self.shown.alteration(outlet)
            versions = alteration.all(self.shown.fresh(outlet, now))
            rows += map(orjson.dumps, contract_rows(versions, RECORD_SET, alteration))
        if not rows:
            return
        waiting, number = iter(rows), 0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE_SECONDS)) as session:
            while part := list(islice(waiting, MOST_ROWS)):
                key = f"simulated-{self.shown.world.seed}-{self.shown.world.start}-{iso(now)}-{number}"
                if not await self._pushed(session, b"\n".join(part) + b"\n", key):
                    return
                number += 1
        for outlet in sound:
            self.shown.settle(outlet, now)

    async def _pushed(self, session: aiohttp.ClientSession, body: bytes, key: str) -> bool:
        """Whether a push was accepted, now or after the wait that the exporter asked for."""
        headers = {
            "Authorization": f"Bearer {self.token()}",
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": key,
        }
        address = f"{self.exporter.rstrip('/')}/v1/{RECORD_SET}"
        try:
            async with session.post(address, data=body, headers=headers) as answer:
                if answer.status in BUSY:
                    await asyncio.sleep(_wait(answer.headers.get("Retry-After", "")))
                elif not answer.ok:
                    text = (await answer.text())[:300]
                    self.say(f"the exporter refused a push: {answer.status} {text}")
                return answer.ok
        except (aiohttp.ClientError, TimeoutError) as error:
            self.say(f"the exporter does not take pushes: {type(error).__name__}. It is tried again")
            return False


def _wait(retry_after: str) -> float:
    return min(float(retry_after), PATIENCE_SECONDS) if retry_after.isdecimal() else 5.0
