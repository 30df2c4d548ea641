"""What the exporter has to know to collect from the simulation: its configuration, mappings and secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.live.certificates import AUTHORITY
from simulator.live.database import COLUMNS, FILE, TABLE
from simulator.live.folders import LOG
from simulator.live.rest import KEY_HEADER, LARGEST_PAGE, SIZES
from simulator.live.systems import USER, Outlet, System
from simulator.live.timeline import iso
from simulator.mapping_file import mapping_of

CONFIG = "exporter.yaml"
EVERY_SECONDS = 60
OVERLAP_SECONDS = 300
"""How far back each fetch begins again: longer than records are late by default."""
ALLOW = "127.0.0.0/8"

Entries = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the entries of all systems are made from: the folder, the address, the seed and the start."""

    folder: Path
    port: int
    seed: int
    start: int

    @property
    def address(self) -> str:
        """Address of the one server, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def region(self, path: str) -> str:
        """Address of a path of each region."""
        return f"{self.address}/r/{{region}}/{path}"

    def secret(self, system: System) -> str:
        """Where the secret of a system stands, as a configuration names it."""
        return f"file:{self.folder / 'secrets' / system.name}"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the configuration's path, and how many sources and targets it has."""

    config: Path
    sources: int
    targets: int


def write_configuration(
    ground: Ground, outlets: Mapping[tuple[str, str], Outlet], tls: Mapping[str, str]
) -> Written:
    """Write the configuration, a mapping for each system with columns of its own, and the secrets.

    ``tls``: addresses of the pages over TLS, by region. Systems that send by themselves have no source.
    """
    systems: dict[str, System] = {}
    regions: dict[str, list[str]] = {}
    for outlet in outlets.values():
        if outlet.system.kind != "push":
            systems[outlet.system.name] = outlet.system
            regions.setdefault(outlet.system.name, []).append(outlet.place.code)
    for system in systems.values():
        _write_secret(ground, system)
        _write_mapping(ground, system)
    targets = _targets(ground, sorted({region for region, _ in outlets}), tls)
    content = {
        "version": "1",
        "simulated": True,
        "collecting": {"concurrency": 200, "per_host": 200, "deliver_every_seconds": 30},
        "modules": _modules(ground, tls),
        "targets": targets,
        "templates": {name: _template(ground, system) for name, system in systems.items()},
        "sources": [
            {"regions": regions[name], "name": system.record_set, "template": name}
            for name, system in systems.items()
        ],
    }
    path = ground.folder / CONFIG
    path.write_text("# Written by pantau simulate: anew at each start.\n" + _yaml(content), encoding="utf-8")
    return Written(path, sum(map(len, regions.values())), len(targets))


def _write_secret(ground: Ground, system: System) -> None:
    if system.auth is not None:
        path = ground.folder / "secrets" / system.name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(system.secret(ground.seed), encoding="utf-8")


def _mapping_name(system: System) -> str:
    return f"{system.name}.mapping.yaml"


def _has_mapping(system: System) -> bool:
    """Whether the rows of a system have a form of its own; those of the other kinds have one form."""
    return system.kind in {"rest", "sql", "drop"}


def _write_mapping(ground: Ground, system: System) -> None:
    if _has_mapping(system):
        assert system.flavour is not None  # noqa: S101 - systems with columns of their own have one
        content = mapping_of(system.flavour) | {"source": f"simulated-{system.name}"}
        if system.kind != "drop":
            content["format"] = {"decimal": ","} if system.flavour.decimal_comma else {}
        (ground.folder / _mapping_name(system)).write_text(_yaml(content), encoding="utf-8")


