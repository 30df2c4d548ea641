"""Two-way fixed effects against a plain regression with dummies, and why they are not the answer."""

import numpy as np
import pytest

from metrics.effect import Choices, Effect, effect
from metrics.effect.design import design
from metrics.effect.twoway import two_way
from tests.metrics.effect.simulated import NEVER, World, draw

WORLD = World(30, 10, {3: 0.3, 6: 0.3, NEVER: 0.4}, missing=0.1)


def test_coefficient_and_error_are_those_of_a_regression_with_dummies() -> None:
    made = draw(WORLD, 1)
    arrays = design(made.panel, made.starts, Choices(), None)
    row, column = np.nonzero(np.isfinite(arrays.value))
    y = arrays.value[row, column]
    on = (column >= arrays.start[row]).astype(float)
    x = np.column_stack([on, np.eye(30)[row], np.eye(10)[column][:, 1:]])
    inverse = np.linalg.inv(x.T @ x)
    coefficient = inverse @ x.T @ y
    scores = x * (y - x @ coefficient)[:, None]
    by_region = np.array([scores[row == i].sum(axis=0) for i in range(30)])
    error = (inverse @ by_region.T @ by_region @ inverse)[0, 0] ** 0.5
    found = two_way(arrays)
    assert found
    m = found.estimate.clusters
    assert found.estimate.value == pytest.approx(coefficient[0], rel=1e-9)
    assert found.estimate.error == pytest.approx(error * (m / (m - 1)) ** 0.5, rel=1e-9)


def test_growing_effect_is_understated_with_negative_weights() -> None:
    """Without noise the group-times are exact; the two-way coefficient is not, and its weights say why."""
    world = World(200, 24, {4: 0.4, 12: 0.4, NEVER: 0.2}, growth=0.5)
    found = [effect(made.panel, made.starts) for made in (draw(world, seed) for seed in range(3))]
    for one in found:
        assert isinstance(one, Effect)
        assert one.two_way
        assert one.two_way.negative_weight > 0
        assert one.two_way.estimate.high is not None
        assert one.two_way.estimate.high < world.overall
        assert one.overall.low is not None
        assert one.overall.high is not None
        assert one.overall.low < world.overall < one.overall.high


def test_one_start_has_no_negative_weights() -> None:
    made = draw(World(60, 10, {5: 0.5, NEVER: 0.5}), 2)
    found = effect(made.panel, made.starts)
    assert isinstance(found, Effect)
    assert found.two_way
    assert found.two_way.negative_weight == 0
