"""The page of the back-test: Markdown of what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from metrics.rollout.figures import published_figures
from metrics.rollout.forecast import FEWEST, Forecast, NoForecast, forecast
from metrics.rollout.series import authorities, certain_series, denominators, months_between
from metrics.rollout.target import Prospect, prospect
from metrics.rollout.words import sentences
from metrics.statistics.intervals import clopper_pearson

if TYPE_CHECKING:
    from tests.metrics.rollout.backtest import Coverage, Held

SERIES = ("mpp_physical", "mppdn_live", "mppdn_committed", "mppdn_designated", "mppi")
AHEAD = (date(2026, 6, 30), date(2026, 12, 31), date(2027, 12, 31))
LAST = "KemenPANRB"
NAMES = ("last step", "recent year", "straight line")

INTRODUCTION = """\
# Forecast of the rollout: how it is made and how it did

Written by `python -m tests.metrics.rollout.backtest > docs/reference/rollout-forecast.md`; a test
holds the back-test and the forecasts to what the code says today.

## Model

The published count follows a growth curve towards a ceiling, which is the stated denominator or less, by
a clock that runs in leaps, because MPP open in ceremonies (`metrics/rollout/growth.py` has the formulae
and their sources). Unknown are the curve, the ceiling, the pace and the size of the leaps; their
probabilities are computed from the points on a grid, and every simulated future draws its own, so that
an interval holds the uncertainty of all four. A future never exceeds the denominator and never falls
below the last certain count.

A point is a verified count of **one** authority with a day. A count of a month stands at the month's end; one
of a year, an unverified one and two different ones of a day are left out. Series of two authorities are
never joined. Fewer than {fewest} points, a count that falls, or one above the denominator: no forecast, and the
reason is said.

Ceilings below the denominator, the straight line as a third curve and the even odds of the whole were
chosen after first runs of the checks below: without them forecasts from December 2024 on lay too high, and
the simulated coverage too low. So the figures flatter the model a little.
"""

BACKTEST = """\
## Back-test on the published series

Physical MPP as {authority} counts them, of {whole} regions. Everything after the origin is held out.

| Origin | Count | Held out | Months | Seen | Median | 80 % | 95 % | Last step | Recent year | Straight line |
| --- | ---: | --- | ---: | ---: | ---: | --- | --- | ---: | ---: | ---: |
{lines}

An interval in bold missed. **Last step**: the pace of the last two points goes on. **Recent year**: that
of the last twelve months or little more. **Straight line**: least squares through all points. All three
are kept within the same bounds.

| | Points | In 80 % | In 95 % | Width of 95 % | Model | Last step | Recent year | Straight line |
| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: |
{summary}

The last four columns are mean absolute errors in MPP, of the model's median and of the naive rules. In brackets:
the exact 95 % interval of the coverage, which takes the points for independent; of "all later points" they
are not.
"""

EXAMPLES = """\
The first is the published target of an MPP in every kabupaten and kota in 2024 (`mpp_physical_target`), whose
source names no denominator. The other three are examples; nobody announced them.
"""

LIMITS = """\
## What it cannot say

- Six origins are few, and forecasts from neighbouring origins share their errors. The simulated
  coverage says more about the method, the back-test more about this series.
- The median runs ahead of the last year's pace: the model weighs all eight years, and from December 2024 on
  every forecast was too high. Whoever holds the slower pace to be lasting should look at the lower half of
  the intervals.
- A change of policy, money or minister is not in the counts. The table of simulated truths shows what a
  pace that falls to a third does to the intervals.
- The published counts contradict each other in places (`published-figures.md`). Here a contradiction is
  left out or kept apart, not resolved.
- KemenPANRB's count began with the MPP of a province, DKI Jakarta, which neither denominator counts as a
  region: the share may be too high by one region.
