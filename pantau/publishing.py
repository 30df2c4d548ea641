"""Publishing and verifying on one installation: what is frozen comes from here, how, from ``metrics``."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checks.masking import mask_text
from metrics.calendar import Calendar
from metrics.errors import StoreError, UnknownName, UsageError
from metrics.indicators import IndicatorSettings
from metrics.model import Publication, PublicationReply
from metrics.publishing.canonical import canonical, settled
from metrics.publishing.differences import first_differences
from metrics.publishing.inputs import Inputs, Level, Pinned
from metrics.publishing.program import running
from metrics.publishing.results import FIGURED, RollUps
from metrics.publishing.snapshot import Act, Snapshot, Verification, ranking_in, snapshot_of, verify
from metrics.ranking import Method
from metrics.regions import Registry
from metrics.rollup import RollUp
from metrics.rollup.catch_up import RollUpSettings
from pantau.installation import Installation, engine_of

LONGEST_REPLY = 20_000
"""Characters of a reply."""

RollUpBy = Callable[[Registry, dict[str, Calendar], dict[str, int]], RollUp]


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """What is to be published. ``period``: ``None`` for that of the method. ``by``: who does it."""

    level: Level
    by: str
    period: str | None = None
    corrects: str | None = None
    reason: str = ""


def freeze(installation: Installation, wish: Wish) -> Publication:
    """Freeze the ranking of a period; the caller is the one process that writes.

    Raises ``UsageError`` for what cannot be published, and ``StoreError`` where the store does not hold
    what the archive gives.
    """
    installation.catch_up()
    installation.refresh()
    act = _act(installation, wish)
    inputs = _inputs(installation, wish)
    with rolling_up(installation) as by:
        snapshot = snapshot_of(act, inputs, _rollups(by))
    _refuse_nothing(snapshot)
    _refuse_other_store(installation, snapshot)
    publication = snapshot.publication(installation.clock())
    installation.store.put_publication(publication, snapshot.body)
    return publication


def verify_publication(installation: Installation, identifier: str) -> Verification:
    """Compute a snapshot again from the archive; nothing of the store's roll-ups is read."""
    publication, body = installation.store.publication(identifier)
    with rolling_up(installation) as by:
        return verify(publication, body, installation.archive, running(), _rollups(by))


def attach(installation: Installation, identifier: str, region: str, text: str, by: str) -> PublicationReply:
    """Attach what a region says to a snapshot, personal data masked. Raises ``UsageError``."""
    _, body = installation.store.publication(identifier)
    if region not in ranking_in(body):
        raise UnknownName(f"{region!r} does not stand in {identifier}. Write the code of one that does")
    said = mask_text(text.strip())
    if not said:
        raise UsageError("the reply is empty. Write --text TEXT or --file FILE")
    if len(said) > LONGEST_REPLY:
        raise UsageError(
            f"the reply has {len(said)} characters, and {LONGEST_REPLY} are kept. Shorten it, and say where "
            "the rest can be read"
        )
    made = PublicationReply(identifier, region, said, by, installation.clock())
    installation.store.put_publication_reply(made)
    return made


@contextmanager
def rolling_up(installation: Installation) -> Iterator[RollUpBy]:
    """Roll-ups by another registry, beside whatever the installation is doing: an engine of their own."""
    scratch = installation.home.scratch
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="again-") as folder:
        engine = engine_of(installation.home, Path(folder))

        def by(registry: Registry, calendars: dict[str, Calendar], complaint_days: dict[str, int]) -> RollUp:
            settings = RollUpSettings(complaint_days)
            return RollUp(installation.archive, installation.store, engine, registry, calendars, settings)

        try:
            yield by
        finally:
            engine.close()


def _rollups(by: RollUpBy) -> RollUps:
    return lambda inputs: by(inputs.registry, inputs.calendars, inputs.complaint_days).as_of


def _act(installation: Installation, wish: Wish) -> Act:
    """Name of the snapshot, and of the one that it takes the place of."""
    store = installation.store
    if (wish.corrects is None) != (not wish.reason.strip()):
        raise UsageError("a correction names what it corrects, and why: --corrects ID --reason TEXT")
    period = _method(installation, wish).period
    number = 1 + len(store.publications(period=period, level=wish.level))
    name = f"{period}-{wish.level}-{number}"
    if wish.corrects is None:
        return Act(name, wish.by)
    corrected, _ = store.publication(wish.corrects)
    return Act(name, wish.by, corrected.id, corrected.sha256, mask_text(wish.reason.strip()))


def _method(installation: Installation, wish: Wish) -> Method:
    """Method of the installation, for the period that is to be published."""
    method = installation.method(installation.versions())
    if wish.period is None:
        return method
    try:
        return Method.model_validate(method.model_dump() | {"period": wish.period})
    except ValidationError as error:
        raise UsageError(
            f"--period: {wish.period!r} is no period. Write all, a year (2025), or a month (2025-07)"
        ) from error


def _inputs(installation: Installation, wish: Wish) -> Inputs:
    """Everything that the ranking depends on, as it is now."""
    versions = {name: at for name, at in installation.versions().items() if name in FIGURED}
    if not versions:
        raise UsageError("there are no records yet, so there is nothing to publish. Import or collect some")
    told = installation.told()
    return Inputs(
        level=wish.level,
        as_of=installation.clock(),
        method=_method(installation, wish),
        archive={name: _pinned(installation, name, version) for name, version in versions.items()},
        registry=installation.registry,
        calendars=installation.calendars,
        settings=IndicatorSettings(),
        complaint_days=dict(RollUpSettings().complaint_days),
        holds=tuple(told.holds),
        verdicts=told.verdicts,
        simulated=installation.store.simulated(),
        program=running(),
    )


def _pinned(installation: Installation, dataset: str, version: int) -> Pinned:
    files = installation.archive.fingerprints(dataset, version)
    lost = [path for path, found in files.items() if found is None]
    if lost:
        raise StoreError(
            f"the archive of {dataset}: {lost[0]} and {len(lost) - 1} more files are not there any more. "
            "Restore them from a backup"
        )
    return Pinned(version, {path: found for path, found in files.items() if found is not None})


def _refuse_nothing(snapshot: Snapshot) -> None:
    """Raise ``UsageError`` where no place has any figure: most likely a mistyped period."""
    figures = snapshot.results["figures"].values()
    if not any(one["value"] is not None for of_place in figures for one in of_place.values()):
        raise UsageError(
            f"no {snapshot.inputs.level} has a figure in period {snapshot.inputs.method.period}, so there is "
            "nothing to publish. Look at 'pantau indicators --period PERIOD'"
        )


def _refuse_other_store(installation: Installation, snapshot: Snapshot) -> None:
    """Raise ``StoreError`` where the store's current ranking is not the one that the archive gives."""
    inputs = snapshot.inputs
    current = installation.store.latest_ranking(level=inputs.level)
    if current is None or current.period != inputs.method.period:
        return
    rows: dict[str, Any] = settled({row.region: dataclasses.asdict(row) for row in current.rows})
    stored = json.loads(canonical({"ranking": rows}))
    for difference in first_differences(stored, {"ranking": snapshot.results["ranking"]}):
        place, *_ = difference.path
        raise StoreError(
            f"the store's ranking is not what the archive gives: {place}, {'.'.join(difference.path[1:])} is "
            f"{difference.published} in the store and {difference.computed} from the archive. Run 'pantau "
            "rebuild'; if it is still so, restore the store from a backup"
        )
