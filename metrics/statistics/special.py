"""SciPy's special functions, loaded when the first of them is called.

Commands that compute nothing import this package too, and SciPy alone takes a quarter of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import numpy.typing as npt

Function = Callable[..., npt.NDArray[np.float64]]


def __getattr__(name: str) -> Function:
    """Return the function of ``scipy.special`` by its name."""
    from scipy import special  # noqa: PLC0415 - see above

    return cast("Function", getattr(special, name))
