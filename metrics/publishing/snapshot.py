"""A snapshot: its body out of inputs and results, and whether the archive gives it again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from metrics.archive import Archive
from metrics.errors import PantauError
from metrics.model import Publication, RankRow
from metrics.publishing.canonical import canonical
from metrics.publishing.differences import Difference, first_differences
from metrics.publishing.inputs import Inputs, Pinned, document_of, inputs_from
from metrics.publishing.program import Program
from metrics.publishing.results import RollUps, results_of

FORM = 1
"""Form of the body: raised when it is no longer what it was."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who publishes what, and which snapshot it takes the place of, by name and hash."""

    id: str
    by: str
    corrects: str | None = None
    corrects_sha256: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A body that was computed or read. ``results``: as ``results_of`` gives them."""

    act: Act
    inputs: Inputs
    results: dict[str, Any]
    body: bytes

    @property
    def sha256(self) -> str:
        """Hash of the body."""
        return hashlib.sha256(self.body).hexdigest()

    def publication(self, published: datetime) -> Publication:
        """What the store says of it."""
        method = self.inputs.method
        return Publication(
            id=self.act.id,
            period=method.period,
            level=self.inputs.level,
            method=method.id,
            method_version=method.version,
            method_text=method.model_dump_json(),
            code_version=self.inputs.program.name,
            archive_versions=self.inputs.versions,
            seed=method.seed,
            computed=self.inputs.as_of,
            published=published,
            by=self.act.by,
            simulated=self.inputs.simulated,
            sha256=self.sha256,
            corrects=self.act.corrects,
            reason=self.act.reason,
        )


def snapshot_of(act: Act, inputs: Inputs, rollups: RollUps) -> Snapshot:
    """Compute a snapshot from the archive, as a verifier will: from its inputs as they stand in the body."""
    return _computed(asdict(act), json.loads(canonical(document_of(inputs))), rollups)


def _computed(act: dict[str, Any], frozen: dict[str, Any], rollups: RollUps) -> Snapshot:
    inputs = inputs_from(frozen)
    results = results_of(inputs, rollups(inputs))
    body = canonical({"form": FORM, "snapshot": act, "inputs": frozen, "results": results})
    return Snapshot(Act(**act), inputs, results, body)


def snapshot_from(body: bytes) -> Snapshot:
    """Read a snapshot out of its body. Raises ``ValueError`` or ``KeyError`` where it is none."""
    content = json.loads(body)
    if content["form"] != FORM:
        raise ValueError(f"form {content['form']} of another program")
    return Snapshot(Act(**content["snapshot"]), inputs_from(content["inputs"]), content["results"], body)


def ranking_in(body: bytes) -> dict[str, RankRow]:
    """Rows of the ranking in a body, by place: the ranked ones first, best first."""
    ranking: dict[str, dict[str, Any]] = json.loads(body)["results"]["ranking"]
    rows = [RankRow(**row | {"reasons": tuple(row["reasons"])}) for row in ranking.values()]
    rows.sort(key=lambda row: (not row.ranked, row.rank or 0, row.region))
    return {row.region: row for row in rows}


@dataclass(frozen=True, slots=True)
class Verification:
    """What computing a snapshot again gave. ``computed_sha256``: ``None`` where it could not be computed.

    ``faults``: what is wrong, each a sentence that names the file, the row or the record set.
    ``differences``: the first in each part of the results. ``changed``: what is not as it was when it was
    published, which may explain a difference, and need not be wrong.
    """

    publication: str
    sha256: str
    computed_sha256: str | None
    faults: tuple[str, ...]
    differences: tuple[Difference, ...]
    changed: tuple[str, ...]

    @property
    def reproduced(self) -> bool:
        """Whether every byte is there again, and nothing else is wrong."""
        return self.computed_sha256 == self.sha256 and not self.faults


def verify(
    publication: Publication, body: bytes, archive: Archive, now: Program, rollups: RollUps
) -> Verification:
    """Compute a snapshot again from the archive at its frozen versions, and compare every byte."""
    stored = hashlib.sha256(body).hexdigest()
    if stored != publication.sha256:
        fault = (
            f"store, table publication, row {publication.id}: the body has SHA-256 {stored}, not "
            f"{publication.sha256} as published; restore the row from a backup"
        )
        return Verification(publication.id, publication.sha256, None, (fault,), (), ())
    snapshot = snapshot_from(body)
    faults = [*_row_faults(publication, snapshot), *_file_faults(snapshot.inputs, archive)]
    changed = tuple(snapshot.inputs.program.differences(now))
    try:
        again = _computed(asdict(snapshot.act), json.loads(body)["inputs"], rollups)
    except PantauError as error:
        faults.append(f"the archive cannot be read as of the published versions: {error}")
        return Verification(publication.id, publication.sha256, None, tuple(faults), (), changed)
    differences = first_differences(snapshot.results, again.results)
    return Verification(
        publication.id, publication.sha256, again.sha256, tuple(faults), tuple(differences), changed
    )


def _row_faults(publication: Publication, snapshot: Snapshot) -> list[str]:
    """Columns of the store's row that do not say what the body says."""
    expected = replace(snapshot.publication(publication.published), sha256=publication.sha256)
    pairs = zip(asdict(publication).items(), asdict(expected).values(), strict=True)
    return [
        f"store, table publication, row {publication.id}: {name} is {told!r}, but its body says {said!r}; "
        "restore the row from a backup"
        for (name, told), said in pairs
        if told != said
    ]


def _file_faults(inputs: Inputs, archive: Archive) -> list[str]:
    """Files of the archive that are not those that were published from."""
    found = []
    for dataset, pinned in sorted(inputs.archive.items()):
        try:
            now = archive.fingerprints(dataset, pinned.version)
        except PantauError as error:
            found.append(str(error))
            continue
        found += [f"archive of {dataset}, {fault}" for fault in _changed_files(pinned, now)]
    return found


def _changed_files(pinned: Pinned, now: dict[str, str | None]) -> list[str]:
    remedy = "restore it from a backup"
    said = []
    for path in sorted(pinned.files.keys() | now.keys()):
        if path not in pinned.files:
            said.append(f"file {path}: version {pinned.version} names it now and did not when published")
        elif now.get(path) is None:
            said.append(f"file {path}: it is not there any more; {remedy}")
        elif now[path] != pinned.files[path]:
            said.append(f"file {path}: it is not what it was when published; {remedy}")
    return said
