"""One line of an access log: what is counted of a request. From whom it came and for what stays unread."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from itertools import groupby

from exporters.files.format import AccessLog

TIME_KEYS = ("time_iso8601", "time_local", "time", "timestamp", "@timestamp", "msec", "ts")
STATUS_KEYS = ("status", "status_code", "response", "response_code")
DURATION_KEYS = ("request_time", "duration", "response_time")
HOST_KEYS = ("server_name", "host", "http_host", "vhost")
ADDRESS = "(address)"
"""Host of requests to a bare IP address."""

_QUOTED = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_FIELD = rf'(?:{_QUOTED}|[^\s"]+(?:{_QUOTED})?)'
_AFTER_HOST = (
    rf"\S+ \S+ [^\[]*\[(?P<time>[^\]]{{1,40}})\] {_QUOTED} (?P<status>\d{{3}}) (?:\d+|-)"
    rf"(?P<rest>(?: +{_FIELD})*)"
)
_LINE = re.compile(_AFTER_HOST, re.ASCII)
_LINE_BY_HOST = re.compile(rf"(?P<host>\S+) {_AFTER_HOST}", re.ASCII)
_REST = re.compile(_FIELD, re.ASCII)
_STATUS = re.compile(r"[1-9]\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_CLOCK = re.compile(r"(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d):([0-6]\d) ([+-]\d{4})", re.ASCII)
_HOST = re.compile(r"([A-Za-z0-9_.-]{1,253})(?::\d{1,5})?", re.ASCII)
_ADDRESS = re.compile(r"[\d.]+(?::\d{1,5})?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}
_LEAST_MILLISECONDS = 1e11  # as seconds, the year 5138
_LAST_SECOND = 253_402_300_799  # of the year 9999
_FAILED = "5"

_EXCERPT = 160
_KEPT = re.compile(
    r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"
    r'|"(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) |" \d{3} ',
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is counted of a request: its second since 1970, and how it ended."""

    second: int
    is_failed: bool
    microseconds: int | None = None
    host: str = ""


class LineReader:
    """Reads lines as a mapping says they are written. ``read`` never raises."""

    def __init__(self, log: AccessLog) -> None:
        self._by_host = log.by_host
        self._line = _LINE_BY_HOST if log.by_host else _LINE
        self._factor = _MICROSECONDS[log.time_unit] if log.time_unit else None
        self._word = f"{log.duration_key}=" if log.duration_key else None
        self._times = (log.time_key,) if log.time_key else TIME_KEYS
        self._statuses = (log.status_key,) if log.status_key else STATUS_KEYS
        self._hosts = (log.host_key,) if log.host_key else HOST_KEYS
        self._durations = (log.duration_key,) if log.duration_key else DURATION_KEYS
        self._json = json.JSONDecoder(parse_float=str, parse_int=str).decode

    def read(self, line: str) -> Request | str:
        """Request that a line tells, or why it tells none. The reason quotes nothing of the line."""
        return self._from_json(line) if line.startswith("{") else self._from_text(line)

    def _from_text(self, line: str) -> Request | str:
        found = self._line.fullmatch(line)
        if found is None:
            return "it is not in the common or combined format, or it is cut off"
        duration: str | None = None
        if self._factor is not None:
            duration = self._duration_in(found["rest"])
            if duration is None:
                return "it has no request time, whose unit format.access_log.time_unit states"
        return self._request(
            found["time"], found["status"], duration, found["host"] if self._by_host else None
        )

    def _duration_in(self, rest: str) -> str | None:
        fields = _REST.findall(rest)
        if self._word is None:
            return fields[-1] if fields else None
        word = self._word
        return next((item.removeprefix(word).strip('"') for item in fields if item.startswith(word)), None)

    def _from_json(self, line: str) -> Request | str:
        try:
            found = self._json(line)
        except json.JSONDecodeError as error:
            return f"it is invalid JSON in column {error.colno}"
        except (ValueError, RecursionError):
            return "it is invalid JSON"
        time, status = _first(found, self._times), _first(found, self._statuses)
        if time is None:
            return f"it has no time (keys {', '.join(self._times)}; another one is stated as time_key)"
        if status is None:
            return f"it has no status (keys {', '.join(self._statuses)}; another one is stated as status_key)"
        duration = _first(found, self._durations) if self._factor is not None else None
        if self._factor is not None and duration is None:
            keys = ", ".join(self._durations)
            return f"it has no request time (keys {keys}; another one is stated as duration_key)"
        return self._request(time, status, duration, _first(found, self._hosts) if self._by_host else None)

    def _request(self, time: str, status: str, duration: str | None, host: str | None) -> Request | str:
        second = instant(time)
        if second is None:
            return "its time is no instant with an offset from UTC"
        if not _STATUS.fullmatch(status):
            return "its status is no number of three digits"
        microseconds: int | None = None
        if self._factor is not None and duration not in (None, "-"):
            if not _NUMBER.fullmatch(str(duration)):
                return "its request time is no number"
            microseconds = round(float(str(duration)) * self._factor)
        name = host_name(host) if self._by_host else ""
        if name is None:
            return "its host is no name"
        return Request(second, status.startswith(_FAILED), microseconds, name)


