"""What a metric's author tells the suites about it."""

from __future__ import annotations

from ignite_contracts.metric.case import Bad, MetricCase

__all__ = ["Bad", "MetricCase"]
