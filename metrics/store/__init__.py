"""The store, and the only rooms that know SQLAlchemy: what the dashboard reads."""

from metrics.store.rankings import RankingHead
from metrics.store.rollups import RollupWriter, Watermark
from metrics.store.store import Store

__all__ = ["RankingHead", "RollupWriter", "Store", "Watermark"]
