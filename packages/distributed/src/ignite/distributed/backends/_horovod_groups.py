"""Process sets at the word of one member.

Horovod makes a process set once all ranks of the world have asked for it, whereas a group is the
affair of its members alone. So in each process a thread listens for what the first member of a
new group says, and asks Horovod for the process set there.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

from torch.distributed import TCPStore  # type: ignore[attr-defined]

from ignite.distributed.backends._gloo_interface import address_towards
from ignite.distributed.backends._horovod_launch import MEETING
from ignite.distributed.errors import CollectiveTimeout, DistributedError

__all__ = ["ProcessSets", "known_process_sets"]

Ranks = tuple[int, ...]

_ALWAYS = timedelta(days=10_000)
_END: Ranks = ()


class ProcessSets:
    """The process sets of a world, made when they are first needed (collective).

    Args:
        timeout: how long the other ranks may take to join in making one.
        agree: returns on every rank what it is given on rank 0.
    """

    def __init__(self, timeout: timedelta, agree: Callable[[Any], Any]) -> None:
        import horovod.torch as hvd

        self._hvd: Any = hvd
        self._timeout = timeout
        self._made: dict[Ranks, Any] = {}
        self._failure: Exception | None = None
        self._changed = threading.Condition()
        address = None
        if self._hvd.rank() == 0:
            self._server = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
            address = _own_address(), self._server.port
        host, port = agree(address)
        # One connection to listen and one to speak: whoever waits on one keeps it.
        connect = partial(TCPStore, host, port, is_master=False, wait_for_workers=False)
        self._heard, self._said = connect(timeout=timeout), connect(timeout=timeout)
        self._listener = threading.Thread(target=self._listen, name="ignite groups", daemon=True)
        self._listener.start()

    def of(self, ranks: Ranks) -> Any:
        """Return the process set of ``ranks``, of which this rank is one.

        Raises:
            CollectiveTimeout: some rank of the world did not join in.
            DistributedError: one has ended.
        """
        if self._hvd.rank() == ranks[0] and ranks not in self._made:
            self._say(ranks)
        with self._changed:
            limit = self._timeout.total_seconds()
            self._changed.wait_for(lambda: ranks in self._made or self._failure, limit)
        if ranks in self._made:
            return self._made[ranks]
        if self._failure is not None:
            raise DistributedError(
                f"Horovod cannot make the process set {ranks}, as it is when a rank has ended; "
                f"the first error of the others says why. ({self._failure})"
            ) from self._failure
        raise CollectiveTimeout(
            f"The group {ranks} was not made within {self._timeout}: rank {ranks[0]} has not used "
            "it, or a rank of the world is stopped; see what they did, or raise the timeout given "
            "to initialize."
        )

    def close(self) -> None:
        """Let the listeners of all ranks end; to be called by all, when none makes a group."""
        if self._hvd.rank() == 0:
            self._say(_END)
        self._listener.join(self._timeout.total_seconds())

    def _say(self, ranks: Ranks) -> None:
        number = self._said.add("words", 1)
        self._said.set(_word(number), json.dumps(ranks))

    def _listen(self) -> None:
        try:
            for number in count(1):
                self._heard.wait([_word(number)], _ALWAYS)
                ranks = tuple(json.loads(self._heard.get(_word(number))))
                if ranks == _END:
                    return
                made = known_process_sets().get(ranks) or self._hvd.add_process_set(list(ranks))
                with self._changed:
                    self._made[ranks] = made
                    self._changed.notify_all()
        except (RuntimeError, ValueError) as error:  # of the store, of Horovod
            with self._changed:
                self._failure = error
                self._changed.notify_all()


def known_process_sets() -> dict[Ranks, Any]:
    """Return the process sets that Horovod has, by their ranks."""
    import horovod.torch as hvd

    numbers = hvd.mpi_ops._basics._get_process_set_ids_and_ranks()
    found: dict[Ranks, Any] = {}
    for number, ranks in numbers.items():
        found[tuple(ranks)] = hvd.ProcessSet(ranks)
        found[tuple(ranks)].process_set_id = number
    return found


def _word(number: int) -> str:
    return f"word/{number}"


def _own_address() -> str:
    """Return the address at which the other ranks reach this one."""
    host, port = (os.environ.get(name) for name in MEETING)
    if host is None or port is None:
        return socket.gethostname()
    return address_towards(host, int(port)) or "127.0.0.1"
