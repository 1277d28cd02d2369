"""Metrics with one seeded bug each, and the properties that must find it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import torch

from ignite.metrics import Metric
from ignite_contracts.metric import Bad, MetricCase

BUGS: dict[str, set[str]] = defaultdict(set)
"""For each case the tests that must fail."""

CASES: dict[str, MetricCase] = {}


class Mean(Metric):
    """The mean of all elements: no bug at all."""

    def __init__(self):
        super().__init__()
        self.declare_sum("total")
        self.declare_examples()

    def update(self, output):
        if output.dim() != 1:
            raise ValueError(f"Expected (batch,), got {tuple(output.shape)}.")
        self.accumulate("total", output.detach().sum(dtype=torch.float64))
        self._num_examples += len(output)

    def compute(self):
        return self.total.item() / self._num_examples


def values(rng, n):
    return torch.tensor(rng.normal(size=n) + 3)


def case(kind, **changes):
    bad = {"matrix": Bad(torch.ones(2, 2), ValueError)}
    return MetricCase(kind, {"values": values}, np.mean, **{"bad": bad, **changes})


def caught_by(*tests):
    def register(kind):
        CASES[kind.__name__] = case(kind)
        BUGS[kind.__name__] |= {f"test_{test}" for test in tests}
        return kind

    return register


CASES["Mean"] = case(Mean)


@caught_by("any_cut_equals_the_oracle")
class MeanOfMeans(Mean):
    def update(self, output):
        if len(output):
            super().update(output.mean().reshape(1))


@caught_by("order_makes_no_difference")
class WeighsByPlace(Mean):
    def update(self, output):
        super().update(output * torch.arange(len(output)))


@caught_by("inputs_are_left_as_they_are")
class SortsItsInput(Mean):
    def update(self, output):
        super().update(output)
        if not output.requires_grad:
            output.copy_(output.sort().values)


@caught_by("layout_makes_no_difference")
class ReadsMemoryInOrder(Mean):
    def update(self, output):
        super().update(torch.as_strided(output.detach(), output.shape, (1,)))


@caught_by("one_shot_equals_a_metric_of_one_batch")
class AccumulatesInOneShot(Mean):
    def __call__(self, *output):
        self.update(*output)
        return self.compute() + 1


@caught_by("no_example_has_no_value")
class IsZeroAtFirst(Mean):
    def compute(self):
        return self.total.item() / max(self._num_examples, 1)

    def check_computable(self):
        pass


@caught_by("update_looks_at_no_value")
class WaitsForTheDevice(Mean):
    def update(self, output):
        super().update(output)
        output.sum().item()


@caught_by("states_do_not_grow")
class KeepsAll(Mean):
    def __init__(self):
        super().__init__()
        self.declare_state("kept", "cat", torch.float64)

    def update(self, output):
        super().update(output)
        self.kept.append(output)


@caught_by("a_bad_output_is_refused_and_changes_nothing")
class CountsBeforeItLooks(Mean):
    def update(self, output):
        self._num_examples += len(output)
        self._num_examples -= len(output) if output.dim() == 1 else 0
        super().update(output)


@caught_by("reset_forgets_all")
class RemembersTheFirst(Mean):
    first = 0.0

    def update(self, output):
        super().update(output)
        self.first = self.first or output.detach().sum()

    def compute(self):
        return super().compute() + float(self.first)


@caught_by("compute_changes_nothing")
class ForgetsAtCompute(Mean):
    def compute(self):
        value = super().compute()
        self.reset()
        self.accumulate("total", torch.tensor(value))
        self._num_examples = 1
        return value


@caught_by("results_are_left_alone")
class LendsItsState(Mean):
    def compute(self):
        return self.total


@caught_by("saved_in_between_it_goes_on")
class SavesNothing(Mean):
    def load_state_dict(self, state_dict):
        pass


@caught_by("copies_are_independent")
class SharesItsCopies(Mean):
    def __deepcopy__(self, memo):
        return self


@caught_by("merged_it_equals_the_whole")
class MergesTheLast(Mean):
    def merge_state(self, metrics):
        for other in metrics:
            self._load([other.state_values()])
        return self


@caught_by("ranks_together_equal_one")
class CountsOnItsOwn(Mean):
    def __init__(self):
        super().__init__()
        self.seen = 0

    def update(self, output):
        super().update(output)
        self.seen += len(output)

    def compute(self):
        return self.total.item() / max(self.seen, 1)
