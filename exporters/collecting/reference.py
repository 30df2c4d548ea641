"""docs/reference/exporter.md, out of the configuration's fields and the metric families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from pydantic import BaseModel

from exporters.collecting.config import Config, Probing, Target
from exporters.collecting.exposure import OWN_FAMILIES, PROBE_FAMILIES
from exporters.collecting.regional import REGIONAL_FAMILIES
from exporters.collecting.sourceconfig import Circuit, CollectedSource, Collecting
from exporters.exposition import Family
from exporters.files.format import AccessLog, FileFormat, Limits
from exporters.probing.module import DnsRules, HttpRules, Module, RedirectRules, TcpRules, TlsRules
from exporters.push.settings import PushSettings
from exporters.reference import section
from exporters.sources import SOURCES

_SOURCE = (
    "A system that is collected from. Beside these an entry has `template` (the name of an entry of "
    "`templates`, which it goes over), `regions` (a list of codes, or `all`: a source for each), "
    "`mapping_changes` (entries that go over the mapping's), and one entry that says its kind: "
    + ", ".join(f"`{kind}`" for kind in SOURCES)
    + ". `id`, `kind` and `settings` follow from these and are not written. `{region}` and `{name}` in any "
    "text become the code and the name."
)
SECTIONS: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("The configuration", Config, "Entries at the top of the file."),
    ("`collecting`", Collecting, "For all sources."),
    ("An entry of `sources` or `templates`", CollectedSource, _SOURCE),
    ("`circuit`", Circuit, "When a source that fails is left alone."),
    ("`probing`", Probing, "For all targets."),
    ("An entry of `targets`", Target, "Something of a region that is probed."),
    ("An entry of `modules`", Module, "What is asked, and what the answer must be."),
    (
        "`http`",
        HttpRules,
        "A header's value may be `env:NAME` or `file:PATH`; one that carries a secret must be.",
    ),
    ("`redirects`", RedirectRules, "A redirect to another host is never followed."),
    ("`tls`", TlsRules, "For https, and for tcp where it is given."),
    ("`tcp`", TcpRules, "For the prober tcp."),
    ("`dns`", DnsRules, "For the prober dns."),
    ("`push`", PushSettings, "For `/v1/`. Whoever comes up against a bound is told which."),
)
_INTRODUCTION = """# The exporter

Generated from the code by `make docs`. [How to collect](../howto/collect.md) explains the configuration line
by line. An entry that is not listed here is an error that names it.
"""
_METRICS = """## Metrics

No sample has a timestamp. `/probe` probes when it is asked; its module `records`, always there, shows
what was last taken in, with the time of that. The labels that name a region (`region`, `region_name`,
`province`, `province_name`) come from `/sd`, as labels of the target. The last column is the largest number
of series that one answer may have; more are refused.
"""


def reference() -> str:
    """Text of the page."""
    parts = [part for one in (*SECTIONS, *_kinds()) for part in section(*one)]
    tables = [
        *_families("`/probe`: the targets of one region", PROBE_FAMILIES),
        *_families("`/probe?module=records`: the records and sources of one region", REGIONAL_FAMILIES),
        *_families("`/metrics`: the exporter itself", OWN_FAMILIES),
    ]
    return "\n".join([_INTRODUCTION, *parts, _METRICS, *tables])


def _kinds() -> Iterator[tuple[str, type[BaseModel], str]]:
    """A section for the settings of each kind of source, and for each part of them, once."""
    seen: set[type[BaseModel]] = {model for _, model, _ in SECTIONS} | {FileFormat, AccessLog, Limits}
    for kind, source in SOURCES.items():
        for path, model in _parts(kind, source.Settings):
            if model not in seen:
                seen.add(model)
                yield path, model, _first_line(model)


def _parts(path: str, model: type[BaseModel], word: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """A model and the models within it, each with its place."""
    yield f"`{path}`{word}", model
    for name, field in model.model_fields.items():
        for part in _models(field.annotation):
            kind = part.model_fields.get("kind")
            words = get_args(kind.annotation) if kind is not None and kind.is_required() else ()
            word = f", `kind: {words[0]}`" if len(words) == 1 else ""
            yield from _parts(f"{path}.{name}", part, word)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """Models that an annotation names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def _families(title: str, families: Iterable[Family]) -> Iterator[str]:
    yield f"### {title}\n\n| name | type | labels | meaning | series |\n| --- | --- | --- | --- | --- |"
    for family in families:
        labels = ", ".join(f"`{name}`" for name in family.label_names) or "none"
        yield f"| `{family.name}` | {family.kind} | {labels} | {family.help} | {family.max_series} |"
    yield ""
