"""For all tests: with PANTAU_TEST_STRICT=1 a skipped test is a failed one.

A skip is fine on a machine that lacks a program. Where every program has been installed it hides
that something went untested. Only the real records that lie beside a checkout, or do not, may be absent.
"""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.unfinished import Unfinished

settings.register_profile("untimed", deadline=None)  # a busy machine is not a failed test
settings.load_profile("untimed")

STRICT = os.environ.get("PANTAU_TEST_STRICT") == "1"
MAY_BE_ABSENT = "shared/data"


def hold_to(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Fail a report of a skip, if strict, unless a complete machine may skip for that reason too."""
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MAY_BE_ABSENT not in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped although PANTAU_TEST_STRICT=1: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report of one phase of a test."""
    report = yield
    hold_to(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Report of collecting a module."""
    report = yield
    hold_to(report)
    return report


def pytest_configure(config: pytest.Config) -> None:
    """Follow the workers, where this is no worker itself."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Unfinished())
