"""The transport over XLA's collectives.

Values are encoded, cut and joined in the host's memory, where bits stay what they are and nothing
must be compiled for it; only the exchange between the replicas is XLA's. It is compiled for each
size, so sizes are rounded up, to one of four for each power of two.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ignite.distributed.backends._xla_client import Collective, XlaClient
from ignite.distributed.backends.transport import Transport
from ignite.distributed.interface import ReduceOp

__all__ = ["XlaTransport", "XlaWorldTransport"]

_NATIVE = {
    ReduceOp.SUM: "sum",
    ReduceOp.PRODUCT: "mul",
    ReduceOp.MIN: "min",
    ReduceOp.MAX: "max",
}


class XlaTransport(Transport):
    """Moves tensors between some replicas, by what works without the others: ``all_reduce``.

    Args:
        client: how collectives reach the device.
        ranks: the group's ranks in the world.
        rank: which of them this one is.
        world_size: number of all replicas.
    """

    def __init__(self, client: XlaClient, ranks: Sequence[int], rank: int, world_size: int) -> None:
        super().__init__(ranks, rank, client.device)
        self._client = client
        # XLA wants to see all replicas in its groups, though these need not come.
        others = ([other] for other in range(world_size) if other not in ranks)
        self._groups = [list(ranks), *others]

    def bring(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.cpu()

    def reduces(self, op: ReduceOp, dtype: torch.dtype) -> bool:
        return op in _NATIVE and (dtype.itemsize == 4 or self._client.is_cpu)

    def reduce(self, values: torch.Tensor, op: ReduceOp) -> None:
        values.copy_(self._all_reduced("all_reduce", values, op))

    def gather(self, row: torch.Tensor) -> torch.Tensor:
        rows = row.new_zeros(self.size, len(row))
        rows[self.rank] = row
        return self._all_reduced("all_gather", rows)

    def broadcast(self, values: torch.Tensor, src: int) -> None:
        mine = self.rank == src
        sent = self._all_reduced("broadcast", values if mine else torch.zeros_like(values))
        if not mine:
            values.copy_(sent)

    def barrier(self) -> None:
        self._all_reduced("barrier", torch.zeros(1))

    def _all_reduced(
        self, operation: str, values: torch.Tensor, op: ReduceOp = ReduceOp.SUM
    ) -> torch.Tensor:
        """Return the combination of the ranks' ``values``."""
        from torch_xla.core import xla_model

        def collective(inputs: list[torch.Tensor]) -> list[torch.Tensor]:
            kind, groups = _NATIVE[op], self._groups
            return [xla_model.all_reduce(kind, inputs[0], groups=groups, pin_layout=False)]

        padded = _padded(values.reshape(-1))
        return self._exchanged(operation, collective, padded)[: values.numel()].view_as(values)

    def _exchanged(
        self, operation: str, collective: Collective, values: torch.Tensor
    ) -> torch.Tensor:
        [result] = self._client.run(operation, self.ranks, collective, [values.to(self.device)])
        return result.cpu()


class XlaWorldTransport(XlaTransport):
    """Moves tensors between all replicas.

    Args:
        client: how collectives reach the device.
        rank: this replica.
        world_size: number of all replicas.
    """

    def __init__(self, client: XlaClient, rank: int, world_size: int) -> None:
        super().__init__(client, range(world_size), rank, world_size)

    def gather(self, row: torch.Tensor) -> torch.Tensor:
        from torch_xla.core import xla_model

        def collective(inputs: list[torch.Tensor]) -> list[torch.Tensor]:
            return [xla_model.all_gather(inputs[0], pin_layout=False)]

        padded = _padded(row).unsqueeze(0)
        return self._exchanged("all_gather", collective, padded)[:, : len(row)].contiguous()

    def reduce_scatter(self, rows: torch.Tensor, op: ReduceOp) -> torch.Tensor:
        from torch_xla.core import xla_model

        def collective(inputs: list[torch.Tensor]) -> list[torch.Tensor]:
            kind, [value] = _NATIVE[op], inputs
            return [xla_model.reduce_scatter(kind, value, 1.0, 0, self.size, pin_layout=False)]

        return self._exchanged("reduce_scatter", collective, _padded(rows))[0, : rows.shape[1]]

    def all_to_all(self, rows: torch.Tensor) -> torch.Tensor:
        from torch_xla.core import xla_model

        def collective(inputs: list[torch.Tensor]) -> list[torch.Tensor]:
            return [xla_model.all_to_all(inputs[0], 0, 0, self.size, pin_layout=False)]

        swapped = self._exchanged("all_to_all", collective, _padded(rows))
        return swapped[:, : rows.shape[1]].contiguous()


def _padded(values: torch.Tensor) -> torch.Tensor:
    """Return ``values`` on the CPU, with zeros after the last dimension, up to a rounded size."""
    size = values.shape[-1]
    step = max(16, 1 << max(0, size.bit_length() - 3))
    longer = torch.zeros(*values.shape[:-1], -(-max(size, 1) // step) * step, dtype=values.dtype)
    longer[..., :size] = values
    return longer
