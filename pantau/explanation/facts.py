"""What is found on the way down from a rank: frozen types that ``asdict`` turns into JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from metrics.model import Publication, PublicationReply, RankRow, SourceState
from metrics.observation import Hold, Standing
from metrics.ranking.detail import PlaceDetail


@dataclass(frozen=True, slots=True)
class Place:
    """Whose rank it is: a region, or a province with the codes of its ``regions``."""

    code: str
    name: str
    level: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The ranking that is explained. ``ranked``: how many places have a rank."""

    method: str
    method_version: str
    period: str
    computed: datetime
    archive_versions: dict[str, int]
    simulated: bool
    ranked: int


@dataclass(frozen=True, slots=True)
class IndicatorPart:
    """An indicator's figure in the ranking. ``weight``: its share of all weights.

    ``points``: 0 to 100, ``None`` without a figure. ``reason``: as stored; empty where nothing is to be said.
    ``datasets``: record sets that it rests on.
    """

    indicator: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    points: float | None
    weight: float
    status: str
    reason: str
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthPart:
    """A month of a record set. ``counts``: summed over its roll-up rows, of which there are ``rows``.

    ``records``: current records in the archive, counted now; ``files``: in how many of its files, those
    of other regions included.
    """

    dataset: str
    month: str
    rows: int
    counts: dict[str, int]
    records: int
    files: int


@dataclass(frozen=True, slots=True)
class BatchPart:
    """A batch that current records came with, or of which rows were rejected.

    ``records`` and ``rejected``: of the place; ``read``, ``accepted``, ``refused``: of the whole batch.
    """

    batch: str
    dataset: str
    source: str
    origin: str
    started: datetime | None
    archive_version: int | None
    read: int
    accepted: int
    refused: int
    records: int
    rejected: dict[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published ranking in which the place stands, and what it replied."""

    publication: Publication
    row: RankRow
    replies: tuple[PublicationReply, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole way down. ``row``: the rank, or why there is none. ``place``: what the detail says of it.

    ``checks``: how each stands now, those that fail first.
    """

    of: Place
    head: Head
    row: RankRow
    place: PlaceDetail | None
    indicators: tuple[IndicatorPart, ...]
    months: tuple[MonthPart, ...]
    batches: tuple[BatchPart, ...]
    sources: tuple[SourceState, ...]
    checks: tuple[Standing, ...]
    holds: tuple[Hold, ...]
    snapshots: tuple[Snapshot, ...]
