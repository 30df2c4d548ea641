"""Cards of the two tracks: the published count, a bar towards the target, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from app.components.markup import badge, percent, text
from app.reading.progress import Standing
from app.text import NONE, Language
from metrics.model import PublishedFigure

NEAR_END = 0.85
"""A target from this share of the bar on has its label to the left of the mark."""


def track_cards(standings: Sequence[Standing], t: Language) -> str:
    """Return one card a line, in a grid."""
    return f'<div class="pm-cards pm-tracks">{"".join(card(one, t) for one in standings)}</div>'


def card(standing: Standing, t: Language) -> str:
    """Return the card of one line: title, count, whose it is, bar, own evidence, all sources."""
    line, headline = standing.line, standing.headline
    value = t.number(headline.value) if headline else NONE
    what = t(f"series.{headline.series}") if headline else t("track.no_count")
    whose = f"{headline.authority}, {t.as_of(headline.as_of)}" if headline else t("track.no_source")
    return (
        f'<section class="pm-card"><h2>{text(t(f"track.{line.id}"))}</h2>'
        f'<p class="pm-big">{text(value)}<small>{text(what)}</small></p>'
        f'<p class="pm-soft pm-small">{text(whose)}</p>{_bar(standing, t)}'
        f'<p class="pm-small">{_shares(standing, t)}</p>'
        f'<p class="pm-small">{text(_recorded(standing, t))}</p>{_sources(standing, t)}</section>'
    )


def _bar(standing: Standing, t: Language) -> str:
    """The whole bar is every region of the registry; the mark is the target, with its year."""
    target, headline, whole = standing.target, standing.headline, max(standing.regions, 1)
    reach = _target_regions(target, whole)
    fill = ""
    if headline:
        weak = " weak" if headline.series.endswith(("_designated", "_committed")) else ""
        share = percent((headline.value or 0.0) / whole)
        fill = f'<i class="fill{weak}" style="width:{share}"></i>'
    if target is None or reach is None:
        return f'<div class="pm-goal" aria-hidden="true">{fill}</div>'
    end = " end" if reach / whole > NEAR_END else ""
    label = t("track.target", value=_printed(target, t), year=target.as_of)
    mark = (
        f'<i class="mark{end}" style="left:{percent(reach / whole)}">'
        f"<span>{text(label)} · {text(target.authority)}</span></i>"
    )
    return f'<div class="pm-goal">{fill}{mark}</div>'


def _target_regions(target: PublishedFigure | None, whole: int) -> float | None:
    if target is None or target.value is None:
        return None
    return target.value / 100 * whole if target.unit == "percent" else target.value


def _printed(figure: PublishedFigure, t: Language) -> str:
    value = t.number(figure.value)
    return f"{value} %" if figure.unit == "percent" else value


def _shares(standing: Standing, t: Language) -> str:
    parts = [
        t("track.share", share=t.percent(share.ratio), whole=t.number(share.whole), authority=share.authority)
        for share in standing.shares
    ]
    return text(" · ".join(parts))


def _recorded(standing: Standing, t: Language) -> str:
    return t(
        "track.recorded",
        n=t.number(standing.recorded),
        regions=t.number(standing.regions),
        stage=t(f"track.stage.{standing.line.id}"),
        day=t.day(standing.as_of),
    )


def _sources(standing: Standing, t: Language) -> str:
    """Return every statement behind the card, folded: as printed, by whom, contradicted by what."""
    shown = [f for f in (standing.headline, standing.target, *standing.others) if f]
    rest = [f for f in standing.conflicts if f not in shown]
    items = "".join(_statement(figure, t) for figure in [*shown, *rest])
    blanks = "".join(
        f"<li><b>{NONE}</b> {text(t(f'series.{f.series}'))} · {text(t.as_of(f.as_of))} · "
        f"{text(t('track.blank'))}</li>"
        for f in standing.blanks
    )
    count = len(shown) + len(rest)
    label = t("track.sources", n=t.number(count), conflicts=t.number(len(standing.conflicts)))
    return f'<details><summary>{text(label)}</summary><ul class="pm-facts">{items}{blanks}</ul></details>'


def _statement(figure: PublishedFigure, t: Language) -> str:
    verified = badge(t("verified.yes"), "good") if figure.verified else badge(t("verified.no"), "warn")
    conflict = f"<br>{badge(t('track.conflict'), 'warn')} {text(figure.contradiction)}"
    whole = f" · {text(t('track.of', whole=figure.denominator))}" if figure.denominator else ""
    return (
        f"<li><b>{text(_printed(figure, t))}</b> {text(t(f'series.{figure.series}'))} · "
        f"{text(figure.authority)} · {text(t.as_of(figure.as_of))}{whole} {verified}"
        f'<br><span class="pm-soft">{text(figure.source)}</span>'
        f"{f'<br>{text(figure.note)}' if figure.note else ''}"
        f"{conflict if figure.contradiction else ''}</li>"
    )
