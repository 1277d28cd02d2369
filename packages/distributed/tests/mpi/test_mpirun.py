"""Ranks that mpirun starts, and a process that nobody starts as one."""

import pytest


@pytest.mark.parametrize(
    "function", ["again", "refuse", "in_threads", "find_users_world", "do_not_find_ones_own"]
)
def test_two_ranks(mpirun, function):
    result = mpirun(function)
    assert result.stdout.splitlines() == ["ended well"] * 2
    assert result.returncode == 0


def test_two_ranks_of_a_program_that_asks_what_there_is(mpirun):
    assert mpirun("look_for_backends").stdout.splitlines() == ["ended well"] * 2


@pytest.mark.parametrize("function", ["again", "do_not_find_ones_own", "look_for_backends"])
def test_a_process_alone_is_a_world(run, function):
    result = run(function)
    assert result.stdout == "ended well\n"
    assert result.returncode == 0


def test_nodes_of_unequal_size(mpirun, is_mpich):
    if not is_mpich:
        pytest.skip("only MPICH plays several nodes on one machine")
    result = mpirun("tell_place", size=3, MPIR_CVAR_NUM_CLIQUES="2")
    assert result.stdout.splitlines() == [
        "(0, 3, 0, 1, 0, 2)",
        "(1, 3, 0, 2, 1, 2)",
        "(2, 3, 1, 2, 1, 2)",
    ]


def test_ranks_dealt_out_to_the_nodes_in_turn(mpirun, is_mpich):
    if not is_mpich:
        pytest.skip("only MPICH plays several nodes on one machine")
    result = mpirun("tell_place", size=4, MPIR_CVAR_ODD_EVEN_CLIQUES="1")
    assert "The ranks of one node must follow one another" in result.stdout
    assert result.returncode != 0


@pytest.mark.parametrize(
    ("function", "launcher", "status"),
    [
        (("fail",), (), 1),
        (("fail",), ("-m", "mpi4py"), 1),
        (("fail_amid_collective",), (), 1),
        (("parallel", "fail_on_last"), (), 1),
        (("parallel", "exit_on_last"), (), 7),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_rank_that_ends_ends_all(mpirun, function, launcher, status):
    result = mpirun(*function, launcher=launcher)
    assert result.returncode == status
    if not launcher:  # mpi4py ends all before mpiexec has surely shown what was printed
        assert result.stdout.count("ValueError: what went wrong") == (status == 1)


@pytest.mark.parametrize("operation", ["barrier", "send", "recv", "group", "background"])
def test_nobody_waits_for_ever(mpirun, operation):
    result = mpirun("wait_in_vain", operation, size=3)
    assert "told of it\n" in result.stdout
    assert result.returncode != 0  # it did not wait for those who never end


def test_a_rank_that_does_not_come(mpirun):
    result = mpirun("come_late")
    assert "Timeout" in result.stdout
    assert "with_all_ranks" in result.stdout
    assert result.returncode != 0


def test_waiting_leaves_the_core_to_others(mpirun):
    assert mpirun("wait_idly").stdout == "ended well\n"


def test_without_leave_for_threads(run):
    assert run("need_threads").stdout == "ended well\n"


def test_without_a_library(run):
    result = run("lack_a_library", MPI4PY_LIBMPI="/nowhere/libmpi.so")
    assert result.stdout == "ended well\n"


def test_a_world_that_mpi_does_not_know(run):
    result = run("again", RANK="1", WORLD_SIZE="2")
    assert "srun --mpi=pmi2" in result.stdout
    assert result.returncode == 1
