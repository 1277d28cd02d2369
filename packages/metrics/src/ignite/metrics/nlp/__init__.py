"""Metrics of text and of language models."""

from __future__ import annotations

from ignite.metrics._lazy import lazily

__getattr__, __dir__ = lazily(__name__, __file__)
