"""The systems of the regions that are asked over HTTP, each under the path ``/r/<code>/``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulator.live import open311
from simulator.live.faults import Fault, Faults
from simulator.live.kept import KeptReplies
from simulator.live.publication import visible, within
from simulator.live.rest import (
    LARGEST_PAGE,
    PAGE_SIZE,
    AskedWrongly,
    Stretch,
    is_authorised,
    paged,
    stamped,
    stretch,
    token,
)
from simulator.live.rows import Alteration, rows_of
from simulator.live.systems import BY_NAME, PAGE, Outlet
from simulator.live.timeline import Timeline, seconds
from simulator.live.traffic import Traffic, exposition
from simulator.live.wire import Reply, Request, json_reply
from simulator.live.world import Changes, Version, World

REMEMBERED_DAYS = 90
"""GeoReport: requests of so many days where none are named."""
OAUTH_SYSTEM = "mppi-transactions"
_PATH = re.compile(r"/r/([^/]+)/(.*)")

Answered = tuple[Reply, list[Fault]]
"""What a system would answer, and the faults that it has."""


@dataclass
class Sites:
    """Answers what a region's systems are asked."""

    world: World
    outlets: Mapping[tuple[str, str], Outlet]
    faults: Faults
    timeline: Timeline
    traffic: Traffic
    _kept: KeptReplies = field(default_factory=KeptReplies)

    def answer(self, request: Request) -> Answered:
        """Answer to a request, which does not begin with ``/control``."""
        if request.path == "/oauth/token" and request.method == "POST":
            return token(request, BY_NAME[OAUTH_SYSTEM], self.world.seed), []
        found = _PATH.fullmatch(request.path)
        if found is None or found[1] not in self.world.places:
            return Reply(b"simulated: there is no such place\n", 404, "text/plain"), []
        if request.method not in {"GET", "HEAD"}:
            return json_reply({"error": "GET or HEAD"}, 405, {"Allow": "GET, HEAD"}), []
        region, rest = found[1], found[2]
        if not rest:
            return self._page(region)
        outlet = self._outlet(region, rest)
        if outlet is None:
            return json_reply({"error": "simulated: this region has no such system"}, 404), []
        return self._asked(outlet, rest, request)

    def _outlet(self, region: str, rest: str) -> Outlet | None:
        """System behind a path, if the region has it there."""
        area, _, name = rest.partition("/")
        record_set, kind = {
            "api": (name, "rest"),
            "open311": ("complaints", "open311"),
            "metrics": ("traffic", "exposition"),
        }.get(area, ("", ""))
        outlet = self.outlets.get((region, record_set))
        return outlet if outlet is not None and outlet.system.kind == kind else None

    def _page(self, region: str) -> Answered:
        place = self.world.places[region]
        text = f"<!doctype html><title>Simulasi</title><h1>Layanan {place.name} (simulasi)</h1>\n"
        return Reply(text.encode(), kind="text/html; charset=utf-8"), self.faults.of(place, PAGE)

    def _asked(self, outlet: Outlet, rest: str, request: Request) -> Answered:
        system, place = outlet.system, outlet.place
        faults = self.faults.of(place, system.name, system.record_set)
        alteration = Alteration.by(faults)
        try:
            if system.kind == "exposition":
                totals = self.traffic.totals(place.code, self.timeline.now())
                reply = Reply(exposition(totals, self.world.start), kind="text/plain; version=0.0.4")
            elif system.kind == "open311":
                reply = self._georeport(outlet, rest, request, alteration)
            elif not is_authorised(request, system, self.world.seed):
                reply = json_reply({"error": "not authorised"}, 401, {"WWW-Authenticate": "Bearer"})
            else:
                reply = self._records(outlet, request, alteration)
        except AskedWrongly as error:
            reply = json_reply({"error": f"{error}: this cannot be read"}, 400)
        return reply, faults

    def _records(self, outlet: Outlet, request: Request, alteration: Alteration) -> Reply:
        asked = stretch(request.query, outlet, self.world.start)
        changes = self._changes(outlet, asked)
        total = alteration.total(changes)

        def made() -> Reply:
            assert outlet.system.flavour is not None  # noqa: S101 - systems that answer in JSON have one
            versions = alteration.page(changes, asked.offset, asked.limit)
            rows = rows_of(versions, outlet.system.flavour, alteration)
            rows = stamped(outlet.system, rows, versions, alteration)
            return paged(request, outlet.system, asked, rows, total)

        return self._once(request, (total, alteration), made)

    def _georeport(self, outlet: Outlet, rest: str, request: Request, alteration: Alteration) -> Reply:
        form = "xml" if "xml" in outlet.system.name else "json"
        if rest == f"open311/services.{form}":
            return open311.services(form)
        if rest != f"open311/requests.{form}":
            return json_reply([{"code": 404, "description": "simulated: not found"}], 404)
        versions, total = self._complaints(outlet, request.query, alteration)
        return self._once(
            request,
            (total, alteration),
            lambda: open311.reply(form, open311.requests(versions, alteration)),
        )

    def _complaints(
        self, outlet: Outlet, query: dict[str, str], alteration: Alteration
    ) -> tuple[list[Version], int]:
        """Page of complaints, and how many versions there are that may be in it.

        By ``updated_after`` and ``updated_before`` what changed; by ``start_date`` and ``end_date``,
        as the specification has it, what was received, each as it is now.
        """
        given = {name: _moment(query, name) for name in _MOMENTS}
        limit = min(_whole(query, "page_size", PAGE_SIZE), LARGEST_PAGE)
        first = (_whole(query, "page", 1) - 1) * limit
        after, before = given["updated_after"], given["updated_before"]
        if after is not None or before is not None:
            since = max(after or 0, self.world.start)
            changes = self._changes(outlet, Stretch(since, before, first, limit))
            return alteration.page(changes, first, limit), alteration.total(changes)
        now = self.timeline.now()
        begin = given["start_date"] or now - REMEMBERED_DAYS * 86_400
        changes = self._changes(outlet, Stretch(begin, None, first, limit))
        received = open311.latest(changes, begin, given["end_date"] or now + 1)
        return received[first : first + limit], len(changes)

    def _changes(self, outlet: Outlet, asked: Stretch) -> Changes:
        """Versions that a system shows now."""
        record_set, now = outlet.system.record_set, self.timeline.now()
        holds = self.faults.holds(outlet.place, outlet.system.name, record_set)
        spans = visible(asked.since, now, holds)
        if asked.until is not None:
            spans = within(spans, asked.since, asked.until)
        return self.world.changes(outlet.place.code, record_set, spans)

    def _once(self, request: Request, state: object, made: Callable[[], Reply]) -> Reply:
        """Reply given before to the same question, where nothing has come about since; else a new one."""
        question = (request.headers.get("host", ""), request.target)
        reply = self._kept.get(question, state)
        if reply is None:
            reply = made()
            self._kept.put(question, state, reply)
        return reply


_MOMENTS = ("updated_after", "updated_before", "start_date", "end_date")


def _moment(query: dict[str, str], name: str) -> int | None:
    try:
        return seconds(query[name]) if query.get(name) else None
    except ValueError as error:
        raise AskedWrongly(name) from error


def _whole(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise AskedWrongly(name)
    return int(text)
