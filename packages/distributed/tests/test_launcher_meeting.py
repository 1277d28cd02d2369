"""How ranks find each other in a store: whatever is left there, and at what cost."""

import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import torch.distributed as dist
from hypothesis import given, settings
from hypothesis import strategies as st

from ignite.distributed.backends._assembly import assemble
from ignite.distributed.backends._places import read_layout, say_where
from ignite.distributed.interface import CollectiveTimeout, DistributedError

LONG, SHORT = timedelta(seconds=5), timedelta(seconds=0.5)


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    """No launcher says where ranks are, so that they have to ask."""
    for name in ("RANK", "LOCAL_RANK", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"):
        monkeypatch.delenv(name, raising=False)


class Shared:
    """What is in a store, for clients of this process."""

    def __init__(self):
        self.values = {}
        self.changed = threading.Condition()
        self.clients = []


class Client(dist.Store):
    """One rank's way to a store, which counts what the rank asks of it and is sent."""

    def __init__(self, shared):
        super().__init__()
        self.shared = shared
        self.requests = Counter()
        self.bytes = 0
        self.limit = LONG
        shared.clients.append(self)  # the store of torch that wraps it does not keep it

    def set_timeout(self, limit):
        self.limit = limit

    def set(self, key, value):
        self.requests["set"] += 1
        with self.shared.changed:
            self.shared.values[key] = value if isinstance(value, bytes) else value.encode()
            self.shared.changed.notify_all()

    def add(self, key, amount):
        self.requests["add"] += 1
        with self.shared.changed:
            total = int(self.shared.values.get(key, 0)) + amount
            self.shared.values[key] = str(total).encode()
            return total

    def check(self, keys):
        self.requests["check"] += 1
        return all(key in self.shared.values for key in keys)

    def wait(self, keys, limit=None):
        self.requests["wait"] += 1
        limit = limit or self.limit
        with self.shared.changed:
            if not self.shared.changed.wait_for(
                lambda: all(key in self.shared.values for key in keys), limit.total_seconds()
            ):
                raise RuntimeError(f"timeout of {limit}")

    def get(self, key):
        self.wait([key])
        del self.requests["wait"]
        self.requests["get"] += 1
        self.bytes += len(self.shared.values[key])
        return self.shared.values[key]


def together(shared, ranks, world_size, timeout=LONG):
    """Have these ranks assemble at once; return each one's store, or error, and client."""
    clients = [Client(shared) for _ in ranks]

    def come(rank, client):
        try:
            return assemble(client, rank, world_size, timeout, "")[0]
        except DistributedError as error:
            return error

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(come, ranks, clients)), clients


def assert_alone(stores):
    """All ranks share one corner, and find nothing in it that was there before."""
    stores[0].set("said", "now")
    assert {store.get("said") for store in stores} == {b"now"}


@settings(deadline=None, max_examples=25)
@given(
    st.integers(1, 5),
    st.lists(st.tuples(st.integers(1, 5), st.sets(st.integers(0, 4))), max_size=3),
)
def test_each_world_has_a_corner_of_its_own_whatever_earlier_ones_left(size, earlier):
    """Earlier worlds had other sizes, and some of their ranks never came or were killed."""
    shared = Shared()
    for other_size, absent in earlier:
        present = [rank for rank in range(other_size) if rank not in absent]
        for store in together(shared, present, other_size, SHORT / 10)[0] if present else ():
            if isinstance(store, dist.Store):
                store.set("said", "long ago")
    stores, _ = together(shared, range(size), size)
    assert not stores[0].check(["said"])
    assert_alone(stores)
    for rank, store in enumerate(stores):
        assert read_layout(store, rank, size) == (rank, size, 1, 0)
    assert_alone(together(shared, range(size), size)[0])


def test_who_is_missing_is_told_to_all():
    for absent in range(3):
        present = [rank for rank in range(3) if rank != absent]
        errors, _ = together(Shared(), present, 3, SHORT)
        for error in errors:
            assert isinstance(error, CollectiveTimeout)
            assert str(error).startswith(f"Rank {absent} of 3 did not join in time")


def test_many_that_are_missing_are_not_all_listed():
    (error,), _ = together(Shared(), [0], 4096, SHORT)
    assert str(error).startswith("Ranks 1, 2, 3, 4, 5, 6, 7, 8 and others of 4096 did not join")


def test_ranks_that_are_late_are_waited_for():
    shared = Shared()
    with ThreadPoolExecutor(1) as threads:
        early = threads.submit(together, shared, [1, 2], 3)
        time.sleep(0.3)
        assert not early.done()
        stores, _ = together(shared, [0], 3)
        assert_alone([*stores, *early.result()[0]])


@pytest.mark.parametrize("size", [16, 128])
def test_what_a_rank_asks_for_does_not_grow_with_the_world(size):
    stores, clients = together(Shared(), range(size), size)
    for rank in range(1, size):
        assert read_layout(stores[rank], rank, size) == (rank, size, 1, 0)
        assert clients[rank].requests.total() <= 10
        assert clients[rank].bytes <= 300


def test_a_group_of_the_users_with_16384_ranks(monkeypatch):
    """One rank asks about the others, and each of those once."""
    size, per_node = 16_384, 8
    clients = [Client(shared := Shared())]
    clients += [Client(shared) for _ in range(size - 1)]
    for rank, client in enumerate(clients):
        monkeypatch.setattr(socket, "gethostname", lambda rank=rank: f"node {rank // per_node}")
        say_where(client, rank)
    for rank in (first := size // 2, 0, *range(9, size, 999), size - 1):
        place = (rank % per_node, per_node, size // per_node, rank // per_node)
        assert read_layout(clients[rank], rank, size) == place
        if rank != first:
            assert clients[rank].requests.total() <= 4
            assert clients[rank].bytes <= 100
    assert clients[first].requests.total() <= size + 5


def test_a_group_of_the_users_whose_ranks_ask_at_once():
    size, shared = 32, Shared()
    clients = [Client(shared) for _ in range(size)]
    for rank in range(1, size):
        say_where(clients[rank], rank)
    with ThreadPoolExecutor(size) as threads:
        asked = [threads.submit(read_layout, clients[rank], rank, size) for rank in range(size)]
        time.sleep(0.2)
        say_where(clients[0], 0)
        assert [place.result()[0] for place in asked] == list(range(size))
    assert sum(client.requests["get"] for client in clients) == 2 * size


def test_what_the_launcher_told_is_not_asked_for(monkeypatch):
    told = {"RANK": 9, "WORLD_SIZE": 16, "LOCAL_RANK": 1, "LOCAL_WORLD_SIZE": 8}
    for name, number in {**told, "GROUP_RANK": 1, "GROUP_WORLD_SIZE": 2}.items():
        monkeypatch.setenv(name, str(number))
    client = Client(Shared())
    assert read_layout(client, 9, 16) == (1, 8, 2, 1)
    assert not client.requests
    client.limit = SHORT
    with pytest.raises(CollectiveTimeout, match="Ranks 0, 1 of 2 did not join"):
        read_layout(client, 0, 2)  # another world, of which the launcher knows nothing


def test_ranks_that_were_dealt_out_in_turn_are_refused_on_each(monkeypatch):
    shared = Shared()
    for rank, machine in enumerate("aba"):
        monkeypatch.setattr(socket, "gethostname", lambda machine=machine: machine)
        say_where(Client(shared), rank)
    for rank in range(3):
        with pytest.raises(DistributedError, match="rank 2 is on 'a'"):
            read_layout(Client(shared), rank, 3)
