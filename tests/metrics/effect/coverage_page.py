"""Text of docs/reference/effect.md around the measured tables."""

TEXT = """\
# Effect of MPP Digital

Written by `python -m tests.metrics.effect.coverage > docs/reference/effect.md`; a test holds the page to
its experiments.

Does MPP Digital make services better? `metrics.effect` compares each region that started with regions
that have not, month by month, from the month before its start on. It gives an answer for one indicator
at a time, in that indicator's unit.

## What goes in

| Frame | Columns | |
| --- | --- | --- |
| `panel` | region, period, value, n | one row a region and month ("2025-07"); absent or null: no value |
| `starts` | region, start | one row a region; null: no start is known |
| `groups` | region → group | optional: cluster of each region, for example its province |

`metrics.effect.panel` makes them: `starts(events, regions, as_of)` takes the first event of a region at or
past stage `live` of track `digital`, and the month of that event counts as the first month of the
effect (month 0) although it is only partly under way. `panel(values, indicator, starts, as_of)` takes the
store's values of level `region` with status `ok` of the months that are over, and refuses two versions of
a definition. A region that was withdrawn after `live` is left out: the method knows no way back.

## Method

- **Group-time effects** ATT(g,t) after Callaway & Sant'Anna, *Journal of Econometrics* 225 (2021) 200-230,
  without covariates: the change since the base month of the regions that started in month g, minus the same
  change of their controls. The base is the last month before the start, also for the months before it, so
  that all months of the event study are read against one zero.
- **Controls**: regions not yet started (the choice unless another is made): those that have not started
  in month t, or that never did. Or never started: not to the end of the data. The result states which.
- **Anticipation**: months before the start in which it may already work (a trial); the base is before them.
- **Overall**: each region's mean effect over its months since the start, averaged over the regions that
  started. **Event study**: by months since the start. Cohorts count by their size. Far months rest on
  the early cohorts alone; part of the curve's slope can be that.
- **Weights**: every region the same, or by its mean number of records in the months before the first
  start of all; later records cannot be used, because the start may change them.
- **Errors** from influence functions, summed by region or by the group asked for. With m clusters on the
  smaller side of a comparison the variance is multiplied by m/(m-1) and t with m-1 degrees of freedom
  is used; with one cluster there is no interval. Below 40 clusters, or 10 on the smaller side, a note warns.
- **Bands** that hold all months together: multiplier bootstrap (algorithm 1 of the paper, normal
  multipliers, 2,000 draws, a seed), never narrower than the pointwise intervals.
- **Pre-trend test**: joint Wald test of the months before the start in Hotelling's F form, over the nearest
  months: at most 12, and at most a quarter of the clusters of each of them. The plain chi-squared form
  rejects far too often with so many months.
- **Placebo dates**: starts moved back 3, 6 and 12 months, estimated from the months before the true start.
- **Minimum detectable effect**: at 5 % two-sided with 80 % power, from the error that was reached.
- **Two-way fixed effects** beside it, for comparison only: where effects differ or grow they also compare
  with regions that started before (Goodman-Bacon 2021). `negative_weight` is the sum of the negative
  weights of de Chaisemartin & D'Haultfoeuille (2020).
- **Missing months**: a group-time uses the regions that have a value in both its months. A region without a
  value in its base month does not take part; `used.compared` against `used.started` says how many that are.

## Without an answer

`Unanswered` states why: no values, one month, nobody started, all started before the data begin, all
started at once, no region to compare with, no region with values before and after. Regions that started
before the data, that have no value, or whose weight is not known are set aside by name.

## What may be said

`metrics.effect.words` says it in Indonesian and English. A pre-trend or placebo that is found (placebos by
Bonferroni) forbids to call the difference an effect; without either check it is an association. A difference
that is not found is never called the absence of an effect, and the detectable effect stands beside it.

What no figure here can say: whether the regions that start were improving anyway (selection), what other
reforms at the same time did, what spilled over to the regions compared with, whether the way of recording
changed at the start, what the digital channel itself does to what is recorded, whether a region without a
known start had started, and what the regions that have not started would see.

## Why our own estimator

Compared in November 2026. `differences` 0.3.0 gives the same numbers, and is under the GPL version 3, which this
project's Apache 2.0 cannot take in. `pyfixest` 0.60 (MIT) has no Callaway-Sant'Anna estimator. `csdid` 0.4.3
(MIT) is right and fast, and asks for statsmodels, plotnine with matplotlib, and twine at run time. Without
covariates the estimator is a page of NumPy; the tests hold it to the numbers of `differences` and `csdid` on
the same data, to eight digits.

## Measured

Simulated worlds with a known truth; nothing here says anything about a region. Levels differ with the start,
errors follow on each other (0.5 from month to month), months are shared, the effect is 0.3 + 0.05 times
the month of start + 0.15 a month since, and differs between regions (spread 0.3).

- **A**: 160 regions, 24 months; 20, 20, 20 and 10 % start in months 7, 11, 15 and 19.
- **B**: A with 15 % of the values missing at random.
- **C**: 200 regions, of which 70 % start in any of 19 months, about seven each month.
- **D**: 40 regions, 18 months, a quarter each start in months 7 and 11.
- **E**: 204 regions in 34 provinces that start together and share errors; 24 months, two starts.
- **F**: A where the regions that start drift away by 0.05 a month all along: the assumption is broken.

Measured with {seeds} seeds. An interval of 95 % is to hold the truth in 93 to 97 % of them; where there is no
effect, a test at 5 % is to find one in 2 to 8 %, two Monte Carlo errors to either side. ±: Monte Carlo standard
error in points.

{table}

A right method misses a range of two points to either side by chance in about one of five such rows. That is why the
overall effect is counted once more, with {many} seeds. With never-started controls
the 200 seeds above are such a miss, outside 93 to 97 %: nothing is demanded of that row, and it is judged here.
Without an effect, holding the truth is not finding one.

{more}

{compared}

In world F the pre-trend test finds the drift in a minority of the panels, and the interval then holds the truth
too seldom: a test that finds nothing does not show that the regions moved alike.
"""
