"""The life of a process that was started to run ranks."""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from ignite.distributed._exit import GRACE, flush, status_of

__all__ = ["live"]


def live(
    run: Callable[[], None],
    wait_for_parent: Callable[[], object],
    leave: Callable[[int], None] = os._exit,
) -> None:
    """Call ``run``; the process ends after it, or after its parent.

    Args:
        run: what the process is for.
        wait_for_parent: returns when the parent has ended.
        leave: called last of all with the exit status; does not return.
    """
    status: Any = 1

    # A new interpreter is not taken apart at the end, as forked ones never are: threads of
    # torch that still need it then would abort the process. Registered first, this runs last.
    @atexit.register
    def _leave() -> None:
        flush()
        leave(status_of(status))

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a forked one has its parent's
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_after, args=[wait_for_parent], daemon=True).start()
    try:
        run()
        status = 0
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
        raise SystemExit(status) from None
    except SystemExit as end:
        status = end.code
        raise


def _end_after(wait_for_parent: Callable[[], object]) -> None:
    """End this process after its parent has, be it in the middle of a collective."""
    wait_for_parent()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
