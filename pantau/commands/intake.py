"""Commands that take records in, and those that look after what was rejected."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from exporters.deliver import deliver_file
from exporters.errors import SourceError
from exporters.intake import Delivery
from exporters.mapping import Mapping
from exporters.replay import replay as replay_rejected
from metrics.model import Batch
from pantau.failures import tell
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

COUNTS = ("read", "accepted", "rejected", "new", "updated", "unchanged")
EXAMPLES = 5
TOO_MANY_REJECTED = 1
SOURCE_FAILED = SourceError.exit_status

Handling = Callable[[Installation, Path, Mapping, Progress], dict[str, Any]]


def import_files(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to take in.")],
    mapping: Annotated[Path, typer.Option(help="Mapping: which columns, words and formats mean what.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be accepted and rejected, and why.")
    ] = False,
    max_rejected: Annotated[
        float, typer.Option(min=0, max=1, help="Share of rejected rows over which the exit status is 1.")
    ] = 0.05,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take files of records in: map, check, archive, roll up."""
    session = Session(ctx, home, as_json=as_json)
    rules = Mapping.load(mapping)
    with Installation(session.home) as installation, _progress(session) as progress:
        if dry_run:
            accounts = [_account_of(_tried, installation, path, rules, progress) for path in files]
        else:
            with session.home.writing():
                installation.intake.get_ready()
                installation.catch_up()
                accounts = [_account_of(_taken, installation, path, rules, progress) for path in files]
                installation.conclude()
        total = {name: sum(account[name] for account in accounts) for name in COUNTS}
        too_many = total["rejected"] > max_rejected * total["read"]
        reasons = list(_reasons(installation, rules, accounts)) if too_many else []
    summary: dict[str, Any] = {
        **total,
        "rejected_by_rule": _added(accounts, "rejected_by_rule"),
        "warned_by_rule": _added(accounts, "warned_by_rule"),
        "dry_run": dry_run,
        "files": accounts,
    }
    _tell(session, summary, accounts)
    failed = [account["error"] for account in accounts if account["error"]]
    for message in failed:
        tell(message)
    if failed:
        raise typer.Exit(SOURCE_FAILED)
    if too_many:
        tell(
            f"{total['rejected']} of {total['read']} rows were rejected, a larger share than the "
            f"{max_rejected:g} of --max-rejected. {' '.join(reasons)} List them with 'pantau rejected'; "
            f"correct them at the source and import it again, or mend {mapping.name} and try 'pantau replay'."
        )
        raise typer.Exit(TOO_MANY_REJECTED)


