"""What the status of an answer means for a fetch."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from exporters.errors import FetchError, FetchReason
from exporters.sources.client import Answer

_REFUSED = frozenset({401, 403, 407})
_BUSY = frozenset({429, 502, 503, 504})
"""Overloaded, or what stands before it does not reach it: may pass."""
_LONGEST_WAIT_SECONDS = 86_400.0


def check_status(answer: Answer, host: str, now: datetime, *, told: str = "") -> None:
    """Raises ``FetchError`` unless the status is one of success.

    ``told``: what the other side says of its error, fit to be shown.
    """
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - the class of success
        return
    said = f"{host} answers with status {status}{f' ({told})' if told else ''}"
    if status in _REFUSED:
        raise FetchError(
            f"{said}: it does not let us in. Correct auth, or ask who runs it for access.", FetchReason.AUTH
        )
    if status in _BUSY:
        wait = retry_after_seconds(answer, now)
        asked = "" if wait is None else f", and asks to wait for {wait:,.0f} s"
        raise FetchError(
            f"{said}: it is overloaded or away{asked}. Ask it more rarely, or for less at a time.",
            FetchReason.BUSY,
            retry_after_seconds=wait,
        )
    raise FetchError(f"{said}. Correct the URL and its parameters, or ask who runs it.", FetchReason.STATUS)


def retry_after_seconds(answer: Answer, now: datetime) -> float | None:
    """How long the other side asks us to wait, from 0 to a day; ``None`` where it does not say.

    An instant is taken by the clock of the answer itself, where it tells one.
    """
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT_SECONDS)
    until = _instant(text)
    if until is None:
        return None
    own = _instant(answer.headers.get("date", "")) or now
    return min(max((until - own).total_seconds(), 0.0), _LONGEST_WAIT_SECONDS)


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
