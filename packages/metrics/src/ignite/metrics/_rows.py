"""Rows that a metric keeps, because its value cannot be had from less."""

from __future__ import annotations

import torch

from ignite.metrics.errors import CapacityExceeded

__all__ = ["Rows"]


class Rows:
    """The rows of tensors, in the order of their arrival: the state of reduction ``"cat"``.

    Args:
        device: where they are kept.
        dtype: theirs; None for that of the first ones.
        shape: of one row; None for that of the first ones.
        limit: how many there may be at most; None for any number.

    >>> rows = Rows("cpu", limit=4)
    >>> rows.append(torch.tensor([1.0, 2.0]))
    >>> rows.append(torch.tensor([3.0]))
    >>> rows.tensor()
    tensor([1., 2., 3.])
    """

    def __init__(
        self,
        device: str | torch.device,
        dtype: torch.dtype | None = None,
        shape: tuple[int, ...] | None = None,
        limit: int | None = None,
    ) -> None:
        self.device = torch.device(device)
        self.limit = limit
        self._declared = dtype, shape
        self.clear()

    @classmethod
    def of(cls, rows: torch.Tensor | None, device: torch.device) -> Rows:
        """Return what holds ``rows`` themselves, not a copy; None for none of no known kind."""
        found = cls(device)
        if rows is not None:
            found._parts = [rows.to(device)]
            found._length = len(rows)
            found._kind = rows.dtype, tuple(rows.shape[1:])
        return found

    def __len__(self) -> int:
        return self._length

    def clear(self) -> None:
        """Forget all rows, and of what kind they were unless that was declared."""
        self._parts: list[torch.Tensor] = []
        self._length = 0
        self._kind = self._declared

    def check(self, rows: torch.Tensor, name: str = "rows") -> None:
        """Raise what :meth:`append` would raise; also for a dtype other than before.

        Raises:
            ValueError: rows of another shape or dtype than before.
            CapacityExceeded: they would be more than the limit.
        """
        dtype, shape = self._kind
        if rows.dim() == 0 or (shape is not None and rows.shape[1:] != shape):
            expected = "(n, ...)" if shape is None else f"(n{''.join(f', {n}' for n in shape)})"
            raise ValueError(
                f"Expected {name} of shape {expected}, as before, got {tuple(rows.shape)}; call "
                "reset first if the data has changed."
            )
        if dtype is not None and rows.dtype is not dtype:
            raise ValueError(f"Expected {name} of {dtype}, as before, got {rows.dtype}.")
        if self.limit is not None and self._length + len(rows) > self.limit:
            raise CapacityExceeded(
                f"{self._length} rows are kept and {len(rows)} more would exceed the limit of "
                f"{self.limit}; raise it, or use a metric that streams."
            )

    def append(self, rows: torch.Tensor) -> None:
        """Keep a copy of rows ``(n, *shape)``, of the same dtype as those before."""
        self.check(rows)
        self.keep(rows)

    def keep(self, rows: torch.Tensor, *, copy: bool = True) -> None:
        """Keep rows that :meth:`check` has accepted.

        Args:
            rows: what to keep.
            copy: False where nobody else has the tensor, nor its memory.
        """
        if rows.requires_grad:
            rows = rows.detach()
        kept = rows.to(self.device, copy=copy)
        if not self._parts:
            self._kind = kept.dtype, tuple(kept.shape[1:])
        self._parts.append(kept)
        self._length += len(kept)

    def tensor(self) -> torch.Tensor:
        """Return all rows ``(n, *shape)``, which stay the metric's own.

        While nothing is known of them, they are an empty tensor of the default dtype.
        """
        dtype, shape = self._kind
        if not self._parts:
            return torch.empty((0, *(shape or ())), dtype=dtype, device=self.device)
        if len(self._parts) > 1:
            self._parts = [torch.cat(self._parts)]
        return self._parts[0]

    def known(self) -> torch.Tensor | None:
        """Return what :meth:`tensor` does, but None while nothing is known of the rows."""
        dtype, shape = self._kind
        return None if dtype is None or shape is None else self.tensor()

    def replace(self, rows: torch.Tensor | None) -> None:
        """Keep a copy of these rows in place of all others; None for none of no known kind."""
        self.clear()
        if rows is not None:
            self.append(rows)
