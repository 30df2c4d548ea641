"""``pantau contract``: what contracts ask for, how two of them differ, and whether a file keeps its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from app.text import Language, language
from checks.compile import CONTRACTS, load_contract
from checks.contract import Contract
from checks.contractdiff import Change, Difference, compare
from checks.masking import mask_text
from exporters.mapping import Mapping
from metrics.regions import Registry, indonesia
from pantau.failures import tell
from pantau.producerreport import owner_named, report, rule_named, verdict
from pantau.remedies import remedy
from pantau.session import HomeOption, JsonOption, Session
from pantau.trial import Broken, Trial, try_file

BREAKS = 1
REJECTED = 1

ContractArgument = Annotated[
    str, typer.Argument(metavar="CONTRACT", help="Name of a record set, or the path of a .yaml file.")
]


def listed(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the contracts of this program with their versions."""
    session = Session(ctx, home, as_json=as_json)
    session.answer([_summary(load_contract(name)) for name in CONTRACTS])


def show(
    ctx: typer.Context, name: ContractArgument, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show a contract: its version, columns and rules."""
    session = Session(ctx, home, as_json=as_json)
    contract = load_contract(name)
    summary, columns, rules = _summary(contract), _columns(contract), _rules(contract)
    if session.as_json:
        session.answer({**summary, "description": contract.description, "columns": columns, "rules": rules})
        return
    session.answer(summary)
    session.answer(columns, title="Columns")
    session.answer(
        rules, columns=["id", "kind", "severity", "percent", "columns", "description"], title="Rules"
    )


def diff(
    ctx: typer.Context,
    before: Annotated[str, typer.Argument(metavar="A", help="Contract before: a name, or a .yaml file.")],
    after: Annotated[str, typer.Argument(metavar="B", help="Contract after: a name, or a .yaml file.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what changes from one contract to another, and whom it breaks."""
    session = Session(ctx, home, as_json=as_json)
    found = compare(load_contract(before), load_contract(after))
    changes = [_change(change) for change in found.changes]
    summary = {
        "name": found.after.name,
        "from": found.before.version,
        "to": found.after.version,
        "asked": found.asked.name.lower(),
        "made": found.made.name.lower(),
        "enough": found.is_enough,
    }
    if session.as_json:
        session.answer({**summary, "changes": changes})
    else:
        if changes:
            session.answer(changes)
        session.answer(summary)
    if not found.is_enough:
        tell(_told(found))
    if found.breaks_silently:
        raise typer.Exit(BREAKS)


def try_out(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File of records to be tested.")],
    mapping: Annotated[Path, typer.Option(help="Mapping: which columns, words and formats mean what.")],
    report_to: Annotated[
        Path | None,
        typer.Option("--report", metavar="HTML", help="Write a report to this file, to hand over."),
    ] = None,
    lang: Annotated[
        Literal["id", "en"], typer.Option(help="Language of the report: Indonesian or English.")
    ] = "id",
    registry: Annotated[
        Path | None, typer.Option(help="Registry of regions, a CSV file; Indonesia's, if left out.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Test a file against its contract, without an installation, and report what must be mended."""
    session = Session(ctx, home, as_json=as_json)
    regions = Registry.load(registry) if registry else indonesia()
    trial = try_file(file, Mapping.load(mapping), regions, now=datetime.now(UTC))
    t, example = language(lang), next(iter(regions.regions))
    if report_to:
        report_to.write_text(report(trial, example, t), encoding="utf-8")
    _answer(session, trial, example, t, report_to)
    if trial.error is not None:
        raise trial.error
    if not trial.is_accepted:
        raise typer.Exit(REJECTED)


def _summary(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.name,
        "version": contract.version,
        "key": list(contract.key),
        "columns": len(contract.properties),
        "rules": len(contract.rules),
        "digest": contract.digest,
    }


def _columns(contract: Contract) -> list[dict[str, Any]]:
    return [
        {
            "name": item.name,
            "type": item.physical_type,
            "required": item.required,
            "classification": item.classification,
            "words": list(contract.domains.get(item.name, ())),
            "description": item.description,
        }
        for item in contract.properties
    ]


def _rules(contract: Contract) -> list[dict[str, Any]]:
    return [
        {
            "id": rule.id,
            "kind": rule.kind_name,
            "severity": rule.severity.value,
            "percent": rule.bound * 100,
            "columns": list(rule.columns),
            "arguments": rule.kind.model_dump(mode="json", by_alias=True, exclude_none=True),
            "dimension": rule.dimension,
            "owner": rule.owner,
            "description": rule.description,
            "business_impact": rule.business_impact,
        }
        for rule in contract.rules
    ]


def _change(change: Change) -> dict[str, str]:
    return {
        "change": change.what,
        "of": change.subject,
        "before": change.before,
        "after": change.after,
        "producers": change.producers.value,
        "readers": change.readers.value,
    }


def _told(found: Difference) -> str:
    what = "changes that break" if found.breaks_silently else "changes"
    return (
        f"{found.after.name}: from {found.before.version} to {found.after.version} there are {what}, which "
        f"ask for a new {found.asked.name.lower()} version. Raise 'version' in the contract."
    )


def _answer(session: Session, trial: Trial, example: str, t: Language, report_to: Path | None) -> None:
    summary = {
        "file": trial.path.name,
        "contract": trial.contract.name,
        "version": trial.contract.version,
        "verdict": verdict(trial),
        "read": trial.read,
        "accepted": trial.accepted,
        "rejected": trial.rejected,
        "warned": trial.warned,
        "report": str(report_to) if report_to else None,
    }
    rules = [_broken(one, trial, example, t) for one in trial.broken]
    if session.as_json:
        error = mask_text(str(trial.error)) if trial.error else None
        session.answer({**summary, "error": error, "rules": rules})
        return
    session.answer(summary)
    if rules:
        session.answer(rules, columns=["rule", "field", "rows", "says", "remedy"])


def _broken(broken: Broken, trial: Trial, example: str, t: Language) -> dict[str, Any]:
    return {
        "rule": broken.id,
        "field": broken.field,
        "rejects": broken.rejects,
        "rows": broken.rows,
        "says": rule_named(broken.id, t),
        "remedy": remedy(broken, trial.mapping, example, t),
        "owner": owner_named(broken.owner, t),
        "over_bound": list(broken.regions) if not broken.rejects else [],
        "examples": [{"row": one.row, "values": dict(one.values)} for one in broken.examples],
    }