"""


def page(held: Sequence[Held], simulated: Sequence[Coverage]) -> str:
    """Whole page."""
    parts = [
        INTRODUCTION.format(fewest=FEWEST),
        backtest(held),
        coverage(simulated),
        ahead(),
        refused(),
        LIMITS,
    ]
    return "\n".join(parts)


def backtest(held: Sequence[Held]) -> str:
    """Every held-out point, then coverage and errors, of the next point alone and of all."""
    summary = [_summary("the next point", [one for one in held if one.step == 1])]
    summary.append(_summary("all later points", held))
    return BACKTEST.format(
        authority=LAST,
        whole=denominators(published_figures())[0].whole,
        lines="\n".join(_line(one) for one in held),
        summary="\n".join(summary),
    )


def coverage(found: Sequence[Coverage]) -> str:
    """Coverage where the truth is known."""
    lines = [
        "## Coverage where the truth is known",
        "",
        "Simulated: nine points as unevenly spaced as the published ones, three held out. The three of a series",
        "share their errors, so a coverage is known to about three points.",
        "",
        "| Truth | Points | In 80 % | In 95 % |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {one.truth} | {one.points} | {100 * one.in80 / one.points:.1f} % "
            f"| {100 * one.in95 / one.points:.1f} % |"
            for one in found
        ),
        "",
    ]
    return "\n".join(lines)


def ahead() -> str:
    """Forecasts and prospects for each stated denominator."""
    lines = ["## Forecast from the last published count", ""]
    series = certain_series(published_figures(), SERIES[0], LAST)
    lines += [f"Last: {series.points[-1].count} on {series.points[-1].day}.", ""]
    lines += ["| Denominator | Day | Median | 80 % | 95 % |", "| --- | --- | ---: | --- | --- |"]
    for denominator in denominators(published_figures()):
        made = forecast(series, denominator, AHEAD)
        assert isinstance(made, Forecast)
        lines += [
            f"| {denominator.whole} ({denominator.authority}) | {e.day} | {e.median} | {e.low80} to {e.high80} "
            f"| {e.low95} to {e.high95} |"
            for e in made.expected
        ]
    lines += ["", "What a target asks, in the words that pages use:", ""]
    first = denominators(published_figures())[0]
    for target, by in (
        (508, date(2024, 12, 31)),
        (320, AHEAD[0]),
        (400, AHEAD[2]),
        (508, date(2029, 12, 31)),
    ):
        found = prospect(series, first, target, by)
        assert isinstance(found, Prospect)
        lines.append(f"- {sentences(found, 'en')}")
    return "\n".join([*lines, "", EXAMPLES])


def refused() -> str:
    """Series without a forecast, and what was left out of the one that has it."""
    figures = published_figures()
    lines = ["## No forecast", ""]
    for name in SERIES:
        for authority in authorities(figures, name) or ("nobody",):
            series = certain_series(figures, name, authority)
            made = forecast(series, denominators(figures)[0], AHEAD)
            if isinstance(made, NoForecast):
                lines.append(f"- `{name}`, {authority}: {made.text_en}")
    omitted = Counter(reason.value for _, reason in certain_series(figures, SERIES[0], LAST).omitted)
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(omitted.items()))
    return "\n".join([*lines, "", f"Left out of the forecast series of {LAST}: {told}.", ""])


def _line(one: Held) -> str:
    e = one.expected
    inner, outer = f"{e.low80} to {e.high80}", f"{e.low95} to {e.high95}"
    naive = " | ".join(f"{one.naive[name]:.0f}" for name in NAMES)
    return (
        f"| {one.origin.day} | {one.origin.count} | {one.truth.day} "
        f"| {months_between(one.origin.day, one.truth.day):.1f} | {one.truth.count} | {e.median} "
        f"| {inner if one.in80 else f'**{inner}**'} | {outer if one.in95 else f'**{outer}**'} | {naive} |"
    )


def _summary(name: str, held: Sequence[Held]) -> str:
    width = np.mean([one.expected.high95 - one.expected.low95 for one in held])
    errors = [np.mean([abs(one.expected.median - one.truth.count) for one in held])]
    errors += [np.mean([abs(one.naive[rule] - one.truth.count) for one in held]) for rule in NAMES]
    shares = " | ".join(
        _share(sum(inside), len(held)) for inside in zip(*((o.in80, o.in95) for o in held), strict=True)
    )
    return (
        f"| {name} | {len(held)} | {shares} | {width:.0f} | " + " | ".join(f"{e:.1f}" for e in errors) + " |"
    )


def _share(inside: int, of: int) -> str:
    low, high = (100 * float(bound) for bound in clopper_pearson(inside, of))
    return f"{inside} of {of} ({low:.0f} to {high:.0f} %)"
