"""The circuit breaker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from exporters.collecting.breaker import Breaker, State
from exporters.collecting.sourceconfig import Circuit

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CIRCUIT = Circuit(failures=3, open_seconds=100, longest_seconds=350)


def after(failures: int) -> Breaker:
    breaker = Breaker()
    for _ in range(failures):
        breaker = breaker.failed(CIRCUIT, NOON)
    return breaker


def opened(breaker: Breaker) -> float:
    assert breaker.until is not None
    return (breaker.until - NOON).total_seconds()


def test_circuit_opens_at_the_stated_failure_and_not_before() -> None:
    assert after(2).state(NOON) is State.CLOSED
    assert after(3).state(NOON) is State.OPEN
    assert after(3).state(NOON + timedelta(seconds=99)) is State.OPEN
    assert after(3).state(NOON + timedelta(seconds=100)) is State.HALF_OPEN


def test_trial_that_fails_opens_it_for_twice_as_long_up_to_a_bound() -> None:
    assert [opened(after(n)) for n in (3, 4, 5, 6, 1_000)] == [100, 200, 350, 350, 350]


def test_success_closes_it() -> None:
    assert after(7).succeeded() == Breaker()


def test_state_is_the_same_after_a_restart() -> None:
    for failures in range(8):
        assert Breaker.restored(CIRCUIT, failures, NOON) == after(failures)
