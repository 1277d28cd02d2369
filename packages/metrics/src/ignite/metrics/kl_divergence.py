"""The Kullback-Leibler divergence."""

from __future__ import annotations

from ignite.metrics._divergence import Divergence
from ignite.metrics.functional.kl_divergence import kl_divergence_update

__all__ = ["KLDivergence"]


class KLDivergence(Divergence):
    """The mean of KL(p || q), the target p from the predicted q, in nats.

    KL(p || q) is the sum over classes of p log(p / q), where 0 log(0 / q) is 0 (Kullback and
    Leibler, "On information and sufficiency", 1951). ``update`` takes ``(y_pred, y)``: logits of
    q and of p, both ``(batch, classes, ...)``; a logit of -inf is probability 0.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`.

    >>> import torch
    >>> p, q = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.25, 0.75]])
    >>> metric = KLDivergence()
    >>> metric.update((q.log(), p.log()))
    >>> round(metric.compute(), 4)
    0.1438
    """

    divergence = staticmethod(kl_divergence_update)
