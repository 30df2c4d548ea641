"""From the archive to the store: each record set rolled up, month by month, by one Ibis expression."""

from metrics.rollup.catch_up import RollUp, RollUpSettings
from metrics.rollup.engine import DuckEngine, Engine
from metrics.rollup.spark import SparkEngine

__all__ = ["DuckEngine", "Engine", "RollUp", "RollUpSettings", "SparkEngine"]
