"""``pantau token``: who may push records to the exporter."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from checks.compile import load_contract
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from exporters.push.tokens import checked_datasets, checked_name, checked_regions, new_secret, regions_of
from metrics.model import PushAct, PushSecret, PushToken
from metrics.regions import Registry
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the token.")]
ExpiresOption = Annotated[
    float | None, typer.Option(min=0.001, help="Days after which the token is refused; without it, never.")
]
SHOWN_ONCE = "The token is shown this once and is nowhere kept. Hand it over safely."


def create(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="Name of the token: who pushes with it, such as mppi.")],
    region: Annotated[
        list[str],
        typer.Option(
            help="Code of a region or province that it may tell of, or all. May be given repeatedly."
        ),
    ],
    dataset: Annotated[
        list[str], typer.Option(help="Record set that it may push, or all. May be given repeatedly.")
    ],
    expires_days: ExpiresOption = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help="Mapping of its records; without one they have the contract's own columns."),
    ] = None,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Its records are simulated, and marked everywhere.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token with which records can be pushed. It is shown once."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        now, registry = installation.clock(), installation.registry
        rules = _rules(mapping, registry, now)
        token = PushToken(
            id=checked_name(name),
            regions=checked_regions(region, registry),
            datasets=checked_datasets(dataset, rules),
            mapping=mapping.read_text(encoding="utf-8-sig") if mapping else "",
            simulated=simulated or (rules is not None and rules.simulated),
            created=now,
        )
        text, secret = new_secret(token.id, now, _expiry(now, expires_days))
        detail = (
            f"secret {secret.id}, regions {' '.join(token.regions)}, record sets {' '.join(token.datasets)}, "
            f"{_until(secret.expires)}{', simulated' if token.simulated else ''}"
        )
        installation.store.add_push_token(token, secret, PushAct(now, "create", token.id, detail))
        covered = len(regions_of(token.regions, registry))
    session.say(SHOWN_ONCE)
    session.answer({"name": token.id, "token": text, "regions": covered, **_expires(secret)})


def listed(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the tokens and whether they are let in, without their secrets."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        now = installation.clock()
        rows = [_row(token, secrets, now) for token, secrets in installation.store.push_tokens()]
    session.answer(rows)


def rotate(
    ctx: typer.Context,
    name: NameArgument,
    grace_hours: Annotated[
        float, typer.Option(min=0, help="Hours for which the token before is let in beside the new one.")
    ] = 168.0,
    expires_days: ExpiresOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a token a new secret. The one before goes on for a while. The new one is shown once."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        now = installation.clock()
        text, secret = new_secret(name, now, _expiry(now, expires_days))
        until = now + timedelta(hours=grace_hours)
        detail = f"secret {secret.id}, {_until(secret.expires)}; those before {_until(until)}"
        installation.store.rotate_push_token(secret, until=until, act=PushAct(now, "rotate", name, detail))
    session.say(SHOWN_ONCE)
    session.answer({"name": name, "token": text, "old_until": until.isoformat(), **_expires(secret)})


def revoke(
    ctx: typer.Context, name: NameArgument, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Refuse a token from now on, for good, also in an exporter that is running."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        now = installation.clock()
        installation.store.revoke_push_token(PushAct(now, "revoke", name, "all its secrets"))
    session.answer({"name": name, "revoked": now.isoformat()})


def _rules(mapping: Path | None, registry: Registry, now: datetime) -> Mapping | None:
    """Mapping that fits its contract and the registry. Raises ``MappingError``."""
    if mapping is None:
        return None
    rules = Mapping.load(mapping)
    Mapper(rules, load_contract(rules.dataset), registry, now)
    return rules


def _expiry(now: datetime, days: float | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)


def _until(expires: datetime | None) -> str:
    return "without end" if expires is None else f"until {expires.isoformat(timespec='seconds')}"


def _expires(secret: PushSecret) -> dict[str, str | None]:
    return {"expires": secret.expires.isoformat() if secret.expires else None}


def _row(token: PushToken, secrets: list[PushSecret], now: datetime) -> dict[str, Any]:
    good = [secret for secret in secrets if secret.expires is None or secret.expires > now]
    ends = [secret.expires for secret in good]
    standing = "in use" if good else "expired"
    return {
        "name": token.id,
        "state": standing if token.revoked is None else "revoked",
        "regions": list(token.regions),
        "record_sets": list(token.datasets),
        "secrets": [secret.id for secret in good] if token.revoked is None else [],
        "expires": None if None in ends or not ends else max(filter(None, ends)).isoformat(),
        "mapping": bool(token.mapping),
        "simulated": token.simulated,
        "created": token.created.isoformat(),
        "revoked": token.revoked.isoformat() if token.revoked else None,
    }