def replay(
    ctx: typer.Context,
    mapping: Annotated[Path, typer.Option(help="The mended mapping; its source's rejected rows are tried.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try the rejected rows of a source again, after its mapping or the contract was mended."""
    session = Session(ctx, home, as_json=as_json)
    rules = Mapping.load(mapping)
    with Installation(session.home) as installation, session.home.writing():
        installation.catch_up()
        batch = replay_rejected(installation.intake, rules, installation.registry, clock=installation.clock)
        installation.conclude()
    if batch is None:
        session.answer(dict.fromkeys(COUNTS, 0))
        return
    session.answer(
        {**{name: getattr(batch, name) for name in COUNTS}, "rejected_by_rule": batch.rejected_by_rule}
    )


def rejected(
    ctx: typer.Context,
    dataset: Annotated[str | None, typer.Option(help="Only this record set.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 1000,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List rejected rows that are not mended yet: rule, reason, and what was read."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        rows = installation.intake.quarantine.rows(dataset=dataset, source=source).head(limit)
    columns = ["dataset", "source", "origin", "row", "region", "rule", "reason", "payload"]
    session.answer(
        rows.select("rejected_id", "batch", "rules", "observed_at", *columns).to_dicts(), columns=columns
    )


def _progress(session: Session) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=session.messages,
        disable=session.as_json or not session.messages.is_terminal,
        transient=True,
    )


def _delivery(installation: Installation, path: Path, rules: Mapping, progress: Progress) -> Delivery:
    task = progress.add_task(path.name, total=None)

    def advance(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total or None)

    return deliver_file(path, rules, installation.registry, now=installation.clock(), progress=advance)


def _account_of(
    handling: Handling, installation: Installation, path: Path, rules: Mapping, progress: Progress
) -> dict[str, Any]:
    """Account of one file. One that cannot be read does not keep the others out."""
    try:
        return {**handling(installation, path, rules, progress), "error": None}
    except SourceError as error:
        return {**_nothing_counted(path, rules), "error": str(error)}


def _reasons(installation: Installation, rules: Mapping, accounts: Sequence[dict[str, Any]]) -> Iterator[str]:
    """For each file and rule the first row rejected: where it stands and what is wrong with it."""
    for account in accounts:
        if not account["rejected"]:
            continue
        examples = account.get("examples") or installation.intake.quarantine.examples(
            dataset=rules.dataset, source=rules.source, origin=account["origin"]
        )
        first = {example["rule"]: example for example in reversed(examples)}
        for rule, n in account["rejected_by_rule"].items():
            place = f"{account['origin']}, {n} × {rule}"
            if rule in first:
                example = first[rule]
                region = f", region {example['region']}" if example["region"] else ""
                yield f"{place}, first in row {example['_row']}{region}: {example['reason'].rstrip('.')}."
            else:
                yield f"{place}."


def _nothing_counted(path: Path, rules: Mapping) -> dict[str, Any]:
    """Account of a file of which nothing was read."""
    named = {"origin": path.name, "dataset": rules.dataset, "source": rules.source}
    return {**named, **dict.fromkeys(COUNTS, 0), "rejected_by_rule": {}, "warned_by_rule": {}}


def _taken(installation: Installation, path: Path, rules: Mapping, progress: Progress) -> dict[str, Any]:
    batch = installation.intake.take(_delivery(installation, path, rules, progress))
    return _account(batch)


def _account(batch: Batch) -> dict[str, Any]:
    names = ("origin", "dataset", "source", *COUNTS, "rejected_by_rule", "warned_by_rule", "simulated")
    fields = dataclasses.asdict(batch)
    return {"batch": batch.id, **{name: fields[name] for name in names}}


def _tried(installation: Installation, path: Path, rules: Mapping, progress: Progress) -> dict[str, Any]:
    """Account of what would become of a file; new, updated and unchanged are not looked at."""
    delivery = _delivery(installation, path, rules, progress)
    gate = installation.intake.gate(delivery.contract)
    examples: list[dict[str, Any]] = []
    for chunk in delivery.chunks:
        verdict = gate.check(chunk)
        wanted = EXAMPLES * 4 - len(examples)
        if wanted > 0:
            examples += verdict.rejected.head(wanted).select("_row", "region", "rule", "reason").to_dicts()
    return {
        **_nothing_counted(path, rules),
        "read": gate.read,
        "accepted": gate.accepted,
        "rejected": gate.rejected,
        "rejected_by_rule": gate.rejected_by_rule,
        "warned_by_rule": gate.warned_by_rule,
        "examples": examples,
    }


def _added(accounts: Sequence[dict[str, Any]], name: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for account in accounts:
        total.update(account[name])
    return dict(total)


def _tell(session: Session, summary: dict[str, Any], accounts: Sequence[dict[str, Any]]) -> None:
    if session.as_json:
        session.answer(summary)
        return
    session.answer(list(accounts), columns=["origin", *COUNTS])
    for title, name in (("rejected", "rejected_by_rule"), ("accepted with a warning", "warned_by_rule")):
        for rule, n in sorted(summary[name].items(), key=lambda item: -item[1]):
            session.say(f"{title}: {n} × {rule}")
    for account in accounts:
        for example in account.get("examples", ()):
            session.say(f"{account['origin']}, row {example['_row']}: {example['reason']}")
