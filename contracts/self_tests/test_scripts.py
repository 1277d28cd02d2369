"""The script that ends a failure: it can be run as it stands, and fails the same way."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import remembers
import torch
from hypothesis import given
from hypothesis import strategies as st

from ignite.distributed.interface import ReduceOp
from ignite.events.interface import Events
from ignite_contracts.cases import DTYPES, Reduction, Step
from ignite_contracts.event_source.filters import Filter
from ignite_contracts.scripts import script
from ignite_contracts.specs import Blob, TensorSpec, Unpicklable

HERE = Path(__file__).parent

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.sampled_from([math.nan, -math.inf, complex(math.nan, math.inf), -0.0]),
    st.text(),
    st.binary(),
    st.sampled_from(["", "a/b.pt"]).map(Path),
    st.sampled_from([*DTYPES, *ReduceOp, *Events, torch.device("cpu"), ReduceOp, len, math.sqrt]),
)
specs = st.one_of(
    st.builds(TensorSpec, st.sampled_from(DTYPES), st.just((2, 0)), st.tuples(st.floats())),
    st.integers(0, 9).map(Blob),
    st.sampled_from(Unpicklable.KINDS).map(Unpicklable),
    st.builds(Filter, every=st.none() | st.integers(1, 9)),
)
values = st.recursive(
    plain | specs,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=3) | st.sampled_from(ReduceOp), inner, max_size=3),
        st.builds(Reduction, st.just("SUM"), st.lists(inner, max_size=2)),
        st.builds(Step, st.text(), st.none(), st.dictionaries(st.text(), inner), st.just(1)),
    ),
    max_leaves=8,
)
sets = st.sets(st.integers(0, 5)) | st.frozensets(st.integers(0, 5))


@given(value=values, numbers=sets)
def test_every_value_comes_back(value, numbers):
    text = script(remembers.check, {"value": value, "numbers": numbers})
    exec(compile(text, "script", "exec"), {"__name__": "__main__"})
    seen = remembers.SEEN.pop()
    assert repr(seen["value"]) == repr(value)
    assert seen["numbers"] == numbers
    assert type(seen["numbers"]) is type(numbers)


def run(folder, *command):
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "PYTHONPATH": path, "CI": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


BACKEND = ["backend", "--ignite-world-sizes=2", "--ignite-timeout=7", "--ignite-backend"]


@pytest.mark.parametrize(
    ("interface", "bug", "test", "message"),
    [
        (
            BACKEND,
            "broken_reductions:MaxLosesNan",
            "test_nan_and_infinity_propagate",
            "AssertionError: all_reduce op='MAX' on broken_reductions:MaxLosesNan at world size 2",
        ),
        (
            BACKEND,
            "broken_backends:GathersBackwardsUnchecked",
            "test_interleaved_operations_equal_the_reference_unchecked",
            "AssertionError: all_gather on broken_backends:GathersBackwardsUnchecked",
        ),
        (
            ["event_source", "--ignite-event-source"],
            "broken_keeping:OffByOne",
            "test_a_handler_runs_at_the_occurrences_that_pass",
            "AssertionError",
        ),
    ],
)
def test_the_script_fails_as_the_test_did(tmp_path, interface, bug, test, message):
    suites, *options = interface
    failed = run(
        tmp_path,
        *("-m", "pytest", "--pyargs", f"ignite_contracts.suites.{suites}", *options, bug),
        *("-k", test, "-p", "no:cacheprovider", "--show-capture=no"),
    )
    _, _, rest = failed.stdout.partition("- a script that shows it -")
    text = rest.partition("\n")[2].partition("\n====")[0]
    script = tmp_path / "script.py"
    script.write_text(text)
    again = run(tmp_path, str(script))
    assert again.returncode == 1, text + again.stdout + again.stderr
    error = again.stderr[again.stderr.rindex("AssertionError") :].rstrip().splitlines()
    assert error[0].startswith(message)
    assert all(line in failed.stdout for line in error)