def _first(found: dict[str, object], keys: tuple[str, ...]) -> str | None:
    """Text or number at the first of the keys that has one."""
    return next((value for key in keys if isinstance(value := found.get(key), str)), None)


def instant(text: str) -> int | None:
    """Second since 1970 of an instant as servers write it; ``None`` for what is none.

    ``17/May/2015:10:05:03 +0000``, ISO 8601 with an offset, or seconds or milliseconds since 1970.
    """
    second = _second(text)
    return second if second is not None and 0 <= second <= _LAST_SECOND else None


def _second(text: str) -> int | None:
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        minute = _minute(clock[1], clock[3])
        return None if minute is None else minute + int(clock[2])
    if _NUMBER.fullmatch(text):
        number = float(text)
        return int(number / 1000 if number >= _LEAST_MILLISECONDS else number)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(moment.timestamp() // 1) if moment.tzinfo else None


@lru_cache(maxsize=4096)
def _minute(text: str, offset: str) -> int | None:
    """Second since 1970 at which a minute of ``17/May/2015:10:05`` begins; ``None`` for what is none."""
    if text[3:6] not in _MONTHS:
        return None
    away = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
    try:
        zone = timezone(-away if offset[0] == "-" else away)
        month = _MONTHS.index(text[3:6]) + 1
        moment = datetime(
            int(text[7:11]), month, int(text[:2]), int(text[12:14]), int(text[15:17]), tzinfo=zone
        )
        return int(moment.astimezone(UTC).timestamp())
    except (ValueError, OverflowError):
        return None


def host_name(text: str | None) -> str | None:
    """Host in lower case without its port, ``ADDRESS`` for an IP address; ``None`` for what is none."""
    if text is None:
        return None
    if _ADDRESS.fullmatch(text) or text.startswith("[") or text.count(":") > 1:  # IPv4, or IPv6
        return ADDRESS
    found = _HOST.fullmatch(text)
    return found[1].lower() if found else None


def masked(line: str) -> str:
    """Beginning of a line with its letters and digits masked, all but the instant, method and status.

    Each run of letters becomes one ``x``, each of digits one ``9``: of addresses, users, referrers and
    query strings not even the length is told.
    """
    head, at, parts = line[:_EXCERPT], 0, list[str]()
    for kept in _KEPT.finditer(head):
        parts += (_shape(head[at : kept.start()]), kept.group())
        at = kept.end()
    return "".join([*parts, _shape(head[at:]), "..." if len(line) > _EXCERPT else ""])


def _shape(text: str) -> str:
    """Text with one ``x`` for each run of letters and one ``9`` for each of digits."""
    signs = ("9" if c.isdigit() else "x" if c.isalpha() else c if " " <= c <= "~" else "?" for c in text)
    return "".join(sign if sign in "x9?" else "".join(run) for sign, run in groupby(signs))
