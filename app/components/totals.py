"""Cards of sums: read, accepted, rejected, silent."""

from __future__ import annotations

import polars as pl

from app.components.markup import percent, text
from app.reading.quality import Totals
from app.text import Language


def totals_cards(sums: Totals, silent: pl.DataFrame, regions: int, t: Language) -> str:
    """Return four cards; accepted and rejected always make up what was read."""
    wholly = int(silent["all_silent"].sum()) if silent.height else 0
    cards = (
        (t("quality.read"), t.number(sums.read), t("quality.read_under", n=t.number(sums.batches))),
        (
            t("quality.accepted"),
            t.number(sums.accepted),
            t(
                "quality.accepted_under",
                new=t.number(sums.new),
                updated=t.number(sums.updated),
                unchanged=t.number(sums.unchanged),
            ),
        ),
        (
            t("quality.rejected"),
            t.number(sums.rejected),
            t(
                "quality.rejected_under",
                share=t.percent(sums.rejected_share, 2),
                warned=t.number(sums.warned),
            ),
        ),
        (
            t("quality.quiet"),
            t.number(wholly),
            t("quality.quiet_under", n=t.number(silent.height), regions=t.number(regions)),
        ),
    )
    body = "".join(
        f'<section class="pm-card"><h2>{text(title)}</h2><p class="pm-big">{text(figure)}</p>'
        f'<p class="pm-soft pm-small">{text(under)}</p></section>'
        for title, figure, under in cards
    )
    share = sums.rejected_share
    bar = ""
    if share is not None:
        bar = f'<div class="pm-goal"><i class="fill" style="width:{percent(1 - share)}"></i></div>'
    return f'<div class="pm-cards pm-four">{body}</div><div aria-hidden="true">{bar}</div>'
