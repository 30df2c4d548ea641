"""Data of published worked examples that several tests use."""

import numpy as np

# Rubin 1981; Gelman et al., Bayesian Data Analysis, table 5.2
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
SCHOOLS_ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])

# Colditz et al. 1994: thirteen trials of the BCG vaccine (cases and others, vaccinated and controls)
BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=np.float64,
)
