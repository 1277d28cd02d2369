"""terminate, terminate_epoch and interrupt, from every event."""

import pytest

from ignite.engine import Events

# Where the call is made (in the second batch, where there are several) -> what follows.
TERMINATE = {
    Events.STARTED: "S T C",
    Events.EPOCH_STARTED: "S ES T C",
    Events.GET_BATCH_STARTED: "S ES GS GC IS p0 IC GS T C",
    Events.GET_BATCH_COMPLETED: "S ES GS GC IS p0 IC GS GC T C",
    Events.ITERATION_STARTED: "S ES GS GC IS p0 IC GS GC IS T C",
    Events.ITERATION_COMPLETED: "S ES GS GC IS p0 IC GS GC IS p1 IC T C",
    Events.EPOCH_COMPLETED: "S ES GS GC IS p0 IC GS GC IS p1 IC EC T C",
    Events.DATALOADER_STOP_ITERATION: ("S ES GS GC IS p0 IC GS GC IS p1 IC EC ES GS STOP T C"),
}
SECOND_EPOCH = "ES GS GC IS p0 IC GS GC IS p1 IC EC C"
TERMINATE_EPOCH = {
    Events.STARTED: f"S ES TE EC {SECOND_EPOCH}",
    Events.EPOCH_STARTED: f"S ES TE EC {SECOND_EPOCH}",
    Events.GET_BATCH_STARTED: f"S ES GS GC IS p0 IC GS TE EC {SECOND_EPOCH}",
    Events.GET_BATCH_COMPLETED: f"S ES GS GC IS p0 IC GS GC TE EC {SECOND_EPOCH}",
    Events.ITERATION_STARTED: f"S ES GS GC IS p0 IC GS GC IS TE EC {SECOND_EPOCH}",
    Events.ITERATION_COMPLETED: f"S ES GS GC IS p0 IC GS GC IS p1 IC TE EC {SECOND_EPOCH}",
    # Too late to end this epoch, and not meant for the next.
    Events.EPOCH_COMPLETED: (
        "S ES GS GC IS p0 IC GS GC IS p1 IC EC ES GS STOP GC IS p0 IC GS GC IS p1 IC EC C"
    ),
}
PER_BATCH = {
    Events.GET_BATCH_STARTED,
    Events.GET_BATCH_COMPLETED,
    Events.ITERATION_STARTED,
    Events.ITERATION_COMPLETED,
}


def call_at(engine, event, action):
    calls = iter(range(1, 10**9))

    def handler(engine):
        if next(calls) == (2 if event in PER_BATCH else 1):
            action()

    engine.add_event_handler(event, handler)


@pytest.mark.parametrize("event", TERMINATE, ids=lambda event: event.name)
@pytest.mark.parametrize("skip", [False, True])
def test_terminate(traced, event, skip):
    call_at(traced, event, lambda: traced.terminate(skip_completed=skip))
    traced.run([0, 1], max_epochs=2)
    assert traced.take() == TERMINATE[event].removesuffix(" C" if skip else "")


@pytest.mark.parametrize("event", TERMINATE_EPOCH, ids=lambda event: event.name)
@pytest.mark.parametrize("skip", [False, True])
def test_terminate_epoch(traced, event, skip):
    call_at(traced, event, lambda: traced.terminate_epoch(skip_epoch_completed=skip))
    traced.run([0, 1], max_epochs=2)
    expected = TERMINATE_EPOCH[event]
    assert traced.take() == (expected.replace("TE EC", "TE") if skip else expected)


@pytest.mark.parametrize("event", TERMINATE, ids=lambda event: event.name)
def test_interrupt_and_go_on(traced, event):
    traced.run([0, 1], max_epochs=2)
    whole = traced.take()
    call_at(traced, event, traced.interrupt)
    traced.run([0, 1], max_epochs=2)
    first = traced.take()
    assert first.endswith(" INT")
    traced.run()
    assert f"{first.removesuffix('INT')}{traced.take()}" == whole


def test_from_the_process_function(traced):
    traced._process_function = lambda engine, batch: engine.terminate()
    traced.run([0, 1])
    assert traced.take() == "S ES GS GC IS IC T C"


def test_ending_the_run_goes_first(traced):
    @traced.on(Events.ITERATION_COMPLETED(once=1))
    def all_at_once():
        traced.interrupt()
        traced.terminate_epoch()
        traced.terminate()

    traced.run([0, 1])
    assert traced.take() == "S ES GS GC IS p0 IC T C"


def test_a_handler_of_the_ended_epoch_gets_its_iterations(traced):
    counts = []

    @traced.on(Events.TERMINATE_SINGLE_EPOCH)
    def note(engine, iter_counter):
        counts.append(iter_counter)

    @traced.on(Events.ITERATION_COMPLETED(once=[2, 3]))
    def stop():
        traced.terminate_epoch()

    traced.run([0, 1, 2], max_epochs=3)
    assert counts == [2, 1]


def test_what_is_asked_after_the_end_is_not_kept_for_the_next_run(traced):
    for action in (traced.terminate, traced.terminate_epoch, traced.interrupt):
        traced.add_event_handler(Events.COMPLETED(once=1), action)
    traced.run([0], max_epochs=1)
    traced.take()
    traced.run([0], max_epochs=2)
    assert traced.take() == "S ES GS GC IS p0 IC EC C"


def test_a_terminated_run_goes_on_with_the_next_epoch(traced):
    call_at(traced, Events.ITERATION_COMPLETED, traced.terminate)
    traced.run([0, 1, 2], max_epochs=2)
    traced.take()
    traced.run([7, 8, 9], max_epochs=2)
    assert traced.take() == "S ES GS GC IS p7 IC GS GC IS p8 IC GS GC IS p9 IC EC C"
    assert traced.state.iteration == 5
