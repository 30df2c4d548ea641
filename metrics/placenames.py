"""Finding a region by its written name: "KAB. BANDUNG", "Kota Adm. Jakarta Selatan", "Tanjungpinang".

Never a guess: a name that fits two regions is an error that lists both. The words for kinds
are Indonesia's; a registry without such kinds is not touched by them.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from metrics.errors import UnknownName, UsageError
from metrics.model import Province, Region

KIND_WORDS = {
    "kab": "kabupaten",
    "kabupaten": "kabupaten",
    "kota": "kota",
    "kotamadya": "kota",
    "kodya": "kota",
}
"""Words before a name and the kind that they say. A registry's own kinds count as well."""

ADMINISTRATIVE = {"adm", "administrasi"}
"""The six units of DKI Jakarta: "Kota Administrasi Jakarta Pusat"."""

PROVINCE_WORDS = (
    (re.compile(r"^(provinsi|propinsi|prov) "), ""),
    (re.compile(r"^daerah khusus (ibukota|ibu kota)? ?"), "dki "),
    (re.compile(r"^daerah istimewa "), "di "),
)
SHOWN = 8
"""How many candidates a message lists."""


class AmbiguousRegion(UsageError):
    """A name that fits several regions. ``candidates`` holds them."""

    def __init__(self, text: str, candidates: tuple[Region, ...]) -> None:
        listed = listing(candidates)
        super().__init__(f"{text!r} fits several regions: {listed}. Give the kind, the province or the code.")
        self.candidates = candidates


class UnknownRegion(UnknownName):
    """A name that fits no region. ``candidates`` holds those that look alike."""

    def __init__(self, text: str, candidates: tuple[Region, ...], why: str = "") -> None:
        hint = (
            f"Did you mean {listing(candidates)}?" if candidates else "Give a name or code of the registry."
        )
        super().__init__(f"{text!r} is no region of the registry{why}. {hint}")
        self.candidates = candidates


def listing(regions: tuple[Region, ...]) -> str:
    """Return "Kota Magelang (33.71, Jawa Tengah), …" for messages."""
    shown = ", ".join(f"{r.full_name} ({r.code}, {r.province.name})" for r in regions[:SHOWN])
    return shown + (f" and {len(regions) - SHOWN} more" if len(regions) > SHOWN else "")


def words(text: str) -> list[str]:
    """Words in lower case without marks: "Toli-Toli" gives ["toli", "toli"]."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[^\W_]+", plain)


def squeezed(text: str) -> str:
    """Letters and digits alone, in lower case: what two spellings of a name share."""
    return "".join(words(text))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a written name: the name squeezed, and the kind it says (``""``: none)."""

    name: str
    kind: str


class PlaceNames:
    """Index of a registry's regions by name. Built once for a registry."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_name: dict[str, list[Region]] = {}
        kinds: set[str] = set()
        for region in regions:
            self._by_name.setdefault(squeezed(region.name), []).append(region)
            kinds.add(region.kind)
        own = {squeezed(kind): kind for kind in kinds if kind}
        self._kinds = {word: own[kind] for word, kind in KIND_WORDS.items() if kind in own} | own

    def find(self, text: str, kind: str | None = None, province: str | None = None) -> Region:
        """Return the one region that ``text`` names. Raises ``UnknownRegion``, ``AmbiguousRegion``."""
        asked = self._kind(kind)
        found = {
            region.code: region
            for reading in self._readings(text)
            for region in self._by_name.get(reading.name, [])
            if reading.kind in ("", region.kind)
        }
        candidates = tuple(found.values())
        fits = tuple(
            r
            for r in candidates
            if (asked is None or r.kind == asked) and (not province or is_province(r.province, province))
        )
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise AmbiguousRegion(text, fits)
        given = "".join(
            f", {label} {value!r}" for label, value in (("kind", kind), ("province", province)) if value
        )
        raise UnknownRegion(text, candidates or self._alike(text), f" with{given[1:]}" if given else "")

    def _kind(self, kind: str | None) -> str | None:
        """Return the registry's word for a kind, which may be written "Kab." or "KOTA"."""
        if not kind:
            return None
        kept = [word for word in words(kind) if word not in ADMINISTRATIVE]
        return self._kinds.get("".join(kept), kind)

    def _readings(self, text: str) -> Iterator[Reading]:
        """Yield the readings of a text: all of it a name ("Lima Puluh Kota"), or a name with its kind."""
        parts = words(text)
        yield Reading("".join(parts), "")
        if len(parts) > 1 and parts[0] in self._kinds:
            rest = parts[2:] if parts[1] in ADMINISTRATIVE else parts[1:]
            yield Reading("".join(rest), self._kinds[parts[0]])
        elif match := re.fullmatch(r"(.+?)\s*(?:,\s*([\w. ]+)|\(([\w. ]+)\))\s*", text):
            kind = self._kinds.get("".join(w for w in words(match[2] or match[3]) if w not in ADMINISTRATIVE))
            if kind:
                yield Reading(squeezed(match[1]), kind)

    def _alike(self, text: str) -> tuple[Region, ...]:
        names = [reading.name for reading in self._readings(text)]
        close = difflib.get_close_matches(names[-1], self._by_name, n=3, cutoff=0.75)
        return tuple(region for name in close for region in self._by_name[name])


def is_province(province: Province, text: str) -> bool:
    """Whether a text names a province: by code or by name, "Daerah Khusus Ibukota Jakarta" included."""
    return text.strip() == province.code or _province_name(text) == _province_name(province.name)


def _province_name(text: str) -> str:
    name = " ".join(words(text))
    for pattern, replacement in PROVINCE_WORDS:
        name = pattern.sub(replacement, name)
    return name.replace(" ", "")
