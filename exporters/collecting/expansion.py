"""From the sources of a configuration as they are written to each source as it is: templates filled in.

An entry stands for one region, or for each of several; it goes over its template entry by entry,
so that a region's own difference is one line. ``{region}`` and ``{name}`` in any text of it become
the code and the name.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exporters.collecting.sourceconfig import KINDS, CollectedSource
from exporters.errors import ConfigError, MappingError
from exporters.faults import faults
from exporters.mapping import Mapping
from exporters.sources import READY_MAPPINGS, SOURCES
from exporters.yamltext import read_yaml
from metrics.regions import Registry

Document = dict[str, Any]


class Expansion:
    """Expands the sources of one configuration. ``problems``: a line for each that cannot be used."""

    def __init__(self, folder: Path, registry: Registry, *, simulated: bool) -> None:
        self._folder = folder
        self._registry = registry
        self._simulated = simulated
        self._mappings: dict[str, Mapping] = {}
        self.problems: list[str] = []

    def sources(self, entries: object, templates: object) -> list[CollectedSource]:
        """Each source, in order. What is wrong with the others is in ``problems``."""
        if not isinstance(entries, list) or not isinstance(templates, dict):
            self.problems.append("sources, templates: sources is a list, templates a map. Correct it.")
            return []
        found: dict[str, CollectedSource] = {}
        for number, entry in enumerate(entries):
            place = f"sources.{number}"
            for document in self._each(place, entry, templates):
                source = self._source(place, document)
                if source is None:
                    break  # the others of the entry have the same fault
                if source.id in found:
                    self.problems.append(
                        f"{place}.name: there is a source {source.id!r} already. Rename one."
                    )
                    break
                found[source.id] = source
        return list(found.values())

    def _each(self, place: str, entry: object, templates: Document) -> Iterator[Document]:
        """Documents that an entry stands for, its template filled in."""
        if not isinstance(entry, dict):
            self.problems.append(f"{place}: it is no map. Begin with 'region:' and 'name:'.")
            return
        name = entry.get("template")
        template = templates.get(name, {}) if name is not None else {}
        if name is not None and name not in templates:
            known = ", ".join(templates) or "none"
            self.problems.append(f"{place}.template: there is no template {name!r}. There are: {known}.")
            return
        own = {key: value for key, value in entry.items() if key not in {"template", "regions"}}
        whole = merged(template, own)
        regions = self._regions(place, entry, whole)
        for region in regions:
            document = whole | ({"region": region} if region is not None else {})
            values = {"region": region or "all", "name": str(document.get("name", ""))}
            yield {key: filled(value, values) for key, value in document.items()}

    def _regions(self, place: str, entry: Document, whole: Document) -> list[str | None]:
        """Codes of the regions that an entry stands for; one ``None`` where it is of no single one."""
        if "regions" not in entry:
            listed, where = whole.get("region"), f"{place}.region"
            codes = [] if listed is None else [listed]
            if listed is None:
                return [None]
        else:
            listed, where = entry["regions"], f"{place}.regions"
            codes = list(self._registry.regions) if listed == "all" else listed
            if "region" in entry or not isinstance(codes, list):
                self.problems.append(f"{where}: write a list of codes or 'all', and no region beside it.")
                return []
        strangers = [code for code in codes if code not in self._registry.regions]
        if strangers:
            self.problems.append(f"{where}: {strangers[0]!r} is no code of the registry. Correct it.")
            return []
        return list(codes)

    def _source(self, place: str, document: Document) -> CollectedSource | None:
        kinds = [kind for kind in KINDS if kind in document]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            self.problems.append(f"{place}: one of {', '.join(KINDS)} is needed (found: {found}). Keep one.")
            return None
        kind, where = kinds[0], place
        try:
            where = f"{place}.{kind}"
            settings = SOURCES[kind].Settings.model_validate(document.pop(kind) or {})
            where = place
            mapping = self._mapping(
                document.pop("mapping", None), document.pop("mapping_changes", None), kind
            )
            return CollectedSource.model_validate(
                document | {"kind": kind, "settings": settings, "mapping": mapping}
            )
        except ValidationError as error:
            self.problems += faults(error, quoting=False, under=where)
        except (MappingError, ConfigError) as error:
            self.problems.append(f"{place}.mapping: {error}")
        return None

    def _mapping(self, path: object, changes: object, kind: str) -> Mapping:
        """Mapping of a source: a file beside the configuration or the kind's own, with its changes."""
        key = f"{kind} {path!r} {changes!r}"
        if key not in self._mappings:
            self._mappings[key] = self._read_mapping(path, changes, kind)
        return self._mappings[key]

    def _read_mapping(self, path: object, changes: object, kind: str) -> Mapping:
        if path is None and kind not in READY_MAPPINGS:
            raise ConfigError("it is missing. Add the path of the mapping of its rows")
        file = READY_MAPPINGS[kind] if path is None else self._folder / str(path)
        try:
            document = read_yaml(file.read_text(encoding="utf-8-sig"), file.name)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} cannot be read: {error}. Correct the path") from error
        if changes is not None:
            if not isinstance(changes, dict):
                raise ConfigError("mapping_changes is no map. Write it as the mapping itself is written")
            document = merged(document, changes)
        if self._simulated:
            document["simulated"] = "true"
        return Mapping.of(document, file.name)


def merged(below: Dictionary[str, Any], above: Dictionary[str, Any]) -> Document:
    """One map over another: maps entry by entry, all else as a whole."""
    out: Document = dict(below)
    for key, value in above.items():
        under = out.get(key)
        out[key] = merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return out


def filled(value: object, values: Dictionary[str, str]) -> object:
    """A part of a document with ``{region}`` and ``{name}`` in its texts filled in."""
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, dict):
        return {key: filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, values) for item in value]
    return value
