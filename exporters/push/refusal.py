"""A push that is not taken in, and the answer that says why: a problem as of RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil

from starlette.responses import JSONResponse

from metrics.errors import PantauError

PROBLEM = "application/problem+json"


class Refusal(PantauError):
    """Why a push is not taken in: a status, a sentence with the remedy, and headers."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers or {})

    @property
    def answer(self) -> JSONResponse:
        """The answer."""
        return problem(self.status, str(self), self.headers)


def later(status: int, detail: str, seconds: float) -> Refusal:
    """Refusal of what may succeed after some seconds."""
    return Refusal(status, detail, {"Retry-After": str(max(1, ceil(seconds)))})


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Answer that says what is wrong and what to do."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(content, status_code=status, headers=dict(headers or {}), media_type=PROBLEM)
