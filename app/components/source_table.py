"""Sources as rows: region, source, state with the reason in words, last success, technical detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.components.markup import badge, link, text
from app.components.sentences import place_name
from app.reading.sources import Condition, Source
from app.text import Language
from app.text.causes import cause_text
from metrics.regions import Registry

SOURCES_PAGE = "sumber"
"""Address of the page on sources."""

TONES = {Condition.FAILING: "warn", Condition.LEFT_ALONE: "warn", Condition.UP: "good"}

HEADS = (
    ("sources.region", ""),
    ("sources.source", ""),
    ("sources.why", ""),
    ("sources.succeeded", "pm-wide"),
    ("sources.failures", "num pm-wide"),
    ("sources.detail", "pm-wide"),
)


def source_table(
    sources: Sequence[Source],
    registry: Registry,
    t: Language,
    zone: str,
    query: Mapping[str, str | None],
) -> str:
    """Return the table; each source's name leads to its history and keeps what else was chosen."""
    head = "".join(f'<th scope="col" class="{css}">{text(t(key))}</th>' for key, css in HEADS)
    body = "".join(_row(one, registry, t, zone, query) for one in sources)
    heads = f"<thead><tr>{head}</tr></thead>"
    return f'<table class="pm-table pm-score pm-sources">{heads}<tbody>{body}</tbody></table>'


def source_name(one: Source, registry: Registry, t: Language) -> str:
    """Return a source in one line: the region it is of, and its name."""
    return f"{region_words(one, registry, t)} · {one.stored.name}"


def region_words(one: Source, registry: Registry, t: Language) -> str:
    """Return the region of a source with its code, or that it tells of several."""
    if one.stored.region is None:
        return t("sources.several")
    return place_name(one.stored.region, registry, t)


def state_words(one: Source, t: Language) -> str:
    """Return the condition of a source as a badge, with the reason in words beside it."""
    shown = badge(t(f"condition.{one.condition}"), TONES.get(one.condition, ""))
    reason = f" {text(cause_text(one.stored.reason, t.code))}" if one.stored.reason else ""
    return f"{shown}{reason}"


def region_line(sources: Sequence[Source], t: Language, province: str) -> str:
    """Return how many sources of a region fail, as a link to the sources of its province."""
    failing = sum(one.fails for one in sources)
    line = t("sources.of_region", n=t.number(failing), of=t.number(len(sources)))
    return f"<p>{link(line, SOURCES_PAGE, t.code, province=province, state=None if failing else 'all')}</p>"


def _row(one: Source, registry: Registry, t: Language, zone: str, query: Mapping[str, str | None]) -> str:
    stored = one.stored
    province = registry.provinces[one.province].name if one.province else ""
    name = link(stored.name, SOURCES_PAGE, t.code, **{**query, "source": stored.id})
    about = " · ".join(_about(one, t))
    succeeded = _succeeded(one, t, zone)
    detail = f"<code>{text(stored.detail)}</code>" if stored.detail else ""
    narrow = f"{t('sources.succeeded')}: {succeeded} · {t('sources.failures')}: {t.number(stored.failures)}"
    return (
        f'<tr><th scope="row">{text(region_words(one, registry, t))}<small>{text(province)}</small></th>'
        f"<td>{name}<small>{text(about)}</small></td><td>{state_words(one, t)}</td>"
        f'<td class="pm-wide">{text(succeeded)}</td>'
        f'<td class="num pm-wide">{text(t.number(stored.failures))}</td>'
        f'<td class="pm-wide">{detail}</td></tr>'
        f'<tr class="pm-narrow"><td colspan="3"><small>{text(narrow)}</small>{detail}</td></tr>'
    )


def source_card(one: Source, registry: Registry, t: Language, zone: str) -> str:
    """Return what is known of one source: its state, what it gives, and since when."""
    stored = one.stored
    rows = t("sources.rows", n=t.number(stored.rows))
    if stored.latest:
        rows += f" · {t('sources.latest', day=t.instant(stored.latest, zone))}"
    succeeded = f"{t('sources.succeeded')}: {_succeeded(one, t, zone)}"
    facts = [" · ".join(_about(one, t)), succeeded, rows]
    if stored.failures:
        facts.insert(2, t("sources.in_row", n=t.number(stored.failures)))
    items = "".join(f"<li>{text(fact)}</li>" for fact in facts)
    detail = f"<p><code>{text(stored.detail)}</code></p>" if stored.detail else ""
    return (
        f'<section class="pm-card"><h3>{text(source_name(one, registry, t))}</h3>'
        f'<p>{state_words(one, t)}</p>{detail}<ul class="pm-facts">{items}</ul></section>'
    )


def _succeeded(one: Source, t: Language, zone: str) -> str:
    return t.instant(one.stored.succeeded, zone) if one.stored.succeeded else t("sources.never")


def _about(one: Source, t: Language) -> list[str]:
    stored = one.stored
    about = [t.word("source_kind", stored.kind), t.word("dataset", stored.dataset)]
    return [*about, t("simulated.word")] if stored.simulated else about
