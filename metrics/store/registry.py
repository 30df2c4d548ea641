"""Rows of the registry and of the single facts."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, select

from metrics.errors import StoreError
from metrics.model import Province, Region
from metrics.regions import Registry
from metrics.store.tables import META, PROVINCE, REGION

_NAME = "registry.name"
_DIGEST = "registry.digest"
_PROVINCE_FIELDS = tuple(f.name for f in fields(Province))
_REGION_FIELDS = tuple(f.name for f in fields(Region) if f.name != "province")


def put_meta(connection: Connection, key: str, value: str) -> None:
    """Write a single fact, in place of the one that was there."""
    connection.execute(delete(META).where(META.c.key == key))
    connection.execute(META.insert().values(key=key, value=value))


def meta(connection: Connection, key: str) -> str | None:
    """A single fact, ``None`` where it was never written."""
    value: str | None = connection.scalar(select(META.c.value).where(META.c.key == key))
    return value


def put(connection: Connection, registry: Registry) -> None:
    """Write a registry in place of the one that was there."""
    connection.execute(delete(REGION))
    connection.execute(delete(PROVINCE))
    _insert(connection, PROVINCE, [_facts(p, _PROVINCE_FIELDS) for p in registry.provinces.values()])
    _insert(
        connection,
        REGION,
        [_facts(r, _REGION_FIELDS) | {"province": r.province.code} for r in registry.regions.values()],
    )
    put_meta(connection, _NAME, registry.name)
    put_meta(connection, _DIGEST, registry.digest)


def get(connection: Connection, database: str) -> Registry:
    """Return the registry, equal in every field to the one that was put."""
    digest = meta(connection, _DIGEST)
    if digest is None:
        msg = f"store {database}: it has no registry yet; run `pantau init`"
        raise StoreError(msg)
    provinces = {
        row["code"]: Province(**_pick(row, _PROVINCE_FIELDS))
        for row in connection.execute(select(PROVINCE).order_by(PROVINCE.c.position)).mappings()
    }
    regions = {
        row["code"]: Region(province=provinces[row["province"]], **_pick(row, _REGION_FIELDS))
        for row in connection.execute(select(REGION).order_by(REGION.c.position)).mappings()
    }
    return Registry(name=meta(connection, _NAME) or "", regions=regions, provinces=provinces, digest=digest)


def _facts(thing: Province | Region, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _pick(row: RowMapping, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows in their order."""
    if rows:
        connection.execute(table.insert(), [row | {"position": at} for at, row in enumerate(rows)])
