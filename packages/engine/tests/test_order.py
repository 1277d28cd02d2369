"""The order of events, and what the state says at each."""

import importlib

from ignite.engine import Engine, Events


def test_the_simplest_form():
    seen = []
    engine = Engine(lambda engine, batch: seen.append(("process", batch)))
    for event in (
        Events.STARTED,
        Events.EPOCH_STARTED,
        Events.ITERATION_STARTED,
        Events.ITERATION_COMPLETED,
        Events.EPOCH_COMPLETED,
        Events.COMPLETED,
    ):
        engine.add_event_handler(event, lambda engine, event=event: seen.append(event.name))
    engine.run(["a", "b"], max_epochs=2)
    batch = lambda x: ["ITERATION_STARTED", ("process", x), "ITERATION_COMPLETED"]  # noqa: E731
    epoch = ["EPOCH_STARTED", *batch("a"), *batch("b"), "EPOCH_COMPLETED"]
    assert seen == ["STARTED", *epoch, *epoch, "COMPLETED"]


def test_all_events_of_a_run(traced):
    traced.run([1, 2], max_epochs=2)
    assert traced.take() == (
        "S ES GS GC IS p1 IC GS GC IS p2 IC EC ES GS STOP GC IS p1 IC GS GC IS p2 IC EC C"
    )


def test_without_data_no_batch_is_asked_for(traced):
    traced.run(max_epochs=2, epoch_length=1)
    assert traced.take() == "S ES IS pNone IC EC ES IS pNone IC EC C"


def test_the_state_at_every_event():
    seen = []
    engine = Engine(lambda engine, batch: batch * 10)

    def note(engine):
        state = engine.state
        seen.append((engine.last_event_name.name, state.epoch, state.iteration, state.output))

    for event in (Events.STARTED, Events.ITERATION_STARTED, Events.ITERATION_COMPLETED):
        engine.add_event_handler(event, note)
    state = engine.run([1, 2], max_epochs=1)
    assert seen == [
        ("STARTED", 0, 0, None),
        ("ITERATION_STARTED", 1, 1, None),
        ("ITERATION_COMPLETED", 1, 1, 10),
        ("ITERATION_STARTED", 1, 2, 10),
        ("ITERATION_COMPLETED", 1, 2, 20),
    ]
    assert state is engine.state
    assert (state.max_epochs, state.max_iters, state.epoch_length) == (1, None, 2)
    assert state.dataloader == [1, 2]


def test_times_are_told_when_an_epoch_and_the_run_complete():
    engine, times = Engine(lambda engine, batch: None), []
    engine.add_event_handler(
        Events.EPOCH_COMPLETED, lambda e: times.append(e.state.times["EPOCH_COMPLETED"])
    )
    engine.add_event_handler(Events.COMPLETED, lambda e: times.append(e.state.times["COMPLETED"]))
    engine.run([1], max_epochs=2)
    assert all(time > 0 for time in times)
    assert times[2] >= times[0] + times[1]


def test_old_import_paths():
    assert importlib.import_module("ignite.engine.engine").Engine is Engine
    assert importlib.import_module("ignite.engine.events").Events is Events


def test_an_engine_may_say_what_it_takes_and_returns():
    engine = Engine[int, str](lambda engine, batch: str(batch))
    assert engine.run([1, 2]).output == "2"
