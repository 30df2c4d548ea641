"""Wiring: from an installation's folder to its store, archive, roll-up and way in."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from metrics.calendar import Calendar, calendars_of
from metrics.datasets import DATASETS
from metrics.errors import UnknownName
from metrics.model import IndicatorValue
from metrics.observation import Watch
from metrics.ranking import Method, rank, rank_in_detail
from metrics.regions import Registry
from metrics.store import Store
from pantau.home import Home

if TYPE_CHECKING:
    from checks.judging import JudgingProcess
    from exporters.intake import Intake
    from exporters.shapes import Shapes
    from metrics.archive import Archive
    from metrics.rollup import Engine, RollUp
    from pantau.verdicts import Told

WATCH_EVERY = timedelta(hours=1)
"""How often the monitors judge what comes in, so that many deliveries one after the other stay quick."""
DETAIL_EVERY = timedelta(hours=1)
"""How often what comes in leads to a new detail of the rankings, which takes several times as long."""
ROLLUP_TABLES = ("case_rollup", "survey_rollup", "probe_rollup", "traffic_rollup")


class Installation:
    """An installation that is open. A context manager: gives its store and engine back."""

    def __init__(self, home: Home, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        home.require()
        self.home = home
        self.clock = clock
        self.store = Store.open(home.store_url)
        self._engine: Engine | None = None
        self._judge: JudgingProcess | None = None
        self._shapes: Shapes | None = None

    def __enter__(self) -> Self:
        self.store.check_schema()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            self._engine.close()
        if self._judge is not None:
            self._judge.close()
        self.store.close()

    @cached_property
    def archive(self) -> Archive:
        """Archive of the records."""
        from metrics.archive import Archive  # noqa: PLC0415 - 0.4 s that the dashboard does without

        return Archive(self.home.archive_url)

    @cached_property
    def registry(self) -> Registry:
        """Registry that the installation was made with."""
        return self.store.registry()

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        """Opening calendars that the registry names."""
        return calendars_of(region.calendar for region in self.registry.regions.values())

    @cached_property
    def rollup(self) -> RollUp:
        """Roll-up from the archive into the store. Raises ``UsageError`` where its engine cannot be had."""
        from metrics.rollup import RollUp  # noqa: PLC0415 - Ibis takes 0.7 s

        self._engine = engine_of(self.home, self.home.scratch / "rollup")
        return RollUp(self.archive, self.store, self._engine, self.registry, self.calendars)

    @cached_property
    def intake(self) -> Intake:
        """Way in for deliveries."""
        from checks.judging import JudgingProcess  # noqa: PLC0415 - as the next
        from exporters.intake import Intake  # noqa: PLC0415 - only commands that take records in pay for it

        self._judge = JudgingProcess()
        made = Intake(
            self.archive,
            self.rollup,
            self.registry,
            self.home.scratch,
            clock=self.clock,
            masking_key=self.home.masking_key,
            judge=self._judge,
        )
        self._shapes = made.shapes
        return made

    def catch_up(self) -> dict[str, list[str]]:
        """Roll up whatever the archive has and the store has not; months by record set."""
        shutil.rmtree(self.home.scratch / "accepted", ignore_errors=True)
        shutil.rmtree(self.home.scratch / "rejected", ignore_errors=True)
        return {dataset: self.rollup.catch_up(dataset) for dataset in DATASETS}

    def watch(self, *, from_day: date | None = None) -> Watch | None:
        """Have the monitors judge what has changed, and follow incidents up; ``None`` without records."""
        from pantau.profiles import Parts  # noqa: PLC0415 - as the next
        from pantau.watching import Watching  # noqa: PLC0415 - only what watches loads SciPy

        parts = Parts(self.archive, self.store, self.rollup, self.registry, self.calendars, self.clock)
        return Watching(parts, self._shapes).run(from_day=from_day)

    def conclude(self, *, watch_every: timedelta = WATCH_EVERY) -> None:
        """Draw what follows from the records: watch them, unless that was done so lately, and compute."""
        latest = self.store.watches(1)
        if not latest or self.clock() - latest[0].started >= watch_every:
            self.watch()
        self.refresh(detail_every=DETAIL_EVERY)

    def refresh(self, *, detail_every: timedelta = timedelta()) -> None:
        """Compute indicators and ranking anew where the roll-ups, or what is on hold, have changed since.

        ``detail_every``: leave the rankings' detail as it is where it was computed so lately.
        """
        versions = self.versions()
        method = self.method(versions)
        told = self.told()
        state = f"{self._rollup_state(method, versions)} {told.digest}"
        detailed = self._detail_is_due(state, detail_every)
        if self.store.meta("indicators_state") == state and not detailed:
            return
        from metrics.indicators import IndicatorSettings, compute  # noqa: PLC0415 - SciPy takes 0.7 s

        rollups = {table: self.store.rollup(table) for table in ROLLUP_TABLES}
        values = compute(
            rollups, self.registry, self.calendars, IndicatorSettings(), told.holds, told.verdicts
        )
        now = self.clock()
        self.store.put_indicator_values(values, computed=now)
        self.store.put_holds(told.holds)
        for level in self.levels:
            self._rank(values, method, level, versions, now, detailed=detailed)
        self.store.put_meta("indicators_state", state)
        if detailed:
            self.store.put_meta("detail_state", f"{now.isoformat()} {state}")

    def forget_figures(self) -> None:
        """Have the next ``refresh`` compute whatever the roll-ups hold, also if they seem to be the same."""
        self.store.put_meta("indicators_state", "")
        self.store.put_meta("detail_state", "")

    def _rank(
        self,
        values: list[IndicatorValue],
        method: Method,
        level: str,
        versions: Mapping[str, int],
        now: datetime,
        *,
        detailed: bool,
    ) -> None:
        """Rank one level and store it, with its detail or without."""
        facts: dict[str, Any] = {
            "computed": now,
            "archive_versions": versions,
            "simulated": self.store.simulated(),
            "level": level,
        }
        if not detailed:
            self.store.put_ranking(rank(values, method, self.registry, **facts))
            return
        ranking, detail = rank_in_detail(values, method, self.registry, history=values, **facts)
        self.store.put_ranking(ranking, dataclasses.asdict(detail))

    def _detail_is_due(self, state: str, every: timedelta) -> bool:
        """Whether the detail is not of this state, and was not computed lately either."""
        computed, _, of = (self.store.meta("detail_state") or "").partition(" ")
        if of == state:
            return False
        return not computed or self.clock() - datetime.fromisoformat(computed) >= every

    @property
    def levels(self) -> list[str]:
        """What is ranked: the regions, and the provinces where there are several."""
        return ["region", *(["province"] if len(self.registry.provinces) > 1 else [])]

    def told(self) -> Told:
        """What rules and monitors say of the records now."""
        from metrics.quarantine import Quarantine  # noqa: PLC0415 - only what computes needs it
        from pantau.verdicts import told_of  # noqa: PLC0415 - as above

        return told_of(self.store, Quarantine(self.archive, self.home.scratch / "spill"))

    def method(self, versions: Mapping[str, int]) -> Method:
        """Method that the installation was told to rank by, or the first that fits its record sets."""
        text = self.store.meta("method")
        return Method.parse(text) if text else Method.fitting(versions)

    def versions(self) -> dict[str, int]:
        """Archive version of each record set that the roll-ups stand for."""
        marks = {dataset: self.store.watermark(dataset) for dataset in DATASETS}
        return {dataset: mark.archive_version for dataset, mark in marks.items() if mark is not None}

    def _rollup_state(self, method: Method, versions: Mapping[str, int]) -> str:
        fingerprint = hashlib.sha256(method.model_dump_json().encode()).hexdigest()
        return f"{fingerprint} {self.rollup.digest} {sorted(versions.items())}"


def engine_of(home: Home, scratch: Path) -> Engine:
    """Engine that the environment names. Raises ``UsageError`` for one that there is not."""
    from metrics.rollup import DuckEngine, SparkEngine  # noqa: PLC0415 - Ibis takes 0.7 s
    from metrics.rollup.spark import HERE  # noqa: PLC0415 - as above

    engines: dict[str, Callable[[], Engine]] = {
        "duckdb": lambda: DuckEngine(scratch),
        "spark": lambda: SparkEngine(scratch, master=home.spark_master or HERE),
    }
    if home.engine not in engines:
        raise UnknownName(
            f"PANTAU_ENGINE: no engine is called {home.engine!r}. There are: {', '.join(engines)}"
        )
    return engines[home.engine]()
