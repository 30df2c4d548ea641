"""The systems of the country: which record set each holds, how it gives it out, and whose it is."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from simulator.flavours import (
    COMPLAINTS_LAPOR,
    COMPLAINTS_OWN,
    SURVEYS_MPPDN,
    SURVEYS_OWN,
    TRANSACTIONS_MPPDN,
    TRANSACTIONS_MPPI,
    TRANSACTIONS_OWN,
    Flavour,
)
from simulator.live.days import Place

Kind = Literal["rest", "open311", "sql", "drop", "access_log", "exposition", "push"]
Paging = Literal["page", "offset", "cursor", "link"]
Stamp = Literal["iso", "epoch_s", "epoch_ms"]
Auth = Literal["bearer", "basic", "api_key", "oauth2"]

EXACT = "%d/%m/%Y %H:%M:%S"
"""Instants of the regions' own systems: to the second, or two versions of one minute were the same."""
OFFICE = replace(TRANSACTIONS_OWN, dates=EXACT)
PERMITS = replace(TRANSACTIONS_OWN, name="transactions-permits", dates=EXACT, zone="UTC", suffix="jsonl")
QUESTIONNAIRE = replace(SURVEYS_OWN, dates=EXACT, suffix="jsonl")
DATABASE = replace(
    TRANSACTIONS_OWN,
    name="transactions-database",
    columns={
        "region": "kode_wilayah",
        "id": "nomor",
        "submitted": "masuk",
        "file_complete": "lengkap",
        "completed": "selesai",
        "status": "keadaan",
        "channel": "lewat",
        "service": "layanan",
        "due": "janji",
        "observed_at": "diubah",
    },
    mark=("simulasi", "ya"),
    dates="%Y-%m-%d %H:%M:%S",
    zone="UTC",
)
USER = "pantau"


@dataclass(frozen=True, slots=True)
class System:
    """A kind of system. ``flavour``: its columns, words and dates, where its kind does not say them.

    ``since`` and ``until``: parameters of a request for what changed from an instant on, and before
    another. ``stamp``: column of an answer in JSON with the instant of the change, written as
    ``stamp_form`` says, because not every system's own dates can be compared.
    """

    name: str
    record_set: str
    kind: Kind
    flavour: Flavour | None = None
    paging: Paging = "page"
    auth: Auth | None = None
    since: str = "updated_since"
    until: str = "updated_until"
    stamp: str = "updated_at"
    stamp_form: Stamp = "iso"

    def secret(self, seed: int) -> str:
        """Password, key or token of a system of this kind. It opens nothing but the simulation."""
        return hmac.new(f"simulated {seed}".encode(), self.name.encode(), hashlib.sha256).hexdigest()[:32]


SYSTEMS = (
    System("mppdn-transactions", "transactions", "rest", TRANSACTIONS_MPPDN, "page", "bearer"),
    System(
        "mppi-transactions",
        "transactions",
        "rest",
        TRANSACTIONS_MPPI,
        "cursor",
        "oauth2",
        "updatedAfter",
        "updatedBefore",
        "updatedAt",
    ),
    System(
        "office-transactions",
        "transactions",
        "rest",
        OFFICE,
        "offset",
        "basic",
        "sejak",
        "hingga",
        "diubah_ms",
        "epoch_ms",
    ),
    System(
        "permit-transactions",
        "transactions",
        "rest",
        PERMITS,
        "link",
        "api_key",
        "since",
        "until",
        "changed",
        "epoch_s",
    ),
    System("database-transactions", "transactions", "sql", DATABASE),
    System("folder-transactions", "transactions", "drop", OFFICE),
    System(
        "lapor-complaints", "complaints", "rest", COMPLAINTS_LAPOR, "offset", "api_key", "sejak", "hingga"
    ),
    System("open311-json-complaints", "complaints", "open311", COMPLAINTS_OWN),
    System("open311-xml-complaints", "complaints", "open311", COMPLAINTS_OWN),
    System("mppdn-surveys", "surveys", "rest", SURVEYS_MPPDN, "page", "bearer"),
    System("folder-surveys", "surveys", "drop", QUESTIONNAIRE),
    System("platform-traffic", "traffic", "exposition"),
    System("log-traffic", "traffic", "access_log"),
)
BY_NAME = {system.name: system for system in SYSTEMS}
RECORD_SETS = ("transactions", "complaints", "surveys", "traffic")
PAGE = "page"
"""Name that faults know the plain web page of a region by, as if it were a system."""

_NATIONAL = ("lapor-complaints", "mppdn-surveys", "platform-traffic")
_OWN_TRANSACTIONS = (
    "office-transactions",
    "permit-transactions",
    "database-transactions",
    "folder-transactions",
)
_OWN_COMPLAINTS = ("open311-json-complaints", "open311-xml-complaints")


@dataclass(frozen=True, slots=True)
class Outlet:
    """One system of one region: where one of its record sets comes from."""

    place: Place
    system: System


def outlets(places: Mapping[str, Place], *, pushing: bool = False) -> dict[tuple[str, str], Outlet]:
    """Outlet of each region and record set. ``pushing``: the platform MPPI sends by itself."""
    found, own = {}, 0
    for place in places.values():
        names = _systems_of(place, own)
        own += place.system == "own"
        for name in names:
            system = BY_NAME[name]
            if pushing and name == "mppi-transactions":
                system = replace(system, kind="push")
            found[place.code, system.record_set] = Outlet(place, system)
    return found


def of_kind(all_outlets: Iterable[Outlet], *kinds: Kind) -> list[Outlet]:
    """Those outlets that are of one of these kinds."""
    return [outlet for outlet in all_outlets if outlet.system.kind in kinds]


def _systems_of(place: Place, number: int) -> tuple[str, ...]:
    """Names of a region's systems; those that have their own take turns, by ``number``."""
    if place.system != "own":
        return f"{place.system}-transactions", *_NATIONAL
    return (
        _OWN_TRANSACTIONS[number % len(_OWN_TRANSACTIONS)],
        _OWN_COMPLAINTS[number % len(_OWN_COMPLAINTS)],
        "folder-surveys",
        "log-traffic",
    )
