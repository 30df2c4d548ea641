"""Who a region is, what counts in its rank, where its rollout stands, and what it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from app.components.markup import badge, link, percent, text
from app.components.sentences import indicator_name
from app.text import NONE, Language
from metrics.model import RankRow, Region, RolloutEvent
from metrics.regions import Registry
from metrics.rollout.progress import current_stage
from metrics.rollout.stages import TRACKS, Stage, Track


def profile(region: Region, t: Language) -> list[str]:
    """Return the facts of a region that are known, each with its date; unknown ones are left out."""
    facts = [region.code, region.province.name]
    if region.population is not None:
        count, date = t.number(region.population), region.population_date or ""
        facts.append(t("region.population", n=count, date=t.as_of(date) if date else t("region.undated")))
    return [fact for fact in facts if fact]


def directory(registry: Registry, t: Language, page: str) -> str:
    """Return a link to every province, with how many regions it has."""
    members = Counter(region.province.code for region in registry.regions.values())
    items = "".join(
        f"<li>{link(province.name, page, t.code, province=code)}"
        f' <span class="pm-soft">{text(t.number(members[code]))}</span></li>'
        for code, province in registry.provinces.items()
    )
    return f'<ul class="pm-directory">{items}</ul>'


def parts_table(row: RankRow, t: Language) -> str:
    """Return what counts in a score: each part from 0 to 100, and the parts that are missing."""
    body = ""
    for name, part in row.parts.items():
        bar = ""
        if part is not None:
            bar = (
                f'<div class="pm-span"><i class="range" style="left:0;width:{percent(part / 100)}"></i></div>'
            )
        body += (
            f'<tr><th scope="row">{text(indicator_name(name, t))}</th>'
            f'<td class="num">{text(t.number(part, 1))}</td><td>{bar}</td></tr>'
        )
    head = f'<th scope="col">{text(t("score.indicator"))}</th><th scope="col" class="num">0–100</th><th></th>'
    return f'<table class="pm-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def tracks(events: Sequence[RolloutEvent], t: Language) -> str:
    """Return the steps of both tracks of one region with the evidence for each."""
    return f'<div class="pm-cards">{"".join(_track(track, events, t) for track in TRACKS.values())}</div>'


def _track(track: Track, events: Sequence[RolloutEvent], t: Language) -> str:
    mine = sorted((event for event in events if event.track == track.id), key=lambda event: event.date)
    held = current_stage(mine, track.id, mine[-1].date) if mine else {}
    here = next((one.stage.order for one in held.values()), 0)
    reached = {event.stage for event in mine}
    steps = "".join(_step(stage, here, reached, t) for stage in track.stages if stage.order or not mine)
    name = track.name_id if t.code == "id" else track.name_en
    evidence = "".join(_evidence(event, track, t) for event in mine)
    body = f'<ul class="pm-facts">{evidence}</ul>' if mine else f"<p>{text(t('rollout.none'))}</p>"
    return (
        f'<section class="pm-card"><h3>{text(name)}</h3><ol class="pm-steps">{steps}</ol>{body}'
        f'<p class="pm-soft pm-small">{text("" if track.official else t("rollout.unofficial"))}</p></section>'
    )


def _step(stage: Stage, here: int, reached: set[str], t: Language) -> str:
    name = stage.name_id if t.code == "id" else stage.name_en
    if stage.order == here:
        return f'<li class="here" aria-current="step">● {text(name)}</li>'
    if stage.id in reached:
        return f'<li class="done">✓ {text(name)}</li>'
    return f"<li>○ {text(name)}</li>"


def _evidence(event: RolloutEvent, track: Track, t: Language) -> str:
    stage = track.stage(event.stage)
    verified = badge(t("verified.yes"), "good") if event.verified else badge(t("verified.no"), "warn")
    simulated = f" {badge(t('simulated.word'), 'warn')}" if event.simulated else ""
    platform = f" · {event.platform}" if event.platform else ""
    return (
        f"<li><b>{text(stage.name_id if t.code == 'id' else stage.name_en)}</b>{text(platform)} · "
        f"{text(t.day(event.date))} · {text(event.authority)} {verified}{simulated}"
        f'<br><span class="pm-soft">{text(event.source)}</span></li>'
    )


def reported(cover: pl.DataFrame, active: Sequence[str], t: Language) -> str:
    """Return what a region reports, one line a record set; sets nobody reports are named as such."""
    body = ""
    for row in cover.iter_rows(named=True):
        used = row["dataset"] in active
        if not used:
            state = badge(t("fresh.nobody"))
        elif row["silent"]:
            state = badge(t("fresh.silent"), "warn")
        else:
            state = badge(t("fresh.reporting"), "good")
        last = t.day(row["last"]) if row["last"] else NONE
        body += (
            f'<tr><th scope="row">{text(t.word("dataset", row["dataset"]))}</th>'
            f'<td class="num">{text(t.number(row["records"]) if row["records"] else NONE)}</td>'
            f"<td>{text(last)}</td><td>{state}</td></tr>"
        )
    head = "".join(
        f'<th scope="col" class="{css}">{text(t(key))}</th>'
        for key, css in (
            ("fresh.dataset", ""),
            ("fresh.records", "num"),
            ("fresh.last", ""),
            ("fresh.state", ""),
        )
    )
    return f'<table class="pm-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
