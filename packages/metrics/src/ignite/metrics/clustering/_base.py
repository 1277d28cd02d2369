"""What the scores of clusters have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch

from ignite.metrics.interface import InvalidValuesError, Rows
from ignite.metrics.metric import Metric, identity

__all__ = ["ClusteringScore"]


class ClusteringScore(Metric):
    """A score of clusters, of the features of all examples and the labels of their clusters.

    Args:
        output_transform: as in :class:`Metric`.
        check_compute_fn: has no effect, for there is no function of the user's to check.
        device: as in :class:`Metric`.
        skip_unrolling: as in :class:`Metric`.
        max_examples: how many a rank may keep; None for any number.
    """

    required_output_keys = ("features", "labels")

    _predictions: Rows
    _targets: Rows
    score: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

    def __init__(
        self,
        output_transform: Callable[[Any], Any] = identity,
        check_compute_fn: bool = True,
        device: str | torch.device = "cpu",
        skip_unrolling: bool = False,
        *,
        max_examples: int | None = None,
    ) -> None:
        self._max_examples = max_examples
        super().__init__(output_transform, device, skip_unrolling)
        self.declare_state("_predictions", "cat", dtype=None, shape=None, limit=max_examples)
        self.declare_state("_targets", "cat", dtype=None, shape=(), limit=max_examples)
        self.declare_examples("_predictions")

    def sharing_key(self) -> Hashable:
        """Return what all scores of clusters have in common that keep as many examples."""
        return ClusteringScore, self._max_examples

    def update(self, output: Sequence[torch.Tensor]) -> None:
        """Keep ``(features, labels)``.

        Raises:
            TypeError: not real tensors.
            ValueError: tensors of other shapes or dtypes than said, or than before.
            CapacityExceeded: there are too many examples.
        """
        features, labels = output
        for name, value in (("features", features), ("labels", labels)):
            if not isinstance(value, torch.Tensor) or value.is_complex():
                kind = value.dtype if isinstance(value, torch.Tensor) else type(value).__name__
                raise TypeError(f"{name} must be a real tensor, got {kind}.")
        if features.dim() != 2 or labels.shape != features.shape[:1]:
            raise ValueError(
                "Expected features (batch, columns) with labels (batch,), got "
                f"{tuple(features.shape)} and {tuple(labels.shape)}."
            )
        self._predictions.check(features, "features")
        self._targets.check(labels, "labels")
        self._predictions.append(features)
        self._targets.append(labels)

    def compute(self) -> float:
        """Return the score of the examples of all ranks (collective).

        Returns:
            NaN for fewer than 2 clusters, or as many as there are examples.

        Raises:
            NotComputableError: no example was given on any rank.
            InvalidValuesError: features or labels are NaN or infinite.
        """
        features, labels = self._predictions.tensor(), self._targets.tensor()
        invalid = ~(features.isfinite().all(1) & labels.isfinite())
        if count := int(torch.count_nonzero(invalid)):
            raise InvalidValuesError(
                f"{count} examples have features or a label that are NaN or infinite; leave them "
                "out in output_transform=."
            )
        return self.score(features, labels).item()
