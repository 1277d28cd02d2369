"""The engine does what DIAGRAM.md says, whatever is asked of it, and wherever.

A program is a list of calls that are possible in every state, so whatever part of a failing one
is left out, a program remains: that lets hypothesis shrink it to the calls that matter. (Rules
with preconditions, as in a RuleBasedStateMachine, left idle calls in what was shown.)
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, example, given, note, settings
from hypothesis import strategies as st

from ignite.engine import Engine, Events

from ._diagram import DRAWN
from ._model import Model
from ._stage import ASKED, KINDS, RAISED, Ask, Cue, Load, Run, Stage

SETTINGS = settings(
    max_examples=5000,
    deadline=None,
    derandomize="CI" in os.environ,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),  # hypothesis shrinks not in CI
    suppress_health_check=[HealthCheck.too_slow],
)

# One choice each wherever possible: the fewer choices make a call, the better it shrinks.
DATA = st.sampled_from([(kind, size) for size in (2, 1, 3, 0) for kind in KINDS] + 3 * [None])
GOAL = st.sampled_from([*((n, None) for n in range(1, 5)), *((None, n) for n in range(1, 7))])
LENGTH = st.sampled_from([None, None, None, 1, 2, 3])
TAKEN = st.sampled_from([None, None, None, 1, 2, 3])
AFTER = st.sampled_from([1, 2, 0, 1, 2, 0, *range(3, 13)])
CUE = st.builds(Cue, AFTER, st.sampled_from([*ASKED, *ASKED, *RAISED]))
CUES = st.lists(CUE, max_size=5).map(tuple)
RUN = st.builds(
    lambda data, goal, length, cues, taken: Run(data, *goal, length, cues, taken),
    *(DATA, GOAL, LENGTH, CUES, TAKEN),
)
GO_ON = st.builds(lambda cues, taken: Run(cues=cues, taken=taken), CUES, TAKEN)
GO_FURTHER = st.builds(lambda goal, cues: Run(None, *goal, cues=cues), GOAL, CUES)
ASK = st.sampled_from([Ask(action) for action in ASKED])
LOAD = st.sampled_from([Load(fresh=False), Load(fresh=True)])
PROGRAM = st.lists(st.one_of(GO_ON, RUN, RUN, GO_FURTHER, ASK, LOAD), max_size=8)
MAY_BE_UNHEARD = (
    "GET_BATCH_STARTED",
    "GET_BATCH_COMPLETED",
    "ITERATION_STARTED",
    "ITERATION_COMPLETED",
    "EXCEPTION_RAISED",
)

# Programs that chance rarely draws.
IN_COMPLETED = Run(("sized", 1), 1, cues=(Cue(11, "Failure"),))
IN_EPOCH_COMPLETED = Run(("sized", 1), 1, cues=(Cue(10, "Failure"),))
IN_TERMINATE = Run(("sized", 1), 1, cues=(Cue(1, "terminate"), Cue(1, "Failure")))
IN_SINGLE_EPOCH = Run(("sized", 1), 1, cues=(Cue(1, "terminate_epoch"), Cue(2, "Failure")))
IN_INTERRUPT = Run(("sized", 1), 1, cues=(Cue(1, "interrupt"), Cue(1, "Failure")))
IN_INTERRUPT_OF_EPOCH = Run(("sized", 1), 1, cues=(Cue(2, "interrupt"), Cue(1, "Failure")))
IN_THE_SECOND_EPOCH = Run(("sized", 1), max_iters=2, cues=(Cue(11, "interrupt"),))
LOADED_IN_AN_EPOCH = [
    *(Run(("sized", 2), max_iters=1), Load(fresh=False)),
    *(Run(max_epochs=2, cues=(Cue(2, "terminate"),)), Run()),
]

walked: set[str] = set()


@SETTINGS
@given(program=PROGRAM, unheard=st.sets(st.sampled_from(MAY_BE_UNHEARD)))
@example([IN_COMPLETED, IN_EPOCH_COMPLETED, IN_TERMINATE, IN_SINGLE_EPOCH], set())
@example([IN_INTERRUPT, IN_INTERRUPT_OF_EPOCH], set())
@example([IN_THE_SECOND_EPOCH, Run(max_iters=1)], set())
@example(LOADED_IN_AN_EPOCH, set())
def perform(program, unheard):
    model = Stage(lambda stage: model_on(stage, unheard))
    real = Stage(lambda stage: engine_on(stage, unheard))
    for call in program:
        expected, seen = model.perform(call), real.perform(call)
        note(f"{call}\n  expected: {', '.join(expected)}\n  was:      {', '.join(seen)}")
        assert seen == expected


def test_the_engine_walks_the_diagram():
    perform()
    assert walked == set(DRAWN.values())


def model_on(stage, unheard):
    return Model(lambda batch: stage.at("process", batch), stage.at, unheard, walked)


def engine_on(stage, unheard):
    engine = Engine(lambda engine, batch: stage.at("process", batch))
    handlers = {event: lambda engine, name=event.name: stage.at(name) for event in Events}
    handlers[Events.TERMINATE_SINGLE_EPOCH] = lambda engine, iter_counter: stage.at(
        "TERMINATE_SINGLE_EPOCH", iter_counter
    )
    handlers[Events.EXCEPTION_RAISED] = lambda engine, error: stage.at(
        "EXCEPTION_RAISED", type(error).__name__
    )
    for event, handler in handlers.items():
        if event.name not in unheard:
            engine.add_event_handler(event, handler)
    return engine
