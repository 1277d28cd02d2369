"""Whether states fit the objects they are to be loaded into, found out beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from torch import Tensor
from torch.nn import Module
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer

from ignite.handlers.errors import CheckpointMismatchError

__all__ = ["check_fit"]

_SHOWN = 5

# Modules that load by the plain rule: same names, same shapes. A norm also takes states that
# are older than its batch counter.
_PLAIN_LOADING = (Module._load_from_state_dict, _NormBase._load_from_state_dict)


def check_fit(name: str, obj: Any, state: Any, strict: bool) -> None:
    """Return if ``obj`` will take ``state``, as far as can be told without trying.

    Raises:
        CheckpointMismatchError: it will not; says what differs.
    """
    if not isinstance(state, Mapping):
        problems = iter([f"its state is {type(state).__name__}, not a mapping"])
    elif isinstance(obj, Module):
        problems = _module_problems(obj, state, strict) if _loads_plainly(obj) else iter(())
    elif isinstance(obj, Optimizer):
        problems = _optimizer_problems(obj, state)
    else:
        return
    if shown := list(islice(problems, _SHOWN + 1)):
        if len(shown) > _SHOWN:
            shown[_SHOWN:] = ["and more"]
        raise CheckpointMismatchError(
            f"The checkpoint does not fit {name!r} ({type(obj).__name__}): {'; '.join(shown)}. "
            "Build the object as it was when it was saved, or take another checkpoint."
        )


def _loads_plainly(module: Module) -> bool:
    return type(module).load_state_dict is Module.load_state_dict and all(
        type(part)._load_from_state_dict in _PLAIN_LOADING and not part._load_state_dict_pre_hooks
        for part in module.modules()
    )


def _module_problems(module: Module, state: Mapping[str, Any], strict: bool) -> Iterator[str]:
    own = module.state_dict()
    for key, value in own.items():
        if key in state:
            if isinstance(value, Tensor) and not is_lazy(value):
                yield from _tensor_problems(key, value, state[key])
        elif strict and not key.endswith("num_batches_tracked"):
            yield f"{key!r} is missing"
    if strict:
        for key in state:
            if key not in own:
                yield f"{key!r} is not wanted"


def _tensor_problems(key: str, own: Tensor, loaded: Any) -> Iterator[str]:
    if not isinstance(loaded, Tensor):
        yield f"{key!r} is {type(loaded).__name__}, not a tensor"
    elif loaded.shape != own.shape and not (own.ndim == 0 and loaded.shape == (1,)):
        yield f"{key!r} has shape {tuple(loaded.shape)} where {tuple(own.shape)} is wanted"


def _optimizer_problems(optimizer: Optimizer, state: Mapping[str, Any]) -> Iterator[str]:
    if not {"state", "param_groups"} <= state.keys():
        yield "it is not the state of an optimizer"
        return
    own = [len(group["params"]) for group in optimizer.param_groups]
    loaded = [len(group["params"]) for group in state["param_groups"]]
    if own != loaded:
        yield f"its parameter groups have {loaded} tensors where {own} are wanted"
