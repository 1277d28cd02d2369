"""The Jensen-Shannon divergence."""

from __future__ import annotations

from ignite.metrics._divergence import Divergence
from ignite.metrics.functional.js_divergence import js_divergence_update

__all__ = ["JSDivergence"]


class JSDivergence(Divergence):
    """The mean Jensen-Shannon divergence of predicted and target distributions, in nats.

    It is the mean of KL(p || m) and KL(q || m) with m = (p + q) / 2 (Lin, "Divergence measures
    based on the Shannon entropy", 1991). ``update`` takes ``(y_pred, y)``: logits of q and of p,
    both ``(batch, classes, ...)``; a logit of -inf is probability 0.

    Args:
        output_transform: makes of ``engine.state.output`` the pair ``(y_pred, y)``.
        device: where the sum lives.
        skip_unrolling: as in :class:`Metric`.
        metrics_result_mode: as in :class:`Metric`.

    >>> import torch
    >>> p, q = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    >>> metric = JSDivergence()
    >>> metric.update((q.log(), p.log()))
    >>> round(metric.compute(), 4)
    0.6931
    """

    divergence = staticmethod(js_divergence_update)
