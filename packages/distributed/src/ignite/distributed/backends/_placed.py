"""The place of a rank among nodes, for backends that know it as a layout."""

from __future__ import annotations

from abc import abstractmethod

from ignite.distributed._layout import Layout
from ignite.distributed.backends.collective import CollectiveBackend

__all__ = ["PlacedBackend"]


class PlacedBackend(CollectiveBackend):
    """Says where this rank stands, from :meth:`_place`."""

    @abstractmethod
    def _place(self) -> Layout:
        """Return this rank's place; asked for often, so found out once."""

    @property
    def local_rank(self) -> int:
        """The position among the ranks of this node."""
        return self._place().local_rank

    @property
    def nproc_per_node(self) -> int:
        """The number of ranks on this node."""
        return self._place().nproc_per_node

    @property
    def nnodes(self) -> int:
        """The number of nodes."""
        return self._place().nnodes

    @property
    def node_rank(self) -> int:
        """The position of this node among them."""
        return self._place().node_rank
