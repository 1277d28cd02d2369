import pytest

import ignite.distributed as idist
from ignite.distributed.interface import DistributedError

TWO = {"backend": "gloo", "nproc_per_node": 2}
MASTER = {"master_addr": "host", "master_port": 29500}


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.delenv("WORLD_SIZE", raising=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"nproc_per_node": 2}, "nproc_per_node needs a backend"),
        ({"nnodes": 2, "node_rank": 0}, "nnodes, node_rank needs a backend"),
        ({"init_method": "file:///x"}, "init_method needs a backend"),
        ({"backend": "glue"}, "Unknown backend 'glue'"),
        ({"backend": "gloo", "nnodes": 2}, "give nproc_per_node too"),
        ({"backend": "gloo", "master_port": 1}, "give nproc_per_node too"),
        ({**TWO, "nproc_per_node": 0}, "nproc_per_node must be a positive int"),
        ({**TWO, "nproc_per_node": 2.0}, "nproc_per_node must be a positive int"),
        ({**TWO, "nnodes": -1}, "nnodes must be a positive int"),
        ({**TWO, "node_rank": 0}, "give nnodes too"),
        ({**TWO, "nnodes": 2, **MASTER}, "give node_rank"),
        ({**TWO, "nnodes": 2, "node_rank": 2, **MASTER}, "0 <= node_rank < 2"),
        ({**TWO, "nnodes": 2, "node_rank": 0}, "give master_addr and master_port"),
        ({**TWO, "master_addr": "host"}, "give master_addr and master_port"),
        ({**TWO, **MASTER, "init_method": "tcp://host:1"}, "give one of them"),
        ({**TWO, "start_method": "clone"}, "start_method must be one of"),
    ],
)
def test_arguments_that_do_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        idist.Parallel(**arguments)


def test_a_launched_process_starts_no_others(monkeypatch):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="leave it out"):
        idist.Parallel(**TWO)


def test_run_needs_the_with_block():
    with pytest.raises(DistributedError, match="with Parallel"):
        idist.Parallel().run(print)


def test_without_a_backend_it_is_a_call():
    seen = []
    with idist.Parallel(backend=None) as parallel:
        parallel.run(lambda *args, **kwargs: seen.append((args, kwargs)), 1, key=2)
    assert seen == [((0, 1), {"key": 2})]


def test_errors_pass_through_and_the_world_is_left():
    parallel = idist.Parallel(backend="gloo")
    with pytest.raises(KeyError, match="gloo"), parallel:
        parallel.run(lambda local_rank: {}[idist.backend()])
    assert idist.backend() is None


def test_functions_that_cannot_reach_a_new_process():
    with idist.Parallel(**TWO) as parallel, pytest.raises(TypeError, match="start_method='fork'"):
        parallel.run(lambda local_rank: None)
