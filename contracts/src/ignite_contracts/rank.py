"""One rank of a world: does what the controller sends."""

from __future__ import annotations

import contextlib
import os
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Client, Connection
from typing import Any

import torch

from ignite.distributed.interface import Backend, Handle, current_backend
from ignite_contracts.calls import Call, Outcome, Raised, Returned
from ignite_contracts.snapshots import snapshot
from ignite_contracts.specs import made

__all__ = ["serve"]


def serve(local_rank: int, address: str) -> None:
    """Call the controller and answer its programs until it hangs up."""
    torch.set_num_threads(1)
    joined = current_backend()
    with Client(address, "AF_UNIX") as connection, Client(address, "AF_UNIX") as lifeline:
        threading.Thread(target=_die_with_the_controller, args=[lifeline], daemon=True).start()
        for end in (connection, lifeline):
            end.send((local_rank, os.getpid()))
        connection.send_bytes(pickle.dumps(joined.capabilities))
        while True:
            try:
                program = pickle.loads(connection.recv_bytes())
            except EOFError:
                return
            connection.send_bytes(_encoded(_run(joined, program)))


def _die_with_the_controller(lifeline: Connection) -> None:
    """End this process with its controller, even in the middle of a call that hangs."""
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv_bytes()
        return  # it let the rank go
    os._exit(1)


def _run(backend: Backend, program: Sequence[Call]) -> list[Outcome]:
    """Return the outcome of each call, up to the first that raised.

    What is done in the background is waited for after the last call, the latest first.
    """
    outcomes: list[Outcome] = []
    begun: list[tuple[int, Handle, list[Any]]] = []
    for call in program:
        args = [made(argument, backend.device) for argument in call.args]
        time.sleep(call.delay)
        outcomes.append(_outcome(args, partial(_called, backend, call, args)))
        if isinstance(outcomes[-1], Raised):
            break
        if isinstance(outcomes[-1].value, Handle):
            begun.append((len(outcomes) - 1, outcomes[-1].value, args))
    for index, handle, args in reversed(begun):
        outcomes[index] = _outcome(args, handle.wait)
    return outcomes


def _called(backend: Backend, call: Call, args: Sequence[Any]) -> Any:
    member = call.function or getattr(backend, call.operation)
    return member(*args, **call.kwargs) if callable(member) else member


def _outcome(args: Sequence[Any], act: Callable[[], Any]) -> Outcome:
    entered = time.monotonic_ns()
    try:
        value = act()
    except Exception as error:  # noqa: BLE001 - the outcome of the call
        return Raised.of(error)
    left = time.monotonic_ns()
    inputs = tuple(snapshot(argument) for argument in args)
    return Returned(snapshot(value), inputs, _share_memory(value, args), entered, left)


def _share_memory(value: Any, args: Sequence[Any]) -> bool:
    def tensors(values: Sequence[Any]) -> list[torch.Tensor]:
        return [value for value in values if isinstance(value, torch.Tensor) and value.numel()]

    given = tensors(args)
    results = tensors(value if isinstance(value, list) else [value])
    # Not by addresses: tensors of some devices, such as XLA's, have none.
    alias: Any = torch._C._is_alias_of  # type: ignore[attr-defined]
    return any(alias(result, other) for result in results for other in given)


class ResultDoesNotTravel(Exception):
    """The backend returned, or was left with, something that cannot be sent back."""


def _encoded(outcomes: list[Outcome]) -> bytes:
    try:
        return pickle.dumps(outcomes)
    except Exception as error:  # noqa: BLE001 - told as what it is, not as the backend's own error
        return pickle.dumps([Raised.of(ResultDoesNotTravel(repr(error)))])
