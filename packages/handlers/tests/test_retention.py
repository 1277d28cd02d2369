"""Whatever the scores, the best checkpoints are kept, and never none."""

from __future__ import annotations

import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from ignite.events.testing import RecordingEventSource
from ignite.handlers import Checkpoint
from ignite.handlers.testing import MemorySaver

SCORES = st.lists(
    st.one_of(
        st.sampled_from([0.0, 0.5, 0.50001, 0.50002, 1.0, math.nan, math.inf, -math.inf]),
        st.integers(-3, 3),
    ),
    max_size=30,
)


class Watched(MemorySaver):
    """Sees to it that a whole checkpoint is there at any moment."""

    def remove(self, filename):
        assert self.calls[-1] != ("save", filename)
        super().remove(filename)
        assert self.saved


@given(SCORES, st.integers(1, 4), st.booleans(), st.booleans())
def test_the_n_best_are_kept(scores, n_saved, greater_or_equal, with_step):
    source, saver = RecordingEventSource(), Watched()
    handler = Checkpoint(
        {"model": torch.nn.Identity()},
        saver,
        score_function=lambda source: source.state.output,
        n_saved=n_saved,
        greater_or_equal=greater_or_equal,
        global_step_transform=(lambda source, _: source.state.iteration) if with_step else None,
    )
    model = []  # value, age, name
    for age, score in enumerate(scores):
        source.state.iteration, source.state.output = age, score
        handler(source)

        value = -math.inf if math.isnan(score) else score
        if len(model) == n_saved:
            least = min(model)[0]
            if value < least or (value == least and not greater_or_equal):
                continue
        number = f"{score:.4f}" if isinstance(score, float) else str(score)
        name = f"model_{age}_{number}.pt" if with_step else f"model_{number}.pt"
        model = [(value, age, name), *(kept for kept in model if kept[2] != name)]
        if len(model) > n_saved:
            model.remove(min(model))

        assert set(saver.saved) == {name for _, _, name in model}
        assert handler.last_checkpoint == max(model)[2]


@given(SCORES, st.integers(1, 4), st.integers(1, 4))
def test_a_record_of_more_than_are_kept_now_shrinks_to_the_best(scores, before, after):
    source, saver = RecordingEventSource(), MemorySaver()

    def handler(n_saved):
        return Checkpoint(
            {"model": torch.nn.Identity()},
            saver,
            score_function=lambda source: source.state.output,
            n_saved=n_saved,
            global_step_transform=lambda source, _: source.state.iteration,
        )

    first = handler(before)
    for source.state.iteration, source.state.output in enumerate(scores):
        first(source)
    second = handler(after)
    second.load_state_dict(first.state_dict())
    source.state.iteration, source.state.output = -1, 10.0
    second(source)
    if math.inf not in scores:
        assert "model_-1_10.0000.pt" in saver.saved
        assert len(saver.saved) <= after
