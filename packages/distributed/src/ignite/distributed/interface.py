"""The published interface: what a backend must do, and how to reach the current one.

A third party implements :class:`Backend` and registers the class under the
entry-point group ``ignite.distributed.backends``; everything else in this
package, and every dependant, talks to backends through these names alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from ignite.distributed._current import current_backend
from ignite.distributed._groups import Group
from ignite.distributed._handle import Handle
from ignite.distributed._in_place import check_writable, copied_into
from ignite.distributed._job import Job
from ignite.distributed.errors import (
    BackendUnavailable,
    CollectiveMismatch,
    CollectiveTimeout,
    DistributedError,
    UnsupportedDtype,
    UnsupportedOperation,
)

if TYPE_CHECKING:
    import torch
    from torch import nn
    from torch.optim import Optimizer
    from torch.utils.data import DataLoader, Dataset

__all__ = [
    "Backend",
    "BackendUnavailable",
    "Capabilities",
    "CollectiveMismatch",
    "CollectiveTimeout",
    "DistributedError",
    "Group",
    "Handle",
    "Job",
    "ReduceOp",
    "UnsupportedDtype",
    "UnsupportedOperation",
    "current_backend",
]


class ReduceOp(str, Enum):
    """How values of several ranks become one.

    ``AND`` and ``OR`` are logical on bool and bitwise on integers; ``MEAN`` is
    for floating and complex dtypes only.
    """

    SUM = "SUM"
    MEAN = "MEAN"
    PRODUCT = "PRODUCT"
    MIN = "MIN"
    MAX = "MAX"
    AND = "AND"
    OR = "OR"

    @classmethod
    def parse(cls, op: str | ReduceOp) -> ReduceOp:
        """Return the op of that name, in any case; ``AVG`` and ``AVERAGE`` are ``MEAN``.

        Raises:
            ValueError: no op has that name.

        >>> ReduceOp.parse("avg")
        <ReduceOp.MEAN: 'MEAN'>
        """
        if isinstance(op, ReduceOp):
            return op
        name = str(op).upper()
        found = cls.__members__.get({"AVG": "MEAN", "AVERAGE": "MEAN"}.get(name, name))
        if found is None:
            known = ", ".join(cls.__members__)
            raise ValueError(f"Unknown reduce op {op!r}; use one of {known}.")
        return found


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do on this machine; enforced at run time.

    Attributes:
        max_world_size: the largest world it can run here; ``None`` means no limit.
        dtypes: dtypes of tensors it moves.
        reduce_ops: ops that ``all_reduce`` accepts.
        devices: device types on which tensors may live, such as ``"cpu"``.
        objects: whether picklable objects can be sent.
        subgroups: whether some of the ranks can be a group.
        point_to_point: whether two ranks can talk alone, by ``send`` and ``recv``.
        asynchronous: whether ``async_op`` lets the caller go on meanwhile.
    """

    max_world_size: int | None
    dtypes: frozenset[torch.dtype]
    reduce_ops: frozenset[ReduceOp]
    devices: frozenset[str]
    objects: bool = True
    subgroups: bool = True
    point_to_point: bool = True
    asynchronous: bool = True


