"""Vocabulary: the frozen types that every package speaks. No input, no output, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Province:
    """A group of regions. ``tile_row``/``tile_column``: its cell on the tile-grid map."""

    code: str
    name: str
    group: str
    tile_row: int | None = None
    tile_column: int | None = None
    tile_label: str | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """The unit that is watched: a kabupaten or kota, or whatever another registry lists.

    ``code`` is text ("11.10" is not "11.1"). Blank facts are ``None``, never zero.
    """

    code: str
    name: str
    kind: str
    province: Province
    timezone: str
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None
    population_date: str | None = None
    population_source: str | None = None
    area_km2: float | None = None
    seat: str | None = None
    old_code: str | None = None
    calendar: str = "id-gov"

    @property
    def full_name(self) -> str:
        """Name with its kind, which alone is unambiguous: "Kota Magelang"."""
        return f"{self.kind.capitalize()} {self.name}" if self.kind else self.name


class Severity(StrEnum):
    """What a failed rule does: ``critical`` rejects the row, the others only report."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Outcome(StrEnum):
    """Outcome of a check. ``ERROR``: it could not be checked, which is neither."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Outcome of one rule on one batch, for one region (``None``: for the whole batch).

    ``n`` rows looked at, ``bad`` rows that break the rule, ``value`` = bad / n,
    ``bound`` the largest value that passes, ``milliseconds`` what the check cost.
    """

    dataset: str
    rule: str
    region: str | None
    outcome: Outcome
    severity: Severity
    dimension: str
    n: int
    bad: int
    value: float | None
    bound: float | None
    milliseconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One arrival of records: where from, what was read, what became of it.

    ``accepted + rejected == read`` and ``new + updated + unchanged == accepted``, always.
    """

    id: str
    dataset: str
    source: str
    origin: str
    started: datetime
    finished: datetime | None = None
    simulated: bool = False
    contract_version: str = ""
    mapping_hash: str = ""
    archive_version: int | None = None
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected_by_rule: dict[str, int] = field(default_factory=dict)
    warned_by_rule: dict[str, int] = field(default_factory=dict)


class ValueStatus(StrEnum):
    """Whether an indicator has a value. A value that is withheld says why in ``reason``."""

    OK = "ok"
    TOO_FEW = "too_few"
    NO_DATA = "no_data"
    WITHHELD = "withheld"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One figure: which indicator, whose, over which period, and how sure.

    ``region`` is a region's code, or a province's code with ``level="province"``, or ``"*"``
    with ``level="nation"``. ``period`` is "all", "2025" or "2025-07". ``low``/``high``: 95 %
    interval in the indicator's unit, ``None`` where it has none. ``n``: the denominator.
    """

    indicator: str
    level: str
    region: str
    period: str
    value: float | None
    unit: str
    n: int
    low: float | None = None
    high: float | None = None
    status: ValueStatus = ValueStatus.OK
    reason: str = ""
    version: str = "1"


@dataclass(frozen=True, slots=True)
class RankRow:
    """A region's place, or why it has none. ``rank_low``/``rank_high``: 95 % range of the rank."""

    region: str
    ranked: bool
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    band: str = ""
    reasons: tuple[str, ...] = ()
    parts: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranking:
    """One computed ranking with what it was computed from. ``level``: of regions, or of provinces."""

    method: str
    method_version: str
    period: str
    computed: datetime
    archive_versions: dict[str, int]
    rows: tuple[RankRow, ...]
    simulated: bool = False
    level: str = "region"


@dataclass(frozen=True, slots=True)
class Publication:
    """A published ranking, without its body. ``sha256``: of the body, which is canonical JSON.

    ``computed``: instant that counts as now in the figures. ``corrects``: the snapshot that it takes the
    place of, for this ``reason``; ``None`` for the first of its period and level.
    """

    id: str
    period: str
    level: str
    method: str
    method_version: str
    method_text: str
    code_version: str
    archive_versions: dict[str, int]
    seed: int
    computed: datetime
    published: datetime
    by: str
    simulated: bool
    sha256: str
    corrects: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PublicationReply:
    """What a region (or province) says to a published ranking. ``by``: who attached it."""

    publication: str
    region: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RolloutEvent:
    """A step of a region on one of the two tracks, with the evidence for it."""

    id: str
    region: str
    track: str
    stage: str
    date: date
    authority: str
    source: str
    verified: bool
    platform: str = ""
    note: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure that somebody published: as printed, with what it contradicts."""

    series: str
    as_of: str
    value: float | None
    unit: str
    denominator: str
    authority: str
    source: str
    verified: bool
    contradiction: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source that is collected from, and how far the exporter has come with it.

    ``id``: "32.11/permits". ``region``: ``None`` where its records tell of several. ``cursor``:
    where the next fetch goes on. ``reason``: why the last fetch failed, "" where it did not;
    ``failures``: how many failed in a row. ``circuit``: "closed", "open" or "half_open".
    """

    id: str
    region: str | None
    name: str
    kind: str
    dataset: str
    cursor: str | None = None
    attempted: datetime | None = None
    succeeded: datetime | None = None
    latest: datetime | None = None
    reason: str = ""
    detail: str = ""
    failures: int = 0
    circuit: str = "closed"
    rows: int = 0
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class SourceRun:
    """One fetch of a source. ``queue_seconds``: how long it waited for its turn before ``started``.

    ``total``: how many records the source said that it had, ``None`` where it did not; ``records``: how
    many of them came.
    """

    source: str
    started: datetime
    seconds: float
    queue_seconds: float
    reason: str
    detail: str
    rows: int
    pieces: int
    total: int | None = None
    records: int | None = None


@dataclass(frozen=True, slots=True)
class PushToken:
    """Who may push what: records of these regions and record sets, read by this mapping.

    ``regions``: codes of regions and provinces, or "*" for all. ``mapping``: text of a mapping, "" for
    the contract's own columns. ``revoked``: from when on it is refused.
    """

    id: str
    regions: tuple[str, ...]
    datasets: tuple[str, ...]
    mapping: str
    simulated: bool
    created: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class PushSecret:
    """A secret of a token, without the secret itself: its public ``id`` and the ``hash`` of the rest."""

    id: str
    token: str
    hash: str
    created: datetime
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class PushAct:
    """A line of the tokens' audit trail. ``act``: "create", "rotate" or "revoke"."""

    at: datetime
    act: str
    token: str
    detail: str


@dataclass(frozen=True, slots=True)
class PushReceipt:
    """What a push was answered. ``key`` and ``digest``: SHA-256 of its idempotency key and its content."""

    token: str
    key: str
    digest: str
    status: int
    account: str
    answered: datetime
