"""Tokens: their text, what is kept of it, and what they allow.

A token reads ``pantau_<id>_<secret>``: a public part by which it is found, and 256 random bits, of
which only the SHA-256 is kept. A slow hash would add nothing: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from exporters.mapping import Mapping
from metrics.datasets import DATASETS
from metrics.errors import UnknownName, UsageError
from metrics.model import PushSecret, PushToken
from metrics.regions import Registry

ALL = "*"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_TEXT = re.compile(r"pantau_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NOBODY = hashlib.sha256(b"").hexdigest()

Find = Callable[[str], tuple[PushToken, PushSecret] | None]
"""Finds a secret and its token by the secret's public part. Raises ``StoreError``."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What the sender of a push may send. ``mapping``: ``None`` for the contract's own columns."""

    token: str
    regions: frozenset[str]
    datasets: frozenset[str]
    mapping: Mapping | None
    simulated: bool


def new_secret(token: str, created: datetime, expires: datetime | None) -> tuple[str, PushSecret]:
    """Text of a new token, to be shown once, and what is kept of it."""
    public, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    return f"pantau_{public}_{secret}", PushSecret(public, token, _digest(secret), created, expires)


def admitted(text: str, find: Find, registry: Registry, now: datetime) -> Grant | None:
    """What a token allows; ``None`` for one that is wrong, expired or revoked. Raises ``StoreError``."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    found = find(match[1])
    kept = found[1].hash if found else _NOBODY
    if not hmac.compare_digest(_digest(match[2]), kept) or found is None:
        return None
    token, secret = found
    if token.revoked is not None or (secret.expires is not None and secret.expires <= now):
        return None
    return Grant(
        token=token.id,
        regions=regions_of(token.regions, registry),
        datasets=frozenset(token.datasets),
        mapping=_mapping(token) if token.mapping else None,
        simulated=token.simulated,
    )


def regions_of(codes: Iterable[str], registry: Registry) -> frozenset[str]:
    """Codes of the regions that codes of regions and provinces, or "*", stand for.

    A code that the registry has no longer stands for none.
    """
    wanted = set(codes)
    if ALL in wanted:
        return frozenset(registry.regions)
    return frozenset(
        code for code, region in registry.regions.items() if code in wanted or region.province.code in wanted
    )


def checked_regions(codes: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """Codes of regions and provinces, or "*" for "all". Raises ``UnknownName`` for one that there is not."""
    found = dict.fromkeys(ALL if code.casefold() in {"all", ALL} else code for code in codes)
    for code in found:
        if code not in registry.regions and code not in registry.provinces and code != ALL:
            raise UnknownName(
                f"--region: {code!r} is no code of a region or province in the registry "
                f"{registry.name!r}. Write a code such as {next(iter(registry.regions))}, or all"
            )
    return tuple(found)


def checked_datasets(names: Iterable[str], mapping: Mapping | None) -> tuple[str, ...]:
    """Record sets by name, or all of them for "all". Raises ``UsageError``."""
    found = tuple(dict.fromkeys(names))
    if found == ("all",):
        found = tuple(DATASETS)
    for name in found:
        if name not in DATASETS:
            raise UnknownName(
                f"--dataset: there is no record set {name!r}. Write {', '.join(DATASETS)}, or all"
            )
    if mapping is not None and found != (mapping.dataset,):
        raise UsageError(
            f"--mapping: {mapping.origin} is for {mapping.dataset}, and a token with a mapping is for that "
            f"record set alone. Write --dataset {mapping.dataset}"
        )
    return found


def checked_name(name: str) -> str:
    """Name of a token. Raises ``UsageError``."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"--name: {name!r} cannot be a token's name. Write small letters, digits, '.', '-' and '_', 63 "
            "at most, such as mppi"
        )
    return name


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache(256)
def _mapping(token: PushToken) -> Mapping:
    mapping = Mapping.parse(token.mapping, f"the mapping of the token {token.id}")
    return mapping.model_copy(update={"simulated": token.simulated})
