"""The column by which a query goes on: how its values are read, kept as text, and given to the query."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Position = str | Decimal | datetime
"""A value of the column. Instants are in UTC, or without an offset where the column has none."""


class Cursor(BaseModel):
    """A column whose values only grow, as rows are added or changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    column: str = Field(min_length=1, description="column of the result; the query is ordered by it")
    type: Literal["text", "number", "instant"] = Field(description="what its values are")
    start: str = Field(description="value of `:since` before anything was taken in")
    overlap: float = Field(
        0.0,
        ge=0,
        allow_inf_nan=False,
        description="how far back each fetch begins again, in seconds or in numbers: for rows that were "
        "written late; rows that come twice are known",
    )
    timezone: str | None = Field(
        None, description="clock of instants that are kept without an offset; left out, they have one"
    )
    format: str | None = Field(
        None, description="how instants are kept as text, in strptime directives; with `timezone`"
    )

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.overlap and self.type == "text":
            raise ValueError("overlap: texts have no distance. Remove it")
        if self.type != "instant" and (self.timezone or self.format):
            raise ValueError("timezone and format are for instants. Remove them, or write 'type: instant'")
        if self.timezone is not None and self.timezone not in zoneinfo.available_timezones():
            raise ValueError("timezone: it is no IANA name. Write one such as Asia/Jakarta")
        if self.format is not None and (self.timezone is None or "%z" in self.format):
            raise ValueError("format: it is for instants without an offset. Add timezone, and no %z")
        try:
            self.read(self.start)
        except ValueError as error:
            raise ValueError(f"start: {error}") from error
        return self

    def read(self, text: str) -> Position:
        """Position from its text. Raises ``ValueError``."""
        if self.type == "text":
            return text
        if self.type == "number":
            return _number(text)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError("it is no instant. Write for example 2025-01-01T00:00:00+07:00") from None
        if self.timezone is None and moment.tzinfo is None:
            raise ValueError("it has no offset from UTC. Add one such as +07:00, or state timezone")
        return moment if moment.tzinfo is None else self.at(moment)

    def at(self, moment: datetime) -> Position:
        """Position of an aware instant."""
        if self.timezone is None:
            return moment.astimezone(UTC)
        return moment.astimezone(zoneinfo.ZoneInfo(self.timezone)).replace(tzinfo=None)

    def of(self, value: object) -> Position:
        """Position of a value of the column. Raises ``ValueError`` that does not quote it."""
        if value is None:
            raise ValueError("it is null. Leave such rows out (IS NOT NULL), or fill it (COALESCE)")
        if self.type == "text":
            if isinstance(value, str):
                return value
            raise ValueError("it is no text. Correct cursor.type, or cast the column in the query")
        return self._of_number(value) if self.type == "number" else self._of_instant(value)

    def _of_number(self, value: object) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ValueError("it is no number. Correct cursor.type, or cast the column in the query")  # noqa: TRY004 - a finding about data
        return _number(str(value))

    def _of_instant(self, value: object) -> datetime:
        if self.format is not None and isinstance(value, str):
            try:
                return datetime.strptime(value, self.format)  # noqa: DTZ007 - on the clock of `timezone`
            except ValueError:
                raise ValueError("it is not written as cursor.format says. Correct that") from None
        moment = datetime.combine(value, time()) if type(value) is date else value
        if not isinstance(moment, datetime):
            raise ValueError("it is no instant. Correct cursor.type, or state cursor.format for texts")  # noqa: TRY004 - a finding about data
        if (moment.tzinfo is None) != (self.timezone is not None):
            raise ValueError(
                "it has no offset from UTC. State cursor.timezone"
                if moment.tzinfo is None
                else "it has an offset from UTC. Remove cursor.timezone"
            )
        return moment if moment.tzinfo is None else moment.astimezone(UTC)

    def kept(self, position: Position) -> str:
        """Text of a position, for ``read``."""
        return position.isoformat() if isinstance(position, datetime) else str(position)

    def before(self, position: Position) -> Position:
        """Position from which a fetch begins again."""
        if isinstance(position, Decimal):
            return position - Decimal(str(self.overlap))
        if isinstance(position, datetime):
            least = datetime.min.replace(tzinfo=position.tzinfo)
            return max(position, least + timedelta(seconds=self.overlap)) - timedelta(seconds=self.overlap)
        return position

    def bound(self, position: Position, *, decimals: bool) -> object:
        """Value of a parameter of the query. ``decimals``: whether the database takes such."""
        if isinstance(position, datetime):
            return position.strftime(self.format) if self.format else position
        if isinstance(position, Decimal):
            whole = position == position.to_integral_value()
            return int(position) if whole else position if decimals else float(position)
        return position


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("it is no number. Write for example 0") from None
    if not number.is_finite():
        raise ValueError("it is no finite number. Leave such rows out of the query")
    return number
