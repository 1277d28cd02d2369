"""Gradient accumulation against a loop that averages over each group's batches by hand."""

import copy
import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="supervised engines need torch")

from ignite.engine import (  # noqa: E402
    DeterministicEngine,
    Engine,
    Events,
    create_supervised_trainer,
    supervised_training_step,
    supervised_training_step_amp,
)

from ._accumulating import (  # noqa: E402
    BATCHES,
    Unsized,
    assert_same,
    by_hand,
    chunks,
    lengths,
    make,
    mse,
    sizes,
    small,
    trainer_and_model,
)


@small
@given(n=lengths, steps=sizes, epochs=st.integers(1, 3), data=st.sampled_from([list, Unsized]))
@example(n=5, steps=2, epochs=2, data=list)
@example(n=5, steps=2, epochs=2, data=Unsized)
def test_every_group_is_averaged_over_the_batches_it_has(n, steps, epochs, data):
    trainer, model, _ = trainer_and_model(steps)
    trainer.run(data(BATCHES[:n]), max_epochs=epochs)
    assert_same(model, by_hand(chunks(BATCHES[:n], steps) * epochs))


@small
@given(n=lengths, steps=sizes, iters=st.integers(1, 15), data=st.sampled_from([list, Unsized]))
def test_so_is_the_last_group_of_a_run_that_max_iters_ends(n, steps, iters, data):
    trainer, model, _ = trainer_and_model(steps)
    trainer.run(data(BATCHES[:n]), max_iters=iters)
    run = list(itertools.islice(itertools.cycle(BATCHES[:n]), iters))
    groups = [group for epoch in chunks(run, n) for group in chunks(epoch, steps)]
    assert_same(model, by_hand(groups))


@small
@given(groups=st.integers(1, 3), steps=st.integers(1, 3), epochs=st.integers(1, 2))
def test_whole_groups_equal_one_large_batch_each(groups, steps, epochs):
    data = BATCHES[:6] * 2
    data = data[: groups * steps]
    accumulating, model, _ = trainer_and_model(steps)
    accumulating.run(data, max_epochs=epochs)
    plain, expected, _ = trainer_and_model(1)
    large = [tuple(map(torch.cat, zip(*group, strict=True))) for group in chunks(data, steps)]
    plain.run(large, max_epochs=epochs)
    assert_same(model, expected)


@small
@given(n=lengths, steps=sizes, amp=st.booleans())
def test_the_bare_step_sees_the_end_of_an_epoch_of_known_length(n, steps, amp):
    model, optimizer = make()
    make_step = supervised_training_step_amp if amp else supervised_training_step
    # Autocast leaves float64 alone.
    step = make_step(model, optimizer, mse, gradient_accumulation_steps=steps)
    Engine(step).run(BATCHES[:n], max_epochs=2)
    assert_same(model, by_hand(chunks(BATCHES[:n], steps) * 2))


def test_the_bare_step_drops_the_rest_of_an_epoch_whose_end_it_cannot_see():
    model, optimizer = make()
    step = supervised_training_step(model, optimizer, mse, gradient_accumulation_steps=2)
    Engine(step).run(Unsized(BATCHES[:3]), max_epochs=2)
    first, second = chunks(BATCHES[:3], 2)
    assert_same(model, by_hand([first, first, second]))  # the second epoch's length is known


def test_the_output_is_the_loss_of_the_batch_alone():
    trainer, _, _ = trainer_and_model(3)
    outputs = []
    trainer.add_event_handler(Events.ITERATION_COMPLETED, lambda e: outputs.append(e.state.output))
    trainer.run(BATCHES[:3])
    initial, _ = make()
    assert outputs == [mse(initial(x), y).item() for x, y in BATCHES[:3]]


def test_a_group_is_stepped_with_once():
    trainer, model, _ = trainer_and_model(2)
    trainer.run(Unsized(BATCHES[:3]))
    trainer.fire_event(Events.EPOCH_COMPLETED)
    assert_same(model, by_hand(chunks(BATCHES[:3], 2)))


def test_handlers_of_the_end_of_an_epoch_see_the_last_step():
    trainer, model, _ = trainer_and_model(2)
    seen = []
    trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda e: seen.append(copy.deepcopy(model)))
    trainer.run(Unsized(BATCHES[:3]))
    assert_same(seen[0], by_hand(chunks(BATCHES[:3], 2)))


@small
@given(n=lengths, steps=sizes)
def test_the_scaled_loss_obeys_the_same_law(n, steps):
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
    trainer, model, _ = trainer_and_model(steps, amp_mode="amp", scaler=scaler)
    trainer.run(Unsized(BATCHES[:n]), max_epochs=2)
    assert_same(model, by_hand(chunks(BATCHES[:n], steps) * 2))


@pytest.mark.parametrize(("steps", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError)])
@pytest.mark.parametrize("factory", [create_supervised_trainer, supervised_training_step_amp])
def test_the_number_of_batches_is_checked_at_once(factory, steps, error):
    with pytest.raises(error, match="gradient_accumulation_steps"):
        factory(*make(), mse, gradient_accumulation_steps=steps)


def test_a_deterministic_trainer_accumulates_too():
    trainer, model, _ = trainer_and_model(2, deterministic=True)
    assert isinstance(trainer, DeterministicEngine)
    trainer.run(Unsized(BATCHES[:3]), max_epochs=2)
    assert_same(model, by_hand(chunks(BATCHES[:3], 2) * 2))
