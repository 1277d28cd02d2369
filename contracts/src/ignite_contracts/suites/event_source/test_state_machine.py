"""Any sequence of registering, attaching, removing and firing, against the reference model."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from ignite_contracts._table import EXAMPLES
from ignite_contracts.event_source.factory import NewSource
from ignite_contracts.event_source.machine import Machine
from ignite_contracts.properties import example_settings

LEAST = 500
"""Sequences, even where fewer examples are asked for: a corner is in few of them."""

STEPS = 25
"""The longest sequence."""


def test_any_sequence_calls_what_the_model_calls(
    new_source: NewSource, request: pytest.FixtureRequest
) -> None:
    count = 0

    class Compared(Machine):
        def __init__(self) -> None:
            nonlocal count
            count += 1
            super().__init__(new_source())

    examples = max(LEAST, request.config.getoption("ignite_examples"))
    chosen = settings(example_settings(examples), stateful_step_count=STEPS)
    try:
        run_state_machine_as_test(Compared, settings=chosen)
    finally:
        request.node.user_properties.append((EXAMPLES, count))
