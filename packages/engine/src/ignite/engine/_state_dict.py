"""What a saved state says, checked as a whole before any of it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ignite.engine.errors import StateDictError


def read_state_dict(state_dict: Any, user_keys: Sequence[str]) -> dict[str, Any]:
    """Return the attributes of the state that ``state_dict`` sets.

    Raises:
        TypeError: it is no mapping.
        StateDictError: a key is missing, two exclude each other, or a count is no count.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"A state dictionary is a mapping, got {type(state_dict).__name__}.")
    has = f"it has {', '.join(map(str, state_dict)) or 'no key'}."
    missing = [key for key in ("epoch_length", *user_keys) if key not in state_dict]
    if missing:
        raise StateDictError(f"The state dictionary lacks {', '.join(missing)}; {has}")
    position = _only(state_dict, ("iteration", "epoch"), has)
    goal = _only(state_dict, ("max_epochs", "max_iters"), has)
    length, reached = _count(state_dict, "epoch_length"), _count(state_dict, position)
    if reached and not length:
        raise StateDictError(
            f"A state at {position} {reached} needs a positive epoch_length, got {length!r}."
        )
    length_or_one = length or 1
    iteration = (reached or 0) * (length_or_one if position == "epoch" else 1)
    return {
        "epoch_length": length,
        "iteration": iteration,
        "epoch": iteration // length_or_one,
        "max_epochs": None,
        "max_iters": None,
        goal: _count(state_dict, goal),
        **{key: state_dict[key] for key in user_keys},
    }


def _only(state_dict: Mapping[str, Any], pair: tuple[str, str], has: str) -> str:
    found = [key for key in pair if key in state_dict]
    if len(found) != 1:
        raise StateDictError(f"The state dictionary needs one of {' and '.join(pair)}; {has}")
    return found[0]


def _count(state_dict: Mapping[str, Any], key: str) -> int | None:
    value = state_dict[key]
    if value is not None and (not isinstance(value, int) or value < 0):
        raise StateDictError(f"{key} in the state dictionary is a count, got {value!r}.")
    return value
