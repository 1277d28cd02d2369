"""Streaming metrics for PyTorch, over any loop and any number of ranks."""

from __future__ import annotations

import sys

from ignite.metrics._lazy import lazily

if (_spec := sys.modules["ignite"].__spec__) is not None and _spec.origin is not None:
    raise ImportError(
        f"Another distribution owns the name 'ignite' ({_spec.origin}), and hides parts of this "
        "one. Run 'pip uninstall pytorch-ignite' (or whatever installed that file), then install "
        "the ignite-* packages again with 'pip install --force-reinstall --no-deps'."
    )

__getattr__, __dir__ = lazily(__name__, __file__)
