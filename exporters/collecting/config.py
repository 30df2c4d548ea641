"""Configuration of the exporter: a YAML file, read strictly, which names everything that is contacted.

An unknown entry is an error that names its path. Secrets do not stand in it. Documented in
``docs/reference/exporter.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, InstanceOf, PrivateAttr, TypeAdapter, ValidationError, model_validator

from exporters.collecting.expansion import Expansion
from exporters.collecting.sourceconfig import CollectedSource, Collecting, Entry, Name, Seconds
from exporters.errors import ConfigError
from exporters.faults import faults
from exporters.probing import Address, Module
from exporters.push.settings import PushSettings
from exporters.secret import revealed
from exporters.yamltext import read_yaml
from metrics.regions import Registry

_SECRET = re.compile(r"authorization|cookie|key|token|secret|password", re.IGNORECASE)


class Probing(Entry):
    """How often and how gently everything is probed."""

    every_seconds: Seconds = Field(60.0, description="time between two probes of a target")
    concurrency: int = Field(50, ge=1, le=1000, description="probes under way at one time, at most")
    confirm_after_seconds: float = Field(
        3.0, ge=0, le=60, description="how long after a failure a confirmation is asked for"
    )
    archive_every_seconds: Seconds = Field(300.0, description="time between two deliveries to the archive")


class Target(Entry):
    """Something of a region that is probed."""

    region: str = Field(min_length=1, description="code of the region in the registry")
    name: Name = Field(description="name of the target, one for each of a region")
    module: Name = Field(description="name of the module that probes it")
    address: str = Field(
        min_length=1,
        max_length=2000,
        description="URL for the prober http, `host` or `host:port` for tcp, a host name for dns",
    )

    def reached_by(self, module: Module) -> Address:
        """Address as a module uses it. Raises ``ValueError`` where it cannot."""
        if module.prober == "http":
            return Address.parse(self.address)
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdigit() and (host.endswith("]") or ":" not in host):
            return Address(host.strip("[]"), int(port))
        if module.prober == "tcp" and module.tcp.port is None:
            raise ValueError("the port is missing. Write host:port, or tcp.port in the module")
        return Address(self.address.strip("[]"))


class Config(Entry):
    """All that the exporter does by itself."""

    version: Literal["1"] = Field(description="version of this form: 1")
    simulated: bool = Field(
        default=False, description="whether what is contacted is a simulation; shown everywhere"
    )
    probing: Probing = Field(default_factory=Probing, description="how often and how gently")
    modules: Mapping[Name, Module] = Field(default_factory=dict, description="ways to probe, by name")
    targets: tuple[Target, ...] = Field((), description="what is probed")
    collecting: Collecting = Field(default_factory=Collecting, description="how gently sources are asked")
    sources: tuple[InstanceOf[CollectedSource], ...] = Field((), description="what is collected from")
    push: PushSettings = Field(default_factory=PushSettings, description="bounds of what is pushed")
    _text: str = PrivateAttr("")

    @property
    def text(self) -> str:
        """Text of the file."""
        return self._text

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        seen: set[tuple[str, str]] = set()
        for number, target in enumerate(self.targets):
            if target.module not in self.modules:
                known = ", ".join(self.modules)
                raise ValueError(
                    f"targets.{number}.module: there is no module {target.module!r}. Use one of {known}"
                )
            if (target.region, target.name) in seen:
                raise ValueError(
                    f"targets.{number}.name: region {target.region} has a {target.name!r} already. Rename one"
                )
            try:
                target.reached_by(self.modules[target.module])
            except ValueError as error:
                raise ValueError(f"targets.{number}.address: {error}") from error
            seen.add((target.region, target.name))
        return self

    def of_region(self, region: str, module: str | None = None) -> list[Target]:
        """Targets of a region, all or those of one module."""
        return [one for one in self.targets if one.region == region and module in (None, one.module)]


def load_config(path: Path, registry: Registry) -> Config:
    """Configuration from a file, held against the registry. Raises ``ConfigError`` with every fault found."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}. Give the path of a configuration in UTF-8."
        ) from error
    return parse_config(text, registry, origin=path.name, folder=path.parent)


def parse_config(text: str, registry: Registry, *, origin: str, folder: Path) -> Config:
    """Configuration from its text; see ``load_config``. Mappings are looked for in ``folder``."""
    document = read_yaml(text, origin, first="sources:", fault=ConfigError)
    expansion = Expansion(folder, registry, simulated=_is_simulated(document))
    templates = document.pop("templates", None) or {}
    document["sources"] = expansion.sources(document.get("sources") or [], templates)
    problems = expansion.problems
    try:
        config = Config.model_validate(with_secrets(document, origin))
    except ValidationError as error:
        problems += faults(error, quoting=False)
    else:
        problems += [
            f"targets.{number}.region: {target.region!r} is no code of the registry. Correct it."
            for number, target in enumerate(config.targets)
            if target.region not in registry.regions
        ]
    if problems:
        listed = "\n".join(f"  {line}" for line in problems)
        raise ConfigError(f"{origin} cannot be used:\n{listed}")
    config._text = text  # noqa: SLF001 - its own module
    return config


def _is_simulated(document: Mapping[str, object]) -> bool:
    """Whether the document says so, in any word that ``Config`` takes for it."""
    try:
        return TypeAdapter(bool).validate_python(document.get("simulated", False))
    except ValidationError:
        return False  # what ``Config`` refuses


def with_secrets(document: dict[str, object], origin: str) -> dict[str, object]:
    """Document with the values of headers that stand in the environment or in a file.

    ``env:NAME`` and ``file:PATH`` stand for them. Raises ``ConfigError`` where one is not there, and
    where a header that carries a secret holds it itself.
    """
    modules = document.get("modules")
    for name, module in modules.items() if isinstance(modules, dict) else ():
        http = module.get("http") if isinstance(module, dict) else None
        headers = http.get("headers") if isinstance(http, dict) else None
        if isinstance(headers, dict):
            for header, value in headers.items():
                place = f"{origin}: modules.{name}.http.headers.{header}"
                headers[header] = _revealed(str(value), place, secret=bool(_SECRET.search(header)))
    return document


def _revealed(value: str, place: str, *, secret: bool) -> str:
    try:
        found = revealed(value)
    except ValueError as error:
        raise ConfigError(f"{place}: {error}.") from error
    if found is None and secret:
        raise ConfigError(
            f"{place}: a secret does not stand in a configuration. Write env:NAME or file:PATH."
        )
    return value if found is None else found
