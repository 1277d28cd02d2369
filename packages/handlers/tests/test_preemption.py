"""Real signals to real processes, and what is left when the run has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from ignite.events.interface import EventEmitter, Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import PreemptionHandler

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def handlers():
    return [signal.getsignal(number) for number in SIGNALS]


def send(number):
    os.kill(os.getpid(), number)


def make(**arguments):
    source, preemption = RecordingEventSource(), PreemptionHandler()
    preemption.attach(source, **arguments)
    return source, preemption


@pytest.mark.parametrize("number", SIGNALS)
def test_the_run_ends_after_the_epoch(number):
    before = handlers()
    source, preemption = make()

    def step(batch):
        assert handlers() != before
        if (source.state.epoch, batch) == (2, 1):
            send(number)

    source.run([1, 2, 3], step, epochs=9)
    assert (source.state.epoch, source.state.iteration) == (2, 6)
    assert source.fired[-1] == "COMPLETED"
    assert preemption.signum == number
    assert handlers() == before


def test_without_a_signal_the_run_goes_to_its_end():
    before = handlers()
    source, preemption = make()
    source.run([1], epochs=3)
    assert (source.state.epoch, preemption.signum) == (3, None)
    assert handlers() == before


def test_on_another_event_the_run_ends_earlier():
    source, _ = make(event=Events.ITERATION_COMPLETED(every=2))
    source.run(range(9), lambda _: send(signal.SIGTERM))
    assert source.state.iteration == 2


def test_a_second_ctrl_c_interrupts_at_once():
    before = handlers()
    source, _ = make()

    def step(batch):
        send(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        source.run([1, 2, 3], step)
    assert source.state.iteration == 2
    source.fire_event(Events.EXCEPTION_RAISED)  # what an engine does then
    assert handlers() == before


def test_of_several_signals_the_first_counts():
    source, preemption = make()

    def step(batch):
        send(signal.SIGINT)
        send(signal.SIGTERM)
        send(signal.SIGTERM)

    source.run([1], step)
    assert preemption.signum == signal.SIGINT


def test_another_run_starts_without_the_old_signal():
    source, preemption = make()
    source.run([1], lambda _: send(signal.SIGTERM), epochs=5)
    assert source.state.epoch == 1
    source.run([1], epochs=5)
    assert (source.state.epoch, preemption.signum) == (5, None)


def test_elsewhere_than_in_the_main_thread_the_run_is_refused():
    source, _ = make()
    errors = []

    def run():
        try:
            source.run([1])
        except RuntimeError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert "main thread" in str(errors)


@pytest.mark.parametrize("signals", [(), (signal.SIGKILL,), (12345,)])
def test_what_cannot_be_listened_to_is_refused(signals):
    with pytest.raises(ValueError, match="signals="):
        PreemptionHandler(signals)


def test_what_cannot_be_ended_is_refused():
    with pytest.raises(TypeError, match="terminate"):
        PreemptionHandler().attach(EventEmitter())


SCRIPT = """
import sys, time
import torch
from ignite.events.interface import Events
from ignite.events.testing import RecordingEventSource
from ignite.handlers import Checkpoint, PreemptionHandler

source, preemption = RecordingEventSource(), PreemptionHandler()
preemption.attach(source)
checkpoint = Checkpoint({"model": torch.nn.Linear(1, 1)}, sys.argv[1])
source.add_event_handler(Events.COMPLETED, checkpoint)
source.add_event_handler(Events.STARTED, lambda: print("started", flush=True))
source.run(range(5), lambda _: time.sleep(0.02), epochs=10_000)
print("ended by", preemption.signum, flush=True)
"""


def test_a_process_that_is_told_to_stop_saves_and_exits(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "started\n"
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    assert (out, process.returncode) == (f"ended by {signal.SIGTERM.value}\n", 0)
    assert len(list(tmp_path.glob("*.pt"))) == 1
