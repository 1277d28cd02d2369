"""What an import costs a fresh interpreter: the processor's milliseconds over those without it."""

from __future__ import annotations

import resource
import subprocess
import sys

from benchmarks.timing import Case, Sampler


def _over(before: str, statement: str) -> Case:
    """Return the case of ``statement`` over ``before``, run right after each other."""

    def case() -> Sampler:
        _run(statement)  # compiles what has to be

        def sample(seconds: float) -> float:
            without = _milliseconds(before)
            return _milliseconds(statement) - without

        return sample

    return case


def _torch_modules(statement: str) -> Case:
    count = "import sys; print(sum(name.split('.')[0] == 'torch' for name in sys.modules))"
    return lambda: lambda seconds: float(_run(f"{statement}; {count}"))


def _milliseconds(program: str) -> float:
    before = _seconds_of_children()
    _run(program)
    return (_seconds_of_children() - before) * 1e3


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


events = _over("pass", "import ignite.events")
engine = _over("pass", "import ignite.engine")
engine_over_torch = _over("import torch", "import torch; import ignite.engine")
torch_in_events = _torch_modules("import ignite.events")
torch_in_engine = _torch_modules("import ignite.engine")
