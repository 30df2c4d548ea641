"""A panel made by formula, and what two libraries say of it.

Made in November 2026 by csdid 0.4.3 (``ATTgt(..., clustervar=None | ["province"])``, ``fit(est_method="reg",
base_period="universal", bstrap=False)``, ``aggte("dynamic" | "group", bstrap=False)``) and differences
0.3.0 (``ATTgt(base_period="universal").fit("value")``, ``aggregate("event" | "cohort")``), which agree with
each other to all digits that the latter prints. Months count from 1, never started is 0 (csdid) or missing.
Their errors have no factor for few clusters: ours times ``((m - 1) / m) ** 0.5``.
"""

from __future__ import annotations

import numpy as np

from metrics.effect import Controls
from tests.metrics.effect.simulated import NEVER, Drawn, drawn

REGIONS, MONTHS = 40, 8
START = np.array([3] * 8 + [5] * 7 + [6] * 5 + [NEVER] * 20)

EVENT: dict[Controls, dict[int, tuple[float, float]]] = {
    Controls.NEVER: {
        -6: (-0.15032775737345272, 0.34721351),
        -5: (-0.024767574171225812, 0.29611904),
        -4: (-0.24754088235398172, 0.22631275),
        -3: (-0.19294148400425926, 0.1872119),
        -2: (-0.47110140435397635, 0.22343935),
        0: (0.5805221679061652, 0.23990888),
        1: (1.3104251106083398, 0.18661257),
        2: (1.6597082148243985, 0.22066592),
        3: (1.9125329673290261, 0.24943553),
        4: (2.0908601358532914, 0.26669616),
    },
    Controls.NOT_YET: {
        -6: (-0.15032775737345272, 0.34721351),
        -5: (-0.0674020517617469, 0.29585404),
        -4: (-0.27479792357340255, 0.21305178),
        -3: (-0.23049657391756762, 0.1959359),
        -2: (-0.411339343804866, 0.2126973),
        0: (0.6599660195149482, 0.22218427),
        1: (1.3436116023361686, 0.19362532),
        2: (1.6564774172554413, 0.2136535),
        3: (1.9125329673290261, 0.24943553),
        4: (2.0908601358532914, 0.26669616),
    },
}
COHORTS: dict[Controls, dict[int, tuple[float, float]]] = {
    Controls.NEVER: {3: (1.44557881, 0.22006261), 5: (1.1486852, 0.27620719), 6: (1.27961722, 0.38317559)},
    Controls.NOT_YET: {3: (1.51873424, 0.21001697), 5: (1.11430079, 0.27317991), 6: (1.27961722, 0.38317559)},
}
OVERALL: dict[Controls, tuple[float, float]] = {
    Controls.NEVER: (1.300175646633531, 0.1692556673758951),
    Controls.NOT_YET: (1.3174032783894492, 0.17134671711411073),
}
OVERALL_BY_PROVINCE = (1.300175646633531, 0.18290227039126636)
"""Never started, clustered by province."""
GROUP_TIMES: dict[Controls, dict[tuple[int, int], tuple[float, float]]] = {
    Controls.NEVER: {
        (3, 0): (-0.1354104727506641, 0.30563785389744585),
        (3, 3): (0.17819382101297387, 0.3226003677475726),
        (5, 3): (-0.8806616644241982, 0.4101509690981668),
        (5, 7): (1.653094322819795, 0.26887286044138464),
        (6, 0): (-0.15032775737345272, 0.3472135134642806),
        (6, 6): (1.0261312399059537, 0.48503502351252026),
    },
    Controls.NOT_YET: {
        (3, 0): (-0.1443396508693694, 0.28760362852034027),
        (3, 3): (0.46706252396106707, 0.30644032),
        (5, 3): (-0.8636917642184667, 0.3954149518760853),
        (5, 5): (0.6188805712972367, 0.4166995878082319),
        (6, 6): (1.0261312399059537, 0.48503502351252026),
    },
}


def panel() -> Drawn:
    """Forty regions in ten provinces over eight months; noise by a linear congruential generator."""
    noise = np.array(_noise(REGIONS * (MONTHS + 1))).reshape(REGIONS, MONTHS + 1)
    months = np.arange(MONTHS)
    since = months - START[:, None]
    effect = np.where(since >= 0, 0.2 * START[:, None] + 0.5 * since, 0.0)
    value = 4 * noise[:, :1] + 0.3 * months + 2 * noise[:, 1:] + effect
    return drawn([f"{i // 4:02d}.{i % 4:02d}" for i in range(REGIONS)], value, START)


def _noise(count: int) -> list[float]:
    state, found = 12345, []
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        found.append(state / 2**31 - 0.5)
    return found
