"""Trainers that accumulate gradients, and the loop by hand that they are held against."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="supervised engines need torch")

from ignite.engine import Events, create_supervised_trainer  # noqa: E402

mse = torch.nn.functional.mse_loss

GENERATOR = torch.Generator().manual_seed(0)
BATCHES = [
    tuple(torch.randn(3, 2, generator=GENERATOR, dtype=torch.float64) for _ in "xy")
    for _ in range(7)
]

sizes = st.integers(1, 5)
lengths = st.integers(1, len(BATCHES))
small = settings(deadline=None, max_examples=60)


class Unsized:
    """Gives the batches, and does not tell how many."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)


def make():
    torch.manual_seed(0)
    model = torch.nn.Linear(2, 2).double()
    # With momentum, a step too many or too few shows even where the gradient is zero.
    return model, torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def trainer_and_model(steps, **kwargs):
    model, optimizer = make()
    trainer = create_supervised_trainer(
        model, optimizer, mse, gradient_accumulation_steps=steps, **kwargs
    )
    return trainer, model, optimizer


def chunks(batches, size):
    return [batches[i : i + size] for i in range(0, len(batches), size)]


def by_hand(groups):
    """Train on groups of batches, one step each, by the mean of the group's losses."""
    model, optimizer = make()
    for group in groups:
        optimizer.zero_grad()
        (sum(mse(model(x), y) for x, y in group) / len(group)).backward()
        optimizer.step()
    return model


def assert_same(model, expected):
    for got, wanted in zip(model.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-10, atol=1e-12)


def at(trainer, iteration, do):
    """Do something when the engine has run an iteration."""
    trainer.add_event_handler(Events.ITERATION_COMPLETED(once=iteration), do)
