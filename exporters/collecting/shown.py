"""What the exporter tells people of itself: its configuration, and a probe in detail. Secrets are hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from exporters.collecting.config import Config
from exporters.probing import Confirmed, Result
from exporters.yamltext import read_yaml

_PLACES = re.compile(r"(env|file):")
_HIDDEN = "<hidden>"
_OPEN_PARENTS = ("headers", "query", "auth")
"""Maps whose values are hidden unless they only say where the value is."""


def shown_config(text: str) -> str:
    """Text of a configuration as YAML, without what may be secret: values of headers, parameters, users."""
    return yaml.safe_dump(_hidden(read_yaml(text, "configuration")), sort_keys=False, allow_unicode=True)


def _hidden(value: object, *, inside: bool = False) -> object:
    if isinstance(value, dict):
        return {key: _hidden(item, inside=inside or key in _OPEN_PARENTS) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, inside=inside) for item in value]
    if not isinstance(value, str):
        return value
    if inside:
        return value if _PLACES.match(value) else _HIDDEN
    address, mark, _ = value.partition("?")
    return f"{address}?{_HIDDEN}" if mark and "://" in address else value


def shown_probes(config: Config, region: str, found: Mapping[str, Confirmed]) -> str:
    """Each probe of a region step by step, as plain text."""
    lines = []
    for target in config.of_region(region):
        if target.name not in found:
            continue
        one = found[target.name]
        address = target.address.partition("?")[0]
        lines += [f"target {target.name}: module {target.module}, {address}"]
        lines += _steps("first attempt", one.first)
        if one.confirmation is not None:
            lines += _steps("confirmation", one.confirmation)
    return "\n".join(lines) + "\n"


def _steps(title: str, result: Result) -> list[str]:
    verdict = "up" if result.up else f"down ({result.reason.value}): {result.detail}"
    lines = [f"  {title}: {verdict}", f"    waited {result.queue_seconds:.6f} s in this exporter"]
    for phase in ("dns", "connect", "tls", "first_byte", "transfer"):
        seconds = getattr(result.phases, phase)
        lines.append(f"    {phase}: " + ("not reached" if seconds is None else f"{seconds:.6f} s"))
    if result.status_code is not None:
        lines.append(
            f"    status {result.status_code}, {result.body_bytes} bytes, {result.redirects} redirects"
        )
    if result.certificate_expires_at is not None:
        lines.append(f"    certificate until {result.certificate_expires_at.isoformat()}")
    return lines
