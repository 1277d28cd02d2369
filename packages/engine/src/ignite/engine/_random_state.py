"""The random numbers that training draws: seeded, saved and restored together."""

from __future__ import annotations

import functools
import random
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import torch

from ignite.engine.errors import StateDictError

__all__ = ["keep_random_state", "manual_seed", "random_state", "set_random_state"]

F = TypeVar("F", bound=Callable[..., Any])


def manual_seed(seed: int) -> None:
    """Seed the global generators of Python, torch (on every device) and, where in use, NumPy.

    Args:
        seed: any integer; NumPy gets its lowest 32 bits.
    """
    random.seed(seed)
    torch.manual_seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed % 2**32)


def random_state(generators: Sequence[torch.Generator] = ()) -> dict[str, Any]:
    """Return the state of the global generators and of ``generators``: plain values and tensors."""
    state = {"python": random.getstate(), "torch": torch.get_rng_state()}
    if "numpy" in sys.modules:
        kind, keys, *rest = sys.modules["numpy"].random.get_state()
        state["numpy"] = (kind, keys.tolist(), *rest)
    if (device := _device_module()) is not None:
        state["accelerator"] = device.get_rng_state_all()
    state["generators"] = [generator.get_state() for generator in generators]
    return state


def set_random_state(state: Mapping[str, Any], generators: Sequence[torch.Generator] = ()) -> None:
    """Restore what :func:`random_state` returned.

    Raises:
        StateDictError: it was taken with another number of generators.
    """
    if len(state["generators"]) != len(generators):
        raise StateDictError(
            f"The state was saved with {len(state['generators'])} random generators in the data, "
            f"but the data given now has {len(generators)}; give data made in the same way."
        )
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    torch.set_rng_state(state["torch"])
    if "numpy" in state:
        import numpy as np

        np.random.set_state(tuple(state["numpy"]))
    _set_device_state(state.get("accelerator", []))
    for generator, saved in zip(generators, state["generators"], strict=True):
        generator.set_state(saved)


def keep_random_state(func: F) -> F:
    """Let a function leave the global random state as it found it.

    What it draws then does not change the course of the training around it: validation
    with random numbers, for example.

    >>> import torch
    >>> @keep_random_state
    ... def noise():
    ...     return torch.rand(3)
    >>> before = torch.get_rng_state()
    >>> _ = noise()
    >>> torch.equal(before, torch.get_rng_state())
    True
    """

    @functools.wraps(func)
    def kept(*args: Any, **kwargs: Any) -> Any:
        state = random_state()
        try:
            return func(*args, **kwargs)
        finally:
            set_random_state(state)

    return cast(F, kept)


def _device_module() -> Any:
    """Return the module of the accelerator that is in use and has generators of its own."""
    accelerator = torch.accelerator.current_accelerator()
    if accelerator is None:
        return None
    module = torch.get_device_module(accelerator)
    in_use = getattr(module, "is_initialized", bool)()  # asking for a state would initialize it
    return module if in_use and hasattr(module, "get_rng_state_all") else None


def _set_device_state(saved: Sequence[torch.Tensor]) -> None:
    module = _device_module()
    present = module.device_count() if module is not None else 0
    if present < len(saved):
        warnings.warn(
            f"The random state was saved with {len(saved)} accelerators in use, and {present} "
            "are here: what is drawn on the others will not be what it would have been.",
            stacklevel=3,
        )
    for index, state in enumerate(saved[:present]):
        module.set_rng_state(state, index)
