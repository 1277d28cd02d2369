"""The figures to reach of what ranks say to each other, on two ranks over gloo."""

from __future__ import annotations

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
    against: str = "torch",
    also: str | None = None,
    peer: bool = True,
) -> Row:
    """Compare with torch's own call; ``also`` names another way of it, which makes a new tensor."""
    beside = []
    if also is not None:
        beside.append(Contender(f"torch, {also.replace('_', ' ')}", OURS, NATIVE, f"{case}_{also}"))
    if peer:
        beside.append(Contender(PEER, PEER, IDIST, case))
    return Row(
        what,
        ours=Contender("ours", OURS, IDIST, case),
        at_most=at_most,
        against=Contender(against, OURS, NATIVE, case),
        difference=difference,
        beside=tuple(beside),
    )


def _tiny(what: str, case: str, also: str | None = None) -> Row:
    return _row(what, case, at_most=10, difference=True, also=also)


def _large(what: str, case: str, also: str) -> Row:
    return _row(what, case, at_most=1.05, also=also)


ROWS = [
    _tiny("all_reduce, 1 float32", "all_reduce_tiny", also="of_clone"),
    _tiny("all_reduce, a number", "all_reduce_number"),
    _large("all_reduce, 64 KB", "all_reduce_64_kb", also="of_clone"),
    _large("all_reduce, 4 MB", "all_reduce_4_mb", also="of_clone"),
    _tiny("all_gather, 1 float32", "all_gather_tiny", also="into_new"),
    _large("all_gather, 4 MB", "all_gather_4_mb", also="into_new"),
    _tiny("broadcast, 1 float32", "broadcast_tiny", also="of_clone"),
    _large("broadcast, 4 MB", "broadcast_4_mb", also="of_clone"),
    _tiny("barrier", "barrier"),
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
