"""Sources of a configuration: templates, regions, differences, and what is wrong told by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporters.collecting.config import Config, parse_config
from exporters.errors import ConfigError
from exporters.sources.rest import RestSettings
from metrics.regions import indonesia
from tests.exporters.collecting.ledger import CODES, MAPPING

TEMPLATE = """
version: 1
templates:
  platform:
    mapping: platform.mapping.yaml
    every_seconds: 600
    rest:
      url: "https://{region}.example.go.id/api/{name}"
      headers: {X-Client: pantau}
      timeout_seconds: 20
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "platform.mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def read(folder: Path, sources: str, before: str = TEMPLATE) -> Config:
    return parse_config(before + "sources:\n" + sources, indonesia(), origin="exporter.yaml", folder=folder)


def refused(folder: Path, sources: str, before: str = TEMPLATE) -> str:
    with pytest.raises(ConfigError) as error:
        read(folder, sources, before)
    return str(error.value)


def test_source_of_a_platform_is_one_line(folder: Path) -> None:
    (one,) = read(folder, f"  - {{region: '{CODES[0]}', name: complaints, template: platform}}").sources
    assert isinstance(one.settings, RestSettings)
    assert (one.id, one.kind, one.every_seconds) == (f"{CODES[0]}/complaints", "rest", 600)
    assert one.settings.url == f"https://{CODES[0]}.example.go.id/api/complaints"
    assert one.host == f"{CODES[0]}.example.go.id"


def test_entry_for_several_regions_is_a_source_for_each(folder: Path) -> None:
    found = read(folder, "  - {regions: all, name: complaints, template: platform}").sources
    assert [one.region for one in found] == CODES
    assert len({one.id for one in found}) == len(CODES)


def test_difference_of_a_region_goes_over_its_template_entry_by_entry(folder: Path) -> None:
    source = f"""
  - region: "{CODES[0]}"
    name: complaints
    template: platform
    rest: {{timeout_seconds: 5}}
    mapping_changes: {{fields: {{status: {{column: keadaan, words: {{buka: received}}}}}}}}
"""
    with pytest.raises(ConfigError, match=r"one of column, template and constant"):
        read(folder, source)
    only_words = source.replace("{status: {column: keadaan, words: {buka: received}}}", "{category: topik}")
    (one,) = read(folder, only_words).sources
    assert isinstance(one.settings, RestSettings)
    assert (one.settings.timeout_seconds, list(one.settings.headers)) == (5, ["X-Client"])
    assert one.mapping.fields["category"].column == "topik"
    assert one.mapping.fields["id"].column == "number"
    (plain,) = read(folder, f"  - {{region: '{CODES[1]}', name: complaints, template: platform}}").sources
    assert "category" not in plain.mapping.fields
    assert plain.mapping.digest != one.mapping.digest


@pytest.mark.parametrize("word", ["yes", "true", "y", "T"])
def test_sources_of_a_simulation_give_simulated_records(folder: Path, word: str) -> None:
    before = TEMPLATE.replace("version: 1", f"version: 1\nsimulated: {word}")
    (one,) = read(folder, f"  - {{region: '{CODES[0]}', name: c, template: platform}}", before).sources
    assert one.mapping.simulated


def test_platform_for_many_regions_is_one_source(folder: Path) -> None:
    (one,) = read(folder, "  - {tells_of: all, name: mppi, template: platform}").sources
    assert (one.id, one.region, one.tells_of) == ("all/mppi", None, "all")


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ("  - {region: '99.99', name: c, template: platform}", "sources.0.region: '99.99' is no code"),
        (
            "  - {region: '11.01', name: c, template: other}",
            "sources.0.template: there is no template 'other'",
        ),
        ("  - {region: '11.01', name: c}", "sources.0: one of rest"),
        ("  - {region: '11.01', name: c, template: platform, drop: {}}", "found: rest and drop"),
        (
            "  - {region: '11.01', name: c, template: platform, every: 5}",
            "sources.0.every: there is no such entry",
        ),
        ("  - {region: '11.01', name: c, template: platform, rest: {retries: 2}}", "sources.0.rest.retries"),
        ("  - {region: '11.01', name: c, template: platform, cron: '* * *'}", "five fields"),
        (
            "  - {region: '11.01', name: c, template: platform, mapping: no.yaml}",
            "sources.0.mapping: no.yaml",
        ),
        ("  - {name: c, template: platform}", "one of region and tells_of"),
        ("  - {region: '11.01', name: Cc, template: platform}", "sources.0.name"),
        ("  - {region: '11.01', name: c, template: platform, every_seconds: -1}", "sources.0.every_seconds"),
        ("  - hello", "sources.0: it is no map"),
        (
            "  - {region: '11.01', name: c, template: platform}\n  - {region: '11.01', name: c, template: platform}",
            "sources.1.name: there is a source '11.01/c' already",
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_place(folder: Path, sources: str, said: str) -> None:
    assert said in refused(folder, sources)


def test_everything_that_is_wrong_is_told_at_once(folder: Path) -> None:
    sources = """
  - {region: '99.99', name: c, template: platform}
  - {region: '11.01', name: c, template: platform, every: 5}
  - {regions: ['11.02', '11.03'], name: c, template: platform, rest: {url: "ftp://x"}}
"""
    said = refused(folder, sources)
    assert [f"sources.{number}" in said for number in range(3)] == [True] * 3
    assert said.count("rest.url") == 1


def test_secret_in_a_configuration_is_refused_and_not_repeated(folder: Path) -> None:
    source = f"""
  - region: "{CODES[0]}"
    name: c
    template: platform
    rest: {{headers: {{Authorization: Bearer sangat-rahasia}}}}
"""
    said = refused(folder, source)
    assert "env:NAME" in said
    assert "sangat-rahasia" not in said
