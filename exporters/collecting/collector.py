"""The collector: every source at its own time, what they give to the archive, and where to go on.

A source's cursor moves only when its rows are in the archive, in the same order. Whatever stops
the collector, the next one goes on from there; rows that come twice are known by their keys.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from exporters.collecting.breaker import Breaker, State
from exporters.collecting.fetching import Fetch, fetch
from exporters.collecting.harvest import Harvest
from exporters.collecting.lanes import Lanes
from exporters.collecting.schedule import next_due
from exporters.collecting.sourceconfig import CollectedSource, Collecting
from exporters.sources.source import Piece, Source, Want
from metrics.errors import PantauError
from metrics.model import SourceRun, SourceState

LOG = logging.getLogger("pantau.exporter")
Deliver = Callable[[Sequence[Harvest]], Awaitable[None]]
"""Takes harvests into the archive. Raises ``PantauError``; then they are offered again."""
Remember = Callable[[Sequence[SourceState], Sequence[SourceRun], datetime], Awaitable[None]]
"""Writes states and fetches to the store, and removes fetches from before an instant."""
_KEPT_RUNS = 100_000


@dataclass(frozen=True)
class Watched:
    """A source of a configuration, opened. ``zone``: of its region."""

    entry: CollectedSource
    source: Source
    zone: str


@dataclass
class Collected:
    """What the collector has done since it began."""

    fetches: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """Failed fetches by reason."""
    rows: int = 0
    delivered: int = 0
    skipped: int = 0
    """Fetches that were left out because a circuit was open."""
    failed_deliveries: int = 0
    last_delivery: datetime | None = None
    last_error: str = ""


class Collector:
    """Fetches the sources of a configuration, until it is stopped or once.

    ``states``: what is known of the sources from before, by id. ``simulated``: whether they are.
    """

    def __init__(
        self,
        collecting: Collecting,
        watched: Iterable[Watched],
        states: Mapping[str, SourceState],
        deliver: Deliver,
        remember: Remember,
        *,
        now: Callable[[], datetime],
        simulated: bool = False,
    ) -> None:
        self._collecting = collecting
        self._watched = {one.entry.id: one for one in watched}
        self._deliver = deliver
        self._remember = remember
        self._now = now
        self._waiting: deque[tuple[Harvest, bool]] = deque()
        self._waiting_rows = 0
        self._room = asyncio.Condition()
        self._turn = asyncio.Lock()
        self._runs: deque[SourceRun] = deque(maxlen=_KEPT_RUNS)
        self.lanes = Lanes(collecting)
        self.done = Collected()
        self.states = {
            one.entry.id: _state(one.entry, states.get(one.entry.id), simulated=simulated)
            for one in self._watched.values()
        }
        self._cursors = {key: state.cursor for key, state in self.states.items()}
        self._breakers = {
            key: Breaker.restored(self._watched[key].entry.circuit, state.failures, state.attempted)
            for key, state in self.states.items()
        }

    @property
    def waiting_rows(self) -> int:
        """Rows that wait for their delivery."""
        return self._waiting_rows

    def circuits(self) -> Counter[str]:
        """Sources by the state of their circuit."""
        now = self._now()
        return Counter(breaker.state(now).value for breaker in self._breakers.values())

    async def run(self) -> None:
        """Fetch and deliver until cancelled; what was fetched is delivered at the end."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for one in self._watched.values():
                    tasks.create_task(self._watch(one))
                tasks.create_task(self._deliver_regularly())
        finally:
            await self.deliver()
            await self.close()

    async def once(self, ids: Iterable[str] | None = None, want: Want | None = None) -> dict[str, Fetch]:
        """Fetch sources now, all or some, deliver, and tell how each fetch went.

        ``want``: what to ask for instead of what came since the last time. Raises ``PantauError``
        where what was fetched cannot be delivered.
        """
        chosen = [self._watched[key] for key in (self._watched if ids is None else ids)]
        delivering = asyncio.create_task(self._deliver_regularly())
        try:
            fetched = await asyncio.gather(*(self.fetch(one, want) for one in chosen))
        finally:
            delivering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await delivering
        failed = self.done.failed_deliveries
        await self.deliver()
        if self.done.failed_deliveries > failed:
            raise PantauError(self.done.last_error)
        return {one.entry.id: found for one, found in zip(chosen, fetched, strict=True)}

    async def fetch(self, one: Watched, want: Want | None = None, *, patient: bool = True) -> Fetch:
        """Fetch one source; what it gives waits for the next delivery."""
        key = one.entry.id
        moves = want is None or want.window is None

        async def keep(piece: Piece) -> None:
            await self._keep(Harvest(one.entry, piece), moves=moves)

        found = await fetch(
            one.entry,
            one.source,
            want or Want(self._cursors[key]),
            self.lanes,
            keep,
            now=self._now,
            patient=patient,
        )
        self._account(one.entry, found)
        return found

    async def deliver(self) -> None:
        """Deliver what waits, and write down how far each source has come.

        A delivery that has begun goes on to its end, also where who waits for it is cancelled.
        """
        await asyncio.shield(asyncio.create_task(self._deliver_waiting()))

    async def _deliver_waiting(self) -> None:
        async with self._turn:
            taken, self._waiting = list(self._waiting), deque()
            harvests = [harvest for harvest, _ in taken]
            done = False
            try:
                if any(harvest.piece.rows.height for harvest in harvests):
                    await self._deliver(harvests)
                await self._settle(taken)
                done = True
            except PantauError as error:
                self.done.failed_deliveries += 1
                self.done.last_error = str(error)
                LOG.warning("%d answers wait for the next delivery: %s", len(taken), error)
            finally:
                if not done:
                    self._waiting.extendleft(reversed(taken))
            if done:
                await self._make_room(taken)

    async def close(self) -> None:
        """Close every source."""
        await asyncio.gather(*(one.source.close() for one in self._watched.values()))

    async def _watch(self, one: Watched) -> None:
        key = one.entry.id
        while True:
            now = self._now()
            due = next_due(one.entry, one.zone, now, last=self.states[key].attempted)
            await asyncio.sleep(max(0.0, (due - now).total_seconds()))
            state = self._breakers[key].state(self._now())
            if state is State.OPEN:
                self.done.skipped += 1
                self.states[key] = replace(self.states[key], circuit=state.value)
                until = self._breakers[key].until
                await asyncio.sleep(max(0.0, (until - self._now()).total_seconds()) if until else 0.0)
                state = self._breakers[key].state(self._now())
            await self.fetch(one, patient=state is State.CLOSED)

    async def _deliver_regularly(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._collecting.deliver_every_seconds), self._room:
                    await self._room.wait_for(self._is_full)
            failed = self.done.failed_deliveries
            await self.deliver()
            if self.done.failed_deliveries > failed:  # not again at once
                await asyncio.sleep(self._collecting.deliver_every_seconds)

    def _is_full(self) -> bool:
        return self._waiting_rows >= self._collecting.waiting_rows

    async def _keep(self, harvest: Harvest, *, moves: bool) -> None:
        """Put a piece to what waits, once there is room for it."""
        async with self._room:
            await self._room.wait_for(lambda: not self._is_full())
            self._waiting.append((harvest, moves))
            self._waiting_rows += harvest.piece.rows.height
            if self._is_full():
                self._room.notify_all()
        if moves and harvest.piece.cursor is not None:
            self._cursors[harvest.source.id] = harvest.piece.cursor

    async def _make_room(self, taken: Sequence[tuple[Harvest, bool]]) -> None:
        rows = sum(harvest.piece.rows.height for harvest, _ in taken)
        async with self._room:
            self._waiting_rows -= rows
            self._room.notify_all()
        self.done.delivered += rows
        self.done.last_delivery = self._now()

    async def _settle(self, taken: Sequence[tuple[Harvest, bool]]) -> None:
        """Tell sources that their rows are in the archive, and write down where they go on."""
        for harvest, moves in taken:
            key, piece = harvest.source.id, harvest.piece
            state = self.states[key]
            if piece.rows.height:
                state = replace(state, latest=piece.seen, rows=state.rows + piece.rows.height)
            if moves and piece.cursor is not None:
                state = replace(state, cursor=piece.cursor)
            self.states[key] = state
            await self._watched[key].source.settle(piece)
        runs = list(self._runs)
        keep_from = self._now() - timedelta(days=self._collecting.keep_fetches_days)
        await self._remember(list(self.states.values()), runs, keep_from)
        for _ in runs:
            self._runs.popleft()

    def _account(self, entry: CollectedSource, found: Fetch) -> None:
        """Write down how a fetch went."""
        now, key = self._now(), entry.id
        reason = found.reason.value if found.reason is not None else ""
        self.done.fetches += 1
        self.done.rows += found.rows
        if reason:
            self.done.failures[reason] += 1
            LOG.info("%s: %s: %s", key, reason, found.detail)
        breaker = self._breakers[key]
        breaker = breaker.failed(entry.circuit, now) if reason else breaker.succeeded()
        self._breakers[key] = breaker
        self.states[key] = replace(
            self.states[key],
            attempted=now,
            succeeded=self.states[key].succeeded if reason else now,
            reason=reason,
            detail=found.detail,
            failures=breaker.failures,
            circuit=breaker.state(now).value,
        )
        self._runs.append(
            SourceRun(
                key,
                found.started,
                found.seconds,
                found.queue_seconds,
                reason,
                found.detail,
                found.rows,
                found.pieces,
                found.total,
                found.records,
            )
        )


def _state(entry: CollectedSource, known: SourceState | None, *, simulated: bool) -> SourceState:
    """State of a source: what is known from before, under what the configuration says now."""
    dataset = entry.mapping.dataset
    if known is None or (known.kind, known.dataset) != (entry.kind, dataset):
        return SourceState(entry.id, entry.region, entry.name, entry.kind, dataset, simulated=simulated)
    return replace(known, region=entry.region, simulated=simulated)
