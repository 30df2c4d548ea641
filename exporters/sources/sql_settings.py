"""What a configuration says of a query to a database."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from exporters.secret import Secret
from exporters.sources.source import Settings
from exporters.sources.sql_cursor import Cursor
from exporters.sources.sql_database import Access, checked_url, parameters_of

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_READS = re.compile(r"\s*\(*\s*(select|with|values|table)\b", re.IGNORECASE)
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)
_ENFORCED = {"postgresql", "sqlite"}
_PARAMETERS = {"since", "until", "limit"}


def _url(text: str) -> str:
    checked_url(text)
    return text


class SqlSettings(Settings):
    """What is asked of which database."""

    url: Annotated[str, AfterValidator(_url)] = Field(
        description="SQLAlchemy URL without a password: `postgresql://reader@host/name`, `sqlite:////file.db`"
    )
    password: Secret | None = Field(None, description="`env:NAME` or `file:PATH`")
    query: str = Field(
        min_length=1,
        max_length=100_000,
        description="one SELECT; its parameters are `:since` (cursor), `:until` (an instant) and `:limit`",
    )
    cursor: Cursor | None = Field(
        None, description="column by which it goes on; left out, everything is read each time"
    )
    page_rows: int = Field(5_000, ge=1, le=100_000, description="rows of a page, in memory at one time")
    max_rows: int = Field(
        5_000_000, ge=1, description="rows of one fetch; with a cursor the next one goes on after them"
    )
    statement_timeout_seconds: float = Field(
        60.0, gt=0, le=86_400, description="what the database may take for a page (PostgreSQL, SQLite)"
    )
    connect_timeout_seconds: float = Field(10.0, gt=0, le=600, description="what connecting may take")
    account_only_reads: bool = Field(
        default=False,
        description="of databases other than PostgreSQL and SQLite: that the user has no right to write",
    )

    @model_validator(mode="after")
    def _only_reads(self) -> Self:
        if checked_url(self.url).get_backend_name() not in _ENFORCED and not self.account_only_reads:
            raise ValueError(
                "account_only_reads: reading only is enforced in PostgreSQL and SQLite. Here use an account "
                "without rights to write, and state 'account_only_reads: true'"
            )
        if not _READS.match(_COMMENT.sub(" ", self.query)):
            raise ValueError("query: it is no SELECT. Write one that begins with SELECT or WITH")
        return self

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        found = parameters_of(self.query)
        if found - _PARAMETERS:
            raise ValueError(
                f"query: :{min(found - _PARAMETERS)} is no parameter; there are :since, :until and :limit. "
                "Write a colon that is text as \\:"
            )
        if self.cursor is None:
            if found:
                raise ValueError("query: its parameters need a cursor. Add cursor, or remove them")
            return self
        if "since" not in found:
            raise ValueError("query: it does not use :since. Add 'WHERE <cursor column> > :since'")
        if not _ORDERED.search(_COMMENT.sub(" ", self.query)):
            raise ValueError("query: it is not ordered. Add 'ORDER BY <cursor column>'")
        if self.cursor.type != "instant" and "until" in found:
            raise ValueError("query: :until is an instant, and the cursor is none. Remove it")
        return self

    @property
    def access(self) -> Access:
        """How the database is reached."""
        password = self.password.get_secret_value() if self.password is not None else None
        return Access(
            checked_url(self.url), password, self.connect_timeout_seconds, self.statement_timeout_seconds
        )
