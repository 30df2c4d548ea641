"""Rows of rollout events and of figures that others published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import Connection, delete, exists, or_, select

from metrics.model import PublishedFigure, RolloutEvent
from metrics.store.tables import BATCH, PUBLISHED_FIGURE, ROLLOUT_EVENT, SEED

_EVENT_FIELDS = tuple(f.name for f in fields(RolloutEvent))
_FIGURE_FIELDS = tuple(f.name for f in fields(PublishedFigure))


def put_seed_events(connection: Connection, events: Sequence[RolloutEvent]) -> None:
    """Write the events that came with the program, in place of those that came with it before."""
    connection.execute(delete(ROLLOUT_EVENT).where(ROLLOUT_EVENT.c.partition == SEED))
    if events:
        rows = [asdict(event) | {"partition": SEED} for event in events]
        connection.execute(ROLLOUT_EVENT.insert(), rows)


def events(connection: Connection) -> list[RolloutEvent]:
    """Return the events, the seed's and those that were imported, in order of date, region and id."""
    found = [
        RolloutEvent(**row)
        for row in connection.execute(select(*(ROLLOUT_EVENT.c[name] for name in _EVENT_FIELDS))).mappings()
    ]
    return sorted(found, key=lambda event: (event.date, event.region, event.id))


def put_figures(connection: Connection, figures: Sequence[PublishedFigure]) -> None:
    """Write published figures in place of all that were there."""
    connection.execute(delete(PUBLISHED_FIGURE))
    if figures:
        rows = [asdict(figure) | {"position": at} for at, figure in enumerate(figures)]
        connection.execute(PUBLISHED_FIGURE.insert(), rows)


def figures(connection: Connection) -> list[PublishedFigure]:
    """Return the published figures in the order in which they were put."""
    statement = select(*(PUBLISHED_FIGURE.c[name] for name in _FIGURE_FIELDS)).order_by(
        PUBLISHED_FIGURE.c.position
    )
    return [PublishedFigure(**row) for row in connection.execute(statement).mappings()]


def simulated(connection: Connection) -> bool:
    """Whether any batch or event is simulated."""
    batches = exists().where(BATCH.c.simulated)
    happenings = exists().where(ROLLOUT_EVENT.c.simulated)
    return bool(connection.scalar(select(or_(batches, happenings))))
