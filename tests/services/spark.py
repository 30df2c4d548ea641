"""Spark on this machine, on loopback, for one module of tests: a session takes seconds to start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from metrics.rollup import SparkEngine
from tests.services.programs import require

FAST_START = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"
"""For Java: translate quickly rather than well. A test's queries run once."""


@contextmanager
def java() -> Iterator[None]:
    """Java that is there, or the test is skipped, for whatever starts Spark meanwhile."""
    require("java", "default-jre-headless")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", FAST_START)
        yield


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkEngine]:
    """An engine on Spark, ended with the module."""
    with java():
        engine = SparkEngine(tmp_path_factory.mktemp("spark"), master="local[2]")
        yield engine
        engine.close()
