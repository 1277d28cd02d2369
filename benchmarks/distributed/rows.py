"""The figures to reach of what ranks say to each other, on two ranks over gloo."""

from __future__ import annotations

from typing import Any

from benchmarks.row import OURS, Contender, Row

NATIVE = "benchmarks.distributed.native"
IDIST = "benchmarks.distributed.ignite_distributed"
PEER = "pytorch-ignite"


def _row(
    what: str,
    case: str,
    at_most: float,
    *,
    difference: bool = False,
    native: str | None = None,
    against: str = "torch",
    also: str | None = None,
    peer: bool = True,
) -> Row:
    """Compare a case of ours with torch's own call that does as much.

    Args:
        what: the row's name.
        case: of ours, and of pytorch-ignite where it has it (``peer``).
        at_most: the goal: times torch's, or with ``difference`` microseconds over it.
        difference: see ``at_most``.
        native: the case of torch's, if it is not called as ours.
        against: what that is called in the table.
        also: a further case of torch's, to lie beside it.
        peer: see ``case``.
    """
    native = native or case
    beside = []
    if also is not None:
        name = also.removeprefix(case).replace("_", " ").strip() or "in place"
        beside.append(Contender(f"torch, {name}", OURS, NATIVE, also))
    if peer:
        beside.append(Contender(PEER, PEER, IDIST, case))
    return Row(
        what,
        ours=Contender("ours", OURS, IDIST, case),
        at_most=at_most,
        against=(Contender(against, OURS, NATIVE, native),),
        difference=difference,
        beside=tuple(beside),
    )


_TINY: dict[str, Any] = {"at_most": 10, "difference": True}
_LARGE: dict[str, Any] = {"at_most": 1.05}


def _in_place_and_out(operation: str, size: str, case: str, goal: dict[str, Any]) -> list[Row]:
    """Compare each form with torch's call that leaves its result in the same place."""
    of_clone = f"{case}_of_clone"
    return [
        _row(f"{operation}_, {size}", f"{case}_in_place", native=case, peer=False, **goal),
        _row(
            f"{operation}, {size}",
            case,
            native=of_clone,
            against="torch of a clone",
            also=case,
            **goal,
        ),
    ]


ROWS = [
    *_in_place_and_out("all_reduce", "1 float32", "all_reduce_tiny", _TINY),
    _row("all_reduce, a number", "all_reduce_number", **_TINY),
    *_in_place_and_out("all_reduce", "64 KB", "all_reduce_64_kb", _LARGE),
    *_in_place_and_out("all_reduce", "4 MB", "all_reduce_4_mb", _LARGE),
    _row("all_gather, 1 float32", "all_gather_tiny", also="all_gather_tiny_into_new", **_TINY),
    _row("all_gather, 4 MB", "all_gather_4_mb", also="all_gather_4_mb_into_new", **_LARGE),
    *_in_place_and_out("broadcast", "1 float32", "broadcast_tiny", _TINY),
    *_in_place_and_out("broadcast", "4 MB", "broadcast_4_mb", _LARGE),
    _row("barrier", "barrier", **_TINY),
    _row(
        "32 tensors of 64 B reduced together",
        "all_reduce_32_tensors",
        at_most=0.25,
        against="32 calls of torch",
        peer=False,
    ),
    _row("get_rank", "rank", at_most=1.5),
    _row("get_world_size", "world_size", at_most=1.5),
]
