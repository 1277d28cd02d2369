"""Metrics of generative models."""

from __future__ import annotations

from ignite.metrics.gan.fid import FID
from ignite.metrics.gan.inception_score import InceptionScore

__all__ = ["FID", "InceptionScore"]
