"""Ranking: a composite by a method fixed in advance, ranges of ranks, and reasons not to rank."""

from __future__ import annotations

from metrics.ranking.detail import RankingDetail
from metrics.ranking.method import METHODS, Method
from metrics.ranking.rank import rank, rank_in_detail
from metrics.ranking.reasons import explain

__all__ = ["METHODS", "Method", "RankingDetail", "explain", "rank", "rank_in_detail"]
