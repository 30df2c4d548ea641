"""Survey answers of the simulated year: the nine elements of the SKM, 1 to 4, keyed by name."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.clock import DAY
from simulator.country import Country

ELEMENTS = {
    "requirements": 0.05,
    "procedure": 0.0,
    "completion_time": -0.2,
    "cost": 0.2,
    "product": 0.05,
    "competence": 0.1,
    "conduct": 0.12,
    "facilities": -0.1,
    "complaint_handling": -0.22,
}
"""Element: how far it is judged above or below the region's mean."""
ANSWERING = 0.14
"""Share of the finished cases whose applicant answers."""
PERSON_SPREAD, ANSWER_SPREAD = 0.35, 0.5
LEFT_OUT = 0.015
"""Share of the questions that are left out."""
LATEST_DAYS = 3


def surveys(country: Country, cases: pl.DataFrame) -> pl.DataFrame:
    """Return the answers in order of region and time, each to a case that has ended; instants in UTC."""
    rng = country.stream("surveys")
    ended = cases.filter(pl.col("completed").is_not_null())
    asked = ended.filter(pl.Series(rng.random(len(ended)) < ANSWERING))
    delay = pl.Series("delay", rng.integers(0, LATEST_DAYS * DAY, len(asked)) * 1_000_000)
    answered = asked.select(
        pl.col("place", "region", "name", "kind", "zone", "system", "service", "channel"),
        answered=pl.col("completed") + pl.lit(delay.cast(pl.Duration("us"))),
    )
    frame = answered.with_columns(**_answers(country, rng, answered["place"].to_numpy()))
    ends = country.with_utc(country.traits.select("place", "as_of"), "as_of")
    return (
        frame.join(ends, on="place", how="left", maintain_order="left")
        .filter(pl.col("answered") < pl.col("as_of"))
        .sort("place", "answered", maintain_order=True)
        .with_columns(observed_at=pl.col("answered"))
    )


def _answers(country: Country, rng: np.random.Generator, place: np.ndarray) -> dict[str, pl.Series]:
    mean = country.of_rows(place, "satisfaction")[:, None] + np.array(list(ELEMENTS.values()))
    person = rng.normal(0.0, PERSON_SPREAD, (len(place), 1))
    felt = mean + person + rng.normal(0.0, ANSWER_SPREAD, mean.shape)
    marks = np.clip(np.rint(felt), 1, 4).astype(np.int64)
    left_out = rng.random(mean.shape) < LEFT_OUT
    left_out[:, 0] &= ~left_out[:, 1:].all(axis=1)
    return {
        name: pl.Series(marks[:, index]).set(pl.Series(left_out[:, index]), None)
        for index, name in enumerate(ELEMENTS)
    }
