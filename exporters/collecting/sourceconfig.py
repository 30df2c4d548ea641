"""What a configuration says of the systems that are collected from: each source, and all together."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, InstanceOf, model_validator

from exporters.mapping import Mapping
from exporters.sources import SOURCES
from exporters.sources.source import Settings

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
KINDS = tuple(SOURCES)


class Entry(BaseModel):
    """Base of all entries: nothing unknown, nothing that changes, nothing quoted that may be secret."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _cron(text: str) -> str:
    try:
        CronSim(text, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ValueError(
            f"{text!r} is no cron expression ({error}). Write five fields such as '0 6 * * *'"
        ) from error
    if len(text.split()) != 5:  # noqa: PLR2004 - seconds are refused: nobody's system is asked every second
        raise ValueError(f"{text!r} has not five fields. Write for example '0 6 * * *'")
    return text


class Collecting(Entry):
    """How gently everything is asked, all sources together."""

    concurrency: int = Field(100, ge=1, le=2_000, description="fetches under way at one time, at most")
    slow_after_seconds: Seconds = Field(
        2.0, description="a fetch that lasts longer makes room for another and goes on as a slow one"
    )
    slow_concurrency: int = Field(400, ge=1, le=5_000, description="slow fetches at one time, at most")
    per_host: int = Field(4, ge=1, le=2_000, description="fetches at one time from one host, at most")
    deliver_every_seconds: Seconds = Field(60.0, description="time between two deliveries to the archive")
    refresh_every_seconds: Seconds = Field(
        300.0, description="time between two computations of indicators and ranking from what came in"
    )
    waiting_rows: int = Field(
        500_000, ge=1_000, description="rows that wait for a delivery; beyond them nothing more is fetched"
    )
    keep_fetches_days: float = Field(14.0, gt=0, le=3_650, description="how long the log of fetches is kept")


class Circuit(Entry):
    """When a source that fails is left alone for a while."""

    failures: int = Field(5, ge=1, le=1_000, description="failed fetches in a row that open the circuit")
    open_seconds: Seconds = Field(
        300.0, description="how long it stays open; doubled each time the trial after it fails"
    )
    longest_seconds: Seconds = Field(3_600.0, description="how long it stays open at most")


class CollectedSource(Entry):
    """One source of one region, as it is when its template is filled in."""

    id: str = Field(description="`<region>/<name>`")
    region: str | None = Field(None, description="code of the region that it is of")
    tells_of: tuple[str, ...] | Literal["all"] | None = Field(
        None, description="instead of `region`: regions that its records may tell of, or `all`"
    )
    name: Name = Field(description="name of the source, one for each of a region")
    kind: str = Field(description="how it is read")
    settings: InstanceOf[Settings] = Field(description="entries of its kind")
    mapping: InstanceOf[Mapping] = Field(description="mapping of its rows")
    every_seconds: Seconds = Field(900.0, description="time between two fetches")
    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        None, description="instead of `every_seconds`: five fields, on the clock of the region"
    )
    deadline_seconds: Seconds = Field(300.0, description="what one fetch may take, with all its pages")
    attempts: int = Field(3, ge=1, le=10, description="how often it is asked where asking again may help")
    backoff_seconds: Seconds = Field(
        2.0, description="wait before the second attempt; doubled for each further one, with jitter"
    )
    circuit: Circuit = Field(default_factory=Circuit, description="when it is left alone for a while")

    @model_validator(mode="before")
    @classmethod
    def _found(cls, value: dict[str, Any]) -> dict[str, Any]:
        return {"id": f"{value.get('region') or 'all'}/{value.get('name')}"} | value

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.region is None) == (self.tells_of is None):
            raise ValueError("one of region and tells_of is needed. Keep one")
        if self.cron is not None and "every_seconds" in self.model_fields_set:
            raise ValueError("every_seconds and cron contradict each other. Keep one")
        if self.mapping.group_by:
            raise ValueError(
                "mapping: group_by needs a whole file: use `pantau import`, or a mapping without"
            )
        return self

    @property
    def host(self) -> str | None:
        """Host that is asked, ``None`` where it is this machine's own disk."""
        url = getattr(self.settings, "url", None)
        return str(url).partition("://")[2].partition("/")[0].rpartition("@")[2] if url else None

    @property
    def share(self) -> float:
        """Place in [0, 1) that follows from the name: spreads sources over their periods."""
        return zlib.crc32(self.id.encode()) / 2**32
