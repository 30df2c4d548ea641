"""Asking only for what is new: by the highest value of a field that was seen, or by a stretch of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from exporters.sources.rest_auth import Part

TimeFormat = Literal["iso", "local", "date", "epoch_s", "epoch_ms"]
Position = datetime | Decimal | str
"""Value of a cursor, as it is compared."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCHS = {"epoch_s": timedelta(seconds=1), "epoch_ms": timedelta(milliseconds=1)}
_TIMES = ("iso", "local", "date", *_EPOCHS)
_FORMATS = (
    "`iso` (in UTC, with Z), `local` (on the region's clock), `date` (there too), `epoch_s`, `epoch_ms`"
)


def spelt(instant: datetime, form: str, zone: str) -> str:
    """An instant as a parameter is sent: never later than it is."""
    match form:
        case "epoch_s" | "epoch_ms":
            return str((instant - _EPOCH) // _EPOCHS[form])
        case "local":
            return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M:%S}"
        case "date":
            return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d}"
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class Incremental(Part):
    """Ask for records that changed since the last time."""

    field: str = Field(min_length=1, description="path in a record to the instant or number of its change")
    parameter: str = Field(min_length=1, description="parameter by which the system selects")
    format: Literal["iso", "local", "date", "epoch_s", "epoch_ms", "number", "text"] = Field(
        "iso", description=f"how it is sent: {_FORMATS}, `number` or `text` (compared as such, sent as it is)"
    )
    overlap_seconds: float = Field(
        0.0, ge=0, description="how far before the last record it goes on, for records that come late"
    )
    initial: str | None = Field(
        None, description="where the first fetch begins, as `2024-01-01`; left out, the parameter is too"
    )
    ordered: bool = Field(
        default=False,
        description="whether the answers are in the order of the field; then a fetch that broke off goes on "
        "from its last page",
    )

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.overlap_seconds and not self.is_time:
            raise ValueError("overlap_seconds needs a format of time. Remove it, or correct format")
        if self.initial is not None and self._read_cursor(self.initial, "UTC") is None:
            raise ValueError(f"initial cannot be read as {self.format}. Correct it")
        return self

    @property
    def is_time(self) -> bool:
        """Whether the field holds instants."""
        return self.format in _TIMES

    def position(self, since: str | None, zone: str) -> Position | None:
        """Where to go on; ``None`` for the beginning. Raises ``ValueError`` for a cursor of another kind."""
        text = self.initial if since is None else since
        if text is None:
            return None
        found = self._read_cursor(text, zone)
        if found is None:
            raise ValueError(f"the cursor kept from before is none of format {self.format}")
        return found

    def parameters(self, position: Position | None, zone: str) -> dict[str, str]:
        """Parameter that asks for what came from a position on."""
        if position is None:
            return {}
        if isinstance(position, datetime):
            position = spelt(position - timedelta(seconds=self.overlap_seconds), self.format, zone)
        return {self.parameter: str(position)}

    def values(self, texts: Iterable[str | None], zone: str, now: datetime) -> list[Position]:
        """Values of a column that can be read. None lies in the future, whatever a clock there says."""
        found = (self._read(text, zone) for text in texts if text)
        return [min(one, now) if isinstance(one, datetime) else one for one in found if one is not None]

    def _read(self, text: str, zone: str) -> Position | None:
        """Value of a field, as it is written there."""
        if self.format == "text":
            return text
        try:
            if self.is_time and self.format not in _EPOCHS:
                return _instant(text, zone)
            number = Decimal(text)
            if not number.is_finite():
                return None
            unit = _EPOCHS.get(self.format)
            return number if unit is None else _EPOCH + float(number) * unit
        except (ValueError, InvalidOperation, OverflowError, OSError):
            return None

    def _read_cursor(self, text: str, zone: str) -> Position | None:
        """Value of a cursor, which is written in one way for all formats of time."""
        if not self.is_time:
            return self._read(text, zone)
        try:
            return _instant(text, zone)
        except (ValueError, OverflowError):
            return None


def kept(position: Position) -> str:
    """A position as a cursor of a piece."""
    return position.isoformat() if isinstance(position, datetime) else str(position)


def _instant(text: str, zone: str) -> datetime:
    found = datetime.fromisoformat(text.strip())
    return (found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


class WindowParameters(Part):
    """Parameters that ask for the records of a stretch of time, for a backfill."""

    begin: str = Field(min_length=1, description="parameter of its begin")
    end: str = Field(min_length=1, description="parameter of its end")
    format: TimeFormat = Field("iso", description=f"how both are sent: {_FORMATS}")
