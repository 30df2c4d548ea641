"""The simulation's own endpoints: its clock, its faults, its truth. For programs of this machine only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from simulator.live.faults import AIMS, KINDS, Faults
from simulator.live.ledger import Count, Ledger
from simulator.live.timeline import Timeline, iso, seconds
from simulator.live.wire import Reply, Request, json_reply

OWN_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Refused(ValueError):
    """A request that the control cannot follow; the message says why."""


@dataclass
class Control:
    """Answers requests whose path begins with ``/control``."""

    timeline: Timeline
    faults: Faults
    ledger: Ledger
    inject: Callable[[dict[str, Any]], dict[str, object]]

    async def answer(self, request: Request) -> Reply:
        """Answer. A name of another host (which a page of the web might have sent) is refused."""
        if request.headers.get("host", "").rpartition(":")[0] not in OWN_HOSTS and (
            request.headers.get("host") not in OWN_HOSTS
        ):
            return json_reply({"error": "only this machine, by its loopback address, may ask this"}, 403)
        way = self._ways().get((request.method, request.path))
        if way is None:
            known = sorted(f"{method} {path}" for method, path in self._ways())
            return json_reply({"error": "there is no such thing", "there_is": known}, 404)
        try:
            return await way(request)
        except ValueError as error:
            return json_reply({"error": str(error)}, 400)

    def _ways(self) -> dict[tuple[str, str], Callable[[Request], Awaitable[Reply]]]:
        return {
            ("GET", "/control/clock"): self._clock,
            ("POST", "/control/clock"): self._pause,
            ("GET", "/control/faults"): self._listed,
            ("POST", "/control/faults"): self._begin,
            ("DELETE", "/control/faults"): self._end,
            ("GET", "/control/truth"): self._truth,
        }

    async def _clock(self, _request: Request) -> Reply:
        line = self.timeline
        return json_reply(
            {"now": iso(line.now()), "start": iso(line.start), "speed": line.speed, "paused": line.paused}
        )

    async def _pause(self, request: Request) -> Reply:
        """``{"paused": true}`` stops time, so that an exporter can come up to the last record."""
        paused = _body(request).get("paused")
        if not isinstance(paused, bool):
            raise Refused("paused: write true or false.")
        self.timeline.pause(paused=paused)
        return await self._clock(request)

    async def _listed(self, _request: Request) -> Reply:
        self.faults.expire()
        return json_reply(
            {
                "faults": [fault.told() for fault in self.faults.active],
                "kinds": {kind: dict(options) for kind, options in KINDS.items()},
                "aims": list(AIMS),
            }
        )

    async def _begin(self, request: Request) -> Reply:
        return json_reply(self.inject(_body(request)), 201)

    async def _end(self, request: Request) -> Reply:
        number = request.query.get("fault")
        if number is not None and not number.isdecimal():
            raise Refused("fault: write the number of a fault, or leave it out to end all.")
        ended = self.faults.end(None if number is None else int(number))
        return json_reply({"ended": [fault.told() for fault in ended]})

    async def _truth(self, request: Request) -> Reply:
        """Truth at ``until`` (or now); with ``region`` and ``record_set`` record by record."""
        now = self.timeline.now()
        until = min(seconds(request.query["until"]), now) if "until" in request.query else now
        region, record_set = request.query.get("region"), request.query.get("record_set", "")
        if region is not None:
            if (region, record_set) not in self.ledger.shown.outlets or record_set == "traffic":
                raise Refused("region, record_set: there are no such records. Correct them.")
            return json_reply({"records": self.ledger.records(region, record_set, until)})
        counts: dict[tuple[str, str], Count] = {}
        for _ in self.ledger.steps_until(until, counts):
            await asyncio.sleep(0)
        return json_reply(self.ledger.content(counts, until))


def _body(request: Request) -> dict[str, Any]:
    """Object of a JSON body. A form, which a page of the web may send anywhere, is refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused("send Content-Type: application/json.")
    try:
        content = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Refused(f"the body is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise Refused("the body is no object. Write {...}.")
    return content
