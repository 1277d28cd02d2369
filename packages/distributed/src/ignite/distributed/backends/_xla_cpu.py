"""What makes collectives work between CPU replicas, which are threads of one process.

XLA's CPU client runs a collective when all replicas have launched it, on threads of its own, and
is stuck for good if one of them waits, while it holds what another needs to launch. So here

- replicas meet before they launch anything: one that does not come is a ``CollectiveTimeout``,
  and ranks that disagree are a ``CollectiveMismatch``, instead of an abort of the process;
- what a collective works on is computed before, by a launch of its own, so that the
  collective's graph is small, and the same on all replicas;
- graphs are compiled and launched by one replica at a time, and no replica that holds the lock
  waits for a launch;
- no token of a collective is left for later graphs, which would differ by it.

On other devices, where replicas do not share a process, none of this is done.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import torch

from ignite.distributed.backends._message import check_alike
from ignite.distributed.backends._xla_client import Collective, XlaClient
from ignite.distributed.errors import CollectiveTimeout

__all__ = ["CpuClient"]

_launching = threading.Lock()


class CpuClient(XlaClient):
    """Launches collectives between the replicas of this process.

    Args:
        device: that of this replica.
        rank: this replica.
        world_size: number of replicas.
        timeout: how long to wait for the others before a launch.
    """

    is_cpu: ClassVar[bool] = True

    def __init__(
        self, device: torch.device, rank: int, world_size: int, timeout: timedelta
    ) -> None:
        import torch_xla

        super().__init__(device)
        self._native: Any = torch_xla._XLAC
        self._name = str(device)
        self._real = self._native._xla_real_devices([self._name])
        self._rank = rank
        self._timeout = timeout
        self._world = _World.joined_by(rank)
        self._meet("initialize", range(world_size))

    def run(
        self,
        operation: str,
        ranks: Sequence[int],
        collective: Collective,
        values: list[torch.Tensor],
    ) -> list[torch.Tensor]:
        self._launch(values)
        looks = ", ".join(f"{value.dtype} {tuple(value.shape)}" for value in values)
        self._meet(f"{operation} of {looks}", ranks)
        results = collective(values)
        self._launch(results)
        return results

    def _meet(self, call: str, ranks: Sequence[int]) -> None:
        told = self._world.meeting(ranks).meet(self._rank, call, self._timeout)
        check_alike("what they do", told, ranks)

    def _launch(self, tensors: list[torch.Tensor]) -> None:
        self._native._xla_wait_device_ops(self._real)
        with _launching:
            self._native._xla_sync_multi(tensors, devices=[], wait=False, sync_xla_data=False)
        self._native._set_all_reduce_token(self._name, None)
        self._native._xla_wait_device_ops(self._real)


class _World:
    """What replicas have in common from ``initialize`` to ``finalize``."""

    _lock: ClassVar[threading.Lock] = threading.Lock()
    _joined: ClassVar[Counter[int]] = Counter()
    _worlds: ClassVar[WeakValueDictionary[int, _World]] = WeakValueDictionary()

    def __init__(self) -> None:
        self._meetings: dict[tuple[int, ...], _Meeting] = {}

    @classmethod
    def joined_by(cls, rank: int) -> _World:
        """Return the world of all replicas that have joined as many before."""
        with cls._lock:
            cls._joined[rank] += 1
            return cls._worlds.setdefault(cls._joined[rank], cls())

    def meeting(self, ranks: Sequence[int]) -> _Meeting:
        """Return where ``ranks`` meet."""
        with self._lock:
            return self._meetings.setdefault(tuple(ranks), _Meeting(ranks))


class _Meeting:
    """Where replicas wait for each other, and tell what they are about to do."""

    def __init__(self, ranks: Sequence[int]) -> None:
        self._ranks = ranks
        self._barrier = threading.Barrier(len(ranks))
        # Two, as one who has left may be at the next meeting before others have read.
        self._told: tuple[dict[int, str], dict[int, str]] = {}, {}
        self._times = Counter[int]()

    def meet(self, rank: int, word: str, timeout: timedelta) -> list[str]:
        """Return what each rank has told, once all have.

        Raises:
            CollectiveTimeout: one did not come, now or before.
        """
        self._times[rank] += 1
        told = self._told[self._times[rank] % 2]
        told[rank] = word
        try:
            self._barrier.wait(timeout.total_seconds())
        except threading.BrokenBarrierError:
            late = [str(r) for r in self._ranks if self._times[r] < self._times[rank]]
            raise CollectiveTimeout(
                f"{word} on rank {rank} of {list(self._ranks)} did not begin within {timeout}, as "
                f"rank {', '.join(late) or 'of another call'} had not called it; see what that "
                "did, or raise the timeout given to initialize."
            ) from None
        return [told[r] for r in self._ranks]
