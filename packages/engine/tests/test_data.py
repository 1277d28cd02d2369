"""Data of every kind: sized, unsized, ending early, replaced."""

import pytest

from ignite.engine import DataError, Engine, Events


def numbers(count):
    yield from range(count)


class OldSequence:
    def __len__(self):
        return 2

    def __getitem__(self, index):
        if index > 1:
            raise IndexError
        return "ab"[index]


def batches(data, **arguments):
    seen = []
    engine = Engine(lambda engine, batch: seen.append(batch))
    engine.run(data, **arguments)
    return seen, engine.state


@pytest.mark.parametrize("data", [[0, 1], (0, 1), range(2), {0: "a", 1: "b"}, "01"])
def test_sized_data_gives_an_epoch(data):
    seen, state = batches(data, max_epochs=2)
    assert seen == [*data, *data]
    assert state.epoch_length == 2


def test_a_sequence_without_iter():
    assert batches(OldSequence())[0] == ["a", "b"]


def test_an_epoch_shorter_than_the_data_goes_on_with_the_rest():
    assert batches([0, 1, 2], max_epochs=3, epoch_length=2)[0] == [0, 1, 2, 0, 1, 2]


def test_an_epoch_longer_than_the_data_begins_it_again():
    assert batches([0, 1, 2], epoch_length=5)[0] == [0, 1, 2, 0, 1]


def test_unsized_data_tells_its_length_by_ending(traced):
    traced.run(numbers(2))
    assert traced.take() == "S ES GS GC IS p0 IC GS GC IS p1 IC GS EC C"
    assert traced.state.epoch_length == 2


def test_an_iterator_longer_than_the_epochs_is_taken_as_far_as_needed():
    data = numbers(10)
    assert batches(data, max_epochs=2, epoch_length=3)[0] == [0, 1, 2, 3, 4, 5]
    assert next(data) == 6


def test_an_iterator_that_ends_for_good_ends_the_epoch_with_a_warning(traced):
    with pytest.warns(UserWarning, match="ended after 1 of 2 iterations of epoch 2"):
        traced.run(numbers(3), max_epochs=2, epoch_length=2)
    assert traced.take() == ("S ES GS GC IS p0 IC GS GC IS p1 IC EC ES GS GC IS p2 IC GS STOP EC C")


def test_fresh_data_when_the_old_ends():
    seen = []
    engine = Engine(lambda engine, batch: seen.append(batch))
    engine.add_event_handler(Events.DATALOADER_STOP_ITERATION, lambda e: e.set_data(numbers(2)))
    engine.run(numbers(3), max_epochs=2, epoch_length=4)
    assert seen == [0, 1, 2, 0, 1, 0, 1, 0]


def test_data_replaced_in_mid_epoch():
    seen = []
    engine = Engine(lambda engine, batch: seen.append(batch))
    engine.add_event_handler(
        Events.ITERATION_COMPLETED(once=1), lambda e: e.set_data([7, 8, 9, 10])
    )
    engine.run([0, 1, 2], max_epochs=2)
    assert seen == [0, 7, 8, 9, 10, 7]
    assert engine.state.epoch_length == 3


@pytest.mark.parametrize(
    ("data", "arguments", "error"),
    [
        ([], {}, DataError),
        (None, {}, DataError),
        (iter([]), {}, DataError),
        (5, {"epoch_length": 2}, TypeError),
    ],
)
def test_data_that_gives_no_batch_is_refused(data, arguments, error):
    with pytest.raises(error, match="data"):
        batches(data, **arguments)


def test_the_data_is_let_go_at_the_end():
    class Workers:
        alive = 0

        def __iter__(self):
            Workers.alive += 1
            try:
                yield from range(5)
            finally:
                Workers.alive -= 1

    batches(Workers(), max_iters=2)
    assert Workers.alive == 0


def test_data_that_gives_no_more_before_max_iters_is_an_error():
    engine = Engine(lambda engine, batch: None)
    with (
        pytest.warns(UserWarning, match="gives no more"),
        pytest.raises(DataError, match="after 3 of 8 iterations, so the run would never end"),
    ):
        engine.run(iter(range(3)), max_iters=8, epoch_length=2)
