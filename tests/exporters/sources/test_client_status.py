"""What the status of an answer means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from exporters.errors import FetchError, FetchReason
from exporters.sources.client import Answer
from exporters.sources.client_status import check_status, retry_after_seconds

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_success_is_no_error(status: int) -> None:
    check_status(Answer(status, {}, b""), "mpp.example", NOW)
    assert retry_after_seconds(Answer(status, {}, b""), NOW) is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, FetchReason.AUTH),
        (403, FetchReason.AUTH),
        (407, FetchReason.AUTH),
        (429, FetchReason.BUSY),
        (503, FetchReason.BUSY),
        (304, FetchReason.STATUS),
        (400, FetchReason.STATUS),
        (404, FetchReason.STATUS),
        (500, FetchReason.STATUS),
        (502, FetchReason.BUSY),
        (504, FetchReason.BUSY),
    ],
)
def test_each_status_has_a_reason(status: int, reason: FetchReason) -> None:
    with pytest.raises(FetchError, match=rf"mpp\.example answers with status {status}") as caught:
        check_status(Answer(status, {}, b""), "mpp.example", NOW)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "99999999999999999999"}, 86_400.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:05:00 GMT"}, 300.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:05:00 GMT", "date": "Sun, 01 Mar 2026 11:00:00 GMT"}, 300.0),
        ({"retry-after": "Sun, 01 Mar 2027 12:05:00 GMT"}, 86_400.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "１２"}, None),  # noqa: RUF001 - digits that are not ASCII
        ({"retry-after": "Sun, 99 Mar 2026 12:05:00 GMT"}, None),
        ({}, None),
    ],
)
def test_wait_that_is_asked_for_is_known(headers: dict[str, str], seconds: float | None) -> None:
    with pytest.raises(FetchError) as caught:
        check_status(Answer(429, headers, b""), "mpp.example", NOW)
    assert caught.value.retry_after_seconds == seconds