class Backend(ABC):
    """One way for ranks to reach each other.

    Operations are collective, but for ``send`` and ``recv``: every rank of the group must call
    them, in the same order. They are out of place, keep dtype, device and shape, and give the same
    values on every backend. Arguments are tensors of any layout, or, where said,
    Python numbers, strings, paths and picklable objects.
    """

    name: ClassVar[str]

    model_name: ClassVar[str] = ""
    """What ``ignite.distributed.model_name()`` returns; the backend's name if it is empty."""

    shares_process: bool = False
    """Whether other ranks are threads of this process, so that ``initialize`` holds for the
    calling context alone."""

    gives_way: bool = False
    """Whether ``initialize`` may join another world in spite of this one: it was adopted, and
    what made it need not have been meant for training."""

    @classmethod
    @abstractmethod
    def create(
        cls,
        *,
        timeout: timedelta,
        **options: Any,
    ) -> Backend:
        """Join the world and return the backend that stands for it (collective).

        Args:
            timeout: how long any later call may wait for the other ranks.
            options: what the launcher or the user gave to ``initialize``: ``rank``,
                ``world_size``, ``init_method`` and whatever the backend documents.

        Raises:
            BackendUnavailable: it cannot run here.
        """

    @classmethod
    def adopt(cls) -> Backend | None:
        """Return a backend over a context that the user made, or None if there is none.

        A context that was adopted is never torn down by :meth:`finalize`.
        """
        return None

    @classmethod
    @abstractmethod
    def check_available(cls) -> None:
        """Return if the backend can run here.

        Raises:
            BackendUnavailable: it cannot; says why and the command that mends it.
        """

    @classmethod
    def run_ranks(cls, job: Job) -> None:
        """Start the ranks of this node, for :class:`Parallel`, and return when all have ended.

        By default each rank is a new process, and joins by ``initialize`` with its ``rank`` and
        ``world_size``, and, if all are on this node, an ``init_method`` that names a file.

        Raises:
            TypeError: function and arguments cannot be sent to a new process.
            ValueError: the backend cannot start its ranks as the job wants it.
            torch.multiprocessing.ProcessRaisedException: a rank raised; the message holds the
                traceback of the first that did.
            torch.multiprocessing.ProcessExitedException: a rank was killed.
            SystemExit: a rank called ``sys.exit``, or the ranks ended upon a signal that this
                process got.
        """
        from ignite.distributed._ranks import run_ranks

        run_ranks(job)

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities: ...

    # -- identity ---------------------------------------------------------------

    @property
    @abstractmethod
    def rank(self) -> int:
        """0 <= rank < world_size, different on every rank."""

    @property
    @abstractmethod
    def world_size(self) -> int:
        """The number of ranks, the same on every rank."""

    @property
    @abstractmethod
    def local_rank(self) -> int:
        """The position among the ranks of this node."""

    @property
    @abstractmethod
    def nproc_per_node(self) -> int:
        """The number of ranks on this node."""

    @property
    @abstractmethod
    def nnodes(self) -> int: ...

    @property
    @abstractmethod
    def node_rank(self) -> int: ...

    @property
    @abstractmethod
    def device(self) -> torch.device:
        """The device this rank should compute on."""

    # -- operations ---------------------------------------------------------------
    #
    # ``group`` is None for the whole world, or what new_group returned, or a list of ranks.
    # Ranks that are no members make the call too, or leave it out: it does not wait for them.
    # With ``async_op`` an operation returns a Handle at once, whose wait() gives the result;
    # the operations of a group are done in the order in which they are called, either way.

    @abstractmethod
    def all_reduce(
        self,
        value: Any,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        """Combine the ranks' tensors (of one shape and dtype) or numbers into one.

        Returns:
            The combined value, of the input's type, dtype, shape and device; outside the
            group the input.

        Raises:
            ValueError: unknown op or group.
            TypeError: an op that the dtype does not have (``MEAN`` of integers,
                ``SUM`` of bool, ``AND`` of floats), or a value that is neither.
        """

    def all_reduce_(
        self,
        tensor: torch.Tensor,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        """Do as :meth:`all_reduce`, but leave the result in ``tensor``, and return that.

        Saves the memory of a result; a backend that cannot reduce in place makes one and copies.

        Raises:
            TypeError: no tensor; and what ``all_reduce`` raises.
            ValueError: elements of the tensor share memory; and what ``all_reduce`` raises.
        """
        check_writable(tensor)
        result = self.all_reduce(tensor, op, group, async_op=async_op)
        return copied_into(tensor, result)

    @abstractmethod
    def all_reduce_coalesced(
        self,
        tensors: Sequence[torch.Tensor],
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        """Do as :meth:`all_reduce` for each tensor, in one collective per dtype.

        Returns:
            The list of results; outside the group the list of inputs.
        """

    @abstractmethod
    def reduce(
        self,
        value: Any,
        dst: int = 0,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        """Do as :meth:`all_reduce`, for rank ``dst`` alone.

        Returns:
            On ``dst`` the combined value, None elsewhere.

        Raises:
            ValueError: ``dst`` is not in the group; and what ``all_reduce`` raises.
        """

    @abstractmethod
    def reduce_scatter(
        self,
        values: Any,
        op: str | ReduceOp = ReduceOp.SUM,
        group: Any = None,
        *,
        async_op: bool = False,
    ) -> Any:
        """Combine the ranks' values for each rank, and give each rank its own.

        Args:
            values: for each rank of the group a tensor or a number, all of one shape and
                dtype; or a tensor whose first dimension is divided among the ranks.
            op: as for ``all_reduce``.
            group: as everywhere.
            async_op: as everywhere.

        Returns:
            What the values at this rank's place combine to; None outside the group.

        Raises:
            ValueError: there is not one for each rank; and what ``all_reduce`` raises.
        """

    @abstractmethod
    def all_gather(self, value: Any, group: Any = None, *, async_op: bool = False) -> Any:
        """Give every rank the values of all ranks, in rank order.

        Returns:
            For tensors that differ at most in their first dimension: one tensor,
            ``(sum of first dimensions, *rest)``; 0-dim tensors give ``(ranks,)``.
            For tensors whose other dimensions differ too: a list of tensors. For
            anything else picklable, numbers and strings included: a list. Outside the
            group a tensor ``(0, *rest)``, or an empty list.

        Raises:
            TypeError: the value is no tensor and cannot be pickled; on every rank.
        """

    @abstractmethod
    def all_gather_coalesced(
        self, tensors: Sequence[torch.Tensor], group: Any = None, *, async_op: bool = False
    ) -> Any:
        """Do as :meth:`all_gather` for each tensor, in two collectives however many they are.

        Returns:
            The list of what ``all_gather`` would return for each.
        """

    @abstractmethod
    def gather(self, value: Any, dst: int = 0, group: Any = None, *, async_op: bool = False) -> Any:
        """Do as :meth:`all_gather`, for rank ``dst`` alone.

        Returns:
            On ``dst`` what ``all_gather`` returns, None elsewhere.

        Raises:
            ValueError: ``dst`` is not in the group.
            TypeError: a value that cannot be pickled; on every rank.
        """

    @abstractmethod
    def broadcast(
        self,
        value: Any,
        src: int = 0,
        group: Any = None,
        *,
        safe_mode: bool = False,
        async_op: bool = False,
    ) -> Any:
        """Give every rank the value of rank ``src``.

        Other ranks pass a value of the same type, and for tensors of the same shape
        and dtype; with ``safe_mode`` (on every rank) they may pass anything, such as
        None, at the cost of one more message.

        Returns:
            What ``src`` passed: the same type, dtype, shape and values; a tensor
            lies on the receiving rank's ``device``, or on the device of the tensor
            that the rank passed. Outside the group the input.

        Raises:
            ValueError: ``src`` is not in the group.
            TypeError: the value is no tensor and cannot be pickled.
        """

    def broadcast_(
        self, tensor: torch.Tensor, src: int = 0, group: Any = None, *, async_op: bool = False
    ) -> Any:
        """Overwrite ``tensor`` with that of rank ``src``, of one shape and dtype, and return it.

        Raises:
            TypeError: no tensor.
            ValueError: elements of the tensor share memory; or ``src`` is not in the group.
        """
        check_writable(tensor)
        return copied_into(tensor, self.broadcast(tensor, src, group, async_op=async_op))

    @abstractmethod
    def scatter(
        self, values: Any = None, src: int = 0, group: Any = None, *, async_op: bool = False
    ) -> Any:
        """Give each rank its own of the values of rank ``src``.

        Args:
            values: on ``src`` a list with a value for each rank of the group, or a tensor
                whose first dimension is divided among them; elsewhere ignored.
            src: the rank whose values they are.
            group: as everywhere.
            async_op: as everywhere.

        Returns:
            The value at this rank's place, a tensor on ``device``; None outside the group.

        Raises:
            ValueError: ``src`` is not in the group; there is not one value for each rank (on
                every rank).
            TypeError: a value cannot be sent; on every rank.
        """

    @abstractmethod
    def all_to_all(self, values: Any, group: Any = None, *, async_op: bool = False) -> Any:
        """Give each rank the values that the others have for it.

        Args:
            values: a list with a value for each rank of the group, or a tensor whose first
                dimension is divided among them.
            group: as everywhere.
            async_op: as everywhere.

        Returns:
            The list of the values that each rank had for this one, tensors on ``device``; an
            empty list outside the group.

        Raises:
            ValueError: there is not one value for each rank; on every rank.
            TypeError: a value cannot be sent; on every rank.
        """

    @abstractmethod
    def barrier(self, group: Any = None, *, async_op: bool = False) -> Any:
        """Return once every rank of the group has called it."""

    @abstractmethod
    def send(
        self, value: Any, dst: int, group: Any = None, *, tag: int = 0, async_op: bool = False
    ) -> Any:
        """Send a value to rank ``dst``, which calls :meth:`recv`; not collective.

        Args:
            value: a tensor, or anything that can be pickled.
            dst: another rank of the group.
            group: as everywhere, but members only.
            tag: tells messages between two ranks apart; those of one tag keep their order.
            async_op: as everywhere.

        Raises:
            ValueError: ``dst`` is this rank itself, or not in the group.
            TypeError: the value cannot be sent; on both ranks.
            UnsupportedOperation: the backend is collective only.
        """

    @abstractmethod
    def recv(self, src: int, group: Any = None, *, tag: int = 0, async_op: bool = False) -> Any:
        """Return what rank ``src`` sends to this one, tensors on ``device``; see :meth:`send`."""

    @abstractmethod
    def new_group(self, ranks: Sequence[int]) -> Group:
        """Return the group of ``ranks``: a value, made without a word to the other ranks.

        Raises:
            ValueError: no ranks, one twice, or one that is not in the world.
        """

    # -- training -------------------------------------------------------------------

    def distribute_model(self, model: nn.Module, **kwargs: Any) -> nn.Module:
        """Return ``model`` made to train alike on all ranks (collective); see ``auto_model``.

        It is on :attr:`device` already, something in it is trained, and there are several ranks.
        By default it is the same model, whose backward passes average the gradients by
        ``all_reduce``.

        Args:
            model: the model.
            kwargs: options of the backend; by default those of ``average_gradients``.
        """
        from ignite.distributed._averaging import average_gradients

        average_gradients(model, self, **kwargs)
        return model

    def distribute_optimizer(self, optimizer: Optimizer, **kwargs: Any) -> Optimizer:
        """Return an optimizer fit for the world; by default as it is; see ``auto_optim``.

        Raises:
            TypeError: there are options that this backend would not heed.
        """
        if kwargs:
            raise TypeError(
                f"auto_optim has no options with {self.name}, got {', '.join(kwargs)}: "
                "auto_model averages the gradients, and takes options for that."
            )
        return optimizer

    def data_loader(self, dataset: Dataset[Any], **kwargs: Any) -> DataLoader[Any]:
        """Return a loader of this rank's share, by default torch's own; see ``auto_dataloader``.

        Args:
            dataset: the dataset.
            kwargs: arguments of ``torch.utils.data.DataLoader``.
        """
        from torch.utils.data import DataLoader

        return DataLoader(dataset, **kwargs)

    # -- lifecycle ----------------------------------------------------------------

    @abstractmethod
    def finalize(self) -> None:
        """Leave the world; a context that was adopted is left as it is."""
