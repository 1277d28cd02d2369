"""What SLURM says of a task that srun started, in the words of torchrun.

Only a task of a step counts. A batch script and a shell in an allocation have many of the
same variables, SLURM_PROCID and SLURM_NTASKS among them, but nobody has started the other
tasks; only in a step is there SLURM_STEP_NUM_TASKS. A step of one task is no world either:
it may be a shell.
"""

from __future__ import annotations

from collections.abc import Mapping

from ignite.distributed._layout import layout_of
from ignite.distributed._slurm_lists import expand_counts, expand_hosts

__all__ = ["step_variables", "tasks_not_started"]

_FIRST_PORT, _PORTS = 20_000, 10_000
"""Ports from which that of a step is taken: below those that systems give out by themselves."""

_STEPS = 16
"""Steps of one job, and of the next, that get ports of their own when they run side by side."""


def step_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``RANK`` and so on for a task of a step with several tasks; nothing elsewhere.

    The ranks meet on the first host of the step, at a port that follows from the numbers of
    job and step.

    Raises:
        ValueError: a variable is missing or unreadable, or they contradict each other.

    >>> task = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0", "SLURM_STEP_NODELIST": "n[0-1]"}
    >>> task |= {"SLURM_STEP_NUM_TASKS": "3", "SLURM_STEP_TASKS_PER_NODE": "2,1"}
    >>> task |= {"SLURM_PROCID": "1", "SLURM_LOCALID": "1", "SLURM_NODEID": "0"}
    >>> found = step_variables(task)
    >>> found["RANK"], found["LOCAL_RANK"], found["WORLD_SIZE"], found["MASTER_ADDR"]
    ('1', '1', '3', 'n0')
    """
    if environ.get("SLURM_STEP_NUM_TASKS", "1") == "1":
        return {}
    rank, tasks = _number(environ, "SLURM_PROCID"), _number(environ, "SLURM_STEP_NUM_TASKS")
    try:
        sizes = expand_counts(_text(environ, "SLURM_STEP_TASKS_PER_NODE"))
        hosts = expand_hosts(_text(environ, "SLURM_STEP_NODELIST"))
    except ValueError as error:
        raise ValueError(f"What SLURM says of this step cannot be read: {error}") from error
    if sum(sizes) != tasks or len(hosts) != len(sizes) or rank >= tasks:
        raise _contradiction(environ, "PROCID", "STEP_NUM_TASKS", "STEP_NODELIST")
    layout = layout_of(rank, sizes)
    told = _number(environ, "SLURM_NODEID"), _number(environ, "SLURM_LOCALID")
    if (layout.node_rank, layout.local_rank) != told:
        raise _contradiction(environ, "PROCID", "NODEID", "LOCALID")
    job, step = _number(environ, "SLURM_JOB_ID"), _number(environ, "SLURM_STEP_ID")
    return {
        "RANK": str(rank),
        "WORLD_SIZE": str(tasks),
        "LOCAL_RANK": str(layout.local_rank),
        "LOCAL_WORLD_SIZE": str(layout.nproc_per_node),
        "GROUP_RANK": str(layout.node_rank),
        "GROUP_WORLD_SIZE": str(layout.nnodes),
        "MASTER_ADDR": hosts[0],
        "MASTER_PORT": str(_FIRST_PORT + (_STEPS * job + step) % _PORTS),
    }


def tasks_not_started(environ: Mapping[str, str]) -> int:
    """Return how many tasks SLURM allotted, where srun has not started this process.

    >>> tasks_not_started({"SLURM_NTASKS": "4"})
    4
    """
    in_step = "SLURM_STEP_NUM_TASKS" in environ
    return 0 if in_step or "SLURM_NTASKS" not in environ else _number(environ, "SLURM_NTASKS")


def _text(environ: Mapping[str, str], name: str) -> str:
    if name not in environ:
        raise ValueError(
            f"This is a task of a SLURM step, but {name} is not set; start it with srun, or unset "
            "SLURM_STEP_NUM_TASKS if it is none."
        )
    return environ[name]


def _number(environ: Mapping[str, str], name: str) -> int:
    text = _text(environ, name)
    if not text.isdecimal():
        raise ValueError(f"{name} must be a number, got {text!r}.")
    return int(text)


def _contradiction(environ: Mapping[str, str], *names: str) -> ValueError:
    told = [f"SLURM_{name}={environ[f'SLURM_{name}']}" for name in names]
    return ValueError(
        f"{', '.join(told)} do not fit to "
        f"SLURM_STEP_TASKS_PER_NODE={environ['SLURM_STEP_TASKS_PER_NODE']}, which counts ranks "
        "node by node; start them with srun --distribution=block."
    )
