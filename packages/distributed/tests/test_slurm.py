"""What SLURM says of a task, in any shape of step; its own numbering is the oracle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ignite.distributed._slurm import step_variables
from ignite.distributed._slurm_lists import expand_counts, expand_hosts, pack_counts

STEM = st.from_regex(r"[a-z]{1,3}-?", fullmatch=True)


@st.composite
def spans(draw):
    """Ranges of a bracket, and the texts that they stand for."""
    ranges, texts = [], []
    for _ in range(draw(st.integers(1, 3))):
        first = draw(st.integers(0, 120))
        width = draw(st.integers(1, 4))
        last = first + draw(st.integers(0, 5))
        numbers = [str(number).rjust(width, "0") for number in range(first, last + 1)]
        if len(numbers[0]) > len(str(first)) and len(numbers[-1]) > len(numbers[0]):
            continue  # padded, and grown out of its padding: no such list
        ranges.append(numbers[0] if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}")
        texts += numbers
    return (f"[{','.join(ranges)}]", texts) if ranges else ("[0]", ["0"])


@st.composite
def names(draw):
    """One name of a list, and the hosts that it stands for."""
    written = draw(STEM)
    hosts = [written]
    for _ in range(draw(st.integers(0, 2))):
        bracket, texts = draw(spans())
        stem = draw(STEM)
        written += bracket + stem
        hosts = [host + text + stem for host in hosts for text in texts]
    return written, hosts


@given(st.lists(names(), min_size=1, max_size=4))
def test_hosts(found):
    text = ",".join(written for written, _ in found)
    assert expand_hosts(text) == [host for _, hosts in found for host in hosts]


@pytest.mark.parametrize(
    "text",
    ["", ",", "a,,b", "n[", "n[0", "n]", "n[]", "n[1-]", "n[a]", "n[3-1]", "n[0-1[2]]", "a b"],
)
def test_lists_of_hosts_that_are_none(text):
    with pytest.raises(ValueError):
        expand_hosts(text)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 5)), min_size=1, max_size=6))
def test_counts(runs):
    text = ",".join(f"{count}(x{times})" if times > 1 else f"{count}" for count, times in runs)
    counts = [count for count, times in runs for _ in range(times)]
    assert expand_counts(text) == counts
    assert expand_counts(pack_counts(counts)) == counts


@pytest.mark.parametrize("text", ["", "2(x)", "(x3)", "2,", "a", "2(x3"])
def test_lists_of_counts_that_are_none(text):
    with pytest.raises(ValueError):
        expand_counts(text)


def test_counts_of_many_equal_nodes_take_no_room():
    assert pack_counts([8] * 2048) == "8(x2048)"


def step(sizes, node, local_rank, **others):
    """The variables of one task; the others of the job are as in an allocation twice as large."""
    return {
        "SLURM_JOB_ID": "4711",
        "SLURM_NTASKS": str(2 * sum(sizes)),
        "SLURM_JOB_NODELIST": "elsewhere[0-99]",
        "SLURM_STEP_ID": "0",
        "SLURM_STEP_NODELIST": f"n[08-{len(sizes) + 7:02}]",
        "SLURM_STEP_NUM_TASKS": str(sum(sizes)),
        "SLURM_STEP_TASKS_PER_NODE": ",".join(map(str, sizes)),
        "SLURM_PROCID": str(sum(sizes[:node]) + local_rank),
        "SLURM_LOCALID": str(local_rank),
        "SLURM_NODEID": str(node),
        **others,
    }


@given(st.lists(st.integers(1, 6), min_size=2, max_size=6), st.data())
def test_a_task_in_the_words_of_torchrun(sizes, data):
    node = data.draw(st.integers(0, len(sizes) - 1))
    local_rank = data.draw(st.integers(0, sizes[node] - 1))
    found = step_variables(step(sizes, node, local_rank))
    assert 20_000 <= int(found.pop("MASTER_PORT")) < 30_000
    assert found == {
        "RANK": str(sum(sizes[:node]) + local_rank),
        "WORLD_SIZE": str(sum(sizes)),
        "LOCAL_RANK": str(local_rank),
        "LOCAL_WORLD_SIZE": str(sizes[node]),
        "GROUP_RANK": str(node),
        "GROUP_WORLD_SIZE": str(len(sizes)),
        "MASTER_ADDR": "n08",
    }


def port(**others):
    return step_variables(step([1, 1], 1, 0, **others))["MASTER_PORT"]


def test_steps_side_by_side_meet_at_ports_of_their_own():
    assert port() == step_variables(step([1, 1], 0, 0))["MASTER_PORT"]
    jobs = [{"SLURM_JOB_ID": str(9_999_990 + job)} for job in range(50)]
    steps = [{"SLURM_STEP_ID": str(number)} for number in range(10)]
    assert len({port(**job, **step) for job in jobs for step in steps}) == 500


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"SLURM_JOB_ID": "1", "SLURM_PROCID": "0", "SLURM_NTASKS": "4"},  # a batch script
        step([1], 0, 0),  # which may be a shell
    ],
)
def test_elsewhere_nothing_is_said(environment):
    assert step_variables(environment) == {}


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"SLURM_PROCID": "1"}, "SLURM_PROCID=1, SLURM_NODEID=1, SLURM_LOCALID=0"),
        ({"SLURM_PROCID": "9"}, "SLURM_PROCID=9"),
        ({"SLURM_LOCALID": "1"}, "srun --distribution=block"),
        ({"SLURM_STEP_TASKS_PER_NODE": "2(x2)"}, "SLURM_STEP_NUM_TASKS=3"),
        ({"SLURM_STEP_TASKS_PER_NODE": "2(y2)"}, "cannot be read: '2\\(y2\\)' is no list"),
        ({"SLURM_STEP_NODELIST": "n[0-2]"}, "SLURM_STEP_NODELIST=n\\[0-2\\]"),
        ({"SLURM_STEP_NODELIST": "n[0-"}, "cannot be read: 'n\\[0-' is no list"),
        ({"SLURM_NODEID": "one"}, "SLURM_NODEID must be a number"),
    ],
)
def test_what_contradicts_itself(others, message):
    with pytest.raises(ValueError, match=message):
        step_variables(step([2, 1], 1, 0, **others))


@pytest.mark.parametrize("name", ["PROCID", "LOCALID", "NODEID", "JOB_ID", "STEP_NODELIST"])
def test_what_is_missing_is_named(name):
    environment = step([2, 1], 1, 0)
    del environment[f"SLURM_{name}"]
    with pytest.raises(ValueError, match=f"SLURM_{name} is not set"):
        step_variables(environment)
