"""What is down, since when, and where to look: the answer of the page on sources, and its counters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.components.markup import text
from app.reading import sources as reading
from app.reading.sources import Loss, Reach, Source
from app.text import Language
from app.text.causes import Side, cause_text, side_of
from metrics.regions import Registry

SHOWN = 3
"""Groups that fail together and are named; the others are counted."""


def verdict(sources: Sequence[Source], registry: Registry, t: Language, zone: str) -> str:
    """Return the answer: common losses first, then how many fail, since when, and why."""
    down = reading.failing(sources)
    lost = reading.losses(sources)
    named = "".join(_loss(loss, registry, t, zone) for loss in lost[:SHOWN])
    if len(lost) > SHOWN:
        named += f"<p>{text(t('sources.loss.more', n=t.number(len(lost) - SHOWN)))}</p>"
    lead = f'<p class="pm-lead">{text(headline(sources, registry, t))}</p>'
    since = f'<p class="pm-soft">{text(_since(down, t, zone))}</p>' if down else ""
    sides = "".join(f"<li><b>{text(side)}</b>: {text(causes)}</li>" for side, causes in _sides(down, t))
    facts = f'<ul class="pm-facts">{sides}</ul>' if sides else ""
    return f'<section class="pm-card">{named}{lead}{since}{facts}</section>'


def headline(sources: Sequence[Source], registry: Registry, t: Language) -> str:
    """Return how many sources failed at their last fetch, and where most of them are."""
    down, whole = reading.failing(sources), t.number(len(sources))
    if not down:
        return t("sources.none_failing", of=whole)
    most = reading.main_province(sources)
    if most is None:
        return t("sources.failing", n=t.number(len(down)), of=whole)
    code, part = most
    fields = {"n": t.number(len(down)), "of": whole, "province": registry.provinces[code].name}
    if part == len(down):
        return t("sources.failing_all_in", **fields)
    return t("sources.failing_in", part=t.number(part), **fields)


def causes(counted: Sequence[tuple[str, int]], t: Language) -> str:
    """Return reasons in words with their numbers: "sambungan ditolak (3), ..."."""
    return ", ".join(f"{cause_text(reason, t.code)} ({t.number(n)})" for reason, n in counted)


def counters(sources: Sequence[Source], t: Language) -> str:
    """Return one figure for each condition, in words of what it means; they add up to all sources."""
    hours = t.number(reading.STALE_HOURS)
    cards = "".join(
        f'<section class="pm-card"><h3>{text(t(f"condition.{condition}"))}</h3>'
        f'<p class="pm-big">{text(t.number(n))}</p>'
        f'<p class="pm-soft pm-small">{text(t(f"sources.under.{condition}", hours=hours))}</p></section>'
        for condition, n in reading.by_condition(sources).items()
    )
    return f'<div class="pm-cards pm-counters" role="group">{cards}</div>'


def system_words(kind: str, name: str, t: Language) -> str:
    """Return a system in words: its name, and how it is read."""
    return f"{name} ({t.word('source_kind', kind)})"


def _loss(loss: Loss, registry: Registry, t: Language, zone: str) -> str:
    fields = {"n": t.number(loss.failing), "of": t.number(loss.sources)}
    if loss.reach is Reach.PROVINCE:
        fields["province"] = registry.provinces[loss.province].name
    if loss.reach is Reach.SYSTEM:
        fields["system"] = system_words(*loss.system, t)
    lead = t(f"sources.loss.{loss.reach}", **fields)
    since = _last(loss.since, t, zone)
    why = f"{t('sources.reason')}: {causes(loss.reasons, t)}."
    under = f"<p>{text(f'{since} {why}')}</p>"
    return f'<div class="pm-note pm-loss"><p class="pm-lead">{text(lead)}</p>{under}</div>'


def _last(since: datetime | None, t: Language, zone: str) -> str:
    if since is None:
        return t("sources.loss.never")
    return t("sources.loss.since", day=t.instant(since, zone))


def _since(down: Sequence[Source], t: Language, zone: str) -> str:
    span = reading.last_successes(down)
    if span is None or span[0] == span[1]:
        return _last(span[1] if span else None, t, zone)
    return t("sources.since", first=t.instant(span[0], zone), last=t.instant(span[1], zone))


def _sides(down: Sequence[Source], t: Language) -> list[tuple[str, str]]:
    counted = reading.by_reason(down)
    found = []
    for side in Side:
        own = [(reason, n) for reason, n in counted if side_of(reason) is side]
        if own:
            found.append((t(f"sources.side.{side}"), causes(own, t)))
    return found
