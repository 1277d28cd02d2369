"""engine.steps: the same run, one iteration at a time, in the caller's hand."""

import pytest

from ignite.engine import Engine, Events, RunArgumentError


def test_it_is_the_same_run(traced):
    traced.run([0, 1], max_epochs=2)
    whole = traced.take()
    traced.state.max_epochs = None
    assert [s.iteration for s in traced.steps([0, 1], max_epochs=2)] == [1, 2, 3, 4]
    assert traced.take() == whole


def test_it_yields_between_iterations(traced):
    for _ in traced.steps([0, 1]):
        traced.seen.append("|")
    assert traced.take() == "S ES GS GC IS p0 IC | GS GC IS p1 IC | EC C"


def test_leaving_the_loop_interrupts_and_run_goes_on(traced):
    traced.run([0, 1, 2], max_epochs=2)
    whole = traced.take()
    traced.state.max_epochs = None
    for state in traced.steps([0, 1, 2], max_epochs=2):
        if state.iteration == 2:
            break
    for state in traced.steps():
        if state.iteration == 4:
            break
    traced.run()
    assert traced.take() == whole


def test_interrupt_ends_the_steps(traced):
    traced.add_event_handler(Events.ITERATION_COMPLETED(once=2), traced.interrupt)
    assert [s.iteration for s in traced.steps([0, 1, 2])] == [1]
    assert traced.take().endswith("INT")
    assert [s.iteration for s in traced.steps()] == [2, 3]  # each iteration is yielded once


def test_terminate_ends_them_with_its_events(traced):
    for state in traced.steps([0, 1, 2], max_epochs=2):
        if state.iteration == 2:
            traced.terminate()
    assert traced.take().endswith("p1 IC T C")


def test_terminating_the_epoch_between_steps(traced):
    for state in traced.steps([0, 1, 2], max_epochs=2):
        if state.iteration == 1:
            traced.terminate_epoch()
    assert traced.take().startswith("S ES GS GC IS p0 IC TE EC ES GS GC IS p0")


def test_an_exception_reaches_the_caller():
    def fail(engine, batch):
        raise KeyError("boom")

    with pytest.raises(KeyError, match="boom"):
        list(Engine(fail).steps([0]))


def test_bad_arguments_are_refused_before_the_first_step():
    with pytest.raises(RunArgumentError):
        next(Engine(lambda engine, batch: None).steps([0], max_epochs=1, max_iters=1))


def test_what_is_left_of_an_earlier_run_does_not_end_a_later_one():
    engine = Engine(lambda engine, batch: batch)
    earlier = engine.steps([1, 2], max_epochs=1)
    assert next(earlier).output == 1
    engine.run()
    later = engine.steps([3, 4, 5], max_epochs=1)
    assert next(later).output == 3
    assert list(earlier) == []
    assert [state.output for state in later] == [4, 5]
