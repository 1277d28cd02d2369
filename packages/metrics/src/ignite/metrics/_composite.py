"""A metric that consists of others."""

from __future__ import annotations

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import torch

from ignite.metrics.metric import Metric

__all__ = ["Composite"]

Self = TypeVar("Self", bound="Composite")


class Composite(Metric):
    """A metric without states of its own, whose parts are reset, updated and saved with it."""

    _takes_mappings = True  # each part takes what it needs of an output

    @abstractmethod
    def parts(self) -> Mapping[str, Metric]:
        """Return the metrics that it consists of, by the names under which they are saved."""

    def reset(self) -> None:
        """Reset all parts."""
        for part in self.parts().values():
            part.reset()

    def update(self, output: Any) -> None:
        """Update all that accumulate, each once."""
        for source in self.sources():
            source.take_in(output)

    def to(self: Self, device: str | torch.device) -> Self:
        """Move all parts to another device, and return this metric."""
        self._device = torch.device(device)
        for part in self.parts().values():
            part.to(device)
        return self

    def merge_state(self: Self, metrics: Iterable[Self]) -> Self:
        """Take in what other metrics of such parts have accumulated, and return this one.

        Raises:
            ValueError: a metric consists of others; nothing was merged.
        """
        mine = list(self.sources())
        rows = [list(metric.sources()) for metric in metrics]
        for sources in rows:
            if [source.state_specs for source in sources] != [one.state_specs for one in mine]:
                raise ValueError(
                    f"Cannot merge a {type(self).__name__} of other parts; construct both with "
                    "the same arguments."
                )
        for number, source in enumerate(mine):
            source.merge_state([sources[number] for sources in rows])
        return self

    def state_dict(self) -> OrderedDict[str, Any]:
        """Return the state dict of each part (collective)."""
        return OrderedDict((name, part.state_dict()) for name, part in self.parts().items())

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state_dict` returned.

        Raises:
            TypeError: not a mapping.
            ValueError: no such metric made it; the states are as they were.
        """
        self.check_state_dict(state_dict)
        for name, part in self.parts().items():
            part.load_state_dict(state_dict[name])

    def check_state_dict(self, state_dict: Mapping[str, Any]) -> Any:
        """Raise what :meth:`load_state_dict` would raise."""
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"A state dict is a mapping, got {type(state_dict).__name__}.")
        parts = self.parts()
        if state_dict.keys() != parts.keys():
            raise ValueError(
                f"{type(self).__name__} consists of {list(parts)}, the state dict is of "
                f"{list(state_dict)}; construct it as it was saved."
            )
        for name, part in parts.items():
            part.check_state_dict(state_dict[name])
