"""Regions by record sets: the worst result of the checks and how long ago the latest record was."""

from __future__ import annotations

from itertools import groupby

from app.components.marks import SIGNS, legend, mark_badge
from app.components.markup import text
from app.components.quality_matrix import freshness
from app.components.quality_verdict import dataset_words
from app.reading.observation import Mark, Row, Sum, by_province
from app.text import Language
from pantau.qualityreport.facts import Facts
from pantau.qualityreport.pieces import region_anchor
from pantau.qualityreport.text import say

_BLANK = '<td class="blank"></td>'


def matrix(facts: Facts, t: Language) -> str:
    """Return the section, "" where no region was ever heard of. A region's name leads to its part, if any."""
    if len(facts.rows) == 1 or not any(row.reports or row.worst is not Mark.NONE for row in facts.rows):
        return ""
    sums = by_province(facts.rows)
    heads = [
        t("quality.all_regions"),
        *(t.word("dataset", name) for name in facts.sets),
        t("quality.ranking"),
    ]
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join(
        _province(province, list(members), sums[province], facts, t)
        for province, members in groupby(facts.rows, key=lambda row: row.province)
    )
    more = "" if facts.asked else f'<p class="note">{text(say("matrix.more", t))}</p>'
    return (
        f'<h2 id="matrix">{text(say("matrix", t))}</h2>'
        f'<p class="note">{text(say("matrix.note", t))}</p>{more}{legend(t)}{_provinces(sums, facts, t)}'
        f'<table class="stack grid"><thead><tr>{head}</tr></thead>{body}</table>'
    )


def _provinces(sums: dict[str, Sum], facts: Facts, t: Language) -> str:
    """Return links to the provinces, "" where there is one only."""
    if len(sums) == 1:
        return ""
    links = "".join(
        f'<li><a href="#p-{text(code)}">{text(_province_name(code, facts))}</a> {_share(found, t)}</li>'
        for code, found in sums.items()
    )
    return (
        f'<nav id="provinces" aria-label="{text(say("provinces", t))}"><p class="note">'
        f'{text(say("provinces.note", t))}</p><ul class="columns">{links}</ul></nav>'
    )


def _share(found: Sum, t: Language) -> str:
    figure = t("quality.tile_figure", n=t.number(found.critical), of=t.number(found.regions))
    return (
        f'<span class="bad">{SIGNS[Mark.CRITICAL]} {text(figure)}</span>' if found.critical else text(figure)
    )


def _province(province: str, members: list[Row], found: Sum, facts: Facts, t: Language) -> str:
    said = t(
        "quality.tile",
        province=_province_name(province, facts),
        critical=t.number(found.critical),
        regions=t.number(found.regions),
        warned=t.number(found.warned),
        reporting=t.number(found.reporting),
    )
    return (
        f'<tbody id="p-{text(province)}"><tr class="group">'
        f'<th scope="rowgroup" colspan="{len(facts.sets) + 2}">{text(said)}</th></tr>'
        f"{''.join(_row(row, facts, t) for row in members)}</tbody>"
    )


def _province_name(code: str, facts: Facts) -> str:
    province = facts.registry.provinces.get(code)
    return province.name if province else code


def _row(row: Row, facts: Facts, t: Language) -> str:
    name = text(facts.registry.regions[row.region].full_name)
    if facts.asked:
        name = f'<a href="#{text(region_anchor(row.region))}">{name}</a>'
    head = f'<th scope="row">{name}<small>{text(row.region)}</small></th>'
    if not row.reports and row.worst is Mark.NONE:
        said = text(say("matrix.nothing", t))
        return f'<tr>{head}<td class="wide note" colspan="{len(facts.sets) + 1}">{said}</td></tr>'
    cells = "".join(
        f'<td data-label="{text(t.word("dataset", name))}">{mark_badge(row.cells[name].mark, t)}'
        f"<small>{text(freshness(row.cells[name], t))}</small></td>"
        for name in facts.sets
    )
    held = (
        f'<td class="bad" data-label="{text(t("quality.ranking"))}">{text(dataset_words(row.held, t))}</td>'
    )
    return f"<tr>{head}{cells}{held if row.held else _BLANK}</tr>"
