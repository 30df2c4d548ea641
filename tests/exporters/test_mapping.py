"""A mapping is read strictly: what it says is text, and every error names the entry and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporters.errors import MappingError
from exporters.mapping import Mapping, ValueMapping
from tests.exporters.realdata import ROOT

BASE = """
version: 1
dataset: transactions
source: dinas
region: kode
fields:
  id: nomor
  submitted: {column: diajukan, formats: "%d/%m/%Y"}
  status: {column: status, words: {Selesai: completed}}
"""


def refusal(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        Mapping.parse(text, "dinas.yaml")
    assert caught.value.exit_status == 2
    assert str(caught.value).startswith("dinas.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "mappings").glob("*.yaml")), ids=lambda path: path.stem
)
def test_mappings_of_the_real_sets_load(path: Path) -> None:
    assert Mapping.load(path).source.startswith(path.stem)


def test_column_may_be_written_as_a_word() -> None:
    mapping = Mapping.parse(BASE)
    assert mapping.fields["id"] == ValueMapping(column="nomor")
    assert mapping.region.column == "kode"


def test_scalars_stay_the_text_that_was_written() -> None:
    text = BASE.replace("region: kode", "region: {column: kode, words: {11.10: 11.10, no: 007}}")
    assert Mapping.parse(text).region.words == {"11.10": "11.10", "no": "007"}


def test_digest_is_of_the_text() -> None:
    assert Mapping.parse(BASE).digest == Mapping.parse(BASE).digest
    assert Mapping.parse(BASE).digest != Mapping.parse(BASE + "\n").digest


def test_records_without_a_time_of_their_own_are_as_old_as_their_arrival() -> None:
    assert Mapping.parse(BASE).seen_on_arrival
    assert not Mapping.parse(BASE + "observed_at: file\n").seen_on_arrival
    assert not Mapping.parse(BASE + "observed_at: {column: diamati}\n").seen_on_arrival


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("source: dinas", "source: dinas\nregon: x", "regon: there is no such entry. Did you mean 'region'?"),
        ("id: nomor", "id: {colum: nomor}", "fields.id.colum: there is no such entry. Did you mean 'column'?"),
        ("region: kode", "region: {column: kode, bye: name}", "region.bye: there is no such entry. Did you mean 'by'?"),
        ("source: dinas", "source: dinas\nformat: {delimeter: ;}", "format.delimeter: there is no such entry. Did you mean"),
        ("source: dinas", "source: dinas\nformat: {limits: {max_column: 9}}", "format.limits.max_column: there is no such entry. Did you mean 'max_columns'?"),
        ("source: dinas\n", "", "source: it is missing. Add it"),
        ("dataset: transactions", "dataset: transaction", "'transaction' is no record set. Write one of transactions"),
        ("version: 1", "version: 2", "version"),
        ("id: nomor", "id: {}", "fields.id: one of column, template and constant is needed (found: none)"),
        ("id: nomor", "id: {column: a, constant: b}", "fields.id: one of column, template and constant is needed"),
        ("id: nomor", "id: {template: ab}", "fields.id: a template needs a column in braces"),
        ('"%d/%m/%Y"', '"%d/%m"', "fields.submitted.formats.0: '%d/%m' is no format that can be read, with a year"),
        ('"%d/%m/%Y"', '"%Q"', "fields.submitted.formats.0: '%Q' is no format"),
        ('"%d/%m/%Y"', "dmy", "'dmy' is no format. Write iso, excel, epoch_s, epoch_ms"),
        ("source: dinas", "source: dinas\ntimezone: Asia/Jakata", "timezone: 'Asia/Jakata' is no time zone. Write an IANA name such as 'Asia/Jakarta'"),
        ("region: kode", "region: {column: a, constant: b}", "region: one of column and constant is needed"),
        ("region: kode", "region: {column: a, kind: kota}", "Add 'by: name' or remove them"),
        ("Selesai: completed", "Selesai: completed, selesai: open", "are the same word with two meanings"),
        ("id: nomor", "id: nomor\n  region: x", "fields.region: it has an entry of its own"),
        ("source: dinas", "source: dinas\nobserved_at: yesterday", "observed_at: Input should be 'file' or 'now'"),
        ("source: dinas", "source: dinas\nobserved_at: {colum: x}", "observed_at.colum: there is no such entry"),
        ("source: dinas", "source: dinas\nformat: {encoding: latin-9000}", "format.encoding: 'latin-9000' is no encoding"),
        ("source: dinas", "source: dinas\nformat: {kind: doc}", "format.kind"),
        ("source: dinas", "source: dinas\nsource: kota", "'source' stands here twice"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_entry_and_what_to_do(old: str, new: str, found: str) -> None:
    assert found in refusal(BASE.replace(old, new))


def test_all_mistakes_are_told_at_once() -> None:
    message = refusal(BASE.replace("id: nomor", "id: {}").replace("source: dinas", "sorce: dinas"))
    assert "fields.id" in message
    assert "sorce" in message
    assert "source: it is missing" in message


def test_broken_yaml_is_refused_with_the_line() -> None:
    assert "line 4" in refusal("version: 1\nfields:\n  a: [1\nb: 2\n")
    assert "holds no entries" in refusal("- a\n- b\n")


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"nothing\.yaml cannot be read"):
        Mapping.load(tmp_path / "nothing.yaml")
