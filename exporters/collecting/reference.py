"""docs/reference/exporter.md, out of the configuration's fields and the metric families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from exporters.collecting.config import Config, Probing, Target
from exporters.collecting.exposure import OWN_FAMILIES, PROBE_FAMILIES
from exporters.exposition import Family
from exporters.probing.module import DnsRules, HttpRules, Module, RedirectRules, TcpRules, TlsRules
from exporters.push.settings import PushSettings
from exporters.reference import section

SECTIONS: tuple[tuple[str, type[BaseModel], str], ...] = (
    ("The configuration", Config, "Entries at the top of the file."),
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

No sample has a timestamp, and nothing is cached: `/probe` probes when it is asked. The labels that name a
region (`region`, `region_name`, `province`, `province_name`) come from `/sd`, as labels of the target. The
last column is the largest number of series that one answer may have; more are refused.
"""


def reference() -> str:
    """Text of the page."""
    parts = [part for one in SECTIONS for part in section(*one)]
    tables = [
        *_families("`/probe`: the targets of one region", PROBE_FAMILIES),
        *_families("`/metrics`: the exporter itself", OWN_FAMILIES),
    ]
    return "\n".join([_INTRODUCTION, *parts, _METRICS, *tables])


def _families(title: str, families: Iterable[Family]) -> Iterator[str]:
    yield f"### {title}\n\n| name | type | labels | meaning | series |\n| --- | --- | --- | --- | --- |"
    for family in families:
        labels = ", ".join(f"`{name}`" for name in family.label_names) or "none"
        yield f"| `{family.name}` | {family.kind} | {labels} | {family.help} | {family.max_series} |"
    yield ""
