"""What a process makes of the variables that its launcher set, as far as one process can show."""

import os
import socket

import pytest
import torch.distributed as dist

import ignite.distributed as idist
from ignite.distributed._launched import launched
from ignite.distributed.interface import DistributedError

TORCHRUN = {
    "RANK": "3",
    "WORLD_SIZE": "4",
    "LOCAL_RANK": "1",
    "LOCAL_WORLD_SIZE": "2",
    "GROUP_RANK": "1",
    "GROUP_WORLD_SIZE": "2",
    "MASTER_ADDR": "host",
    "MASTER_PORT": "29500",
}
TASK = {  # of the same place
    "SLURM_JOB_ID": "1",
    "SLURM_STEP_ID": "0",
    "SLURM_STEP_NODELIST": "n[0-1]",
    "SLURM_STEP_NUM_TASKS": "4",
    "SLURM_STEP_TASKS_PER_NODE": "2(x2)",
    "SLURM_PROCID": "3",
    "SLURM_LOCALID": "1",
    "SLURM_NODEID": "1",
}
BATCH = {"SLURM_JOB_ID": "1", "SLURM_NTASKS": "4", "SLURM_PROCID": "0"}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in os.environ:
        if name.startswith("SLURM_") or name in TORCHRUN:
            monkeypatch.delenv(name)

    def set_all(**variables):
        for name, text in variables.items():
            monkeypatch.setenv(name, text)

    return set_all


@pytest.fixture
def alone():
    """A group that is there already, so that there is nobody to wait for."""
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def test_a_plain_start_says_nothing(environment):
    assert launched() == {}


def test_torchrun_is_taken_at_its_word(environment):
    environment(**TORCHRUN)
    assert launched() == TORCHRUN


def test_a_task_of_srun_is_told_the_same(environment):
    environment(**TASK)
    told = launched()
    places = {name: text for name, text in TORCHRUN.items() if not name.startswith("MASTER")}
    assert {name: told[name] for name in places} == places
    assert told["MASTER_ADDR"] == "n0"


def test_the_user_may_say_where_to_meet(environment):
    environment(**TASK, MASTER_ADDR="elsewhere", MASTER_PORT="1234")
    told = launched()
    assert (told["MASTER_ADDR"], told["MASTER_PORT"]) == ("elsewhere", "1234")


def test_torchrun_in_a_task_of_srun_numbers_its_own(environment):
    environment(**TASK, **{**TORCHRUN, "RANK": "7", "WORLD_SIZE": "8"})
    assert launched()["RANK"] == "7"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"RANK": "0", "WORLD_SIZE": "4"}, r"RANK=0 \(SLURM: 3\)\. Unset RANK"),
        ({"WORLD_SIZE": "8"}, r"WORLD_SIZE=8 \(SLURM: 4\)\. Unset WORLD_SIZE"),
        ({"RANK": "3", "LOCAL_RANK": "3"}, r"LOCAL_RANK=3 \(SLURM: 1\)"),
    ],
)
def test_what_was_set_by_hand_must_not_contradict_srun(environment, variables, message):
    environment(**TASK, **variables)
    with pytest.raises(ValueError, match=message):
        idist.initialize("gloo", timeout=2)
    with pytest.raises(ValueError, match=message):
        idist.Parallel("gloo", timeout=2).__enter__()


def test_what_agrees_with_srun_is_no_contradiction(environment):
    environment(**TASK, RANK="3", WORLD_SIZE="4", LOCAL_RANK="1")
    assert launched()["LOCAL_WORLD_SIZE"] == "2"


def test_where_srun_was_forgotten(environment):
    environment(**BATCH)
    with pytest.raises(ValueError, match=r"allotted 4 tasks .* start the program with srun"):
        idist.initialize("gloo")
    environment(RANK="0", WORLD_SIZE="1")
    idist.initialize("gloo")
    assert idist.get_world_size() == 1
    idist.finalize()


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"RANK": "0"}, "RANK and WORLD_SIZE belong together"),
        ({"RANK": "2", "WORLD_SIZE": "2"}, "must hold 0 <= rank < world size"),
        ({"RANK": "first", "WORLD_SIZE": "2"}, "RANK must be a number, got 'first'"),
        ({"RANK": "0", "WORLD_SIZE": "2"}, "Where do the 2 ranks meet"),
        ({"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "a"}, "Where do the 2 ranks meet"),
        ({**TORCHRUN, "MASTER_PORT": "http"}, "MASTER_PORT must be a number, got 'http'"),
    ],
)
def test_variables_that_do_not_fit(environment, variables, message):
    environment(**variables)
    with pytest.raises(ValueError, match=message):
        idist.initialize("gloo", timeout=2)


def test_a_port_that_is_taken(environment):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        environment(RANK="0", WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
        with pytest.raises(DistributedError, match="set MASTER_PORT to a free"):
            idist.initialize("gloo", timeout=2)


def test_tasks_of_srun_start_no_others(environment):
    environment(**TASK)
    with pytest.raises(ValueError, match="as rank 3 of 4; leave it out"):
        idist.Parallel("gloo", 2)


def test_unless_there_is_one_task_on_each_node(environment):
    two = {"SLURM_STEP_TASKS_PER_NODE": "1(x2)", "SLURM_STEP_NUM_TASKS": "2"}
    environment(**{**TASK, **two, "SLURM_PROCID": "1", "SLURM_LOCALID": "0"})
    idist.Parallel("gloo", 2, nnodes=2, node_rank=1, master_addr="n0", master_port=1)


def test_the_function_sees_a_task_of_srun_as_if_torchrun_had_started_it(environment, alone):
    environment(**TASK)
    seen = []
    with idist.Parallel("gloo") as parallel:
        parallel.run(lambda _: seen.append({name: os.environ.get(name) for name in TORCHRUN}))
    told = launched()
    assert seen == [told]
    assert not TORCHRUN.keys() & os.environ.keys()
