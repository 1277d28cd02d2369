import threading
from datetime import timedelta

import pytest
import torch.distributed as dist
from torch.testing._internal.distributed.fake_pg import FakeStore

import ignite.distributed as idist
from ignite.distributed.interface import (
    BackendUnavailable,
    CollectiveTimeout,
    DistributedError,
    current_backend,
)
from ignite.distributed.testing import serial_world


@pytest.fixture(autouse=True)
def leave(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    yield
    idist.finalize()
    if dist.is_initialized():
        dist.destroy_process_group()


def test_without_a_world_it_is_serial():
    assert idist.backend() is None
    assert current_backend().name == "serial"
    assert current_backend() is current_backend()


@pytest.mark.parametrize("timeout", [5, 0.5, timedelta(minutes=1)])
def test_initialize_and_finalize_as_often_as_one_likes(timeout, tmp_path):
    meeting = {"rank": 0, "world_size": 1, "init_method": (tmp_path / "store").as_uri()}
    for _ in range(3):
        idist.initialize("gloo", timeout=timeout, **meeting)
        assert idist.backend() == "gloo"
        assert idist.all_reduce(2) == 2
        idist.finalize()
        idist.finalize()
        assert idist.backend() is None
        assert not dist.is_initialized()


def test_only_one_world_at_a_time():
    idist.initialize("gloo")
    with pytest.raises(DistributedError, match=r"finalize\(\) first"):
        idist.initialize("gloo")
    assert idist.backend() == "gloo"


def test_the_environment_tells_who_and_where(monkeypatch, tmp_path):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "1")
    idist.initialize("gloo", init_method=(tmp_path / "store").as_uri())
    assert (idist.get_rank(), idist.get_world_size()) == (0, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rank": 0}, "belong together"),
        ({"world_size": 2}, "belong together"),
        ({"rank": 2, "world_size": 2}, "0 <= rank < world size"),
        ({"rank": 0, "world_size": 2}, "Where do the 2 ranks meet"),
        ({"timeout": 0}, "timeout must be positive"),
    ],
)
def test_arguments_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        idist.initialize("gloo", **options)
    assert idist.backend() is None


def test_half_an_environment(monkeypatch):
    monkeypatch.setenv("RANK", "0")
    with pytest.raises(ValueError, match="RANK and WORLD_SIZE belong together"):
        idist.initialize("gloo")


@pytest.mark.parametrize("options", [{"rank": 1, "world_size": 2}, {"world_size": 2}])
def test_serial_has_one_rank(options):
    with pytest.raises(ValueError, match="rank 0 of 1"):
        idist.initialize("serial", **options)
    with pytest.raises(TypeError, match="no option"):
        idist.initialize("serial", colour="red")


def test_a_rank_that_never_comes(tmp_path):
    address = (tmp_path / "store").as_uri()
    with pytest.raises(CollectiveTimeout, match="Rank 1 of 2 did not join"):
        idist.initialize("gloo", rank=0, world_size=2, init_method=address, timeout=1)
    assert not dist.is_initialized()


def test_a_backend_that_torch_was_built_without():
    if dist.is_backend_available("nccl"):
        pytest.skip("this torch has nccl")
    with pytest.raises(BackendUnavailable, match="built without nccl"):
        idist.initialize("ignite.distributed.backends.torch_native:NcclBackend")


class TestContextOfTheUser:
    @pytest.fixture
    def group(self):
        dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)

    def test_is_found(self, group):
        assert idist.backend() == "gloo"
        assert current_backend() is current_backend()
        assert idist.all_gather("a") == ["a"]
        assert (idist.get_local_rank(), idist.get_nnodes()) == (0, 1)

    def test_is_left_as_it_is(self, group):
        idist.all_reduce(1)
        idist.finalize()
        current_backend().finalize()
        assert dist.is_initialized()

    def test_cannot_be_initialized_again(self, group):
        with pytest.raises(DistributedError, match="is found by itself"):
            idist.initialize("gloo")

    def test_is_forgotten_when_it_is_gone(self, group):
        found = current_backend()
        dist.destroy_process_group()
        assert idist.backend() is None
        with pytest.raises(
            DistributedError, match="all_reduce on rank 0 of 1: This world has been left"
        ):
            found.all_reduce(1)

    def test_is_followed_when_it_is_replaced(self, group):
        assert idist.get_world_size() == 1
        dist.destroy_process_group()
        dist.init_process_group("fake", store=FakeStore(), rank=3, world_size=1024)
        assert (idist.get_rank(), idist.get_world_size()) == (3, 1024)

    def test_may_be_any_of_torch(self):
        dist.init_process_group(rank=0, world_size=1, store=dist.HashStore())
        assert idist.get_world_size() == 1
        assert idist.all_reduce(2.5) == 2.5

    def test_is_used_by_parallel(self, group):
        seen = []
        with idist.Parallel(backend="gloo") as parallel:
            parallel.run(lambda local_rank: seen.append((local_rank, idist.backend())))
        assert seen == [(0, "gloo")]
        assert dist.is_initialized()

    def test_must_be_the_one_that_parallel_is_to_use(self, group):
        with pytest.raises(DistributedError, match="A world of gloo is active, not of serial"):
            idist.Parallel(backend="serial").__enter__()


def test_threads_see_the_world_of_the_process():
    idist.initialize("gloo")
    assert _in_thread(idist.backend) == "gloo"


def test_a_context_has_a_world_of_its_own():
    idist.initialize("gloo")
    with serial_world() as alone:
        assert current_backend() is alone
        assert _in_thread(idist.backend) == "gloo"
    assert idist.backend() == "gloo"


def test_the_users_destroy_is_respected():
    idist.initialize("gloo")
    dist.destroy_process_group()
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    idist.finalize()
    assert dist.is_initialized()


def _in_thread(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]
