"""Does MPP Digital make services better? Staggered difference-in-differences, with its doubts.

Regions start in different months, and the effect may differ between them and grow: comparing
each region that started with regions that have not, from the month before its start on, needs no
further assumption about that (Callaway & Sant'Anna 2021); one regression over all does. Pure:
frames in, frozen types out. Store ──▶ ``panel`` ──▶ ``estimate`` ──▶ ``words`` ──▶ page.
"""

from metrics.effect.estimate import effect
from metrics.effect.panel import Starts, panel, starts
from metrics.effect.phrases import Verdict
from metrics.effect.results import (
    Aside,
    Choices,
    Cohort,
    Controls,
    Effect,
    Estimate,
    GroupTime,
    Note,
    Obstacle,
    Placebo,
    PreTrend,
    SetAside,
    Since,
    TwoWay,
    Unanswered,
    Weights,
)
from metrics.effect.words import Subject, limits, sentences, verdict

__all__ = [
    "Aside",
    "Choices",
    "Cohort",
    "Controls",
    "Effect",
    "Estimate",
    "GroupTime",
    "Note",
    "Obstacle",
    "Placebo",
    "PreTrend",
    "SetAside",
    "Since",
    "Starts",
    "Subject",
    "TwoWay",
    "Unanswered",
    "Verdict",
    "Weights",
    "effect",
    "limits",
    "panel",
    "sentences",
    "starts",
    "verdict",
]
