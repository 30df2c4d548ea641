"""Commands about published rankings: publish, list, verify, reply."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from metrics.errors import UsageError
from metrics.model import Publication
from metrics.store import Store
from pantau.installation import Installation
from pantau.person import signed
from pantau.session import HomeOption, JsonOption, Session

COLUMNS = ["id", "published", "by", "simulated", "corrects", "corrected_by", "reason", "replies", "sha256"]
ROW_COLUMNS = ["rank", "rank_low", "rank_high", "region", "score", "band", "reasons"]
NOT_REPRODUCED = 1
"""Exit status of a verification that found something."""

SnapshotArgument = Annotated[str, typer.Argument(metavar="SNAPSHOT", help="Name of the published ranking.")]
ByOption = Annotated[str | None, typer.Option(metavar="NAME", help="Who does it; by default the login name.")]


def publish(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ctx: typer.Context,
    period: Annotated[
        str | None, typer.Option(help='"all", "2025" or "2025-07"; by default the period of the method.')
    ] = None,
    level: Annotated[Literal["region", "province"], typer.Option(help="What is ranked.")] = "region",
    corrects: Annotated[
        str | None, typer.Option(metavar="ID", help="Published ranking that this one takes the place of.")
    ] = None,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why it is corrected. Personal data are masked.")
    ] = "",
    by: ByOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Freeze the ranking of a period, with all that it was computed from and a hash."""
    from pantau.publishing import Wish, freeze  # noqa: PLC0415 - only what computes loads SciPy

    session = Session(ctx, home, as_json=as_json)
    wish = Wish(level, signed(by), period, corrects, reason)
    with Installation(session.home) as installation, session.home.writing():
        made = freeze(installation, wish)
    session.answer(_facts(made))


def publications(
    ctx: typer.Context,
    snapshot: Annotated[
        str | None, typer.Argument(metavar="SNAPSHOT", help="Show this one; without it, list all.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what the hash was taken of to a file.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the published rankings, the latest first, or show one with its replies."""
    session = Session(ctx, home, as_json=as_json)
    if out is not None and snapshot is None:
        raise UsageError(
            "--out writes one published ranking. Name it: pantau publications SNAPSHOT --out FILE"
        )
    with Installation(session.home) as installation:
        if snapshot is None:
            session.answer(_listed(installation.store), columns=COLUMNS)
        else:
            _show(session, installation.store, snapshot, out)


def verify(
    ctx: typer.Context, snapshot: SnapshotArgument, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Compute a published ranking again from the archive, and compare every byte."""
    from pantau.publishing import verify_publication  # noqa: PLC0415 - only what computes loads SciPy

    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        found = verify_publication(installation, snapshot)
    verdict = "every byte is reproduced" if found.reproduced else "NOT reproduced"
    differences = [str(difference) for difference in found.differences]
    if session.as_json:
        rows = [dataclasses.asdict(one) for one in found.differences]
        session.answer(dataclasses.asdict(found) | {"reproduced": found.reproduced, "differences": rows})
    else:
        session.answer(
            {
                "snapshot": found.publication,
                "verdict": verdict,
                "sha256": found.sha256,
                "computed again": found.computed_sha256 or "could not be computed",
                "wrong": found.faults,
                "differs first": differences,
                "not as when published": found.changed,
            }
        )
    if not found.reproduced:
        raise typer.Exit(NOT_REPRODUCED)


def reply(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ctx: typer.Context,
    snapshot: SnapshotArgument,
    region: Annotated[str, typer.Argument(metavar="REGION", help="Code of the region, or of the province.")],
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What it says. Personal data are masked.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Text file with what it says, in UTF-8.")
    ] = None,
    by: ByOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Attach what a region says to a published ranking; it is shown with it."""
    from pantau.publishing import attach  # noqa: PLC0415 - only what publishes loads SciPy

    session = Session(ctx, home, as_json=as_json)
    said = _said(text, file)
    with Installation(session.home) as installation, session.home.writing():
        made = attach(installation, snapshot, region, said, signed(by))
    session.answer(dataclasses.asdict(made))


def _said(text: str | None, file: Path | None) -> str:
    if (text is None) == (file is None):
        raise UsageError("a reply is given once: --text TEXT or --file FILE")
    if file is None:
        return text or ""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: is not UTF-8 text. Save it as plain text in UTF-8") from error


def _facts(publication: Publication) -> dict[str, Any]:
    """What is printed of a publication: all but the text of its method."""
    facts = dataclasses.asdict(publication)
    del facts["method_text"]
    return facts


def _listed(store: Store) -> list[dict[str, Any]]:
    known = store.publications()
    corrected = {one.corrects: one.id for one in known}
    replies = [one.publication for one in store.publication_replies()]
    return [
        _facts(one) | {"corrected_by": corrected.get(one.id), "replies": replies.count(one.id)}
        for one in known
    ]


def _show(session: Session, store: Store, identifier: str, out: Path | None) -> None:
    from metrics.publishing.snapshot import ranking_in  # noqa: PLC0415 - only what reads it loads SciPy

    publication, body = store.publication(identifier)
    if out is not None:
        out.write_bytes(body)
        session.say(f"{out}: {len(body)} bytes, SHA-256 {publication.sha256}")
    facts = next(one for one in _listed(store) if one["id"] == identifier)
    replies = [dataclasses.asdict(one) for one in store.publication_replies(publication=identifier)]
    rows = [dataclasses.asdict(row) for row in ranking_in(body).values()]
    if session.as_json:
        session.answer({"publication": facts, "replies": replies, "rows": rows})
        return
    session.answer(facts)
    session.answer(rows, columns=ROW_COLUMNS)
    if replies:
        session.answer(replies, columns=["at", "region", "text", "by"], title="Replies")
