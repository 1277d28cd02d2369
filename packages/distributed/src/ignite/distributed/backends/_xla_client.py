"""How collectives reach an XLA device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import torch

__all__ = ["Collective", "XlaClient"]

Collective = Callable[[list[torch.Tensor]], list[torch.Tensor]]
"""A function of ``torch_xla`` that combines tensors of all replicas."""


class XlaClient:
    """Leaves collectives to XLA, which does them when their results are needed.

    Attributes:
        is_cpu: whether the device is the CPU.

    Args:
        device: that of this replica.
    """

    is_cpu: ClassVar[bool] = False

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def run(
        self,
        operation: str,
        ranks: Sequence[int],
        collective: Collective,
        values: list[torch.Tensor],
    ) -> list[torch.Tensor]:
        """Return the results of a collective.

        Args:
            operation: its name, for messages.
            ranks: those that take part, in the world.
            collective: what to call with ``values``.
            values: tensors on :attr:`device`, alike on all ranks.
        """
        return collective(values)
