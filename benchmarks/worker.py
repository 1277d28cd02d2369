"""The process in which an environment measures: ``python -m benchmarks.worker``.

It first says what is installed, then answers each request with one sample; both as lines of
JSON. It keeps what a case prepared, so that later samples measure and do nothing else. An
exception ends it: the controller shows what it wrote to standard error.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import import_module
from importlib.metadata import distributions

from benchmarks.timing import Sampler


def main() -> None:
    """Serve until standard input ends."""
    # Whatever a library prints must not reach the controller: it goes where errors go.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    installed = {each.name: each.version for each in distributions()}
    replies.write(json.dumps({"python": platform.python_version(), "installed": installed}) + "\n")
    samplers: dict[tuple[str, str], Sampler] = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = request["module"], request["case"]
        if key not in samplers:
            samplers[key] = getattr(import_module(key[0]), key[1])()
        replies.write(json.dumps({"figure": samplers[key](request["seconds"])}) + "\n")


if __name__ == "__main__":
    main()
