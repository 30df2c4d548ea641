"""Reference of the ranking methods as Markdown, from the method files and the steps that all of them take.

``python -m metrics.ranking.reference > docs/reference/method.md``; a test holds the page current.
"""

from __future__ import annotations

import sys

from metrics.catalogue import CATALOGUE
from metrics.ranking.method import METHODS, Component, Method
from metrics.statistics.shrinkage import RELIABLE

HEAD = """# Ranking methods

Generated from `metrics/ranking/methods/` and `metrics/ranking/reference.py`: run `python -m
metrics.ranking.reference > docs/reference/method.md` after a change there.

A method is a YAML file that fixes in advance what is ranked by, with which goalposts and weights, and how
uncertain the result is. An installation that names none (`pantau init --method`) takes the first one
below that fits its record sets. A method never changes: a change is a new version in a file of its own,
named `<name>-<version>.yaml`. A file that cannot be used is refused with its line, the entry and the
remedy: a weight that is not above zero, an indicator that there is not, equal or reversed goalposts,
weights that do not add up to the `total_weight` that the file states, an entry given twice.
"""

STEPS = f"""## Steps

1. **Figures.** Those of the method's indicators, period and level. Provinces are ranked by their own
   figures, which come from pooled records, never from averages of their regions. A figure that is
   withheld, has no value, or rests on fewer cases than [its definition](indicators.md) asks for is
   missing; missing is never zero.
2. **Points.** A value at the worse goalpost is worth 0 points and at the better one 100, in between in
   proportion; values beyond the goalposts are worth 0 or 100. Goalposts are fixed, so another region
   changes nobody's points or score, and the unit of measure does not matter.
3. **Score.** The weighted mean of the points that there are: geometric (points are set to 1 to 100 first,
   and the mean back to 0 to 100) or arithmetic. The embedded methods take the geometric mean, in which a
   region cannot make up for one bad service by another that is good to the same extent as in the
   arithmetic mean; what the arithmetic mean and outranking (Copeland) would say stands beside each rank.
   Outranking is no method of its own here, because its scores depend on who else is ranked.
4. **Uncertainty of the score.** Each figure is drawn anew `draws` times from a normal distribution of two
   halves whose 2.5 % and 97.5 % points are the ends of its 95 % interval; an end that there is not lies
   at the goalpost; what was counted and not sampled stays as it is. Figures of one record set are drawn
   good and bad together (they rest on the same records, and this errs on the side of too wide), figures
   of different record sets independently, as a Latin hypercube. The interval of the score is that of the
   draws; its standard error is the longer arm over the normal quantile. A region's draws depend on the
   `seed` and its code only.
5. **Not ranked, because ...** A required indicator is missing or withheld, or the indicators that there
   are have less than `minimum_coverage` of the weights. Such a region is listed with reason and remedy,
   never at the bottom.
6. **Is there an order at all?** The variance between the true scores is estimated by Paule and Mandel.
   Where it is zero (Cochran's Q is not above the number of regions less one) there is no evidence that
   the regions differ: every region may have every rank, there is one band, and the order of the scores
   may be chance. The share of the scores' variance that lies between regions is their reliability; below
   {RELIABLE:g} the bands are all that should be read.
7. **Ranks and their ranges.** The rank is that of the score; equal scores share a rank. A list shows the
   *simultaneous* range: with the stated `level` (at least 95 %) the ranges of all rows hold together, so
   that any two rows may be compared. The detail has the *marginal* range too, for one region that was
   chosen beforehand; it lies within the former. Both are made by step-down from `draws` bootstrap draws
   of the largest studentised difference. Published `rank_low` and `rank_high` are the simultaneous ones.
8. **Bands.** Neighbours in the order whose simultaneous ranges all share a rank. Neighbours across a
   border may still not be told apart.
9. **Single indicators.** Funnel limits at 95 % (alert) and 99.8 % (alarm) around the nation's pooled
   figure, or that of the places where there is none, with over-dispersion as the method's `funnels` say.
   Proportions and rates are shrunk to their pooled figure by empirical Bayes, crude and shrunk value side
   by side. Scores and ranks rest on the crude figures: the shrunk ones of a region depend on the others.
   The shrunk score and its rank stand beside.
10. **Other choices.** `runs` composites in which each weight moves by up to `weight_spread` by itself,
    normalisation is by goalposts, min-max or z-scores, aggregation geometric or arithmetic, outliers
    drawn in or not, gaps left out or filled with the median: the 5 % to 95 % range of each rank, and how
    much of it depends on each choice (total Sobol indices). Each indicator is left out in turn. This is
    the uncertainty of the method, beside that of the data.
11. **What would move a region.** For each indicator the value with which, all else equal, the score would
    be that of the next better region, and of the last region of the next better band; the indicator with
    the smallest such change, in points; and the one whose best value would bring the best rank.
12. **Over time.** XmR charts of the months that are over, where they are given. A rank that moved is no
    signal.
13. **False alarms.** Of figures that all meet the target 5 % lie beyond the alert limits and 0.2 % beyond
    the alarm limits by chance, of the points of a steady series 0.27 % outside its limits; the detail
    states the numbers. All simultaneous ranges together fail with at most 1 - `level`.
"""


def reference() -> str:
    """Reference of all embedded methods."""
    return "\n".join([HEAD, *(_method(name, Method.load(name)) for name in METHODS), STEPS])


def _method(name: str, method: Method) -> str:
    total = sum(component.weight for component in method.indicators)
    facts = {
        "Id and version": f"`{method.id}`, {method.version}",
        "File": f"`metrics/ranking/methods/{METHODS[name].name}`",
        "Period": f"`{method.period}`",
        "Aggregation": f"{method.aggregation} mean",
        "Least coverage": f"{method.minimum_coverage * 100:g} % of the weights",
        "Level": f"{method.level * 100:g} %",
        "Seed, draws, runs": f"{method.seed}, {method.draws:,}, {method.doubts.runs:,}",
        "Weights move by": f"± {method.doubts.weight_spread * 100:g} %",
        "Over-dispersion": _dispersion(method),
    }
    head = "| Indicator | Weight | Goalposts, worse to better | Why it counts | Why these goalposts |"
    rows = [_row(component, total) for component in method.indicators]
    return "\n".join(
        [
            f"## `{name}`\n\n**{method.title_en}** · {method.title_id}\n",
            *(f"- {fact}: {value}" for fact, value in facts.items()),
            f"\n{head}\n| --- | ---: | --- | --- | --- |",
            *rows,
            "\nSources:\n",
            *(f"- {source}" for source in method.sources),
            "",
        ]
    )


def _dispersion(method: Method) -> str:
    funnels = method.funnels
    if funnels.over_dispersion == "none":
        return "not allowed for"
    trimmed = (
        "" if funnels.trimming == "none" else f", {funnels.trimming} {funnels.trim * 100:g} % at each end"
    )
    return f"{funnels.over_dispersion}{trimmed}"


def _row(component: Component, total: float) -> str:
    entry = CATALOGUE[component.id]
    ends = (component.low, component.high) if entry.direction == "up" else (component.high, component.low)
    posts = f"{ends[0]:g} to {ends[1]:g} (`{entry.unit}`)"
    name = f"[{entry.name_en}](indicators.md#{component.id}){', required' if component.required else ''}"
    cells = (
        name,
        f"{component.weight / total * 100:.3g} %",
        posts,
        component.why,
        component.goalposts_why,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
