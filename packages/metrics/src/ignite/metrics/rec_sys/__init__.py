"""Metrics of recommender systems: where the items that a user likes are ranked."""

from __future__ import annotations

from ignite.metrics.rec_sys.hitrate import HitRate
from ignite.metrics.rec_sys.map import MAP
from ignite.metrics.rec_sys.mrr import MRR
from ignite.metrics.rec_sys.ndcg import NDCG

__all__ = ["MAP", "MRR", "NDCG", "HitRate"]
