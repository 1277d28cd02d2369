"""Training through Apex and torch_xla, and what is told where they are missing.

Neither runs where these tests do, so modules of a few lines stand in for them.
"""

import sys
from contextlib import contextmanager
from types import ModuleType

import pytest

torch = pytest.importorskip("torch", reason="supervised engines need torch")

from ignite.engine import (  # noqa: E402
    Engine,
    create_supervised_evaluator,
    create_supervised_trainer,
    supervised_training_step_apex,
    supervised_training_step_tpu,
)

mse = torch.nn.functional.mse_loss


def make():
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 2)
    return model, torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def make_data(batches=4):
    generator = torch.Generator().manual_seed(1)
    return [
        (torch.randn(6, 4, generator=generator), torch.randn(6, 2, generator=generator))
        for _ in range(batches)
    ]


def assert_equal(model, expected):
    assert all(map(torch.equal, model.parameters(), expected.parameters()))


@pytest.fixture
def without(monkeypatch):
    """Make packages missing, whether they are installed or not."""
    return lambda name: monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize(
    "use",
    [
        lambda: supervised_training_step_tpu(*make(), mse),
        lambda: create_supervised_trainer(*make(), mse, device="xla"),
        lambda: create_supervised_evaluator(make()[0], device="xla:0"),
    ],
)
def test_without_torch_xla_the_remedy_is_told(without, use):
    without("torch_xla")
    with pytest.raises(ModuleNotFoundError, match=r"pip install .*torch_xla"):
        use()


@pytest.mark.parametrize(
    "use",
    [
        lambda: supervised_training_step_apex(*make(), mse),
        lambda: create_supervised_trainer(*make(), mse, amp_mode="apex"),
    ],
)
def test_without_apex_the_remedy_is_told(without, use):
    without("apex")
    with pytest.raises(ModuleNotFoundError, match="NVIDIA/apex"):
        use()


def install(monkeypatch, name, **contents):
    """Put a module where an import finds it, with the packages around it."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        monkeypatch.setitem(sys.modules, ".".join(parts[:end]), ModuleType(parts[end - 1]))
    vars(sys.modules[name]).update(contents)


@pytest.mark.parametrize("bare", [False, True])
def test_apex_scales_the_loss_and_the_optimizer_steps(monkeypatch, bare):
    @contextmanager
    def scale_loss(loss, optimizer):
        yield loss * 64
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.grad /= 64
        scaled.append(loss.item())

    install(monkeypatch, "apex.amp", scale_loss=scale_loss)
    scaled = []
    model, optimizer = make()
    trainer = (
        Engine(supervised_training_step_apex(model, optimizer, mse))
        if bare
        else create_supervised_trainer(model, optimizer, mse, amp_mode="apex")
    )
    state = trainer.run(make_data())
    assert len(scaled) == 4
    assert state.output == scaled[-1]
    expected, optimizer = make()
    create_supervised_trainer(expected, optimizer, mse).run(make_data())
    assert_equal(model, expected)


def test_on_xla_devices_torch_xla_steps_the_optimizer(monkeypatch):
    def optimizer_step(optimizer, barrier):
        steps.append(barrier)
        optimizer.step()

    install(monkeypatch, "torch_xla.core.xla_model", optimizer_step=optimizer_step)
    steps = []
    model, optimizer = make()
    trainer = create_supervised_trainer(
        model,
        optimizer,
        mse,
        device="xla",
        prepare_batch=lambda batch, device, non_blocking: batch,
        gradient_accumulation_steps=3,
    )
    trainer.run(make_data(4))
    assert steps == [True, True]
    expected, optimizer = make()
    create_supervised_trainer(expected, optimizer, mse, gradient_accumulation_steps=3).run(
        make_data(4)
    )
    assert_equal(model, expected)

    step = supervised_training_step_tpu(*make(), mse)
    step(None, make_data(1)[0])
    assert len(steps) == 3
    evaluator = create_supervised_evaluator(
        model, device="xla", prepare_batch=lambda batch, device, non_blocking: batch
    )
    assert evaluator.run(make_data(1)).output[0].shape == (6, 2)