def _yaml(content: object) -> str:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # ten times as fast, where it is compiled in
    text: str = yaml.dump(content, Dumper=dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def _modules(ground: Ground, tls: Mapping[str, str]) -> Entries:
    modules: Entries = {"page": {"prober": "http", "allow": [ALLOW], "http": {"body_matches": ["Layanan"]}}}
    if tls:
        authority = str(ground.folder / "certificates" / AUTHORITY)
        trusted = {"body_matches": ["Layanan"], "tls": {"ca_file": authority, "minimum_days": 14}}
        modules["page-tls"] = {"prober": "http", "allow": [ALLOW], "http": trusted}
    return modules


def _targets(ground: Ground, regions: list[str], tls: Mapping[str, str]) -> list[Entries]:
    plain = [
        {"region": code, "name": "page", "module": "page", "address": f"{ground.address}/r/{code}/"}
        for code in regions
    ]
    secure = [
        {"region": code, "name": "page-tls", "module": "page-tls", "address": f"{address}/r/{code}/"}
        for code, address in tls.items()
    ]
    return plain + secure


def _template(ground: Ground, system: System) -> Entries:
    mapping: Entries = {"mapping": _mapping_name(system)} if _has_mapping(system) else {}
    if system.kind == "open311":  # which of these servers always say
        mapping = {"mapping_changes": {"observed_at": {"column": "updated_datetime"}}}
    return {
        **mapping,
        "every_seconds": EVERY_SECONDS,
        "deadline_seconds": 50,
        system.kind: _SETTINGS[system.kind](ground, system),
    }


def _rest(ground: Ground, system: System) -> Entries:
    records = {"page": "data", "offset": "items", "cursor": "records", "link": ""}[system.paging]
    return {
        "url": ground.region(f"api/{system.record_set}"),
        "auth": _auth(ground, system),
        "allow": [ALLOW],
        "format": {"records": records} if records else {},
        "pagination": _pagination(system),
        "incremental": {
            "field": system.stamp,
            "parameter": system.since,
            "format": system.stamp_form,
            "overlap_seconds": OVERLAP_SECONDS,
            "ordered": True,
        },
        "window": {"begin": system.since, "end": system.until},
    }


def _auth(ground: Ground, system: System) -> Entries:
    secret = ground.secret(system)
    return {
        "bearer": {"kind": "bearer", "token": secret},
        "basic": {"kind": "basic", "user": USER, "password": secret},
        "api_key": {"kind": "api_key", "header": KEY_HEADER, "value": secret},
        "oauth2": {
            "kind": "oauth2",
            "token_url": f"{ground.address}/oauth/token",
            "client_id": USER,
            "client_secret": secret,
        },
    }[str(system.auth)]


def _pagination(system: System) -> Entries:
    size = {"size_parameter": SIZES[system.paging], "size": LARGEST_PAGE}
    kinds: dict[str, Entries] = {
        "page": {"kind": "page", "ends": "short", **size},
        "offset": {"kind": "offset", "ends": "short", **size},
        "cursor": {"kind": "cursor", "path": "next_cursor", **size},
        "link": {"kind": "link"},
    }
    return kinds[system.paging]


def _open311(ground: Ground, system: System) -> Entries:
    form = "xml" if "xml" in system.name else "json"
    return {
        "url": ground.region("open311"),
        "format": form,
        "updated_after": True,
        "overlap_seconds": OVERLAP_SECONDS,
        "page_size": LARGEST_PAGE,
        "allow": [ALLOW],
    }


def _sql(ground: Ground, _system: System) -> Entries:
    return {
        "url": f"sqlite:///{ground.folder / 'database' / FILE}",
        "query": f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE kode_wilayah = '{{region}}' "  # noqa: S608 - code of a registry
        "AND diubah >= :since ORDER BY diubah, nomor LIMIT :limit",
        "cursor": {
            "column": "diubah",
            "type": "instant",
            "start": iso(ground.start),
            "timezone": "UTC",
            "format": "%Y-%m-%d %H:%M:%S",
            "overlap": OVERLAP_SECONDS,
        },
    }


def _drop(ground: Ground, system: System) -> Entries:
    assert system.flavour is not None  # noqa: S101 - systems that write files have one
    return {
        "folder": f"{ground.folder / 'drop'}/{{region}}/{system.record_set}",
        "complete": "marker",
        "format": mapping_of(system.flavour)["format"],
    }


def _access_log(ground: Ground, _system: System) -> Entries:
    return {"path": f"{ground.folder / 'logs'}/{{region}}/{LOG}", "format": {"time_unit": "s"}}


def _exposition(ground: Ground, _system: System) -> Entries:
    return {
        "url": ground.region("metrics"),
        "allow": [ALLOW],
        "requests": "http_requests_total",
        "errors": 'http_requests_total{code=~"5.."}',
        "latency": "http_request_duration_seconds",
    }


_SETTINGS: dict[str, Callable[[Ground, System], Entries]] = {
    "rest": _rest,
    "open311": _open311,
    "sql": _sql,
    "drop": _drop,
    "access_log": _access_log,
    "exposition": _exposition,
}
