"""What a run of tests that broke off leaves untold: which tests never ran, and how the workers ended.

A worker that goes down takes its last words with it, and what pytest prints then scrolls away before the
end. So it is said once more, last of all.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

_MOST = 20


class Unfinished:
    """Follows a run on several workers; says nothing of one that ends as it should."""

    def __init__(self) -> None:
        self._collected: set[str] = set()
        self._ran: set[str] = set()
        self._ends: list[str] = []
        self._errors: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Tests that there are."""
        self._collected.update(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test is over."""
        if report.when == "teardown":
            self._ran.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object, error: object) -> None:
        """A worker has ended; with an error, if it crashed."""
        self._ends.append(f"{node} ended: {error or 'in order'}, when {len(self._ran)} tests had run")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Something broke that is no test, in a worker or here."""
        self._errors.append(str(excrepr)[-2000:])

    def pytest_unconfigure(self) -> None:
        """Say it."""
        sys.stdout.writelines(f"{line}\n" for line in self._told())

    def _told(self) -> list[str]:
        missing = sorted(self._collected - self._ran)
        if not self._errors:
            return []
        never = [f"never ran: {test}" for test in missing[:_MOST]]
        return [*reversed(self._errors), *never, f"never ran: {len(missing)} tests in all", *self._ends]
