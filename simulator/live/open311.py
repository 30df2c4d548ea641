"""Complaints as Open311 GeoReport v2 gives them out, in JSON and XML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

import orjson

from simulator.complaints import CATEGORIES
from simulator.live.records import fields
from simulator.live.rows import PLAIN, Alteration, Row, local
from simulator.live.wire import Reply
from simulator.live.world import Version

ENDED = frozenset({"resolved", "unresolved", "closed", "out_of_scope"})
REQUESTED = "requested_datetime"
_CODES = {category: f"S{number:02d}" for number, category in enumerate(CATEGORIES, 1)}


def latest(versions: Iterable[Version], begin: int, end: int) -> list[Version]:
    """Latest version of each complaint that was received from ``begin`` on and before ``end``."""
    found = {version.id: version for version in versions if begin <= version.steps[0] < end}
    return sorted(found.values(), key=lambda version: (version.steps[0], version.id))


def requests(versions: Iterable[Version], alteration: Alteration = PLAIN) -> list[Row]:
    """Service requests, field by field as the specification lists them. Nothing of a person is in them."""
    return alteration.rows((_request(version, alteration) for version in versions), REQUESTED)


def reply(form: str, rows: Sequence[Row]) -> Reply:
    """Answer with requests: an array in JSON, ``service_requests`` of ``request`` elements in XML."""
    if form == "json":
        return Reply(orjson.dumps(rows), kind="application/json; charset=utf-8")
    return _as_xml("service_requests", "request", rows)


def services(form: str) -> Reply:
    """Answer with the services that a request can be of."""
    rows = [{"service_code": code, "service_name": name} for name, code in _CODES.items()]
    return Reply(orjson.dumps(rows)) if form == "json" else _as_xml("services", "service", rows)


def _as_xml(outer: str, name: str, rows: Sequence[Mapping[str, object]]) -> Reply:
    parts = [f'<?xml version="1.0" encoding="utf-8"?>\n<{outer}>']
    for row in rows:
        inner = "".join(_element(key, value) for key, value in row.items())
        parts.append(f"<{name}>{inner}</{name}>")
    return Reply("\n".join([*parts, f"</{outer}>\n"]).encode(), kind="text/xml; charset=utf-8")


def _element(name: str, value: object) -> str:
    return f"<{name}/>" if value is None else f"<{name}>{escape(str(value))}</{name}>"


def _request(version: Version, alteration: Alteration) -> Row:
    said = fields(version)
    zone = version.place.zone

    def instant(name: str) -> str | None:
        value = said[name]
        if value is None:
            return None
        return local(alteration.instant(name, int(str(value))), zone).isoformat(timespec="seconds")

    category = str(said["category"])
    return {
        "service_request_id": said["id"],
        "status": "closed" if said["status"] in ENDED else "open",
        "status_notes": "simulated",
        "service_name": category,
        "service_code": _CODES[category],
        "description": None,
        "agency_responsible": None,
        "service_notice": None,
        REQUESTED: instant("received"),
        "updated_datetime": instant("observed_at"),
        "expected_datetime": instant("due"),
    }
