"""An engine whose runs can be stopped anywhere and gone on with as if they had not been."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sized
from itertools import repeat
from typing import Any

try:
    import torch
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'Deterministic runs need torch: pip install "ignite-engine[torch]".', name="torch"
    ) from error

from torch.utils.data import DataLoader, IterableDataset

from ignite.engine._random_state import (
    keep_random_state,
    manual_seed,
    random_state,
    set_random_state,
)
from ignite.engine._reproducible import (
    ReproducibleBatchSampler,
    SeedingBatchSampler,
    update_dataloader,
)
from ignite.engine.engine import Engine
from ignite.engine.interface import DataError, ProcessFunction, StatefulData
from ignite.events.interface import Batch, Output

__all__ = [
    "DeterministicEngine",
    "ReproducibleBatchSampler",
    "keep_random_state",
    "manual_seed",
    "update_dataloader",
]


class DeterministicEngine(Engine[Batch, Output]):
    """Runs as :class:`~ignite.engine.Engine` does; what was stopped goes on bit for bit.

    Random numbers are seeded at the start of every pass over the data, by
    ``state.seed`` and the number of the pass; the seed is drawn when a run begins, so
    ``manual_seed`` before it decides the whole run. The state dictionary has, besides
    the engine's, the seed, the state of the global generators of Python, NumPy, torch
    and the accelerators, and the position in the data. Loading it and running goes on
    with the next batch, and with the random numbers that would have come next.

    What a run must keep to for that:

    - The state is taken after all else that draws random numbers in that iteration, or
      what comes after is wrapped in :func:`keep_random_state`.
    - A ``DataLoader`` over a map-style dataset goes on at once: batches of indices are
      drawn in advance, and workers are seeded per batch, so that augmentation depends
      neither on what came before nor on the number of workers (of one or more).
    - Any other data is iterated up to where it was. It may draw from the global
      generators, but must not decide by what it drew in one batch about the next;
      let it use a generator of its own for that, or have a ``state_dict``
      (:class:`~ignite.engine.interface.StatefulData`).
    - torch itself must be told to use deterministic algorithms:
      ``torch.use_deterministic_algorithms(True)``.

    >>> import torch
    >>> from ignite.engine import Events
    >>> def step(engine, batch):
    ...     return (batch + torch.rand(1)).item()
    >>> def trained(stop_at=None):
    ...     outputs = []
    ...     engine = DeterministicEngine(step)
    ...     keep = engine.add_event_handler(
    ...         Events.ITERATION_COMPLETED, lambda engine: outputs.append(engine.state.output)
    ...     )
    ...     return engine, outputs
    >>> manual_seed(7)
    >>> whole, expected = trained()
    >>> state = whole.run([1, 2, 3], max_epochs=2)

    >>> manual_seed(7)
    >>> first, begun = trained()
    >>> stop = first.add_event_handler(Events.ITERATION_COMPLETED(once=4), first.terminate)
    >>> state = first.run([1, 2, 3], max_epochs=2)
    >>> second, rest = trained()
    >>> second.load_state_dict(first.state_dict())
    >>> state = second.run([1, 2, 3])
    >>> begun + rest == expected
    True
    """

    _required_keys = (*Engine._required_keys, "seed", "rng_states", "data_passes", "data_start")

    def __init__(self, process_function: ProcessFunction[Batch, Output]) -> None:
        super().__init__(process_function)
        self._passes = 0  # over the data, begun so far
        self._start: dict[str, Any] | None = None  # where the pass that is under way began
        self._opened: Any = None  # the data it is over
        self._rng_states: Mapping[str, Any] | None = None  # loaded, for where the run goes on
        self._persistent: tuple[Any, ReproducibleBatchSampler, DataLoader[Any]] | None = None

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return where the run stands, with the seed, the random state and the data's position."""
        saved = super().state_dict()
        saved["seed"] = self.state.seed
        saved["rng_states"] = self._rng_states or random_state()
        saved["data_passes"] = self._passes
        saved["data_start"] = self._start
        return saved

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Let the next :meth:`run` go on from a state that an engine of this kind saved.

        Raises:
            TypeError: it is no mapping.
            StateDictError: a key is missing, or two exclude each other. The state is
                as it was.
        """
        super().load_state_dict(state_dict)
        self.state.seed = state_dict["seed"]
        self._passes, self._start = state_dict["data_passes"], state_dict["data_start"]
        self._rng_states = state_dict["rng_states"]

    def _restart(self) -> None:
        super()._restart()
        self.state.seed = int(torch.randint(0, 10**9, (1,)))
        self._passes, self._start, self._rng_states = 0, None, None

    def _restart_data(self) -> None:
        now, self._rng_states = self._rng_states, None
        if now is not None and self._start is not None:
            anew = self._abandoned
            if not (anew and isinstance(self.state.dataloader, StatefulData)):
                set_random_state(self._start["rng_states"], _generators(self.state.dataloader))
                self._open(taken=self.state.iteration - self._start["iteration"])
            if not anew:
                set_random_state(now)
                return
        seed, sized = self.state.seed, hasattr(self.state.dataloader, "__len__")
        assert seed is not None
        manual_seed(seed + (self._passes if sized else self.state.iteration))
        self._passes += 1
        self._open_data()

    def _end(self) -> None:
        super()._end()
        # Here and now, not when the engine is collected: collected together with what talks to
        # them, workers are only told by a timeout that they may go.
        self._persistent = None

    def _open_data(self) -> None:
        data = self.state.dataloader
        goes_on = isinstance(data, Iterator) and data is self._opened
        self._open(taken=0, starts=not goes_on)

    def _open(self, taken: int, starts: bool = True) -> None:
        data, self._abandoned = self.state.dataloader, False
        if starts:
            self._opened = data
            self._start = {
                "iteration": self.state.iteration - taken,
                "rng_states": random_state(_generators(data)),
            }
        self._next_batch = self._batches(data, taken).__next__

    def _batches(self, data: Any, taken: int) -> Iterator[Any]:
        """Iterate over ``data`` from where ``taken`` batches were taken."""
        if data is None:
            return repeat(None)
        if _draws_batches_of_indices(data):
            return self._of_loader(data, taken)
        batches: Iterator[Any] = iter(data)
        if isinstance(data, StatefulData):  # it was brought there when the run began
            return batches
        for number in range(taken):
            try:
                next(batches)
            except StopIteration:
                raise _too_short(number, taken) from None
        return batches

    def _of_loader(self, data: DataLoader[Any], taken: int) -> Iterator[Any]:
        length = len(data) if isinstance(data.batch_sampler, Sized) else math.inf
        if taken > length:
            raise _too_short(length, taken)
        if self._persistent is None or self._persistent[0] is not data:
            kind = SeedingBatchSampler if data.num_workers else ReproducibleBatchSampler
            sampler = kind(data.batch_sampler)
            loader = _updated(data, sampler)
        else:
            _, sampler, loader = self._persistent
        if data.persistent_workers:
            self._persistent = data, sampler, loader
            if self._passes == 1:
                _draw_base_seed(data.generator)
        sampler.start_iteration = taken
        batches = iter(loader)
        if taken and not data.num_workers:  # workers have been sent their first batches
            sampler.setup_batch_indices()
        return batches


def _draws_batches_of_indices(data: Any) -> bool:
    return (
        isinstance(data, DataLoader)
        and not isinstance(data, StatefulData)
        and data.batch_sampler is not None
        and not isinstance(data.dataset, IterableDataset)
    )


def _updated(data: DataLoader[Any], sampler: ReproducibleBatchSampler) -> DataLoader[Any]:
    loader = update_dataloader(data, sampler)
    if data.persistent_workers:
        # The loader draws the seed of its workers when it starts them: in the first pass of a
        # process, whichever pass of the run that is. It draws it from here, where nobody sees it.
        loader.generator = torch.Generator()
    return loader


def _draw_base_seed(generator: torch.Generator | None) -> None:
    """Draw what a data loader draws when it starts its workers."""
    torch.empty((), dtype=torch.int64).random_(generator=generator)


def _generators(data: Any) -> list[torch.Generator]:
    """Return the generators that a data loader and its samplers draw from."""
    batch_sampler = getattr(data, "batch_sampler", None)
    holders = [data, getattr(data, "sampler", None), getattr(batch_sampler, "sampler", None)]
    found = [getattr(holder, "generator", None) for holder in (*holders, batch_sampler)]
    return list({id(g): g for g in found if isinstance(g, torch.Generator)}.values())


def _too_short(length: float, taken: int) -> DataError:
    return DataError(
        f"The saved run had taken {taken} batches of its data, but the data given now has only "
        f"{length}; give the data that the run began with."
    )
