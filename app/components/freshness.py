"""Who reports what: provinces by record sets, a word or a count in every cell."""

from __future__ import annotations

import polars as pl

from app.components.markup import link, text
from app.components.palette import INK_ON_RAMP, RAMP
from app.text import NONE, Language
from metrics.model import Province


def freshness_matrix(
    matrix: pl.DataFrame, provinces: dict[str, Province], datasets: list[str], t: Language, page: str
) -> str:
    """Return a table: regions that report, of all, per province and record set that anybody reports."""
    cells = {(row["province"], row["dataset"]): row for row in matrix.iter_rows(named=True)}
    heads = "".join(f'<th scope="col">{text(t.word("dataset", name))}</th>' for name in datasets)
    body = ""
    for code in dict.fromkeys(matrix["province"].to_list()):
        name = provinces[code].name if code in provinces else code
        row = "".join(f"<td>{_cell(cells.get((code, dataset)), t)}</td>" for dataset in datasets)
        body += f'<tr><th scope="row">{link(name, page, t.code, province=code)}</th>{row}</tr>'
    return (
        f'<div class="pm-scroll" tabindex="0" role="region" aria-label="{text(t("quality.matrix"))}">'
        f'<table class="pm-table"><thead><tr><th scope="col">{text(t("table.province"))}</th>{heads}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _cell(row: dict[str, object] | None, t: Language) -> str:
    if row is None:
        return NONE
    regions, reporting = int(str(row["regions"])), int(str(row["reporting"]))
    share = reporting / regions if regions else 0.0
    shade = 4 if reporting == regions else min(int(share * 4), 3)
    label = t("quality.cell", n=t.number(reporting), of=t.number(regions))
    look = f"background:{RAMP[shade]};color:{INK_ON_RAMP[shade]}"
    says = t("quality.cell_all") if reporting == regions else label
    return f'<div class="pm-cell" style="{look}" title="{text(says)}">{text(label)}</div>'
