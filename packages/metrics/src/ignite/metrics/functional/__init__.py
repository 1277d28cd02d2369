"""Metrics as functions on tensors: no state, no engine, no ranks."""

from __future__ import annotations

from ignite.metrics._lazy import lazily

__getattr__, __dir__ = lazily(__name__, __file__)
