"""Regions by record sets: the worst result of the checks and how long ago the latest record was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from app.components.marks import mark_badge
from app.components.markup import link, text
from app.components.quality_verdict import QUALITY_PAGE, dataset_words
from app.reading.observation import Cell, Mark, Row
from app.text import Language
from metrics.regions import Registry


def region_matrix(rows: Sequence[Row], datasets: Sequence[str], registry: Registry, t: Language) -> str:
    """Return the table, grouped by province; each region's name leads to its history."""
    heads = "".join(f'<th scope="col">{text(t.word("dataset", name))}</th>' for name in datasets)
    body = ""
    for province, members in groupby(rows, key=lambda row: row.province):
        name = registry.provinces[province].name if province in registry.provinces else province
        body += (
            f'<tbody><tr class="pm-group"><th scope="rowgroup" colspan="{len(datasets) + 2}">{text(name)}'
            "</th></tr>"
            f"{''.join(_row(row, datasets, registry, t) for row in members)}</tbody>"
        )
    return (
        '<table class="pm-table pm-grid"><thead><tr>'
        f'<th scope="col">{text(t("quality.all_regions"))}</th>{heads}'
        f'<th scope="col">{text(t("quality.ranking"))}</th></tr></thead>{body}</table>'
    )


def _row(row: Row, datasets: Sequence[str], registry: Registry, t: Language) -> str:
    region = registry.regions.get(row.region)
    place = link(region.full_name if region else row.region, QUALITY_PAGE, t.code, region=row.region)
    held = text(dataset_words(row.held, t))
    shown = "".join(_cell(name, row.cells[name], row, t) for name in datasets)
    return (
        f'<tr><th scope="row">{place}<small>{text(row.region)}</small></th>{shown}'
        f'<td class="{"" if held else "pm-none"}" data-label="{text(t("quality.ranking"))}">{held}</td></tr>'
    )


def _cell(name: str, cell: Cell, row: Row, t: Language) -> str:
    """The mark as sign and word, below it the days since the latest record."""
    fine = "pm-none" if row.in_trouble and not cell.in_trouble else ""
    return (
        f'<td class="{fine}" data-label="{text(t.word("dataset", name))}">{mark_badge(cell.mark, t)}'
        f"<small>{text(freshness(cell, t))}</small></td>"
    )


def freshness(cell: Cell, t: Language) -> str:
    """Return how long ago the latest record was. Where the checks pass, few records are no silence."""
    if cell.days is None:
        return t("quality.never")
    silent = cell.silent and cell.mark is not Mark.PASSED
    return t("quality.days_silent" if silent else "quality.days", n=t.number(cell.days))
