"""Mixed precision against torch's own recipe, and what is refused."""

import pytest

torch = pytest.importorskip("torch", reason="supervised engines need torch")

from ignite.engine import (  # noqa: E402
    Engine,
    Events,
    create_supervised_evaluator,
    create_supervised_trainer,
    supervised_evaluation_step_amp,
    supervised_training_step_amp,
)

mse = torch.nn.functional.mse_loss


def make():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    return model, torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def make_data(batches=4):
    generator = torch.Generator().manual_seed(1)
    return [
        (torch.randn(6, 4, generator=generator), torch.randn(6, 2, generator=generator))
        for _ in range(batches)
    ]


def by_hand(data, dtype, scaler):
    """Train as torch's documentation of mixed precision does."""
    model, optimizer = make()
    for x, y in data:
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=dtype):
            loss = mse(model(x), y)
        if scaler is None:
            loss.backward()
            optimizer.step()
        else:
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
    return model


def assert_equal(model, expected):
    assert all(map(torch.equal, model.parameters(), expected.parameters()))


# -- autocast -----------------------------------------------------------------------------


@pytest.mark.parametrize("device", [None, "cpu", torch.device("cpu")])
@pytest.mark.parametrize(
    ("amp_mode", "dtype"),
    [("amp", torch.bfloat16), ("bfloat16", torch.bfloat16), ("float16", torch.float16)],
)
def test_training_in_mixed_precision_equals_the_recipe_bit_for_bit(amp_mode, dtype, device):
    model, optimizer = make()
    trainer = create_supervised_trainer(model, optimizer, mse, device, amp_mode=amp_mode)
    trainer.run(make_data(), max_epochs=2)
    assert_equal(model, by_hand(make_data() * 2, dtype, None))


def test_autocast_covers_the_model_and_the_loss_and_nothing_else():
    def note(name, result):
        seen[name] = torch.is_autocast_enabled("cpu")
        return result

    seen = {}
    model, optimizer = make()
    parts = {
        "prepare_batch": lambda batch, device, non_blocking: note("prepare_batch", batch),
        "model_fn": lambda model, x: note("model_fn", model(x)),
        "model_transform": lambda y_pred: note("model_transform", y_pred),
        "amp_mode": "amp",
    }
    trainer = create_supervised_trainer(
        model,
        optimizer,
        lambda y_pred, y: note("loss_fn", mse(y_pred, y)),
        output_transform=lambda x, y, y_pred, loss: note("output_transform", None),
        **parts,
    )
    model[0].weight.register_hook(lambda gradient: note("backward", None))
    trainer.run(make_data(1))
    covered = {"model_fn": True, "model_transform": True}
    outside = {"prepare_batch": False, "output_transform": False}
    assert seen == covered | outside | {"loss_fn": True, "backward": False}

    seen.clear()
    evaluator = create_supervised_evaluator(
        model, output_transform=lambda x, y, y_pred: note("output_transform", None), **parts
    )
    evaluator.run(make_data(1))
    assert seen == covered | outside


@pytest.mark.parametrize(
    ("amp_mode", "dtype"),
    [
        (None, torch.float32),
        ("apex", torch.float32),
        ("amp", torch.bfloat16),
        ("bfloat16", torch.bfloat16),
        ("float16", torch.float16),
    ],
)
def test_evaluation_in_mixed_precision(amp_mode, dtype):
    evaluator = create_supervised_evaluator(make()[0], amp_mode=amp_mode)
    y_pred, y = evaluator.run(make_data(1)).output
    assert y_pred.dtype == dtype
    assert y.dtype == torch.float32


