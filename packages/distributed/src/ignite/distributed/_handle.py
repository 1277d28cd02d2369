"""Operations in the background: one thread per group, so that each group keeps its order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextvars import copy_context
from datetime import timedelta
from queue import SimpleQueue
from typing import Any

from ignite.distributed.errors import CollectiveTimeout

__all__ = ["Handle", "Worker"]


class Handle:
    """An operation under way.

    Attributes:
        operation: its name.
    """

    def __init__(self, operation: str, future: Future[Any]) -> None:
        self.operation = operation
        self._future = future

    @classmethod
    def completed(cls, operation: str, result: Any) -> Handle:
        """Return the handle of an operation that is over."""
        future: Future[Any] = Future()
        future.set_result(result)
        return cls(operation, future)

    def then(self, function: Callable[[Any], Any]) -> Handle:
        """Return a handle that gives the function's value of this one's result."""
        future: Future[Any] = Future()

        def carry_on(done: Future[Any]) -> None:
            try:
                result = function(done.result())
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        self._future.add_done_callback(carry_on)
        return Handle(self.operation, future)

    def done(self) -> bool:
        """Return whether :meth:`wait` would return, or raise, at once."""
        return self._future.done()

    def wait(self, timeout: timedelta | float | None = None) -> Any:
        """Return the operation's result, once it is there.

        Args:
            timeout: how long to wait for it; a number means seconds. The operation goes on
                when it has passed, and may be waited for again. None leaves it to the timeout
                given to ``initialize``.

        Raises:
            CollectiveTimeout: the result did not come in time.
            Exception: what the operation raised.
        """
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        try:
            return self._future.result(seconds)
        except FutureTimeout as error:
            if self._future.done():  # the operation itself raised it
                raise
            raise CollectiveTimeout(
                f"{self.operation} did not finish within {seconds} s of waiting: another rank has "
                "not called it, or is slow; wait again, or longer."
            ) from error


class Worker:
    """Runs the operations of one group, in the order in which they were submitted."""

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._last: Future[Any] | None = None
        # A daemon, since a process that fails must not wait for the others before it ends.
        threading.Thread(target=self._serve, name=name, daemon=True).start()

    @property
    def busy(self) -> bool:
        """Whether something that was submitted is not done yet."""
        return self._last is not None and not self._last.done()

    def submit(self, operation: str, run: Callable[[], Any]) -> Handle:
        """Queue ``run``, to be called in a copy of the caller's context."""
        future: Future[Any] = Future()
        context = copy_context()

        def work() -> None:
            try:
                result = context.run(run)
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        self._last = future
        self._queue.put(work)
        return Handle(operation, future)

    def _serve(self) -> None:
        while True:
            self._queue.get()()
