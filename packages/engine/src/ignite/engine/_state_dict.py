"""What a saved state says, checked as a whole before any of it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ignite.engine.errors import StateDictError

DATALOADER = "dataloader"
"""The key of what data with a state of its own has saved."""

ANEW = "data_begins_anew"
"""The key that is true if the data was left in its middle, and the next epoch iterates it anew."""

MISSING = "missing_iterations"
"""The key that a state has if epochs ended early; without, all before were of full length."""


@dataclass(frozen=True)
class SavedState:
    """Where a saved run stood.

    Attributes:
        attributes: those of the state, by name.
        done: iterations done in the epoch that was under way.
        missing: iterations that epochs which ended early went without.
    """

    attributes: dict[str, Any]
    done: int
    missing: int


def read_state_dict(
    state_dict: Any, required: Sequence[str], user_keys: Sequence[str]
) -> SavedState:
    """Return what ``state_dict`` says.

    Raises:
        TypeError: it is no mapping.
        StateDictError: a key is missing, two exclude each other, or a count is no count.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"A state dictionary is a mapping, got {type(state_dict).__name__}.")
    has = f"it has {', '.join(map(str, state_dict)) or 'no key'}."
    lacks = [key for key in (*required, *user_keys) if key not in state_dict]
    if lacks:
        raise StateDictError(f"The state dictionary lacks {', '.join(lacks)}; {has}")
    position = _only(state_dict, ("iteration", "epoch"), has)
    goal = _only(state_dict, ("max_epochs", "max_iters"), has)
    length, reached = _count(state_dict, "epoch_length"), _count(state_dict, position)
    if reached and not length:
        raise StateDictError(
            f"A state at {position} {reached} needs a positive epoch_length, got {length!r}."
        )
    length_or_one = length or 1
    iteration = (reached or 0) * (length_or_one if position == "epoch" else 1)
    missing = _integer(state_dict, MISSING) if MISSING in state_dict else 0
    epoch, done = divmod(iteration + (missing or 0), length_or_one)
    attributes = {
        "epoch_length": length,
        "iteration": iteration,
        "epoch": epoch,
        "max_epochs": None,
        "max_iters": None,
        goal: _count(state_dict, goal),
        **{key: state_dict[key] for key in user_keys},
    }
    return SavedState(attributes, done, missing or 0)


def _only(state_dict: Mapping[str, Any], pair: tuple[str, str], has: str) -> str:
    found = [key for key in pair if key in state_dict]
    if len(found) != 1:
        raise StateDictError(f"The state dictionary needs one of {' and '.join(pair)}; {has}")
    return found[0]


def _count(state_dict: Mapping[str, Any], key: str) -> int | None:
    value = _integer(state_dict, key)
    if value is not None and value < 0:
        raise StateDictError(f"{key} in the state dictionary is a count, got {value!r}.")
    return value


def _integer(state_dict: Mapping[str, Any], key: str) -> int | None:
    value = state_dict[key]
    if value is not None and not isinstance(value, int):
        raise StateDictError(f"{key} in the state dictionary is a count, got {value!r}.")
    return value
