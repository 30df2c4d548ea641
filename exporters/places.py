"""The region of each record, by code, old code, name or the mapping's own words.

Each distinct spelling is looked up once. A name that fits several regions is an issue that lists
them: nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from exporters.errors import MappingError
from exporters.issues import issues, no_issues
from exporters.mapping import Mapping, RegionMapping, plain
from metrics.errors import PantauError
from metrics.regions import AmbiguousRegion, Registry, UnknownRegion

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Found:
    """Code of a region, or the rule that a spelling breaks and why."""

    code: str | None
    rule: str | None = None
    reason: str | None = None


class Places:
    """Finds regions in a registry as a mapping says. Remembers what it found."""

    def __init__(self, mapping: Mapping, registry: Registry) -> None:
        self._how: RegionMapping = mapping.region
        self._registry = registry
        self._words = {plain(word): code for word, code in self._how.words.items()}
        self._known: dict[tuple[str | None, ...], Found] = {}
        self._old = _by_old_code(registry)
        self._refuse_unknown_codes(mapping.origin)

    def _refuse_unknown_codes(self, origin: str) -> None:
        stated = {"region.constant": self._how.constant}
        stated |= {f"region.words.{word}": code for word, code in self._how.words.items()}
        for path, code in stated.items():
            if code is not None and code not in self._registry.regions:
                raise MappingError(
                    f"{origin}: {path}: the registry {self._registry.name!r} has no region with the code "
                    f"{code!r}. Write a code of the registry, or load the registry that has it."
                )

    def read(self, raw: pl.DataFrame, rows: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
        """Codes (null where none was found) and the issues of those that were not."""
        how = self._how
        if how.constant is not None:
            return pl.Series("region", [how.constant]).new_from_index(0, raw.height), no_issues()
        spelt = raw.select(pl.col(column).alias(f"{n}") for n, column in enumerate(how.columns()))
        quick = self._known_codes(spelt) if spelt.width == 1 else None
        if quick is not None:
            return quick, no_issues()
        keys = spelt.unique()
        found = [self._find(key) for key in keys.iter_rows()]
        table = keys.with_columns(
            pl.Series("code", [f.code for f in found], dtype=pl.String),
            pl.Series("rule", [f.rule for f in found], dtype=pl.String),
            pl.Series("reason", [f.reason for f in found], dtype=pl.String),
        )
        joined = spelt.join(table, on=keys.columns, how="left", maintain_order="left", nulls_equal=True)
        return joined["code"].alias("region"), _issues(joined, rows)

    def _known_codes(self, spelt: pl.DataFrame) -> pl.Series | None:
        """Codes where every spelling is known to have one; ``None`` where some has none."""
        text = spelt["0"]
        keys = text.unique()
        codes = [self._find((key,)).code for key in keys]
        if None in codes:
            return None
        return pl.Series("region", codes, dtype=pl.String).gather(text.cast(pl.Enum(keys)).to_physical())

    def _find(self, key: tuple[str | None, ...]) -> Found:
        if key not in self._known:
            self._known[key] = self._look_up(key)
        return self._known[key]

    def _look_up(self, key: tuple[str | None, ...]) -> Found:
        how = self._how
        text = (key[0] or "").strip()
        if not text or text in how.null:
            remedy = "Ask the source for it; without a region a record counts nowhere"
            return Found(None, "region-missing", f"The column {how.column!r} is blank. {remedy}.")
        if plain(text) in self._words:
            return Found(self._words[plain(text)])
        if how.by == "name":
            return self._by_name(text, key[1:])
        return self._by_old_code(text) if how.by == "old_code" else self._by_code(text)

    def _by_code(self, text: str) -> Found:
        if text in self._registry.regions:
            return Found(text)
        remedy = "Add it to region.words, or say 'by: name' or 'by: old_code' if it is one of these"
        return Found(None, "region-unknown", f"{text[:_SHOWN]!r} is no code of the registry. {remedy}.")

    def _by_old_code(self, text: str) -> Found:
        codes = self._old.get(text, [])
        if len(codes) == 1:
            return Found(codes[0])
        if not codes:
            return Found(
                None,
                "region-unknown",
                f"{text[:_SHOWN]!r} is no old code of the registry. Add it to region.words.",
            )
        return Found(
            None,
            "region-ambiguous",
            f"{text!r} is the old code of {', '.join(codes)}. Say which in region.words.",
        )

    def _by_name(self, text: str, more: tuple[str | None, ...]) -> Found:
        columns = dict(zip(self._how.columns()[1:], more, strict=True))
        kind = columns.get(self._how.kind_column or "") or self._how.kind
        province = columns.get(self._how.province_column or "") or self._how.province
        try:
            return Found(self._registry.find(text, kind, province).code)
        except AmbiguousRegion as error:
            return Found(None, "region-ambiguous", _sentence(error))
        except UnknownRegion as error:
            return Found(None, "region-unknown", _sentence(error))


def _sentence(error: PantauError) -> str:
    return f"{error} Or add it to region.words."


def _by_old_code(registry: Registry) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = {}
    for region in registry.regions.values():
        if region.old_code:
            codes.setdefault(region.old_code, []).append(region.code)
    return codes


def _issues(joined: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    lost = joined.with_columns(rows.alias("_row")).filter(pl.col("code").is_null())
    if not lost.height:
        return no_issues()
    parts = []
    for (rule,), part in lost.group_by("rule", maintain_order=True):
        reasons = part["reason"]
        parts.append(issues(part["_row"], str(rule), "region", part["0"], pl.lit(reasons)))
    return pl.concat(parts)
