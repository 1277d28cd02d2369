"""Values of metrics compared: numbers, tensors, arrays, and mappings and sequences of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

__all__ = ["assert_near", "assert_same", "plain"]


def assert_near(actual: Any, expected: Any, tolerance: float) -> None:
    """Raise AssertionError unless both are of one structure, and numbers near; nan equals nan."""
    _compare(plain(actual), plain(expected), tolerance, "")


def assert_same(actual: Any, expected: Any) -> None:
    """Raise AssertionError unless both are the same to the last bit."""
    assert_near(actual, expected, 0.0)


def plain(value: Any) -> Any:
    """Return numbers and tensors as arrays, in the same structure of mappings and lists."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return (value.float() if value.dtype is torch.bfloat16 else value).numpy().copy()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return np.array(value) if isinstance(value, (bool, int, float, np.generic)) else value


def _compare(actual: Any, expected: Any, tolerance: float, where: str) -> None:
    if isinstance(expected, dict):
        assert isinstance(actual, dict), f"{where}: {actual!r} is no mapping"
        assert actual.keys() == expected.keys(), f"{where}: {list(actual)} is not {list(expected)}"
        for key, item in expected.items():
            _compare(actual[key], item, tolerance, f"{where}[{key!r}]")
    elif isinstance(expected, list) and isinstance(actual, list):
        assert len(actual) == len(expected), f"{where}: {len(actual)} is not {len(expected)} items"
        for index, (got, item) in enumerate(zip(actual, expected, strict=True)):
            _compare(got, item, tolerance, f"{where}[{index}]")
    elif isinstance(expected, str) or expected is None:
        assert actual == expected, f"{where}: {actual!r} is not {expected!r}"
    else:
        np.testing.assert_allclose(
            np.asarray(actual, dtype=float),
            np.asarray(expected, dtype=float),
            rtol=tolerance,
            atol=tolerance,
            err_msg=where,
        )
