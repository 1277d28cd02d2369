"""Gradients averaged over the ranks of any backend, while the backward pass goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn

from ignite.distributed._handle import Handle
from ignite.distributed.interface import Backend

__all__ = ["average_gradients", "averages_gradients", "equalize", "keep_gradients"]

_MEBIBYTE = 2**20

_averagers: WeakKeyDictionary[nn.Module, _Averager] = WeakKeyDictionary()


def average_gradients(
    model: nn.Module,
    backend: Backend,
    *,
    bucket_mib: float = 25.0,
    broadcast_buffers: bool = True,
) -> None:
    """Let each backward pass through ``model`` average the gradients over all ranks (collective).

    The model stays what it is: hooks of its parameters do it. All ranks begin with the weights of
    rank 0. Gradients travel in buckets, the last layers' first, each as soon as it is full, in the
    background where the backend can. A gradient that some rank does not have counts as zero
    there; one that none has is left out.

    All ranks make equally many backward passes; those nested in another, which reentrant
    checkpointing makes, count too.

    Args:
        model: the model, on the device of this rank, the same on all.
        backend: the world to average over.
        bucket_mib: size of a bucket, in mebibytes.
        broadcast_buffers: whether each forward pass of training begins with the buffers of
            rank 0, such as the running statistics of batch normalization.

    Raises:
        ValueError: it is done for this model already; or the size is not positive.
    """
    if model in _averagers:
        raise ValueError("model is distributed already; give auto_model what it was before.")
    if bucket_mib <= 0:
        raise ValueError(f"bucket_mib must be positive, got {bucket_mib}.")
    equalize(chain(model.parameters(), model.buffers()), backend)
    _averagers[model] = _Averager(model, backend, bucket_mib * _MEBIBYTE, broadcast_buffers)


def averages_gradients(module: nn.Module) -> bool:
    """Return whether :func:`average_gradients` was called for this module."""
    return module in _averagers


@contextmanager
def keep_gradients(module: nn.Module) -> Iterator[None]:
    """Let backward passes add to the gradients on this rank alone."""
    averager = _averagers[module]
    before, averager.paused = averager.paused, True
    try:
        yield
    finally:
        averager.paused = before


class _Bucket:
    """Parameters of one dtype and device, whose gradients travel together."""

    def __init__(self, parameters: Sequence[nn.Parameter]) -> None:
        self._parameters = parameters
        self._sizes = [parameter.numel() for parameter in parameters]

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[nn.Parameter]:
        return iter(self._parameters)

    def pack(self) -> torch.Tensor:
        """Return all gradients in one tensor, and behind them a mark for each that there is."""
        parts = [
            parameter.new_zeros(size) if parameter.grad is None else _dense(parameter.grad)
            for parameter, size in zip(self._parameters, self._sizes, strict=True)
        ]
        marks = [float(parameter.grad is not None) for parameter in self._parameters]
        return torch.cat([*parts, parts[0].new_tensor(marks)])

    def unpack(self, packed: torch.Tensor) -> None:
        """Take on the averages of what there is on any rank."""
        *parts, marks = torch.split(packed, [*self._sizes, len(self)])
        for index, (parameter, part) in enumerate(zip(self._parameters, parts, strict=True)):
            average = part.view_as(parameter)
            if parameter.grad is not None:
                parameter.grad.copy_(average)
            elif marks[index] != 0:  # looked at only where it matters
                parameter.grad = average.clone()


class _Pass:
    """One backward pass: what it has reached, and the buckets that are under way."""

    def __init__(self, backend: Backend, buckets: Sequence[_Bucket]) -> None:
        self._backend = backend
        self._buckets = buckets
        self._missing = [len(bucket) for bucket in buckets]
        self._reached: set[nn.Parameter] = set()
        self._handles: list[Handle] = []

    def reach(self, number: int, parameter: nn.Parameter) -> None:
        """Note that the gradient of a parameter, in the bucket of that number, is there."""
        if parameter not in self._reached:
            self._reached.add(parameter)
            self._missing[number] -= 1
        # In one order on all ranks, whichever gradients come first on each.
        while len(self._handles) < len(self._buckets) and not self._missing[len(self._handles)]:
            self._launch_next()

    def finish(self) -> None:
        """Launch what is not full, and take on all averages."""
        while len(self._handles) < len(self._buckets):
            self._launch_next()
        for bucket, handle in zip(self._buckets, self._handles, strict=True):
            bucket.unpack(handle.wait())

    def _launch_next(self) -> None:
        packed = self._buckets[len(self._handles)].pack()
        if self._backend.capabilities.asynchronous:
            handle = self._backend.all_reduce_(packed, "MEAN", async_op=True)
        else:
            handle = Handle.completed("all_reduce_", self._backend.all_reduce_(packed, "MEAN"))
        self._handles.append(handle)


class _Averager:
    def __init__(self, model: nn.Module, backend: Backend, limit: float, buffers: bool) -> None:
        self.paused = False
        self._backend = backend
        self._broadcast_buffers = buffers
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self._buckets = _divided(trained, limit)
        self._passes: dict[int, _Pass] = {}
        for number, bucket in enumerate(self._buckets):
            for parameter in bucket:
                hook = partial(self._reach, number)
                parameter.register_post_accumulate_grad_hook(hook)  # type: ignore[no-untyped-call]
        model.register_forward_pre_hook(self._begin)

    def _begin(self, model: nn.Module, inputs: Any) -> None:
        if self.paused or _current_pass() != _NO_PASS:  # such as one that computes anew
            return
        self._passes.clear()  # of those that failed
        if self._broadcast_buffers and model.training and torch.is_grad_enabled():
            equalize(model.buffers(), self._backend)

    def _reach(self, number: int, parameter: nn.Parameter) -> None:
        if self.paused:
            return
        current = _current_pass()
        if current not in self._passes:
            self._passes[current] = _Pass(self._backend, self._buckets)
            engine: Any = torch.autograd.Variable._execution_engine
            engine.queue_callback(partial(self._finish, current))
        self._passes[current].reach(number, parameter)

    def _finish(self, number: int) -> None:
        with torch.no_grad():
            self._passes.pop(number).finish()


_NO_PASS = -1


def _current_pass() -> int:
    """Return what tells a backward pass from others: nested ones, and those that have failed."""
    number: int = torch._C._current_graph_task_id()
    return number


def _dense(gradient: torch.Tensor) -> torch.Tensor:
    if gradient.is_sparse:
        raise TypeError(
            f"A sparse gradient, of shape {tuple(gradient.shape)}, cannot be averaged with others; "
            "build the embedding with sparse=False."
        )
    return gradient.reshape(-1)


def _divided(parameters: Sequence[nn.Parameter], limit: float) -> list[_Bucket]:
    """Divide parameters into buckets, the last ones first, as their gradients come."""
    filling: dict[tuple[torch.dtype, torch.device], list[nn.Parameter]] = {}
    buckets: list[list[nn.Parameter]] = []
    for parameter in reversed(parameters):
        bucket = filling.get(key := (parameter.dtype, parameter.device))
        if bucket is None or sum(p.nbytes for p in bucket) + parameter.nbytes > limit:
            filling[key] = bucket = []
            buckets.append(bucket)
        bucket.append(parameter)
    return [_Bucket(bucket) for bucket in buckets]


def equalize(tensors: Iterable[torch.Tensor], backend: Backend) -> None:
    """Give all ranks the tensors of rank 0, in one message per dtype."""
    alike: dict[torch.dtype, list[torch.Tensor]] = {}
    for tensor in tensors:
        alike.setdefault(tensor.dtype, []).append(tensor)
    with torch.no_grad():
        for group in alike.values():
            packed = backend.broadcast(torch.cat([tensor.reshape(-1) for tensor in group]))
            for tensor, part in zip(
                group, torch.split(packed, [t.numel() for t in group]), strict=True
            ):
                tensor.copy_(part.view_as(tensor))
