"""Readiness for MPP Digital: the 11 criteria of KemenPANRB as a checklist, recorded region by region.

``metrics/data/readiness_criteria.csv`` holds the criteria of each version. The source that was found
lists names and no meanings, so the texts are blank: whoever has the guideline fills them in, or
loads a file of their own by path. What nobody assessed is neither met nor unmet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from metrics.csvfile import Row, read_rows
from metrics.regions import Registry
from metrics.rollout.seed import day_of

CRITERIA = Path(__file__).parents[1] / "data" / "readiness_criteria.csv"
CRITERION_COLUMNS = (
    "version",
    "id",
    "order",
    "name_id",
    "name_en",
    "text_id",
    "text_en",
    "authority",
    "source",
    "as_of",
    "verified",
)
COLUMNS = ("region", "version", "criterion", "status", "date", "authority", "source", "verified")


class Status(StrEnum):
    """What an authority found of one criterion in one region."""

    MET = "met"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion in both languages. ``text_id``/``text_en``: what it asks, "" where no source says."""

    version: str
    id: str
    order: int
    name_id: str
    name_en: str
    text_id: str
    text_en: str
    authority: str
    source: str
    as_of: date
    verified: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an authority found on a day, with the evidence for it. ``version``: that of the criteria."""

    region: str
    version: str
    criterion: str
    status: Status
    date: date
    authority: str
    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """How far one criterion holds regions up, of all that were looked at.

    ``met + unmet + disputed + unassessed`` is the number of regions. ``alone``: regions where it is
    the only one that is unmet and all others are met.
    """

    criterion: Criterion
    met: int
    unmet: int
    disputed: int
    unassessed: int
    alone: int


def criteria(path: Path = CRITERIA) -> tuple[Criterion, ...]:
    """All criteria by version and order. Raises ``RegistryError`` that names row, field and remedy."""
    found: dict[tuple[str, str], Criterion] = {}
    for row in read_rows(path, required=CRITERION_COLUMNS, optional=("note",)):
        one = _criterion(row)
        if (one.version, one.id) in found:
            raise row.error("id", f"listed twice in version {one.version}", "Remove one of the two rows")
        found[one.version, one.id] = one
    return tuple(sorted(found.values(), key=lambda one: (one.version, one.order)))


def assessments(
    path: Path, registry: Registry, listed: Sequence[Criterion] | None = None
) -> tuple[Assessment, ...]:
    """Assessments of a CSV file with ``COLUMNS`` and perhaps ``note``, in the order of the file.

    Raises ``RegistryError`` that names the file, the row, the field, its value and the remedy.
    """
    known: dict[str, list[str]] = defaultdict(list)
    for criterion in criteria() if listed is None else listed:
        known[criterion.version].append(criterion.id)
    found: dict[tuple[str, str, str, date, str], Assessment] = {}
    for row in read_rows(path, required=COLUMNS, optional=("note",)):
        one = _assessment(row, registry, known)
        key = (one.region, one.version, one.criterion, one.date, one.authority)
        if key in found:
            raise row.error(
                "criterion", "assessed twice by one authority on one day", "Remove one of the two rows"
            )
        found[key] = one
    return tuple(found.values())


def hindrances(
    found: Iterable[Assessment],
    listed: Sequence[Criterion],
    regions: Iterable[str],
    as_of: date,
    *,
    verified_only: bool = False,
) -> list[Hindrance]:
    """Criteria of one version, those first that most regions do not meet.

    Of each authority its newest assessment up to the day counts. Where authorities disagree the
    criterion is disputed, not settled by us. ``regions``: codes of all that are looked at.
    """
    states = _states(found, as_of, verified_only=verified_only)
    looked_at = sorted(set(regions))
    rows: list[Hindrance] = []
    for criterion in listed:
        counts: dict[str, int] = defaultdict(int)
        alone = 0
        for region in looked_at:
            state = _state(states.get((region, criterion.version, criterion.id)))
            counts[state] += 1
            others = (one for one in listed if one is not criterion)
            alone += state == Status.UNMET and all(
                _state(states.get((region, one.version, one.id))) == Status.MET for one in others
            )
        rows.append(
            Hindrance(
                criterion,
                counts[Status.MET],
                counts[Status.UNMET],
                counts[DISPUTED],
                counts[UNASSESSED],
                alone,
            )
        )
    return sorted(rows, key=lambda row: (-row.unmet, -row.alone, row.criterion.order))


DISPUTED, UNASSESSED = "disputed", "unassessed"
Key = tuple[str, str, str]


def _states(found: Iterable[Assessment], as_of: date, *, verified_only: bool) -> dict[Key, dict[str, Status]]:
    """Newest status by region, version and criterion, and there by authority."""
    states: dict[Key, dict[str, Status]] = defaultdict(dict)
    for one in sorted(found, key=lambda one: one.date):
        if one.date <= as_of and (one.verified or not verified_only):
            states[one.region, one.version, one.criterion][one.authority] = one.status
    return states


def _state(by_authority: dict[str, Status] | None) -> str:
    if not by_authority:
        return UNASSESSED
    told = set(by_authority.values())
    return told.pop().value if len(told) == 1 else DISPUTED


def _criterion(row: Row) -> Criterion:
    order = row.count("order")
    if not order:
        raise row.error("order", "no place in the list", "Write 1 for the first criterion")
    return Criterion(
        version=row.required("version"),
        id=row.required("id"),
        order=order,
        name_id=row.required("name_id"),
        name_en=row.required("name_en"),
        text_id=row.text("text_id"),
        text_en=row.text("text_en"),
        authority=row.required("authority"),
        source=row.required("source"),
        as_of=day_of(row, "as_of"),
        verified=row.flag("verified"),
    )


def _assessment(row: Row, registry: Registry, known: dict[str, list[str]]) -> Assessment:
    region, version = row.required("region"), row.required("version")
    criterion, status = row.required("criterion"), row.required("status")
    if region not in registry.regions:
        example = next(iter(registry.regions), "")
        raise row.error(
            "region", "no region of the registry has this code", f"Write a code such as {example}"
        )
    if version not in known:
        raise row.error("version", "no such version of the criteria", f"Write one of {', '.join(known)}")
    if criterion not in known[version]:
        raise row.error("criterion", "no such criterion", f"Write one of {', '.join(known[version])}")
    if status not in list(Status):
        raise row.error(
            "status", "unknown status", f"Write {' or '.join(Status)}; leave the row out if unknown"
        )
    return Assessment(
        region=region,
        version=version,
        criterion=criterion,
        status=Status(status),
        date=day_of(row, "date"),
        authority=row.required("authority"),
        source=row.required("source"),
        verified=row.flag("verified"),
        note=row.text("note"),
    )
