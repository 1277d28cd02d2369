"""Groups of accumulated batches where epochs and runs end early, and where runs go on."""

import copy
import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="supervised engines need torch")

from ignite.engine import Events, create_supervised_trainer  # noqa: E402

from ._accumulating import (  # noqa: E402
    BATCHES,
    Unsized,
    assert_same,
    at,
    by_hand,
    chunks,
    lengths,
    make,
    mse,
    sizes,
    small,
    trainer_and_model,
)

# -- epochs and runs that end early -------------------------------------------------------


@small
@given(
    n=lengths,
    steps=sizes,
    cut=st.integers(1, 14),
    data=st.sampled_from([list, Unsized]),
)
@example(n=5, steps=3, cut=2, data=list)
def test_an_epoch_that_is_cut_short_ends_its_group(n, steps, cut, data):
    cut = min(cut, 2 * n)
    trainer, model, _ = trainer_and_model(steps)
    at(trainer, cut, lambda engine: engine.terminate_epoch())
    trainer.run(data(BATCHES[:n]), max_epochs=2)
    first, second = (BATCHES[:cut], BATCHES[:n]) if cut <= n else (BATCHES[:n], BATCHES[: cut - n])
    assert_same(model, by_hand(chunks(first, steps) + chunks(second, steps)))


def test_an_epoch_that_is_not_completed_drops_its_group():
    trainer, model, _ = trainer_and_model(2)
    at(trainer, 3, lambda engine: engine.terminate_epoch(skip_epoch_completed=True))
    trainer.run(BATCHES[:4], max_epochs=2)
    groups = chunks(BATCHES[:4], 2)
    assert_same(model, by_hand([groups[0], *groups]))


@pytest.mark.filterwarnings("ignore:The data ended after 3")
def test_data_that_ends_early_ends_its_group():
    trainer, model, _ = trainer_and_model(2)
    trainer.run(iter(BATCHES[:3]), epoch_length=5)
    assert_same(model, by_hand(chunks(BATCHES[:3], 2)))


@small
@given(n=lengths, steps=sizes, stop=lengths)
def test_terminating_drops_the_open_group(n, steps, stop):
    trainer, model, _ = trainer_and_model(steps)
    at(trainer, stop, lambda engine: engine.terminate())
    trainer.run(BATCHES[:n], max_epochs=1)
    whole = chunks(BATCHES[:n], steps)
    if stop < n:
        whole = [group for group in chunks(BATCHES[:stop], steps) if len(group) == steps]
    assert_same(model, by_hand(whole))


def test_a_run_after_one_that_was_terminated_begins_with_a_fresh_group():
    trainer, model, _ = trainer_and_model(2)
    at(trainer, 1, lambda engine: engine.terminate())
    trainer.run(BATCHES[:3], max_epochs=2)
    trainer.run(BATCHES[:3])  # goes on with the second epoch
    assert_same(model, by_hand(chunks(BATCHES[:3], 2)))


@pytest.mark.parametrize("when", ["loss", "handler"])
def test_an_exception_that_ends_the_run_drops_the_open_group(when):
    calls = itertools.count(1)

    def fail(*_):
        raise RuntimeError("on purpose")

    def loss_fn(y_pred, y):
        return fail() if next(calls) == 4 and when == "loss" else mse(y_pred, y)

    model, optimizer = make()
    trainer = create_supervised_trainer(model, optimizer, loss_fn, gradient_accumulation_steps=2)
    if when == "handler":
        at(trainer, 3, fail)
    with pytest.raises(RuntimeError, match="on purpose"):
        trainer.run(BATCHES[:4], max_epochs=2)
    groups = chunks(BATCHES[:4], 2)
    assert_same(model, by_hand(groups[:1]))
    trainer.run(BATCHES[:4])
    assert_same(model, by_hand([groups[0], *groups]))


def test_an_epoch_without_a_batch_has_no_group_to_step_with():
    trainer, model, _ = trainer_and_model(2)
    at(trainer, 3, lambda engine: engine.terminate())
    trainer.run(BATCHES[:4], max_epochs=2)
    trainer.add_event_handler(Events.EPOCH_STARTED, lambda engine: engine.terminate_epoch())
    trainer.run(BATCHES[:4])
    assert_same(model, by_hand([BATCHES[:2]]))


class FailsBackward(torch.autograd.Function):
    """The identity, whose gradient cannot be computed."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        raise RuntimeError("on purpose")


@pytest.mark.parametrize("where", ["forward", "backward"])
def test_a_handled_exception_leaves_what_is_whole(where):
    calls = itertools.count(1)

    def model_fn(model, x):
        if next(calls) != 2:
            return model(x)
        if where == "forward":
            raise RuntimeError("on purpose")
        # The model's own gradients are there by the time that this one fails.
        return model(FailsBackward.apply(x.clone().requires_grad_()))

    trainer, model, _ = trainer_and_model(3, model_fn=model_fn)
    handled = []
    trainer.add_event_handler(Events.EXCEPTION_RAISED, lambda engine, error: handled.append(error))
    trainer.run(BATCHES[:3])
    assert len(handled) == 1
    # One batch is in the group; half a backward pass spoils it.
    assert_same(model, by_hand([BATCHES[:1]] if where == "forward" else []))


# -- going on -----------------------------------------------------------------------------


@small
@given(n=lengths, steps=sizes, stop=st.integers(1, 14))
def test_an_interrupted_run_goes_on_with_its_group(n, steps, stop):
    trainer, model, _ = trainer_and_model(steps)
    at(trainer, min(stop, 2 * n), lambda engine: engine.interrupt())
    trainer.run(BATCHES[:n], max_epochs=2)
    trainer.run()
    assert_same(model, by_hand(chunks(BATCHES[:n], steps) * 2))


def stopped_and_loaded(n, steps, stop, cut=None):
    """Stop at an iteration, and load the states into other objects."""

    def save(engine):
        saved.append(copy.deepcopy([o.state_dict() for o in (engine, model, optimizer)]))
        engine.terminate()

    saved = []
    trainer, model, optimizer = trainer_and_model(steps, deterministic=True)
    at(trainer, stop, save)
    if cut:
        at(trainer, cut, lambda engine: engine.terminate_epoch())
    trainer.run(BATCHES[:n], max_epochs=3)
    other, other_model, other_optimizer = trainer_and_model(steps, deterministic=True)
    loaded = zip((other, other_model, other_optimizer), saved[0], strict=True)
    for target, state in loaded:
        target.load_state_dict(state)
    other.run(BATCHES[:n])
    return other_model


@small
@given(n=lengths, steps=sizes, stop=st.integers(1, len(BATCHES)))
def test_a_loaded_run_has_the_groups_it_would_have_had(n, steps, stop):
    stop = min(stop, n)
    model = stopped_and_loaded(n, steps, stop)
    first = chunks(BATCHES[:n], steps)
    before, within = divmod(stop, steps)
    if within and stop < n:  # what the group had by then is lost
        first[before] = first[before][within:]
    assert_same(model, by_hand(first + 2 * chunks(BATCHES[:n], steps)))


def test_saved_between_groups_it_goes_on_bit_for_bit_even_after_an_epoch_that_was_cut_short():
    model = stopped_and_loaded(n=7, steps=3, stop=2 + 3, cut=2)
    trainer, expected, _ = trainer_and_model(3)
    at(trainer, 2, lambda engine: engine.terminate_epoch())
    trainer.run(BATCHES, max_epochs=3)
    assert all(map(torch.equal, model.parameters(), expected.parameters()))
