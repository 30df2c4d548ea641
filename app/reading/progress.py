"""Progress of the two tracks: what authorities published, against which target, and our own evidence.

Nothing is merged: each figure keeps its authority, date and denominator, the two targets of
200 stay two, and a year without a source stays blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.model import PublishedFigure, RolloutEvent
from metrics.regions import Registry
from metrics.rollout.progress import progress


@dataclass(frozen=True, slots=True)
class Line:
    """One bar of a track's card. ``series``: published counts, the most far-reaching claim first.

    ``target``: series of its target. ``stage``: the stage from which on our own events count.
    ``platform``: events of this platform alone.
    """

    id: str
    track: str
    series: tuple[str, ...]
    target: str
    stage: str
    platform: str | None = None


LINES: tuple[Line, ...] = (
    Line("physical", "physical", ("mpp_physical",), "mpp_physical_target", "inaugurated"),
    Line(
        "mppdn",
        "digital",
        ("mppdn_designated", "mppdn_live", "mppdn_committed"),
        "mppdn_target",
        "live",
        "MPPDN",
    ),
    Line("mppi", "digital", ("mppi",), "mppi_target", "trial", "MPPI"),
)
DENOMINATORS = "regions_denominator"


@dataclass(frozen=True, slots=True)
class Share:
    """A count over one of the denominators in use, with whose denominator it is."""

    ratio: float
    whole: int
    authority: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of a track as it stands.

    ``headline``: the newest verified figure of the first series that has one. ``others``: the
    newest of each further series and of each further authority. ``target``: as printed.
    ``recorded``: regions with evidence of their own in the store, of ``regions``, on ``as_of``.
    ``blanks``: figures that are known to be unknown. ``conflicts``: figures of the line's
    series that contradict another source.
    """

    line: Line
    headline: PublishedFigure | None
    others: tuple[PublishedFigure, ...]
    target: PublishedFigure | None
    shares: tuple[Share, ...]
    recorded: int
    regions: int
    as_of: date | None
    blanks: tuple[PublishedFigure, ...]
    conflicts: tuple[PublishedFigure, ...]


def standings(
    figures: Sequence[PublishedFigure], events: Sequence[RolloutEvent], registry: Registry
) -> list[Standing]:
    """Return every line that has a figure, a target or an event; an empty list without any."""
    found = [standing(line, figures, events, registry) for line in LINES]
    return [one for one in found if one.headline or one.target or one.recorded]


def standing(
    line: Line,
    figures: Sequence[PublishedFigure],
    events: Sequence[RolloutEvent],
    registry: Registry,
) -> Standing:
    """Return one line as it stands."""
    known = [_newest(figures, series) for series in line.series]
    headline = next((group[0] for group in known if group), None)
    others = tuple(figure for group in known for figure in group if figure is not headline)
    as_of = max((event.date for event in events if event.track == line.track), default=None)
    counted = progress(events, registry, line.track, as_of, platform=line.platform) if as_of else None
    mine = [figure for figure in figures if figure.series in line.series]
    return Standing(
        line=line,
        headline=headline,
        others=others,
        target=next(iter(_newest(figures, line.target)), None),
        shares=_shares(headline, figures) if headline else (),
        recorded=counted.at_or_past(line.stage) if counted else 0,
        regions=len(registry.regions),
        as_of=as_of,
        blanks=tuple(figure for figure in mine if figure.value is None),
        conflicts=tuple(figure for figure in mine if figure.contradiction),
    )


def _newest(figures: Sequence[PublishedFigure], series: str) -> list[PublishedFigure]:
    """Newest verified figure of each authority in a series, the newest of all first."""
    fits = [f for f in figures if f.series == series and f.value is not None and f.verified]
    newest: dict[str, PublishedFigure] = {}
    for figure in sorted(fits, key=lambda f: f.as_of):
        newest[figure.authority] = figure
    return sorted(newest.values(), key=lambda f: f.as_of, reverse=True)


def _shares(figure: PublishedFigure, figures: Sequence[PublishedFigure]) -> tuple[Share, ...]:
    wholes = {int(f.value): f.authority for f in figures if f.series == DENOMINATORS and f.value}
    return tuple(
        Share((figure.value or 0.0) / whole, whole, authority) for whole, authority in sorted(wholes.items())
    )
