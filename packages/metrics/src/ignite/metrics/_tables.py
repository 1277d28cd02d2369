"""A table of counts whose number of classes is known from the first batch only.

It is kept as rows, for such states may be of a shape that is not declared. There is one row,
however many batches come.
"""

from __future__ import annotations

import torch

from ignite.metrics._classification import Kind, changed
from ignite.metrics.interface import Rows

__all__ = ["table_in", "total_of"]


def table_in(rows: Rows, shape: tuple[int, ...], kind: Kind) -> torch.Tensor:
    """Return the table to add to, as the one row that is kept: ``(1, *shape)``.

    Args:
        rows: a state of the reduction ``"cat"``, int64, of no declared shape.
        shape: of the table; the last is 1 if binary, else the number of classes.
        kind: of the batch.

    Raises:
        ValueError: there is one, of another number of classes.
        RuntimeError: of another kind.
    """
    shape = (1, *shape)
    if len(rows) == 0:
        rows.append(torch.zeros(shape, dtype=torch.int64))
    table = rows.tensor()
    if len(table) > 1:  # of metrics that were merged
        rows.replace(table.sum(dim=0, keepdim=True))
        table = rows.tensor()
    if table.shape != shape:
        exclusive: Kind = "multilabel" if kind == "multilabel" else "multiclass"
        seen, given = (
            ("binary" if size == 1 else exclusive, max(size, 2))
            for size in (table.shape[-1], shape[-1])
        )
        raise changed(seen, given)
    return table


def total_of(rows: Rows) -> torch.Tensor | None:
    """Return the sum of the tables of all that were merged; None if there is none."""
    return rows.tensor().sum(dim=0) if len(rows) else None