def test_the_dtype_is_that_of_the_autocast_in_which_a_step_is_made():
    model, optimizer = make()
    with torch.autocast("cpu", dtype=torch.float16):
        evaluator = create_supervised_evaluator(model, amp_mode="amp")
        evaluate = supervised_evaluation_step_amp(model)
        train = supervised_training_step_amp(
            model, optimizer, mse, output_transform=lambda x, y, y_pred, loss: y_pred
        )
    assert evaluator.run(make_data(1)).output[0].dtype == torch.float16
    assert Engine(evaluate).run(make_data(1)).output[0].dtype == torch.float16
    assert Engine(train).run(make_data(1)).output.dtype == torch.float16
    assert supervised_evaluation_step_amp(model)(None, make_data(1)[0])[0].dtype == torch.bfloat16


# -- the scaler ---------------------------------------------------------------------------


@pytest.mark.parametrize("bare", [False, True])
def test_training_with_a_scaler_equals_the_recipe_bit_for_bit(bare):
    # A growth at every step: one that is not updated shows in the gradients' rounding.
    ours, recipe = (
        torch.amp.GradScaler("cpu", init_scale=3.0, growth_interval=1) for _ in range(2)
    )
    model, optimizer = make()
    if bare:
        trainer = Engine(supervised_training_step_amp(model, optimizer, mse, scaler=ours))
    else:
        trainer = create_supervised_trainer(model, optimizer, mse, amp_mode="amp", scaler=ours)
        assert not hasattr(trainer.state, "scaler")  # who made it has it
    trainer.run(make_data(), max_epochs=2)
    assert_equal(model, by_hand(make_data() * 2, None, recipe))
    assert ours.state_dict() == recipe.state_dict()


def test_a_scaler_made_by_the_trainer_is_in_its_state():
    model, optimizer = make()
    trainer = create_supervised_trainer(
        model,
        optimizer,
        mse,
        amp_mode="bfloat16",
        scaler=True,
        output_transform=lambda *all: all[3],
    )
    scaler = trainer.state.scaler
    assert isinstance(scaler, torch.amp.GradScaler)
    assert scaler.is_enabled()
    losses = []
    trainer.add_event_handler(Events.ITERATION_COMPLETED, lambda e: losses.append(e.state.output))
    trainer.run(make_data(3))
    assert trainer.state.scaler is scaler
    assert scaler.state_dict()["_growth_tracker"] == 3
    assert max(losses) < 10  # the output is the loss without the scale, which is 65536


def test_a_step_with_infinite_gradients_is_skipped():
    x, y = make_data(1)[0]
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    model, optimizer = make()
    trainer = create_supervised_trainer(model, optimizer, mse, amp_mode="amp", scaler=scaler)
    trainer.run([(x, y), (x, y * float("inf")), (x, y)])
    assert_equal(model, by_hand([(x, y)] * 2, None, None))
    assert scaler.get_scale() == 4.0


# -- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"amp_mode": "fp16"}, ValueError, "'float16'"),
        ({"amp_mode": True}, ValueError, "'amp'"),
        ({"scaler": True}, ValueError, "amp_mode='amp'"),
        ({"scaler": torch.amp.GradScaler("cpu")}, ValueError, "amp_mode='amp'"),
        ({"scaler": True, "amp_mode": "apex"}, ValueError, "amp_mode='amp'"),
        ({"scaler": "yes", "amp_mode": "amp"}, TypeError, "GradScaler"),
        ({"device": "xla", "amp_mode": "amp"}, ValueError, "XLA"),
        ({"device": "xla", "scaler": True}, ValueError, "amp_mode='amp'"),
        ({"device": "nonsense"}, RuntimeError, "nonsense"),
    ],
)
def test_arguments_that_do_not_go_together(arguments, error, message):
    with pytest.raises(error, match=message):
        create_supervised_trainer(*make(), mse, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"amp_mode": "fp16"}, "'float16'"), ({"device": "xla", "amp_mode": "amp"}, "XLA")],
)
def test_arguments_of_an_evaluator_that_do_not_go_together(arguments, message):
    with pytest.raises(ValueError, match=message):
        create_supervised_evaluator(make()[0], **arguments)
