"""The metrics' figures to reach: each update beside all peers that have the metric."""

from __future__ import annotations

from benchmarks.metrics import ignite_metrics, torcheval_metrics, torchmetrics_metrics
from benchmarks.row import OURS, Contender, Row

NAME = "benchmarks.metrics.{}_metrics"


def _peers(case: str) -> tuple[Contender, ...]:
    have = {
        "pytorch-ignite": ("ignite", ignite_metrics.METRICS.keys() - ignite_metrics.OURS_ALONE),
        "torchmetrics": ("torchmetrics", torchmetrics_metrics.METRICS.keys()),
        "torcheval": ("torcheval", torcheval_metrics.METRICS.keys()),
    }
    return tuple(
        Contender(peer, peer, NAME.format(module), case)
        for peer, (module, cases) in have.items()
        if case in cases
    )


def _row(case: str) -> Row:
    ours = Contender("ours", OURS, NAME.format("ignite"), case)
    at_most = 0.5 if case == "group" else 1.0
    return Row(case.replace("_", " "), ours, at_most, against=_peers(case))


ROWS = [_row(case) for case in ignite_metrics.METRICS]
