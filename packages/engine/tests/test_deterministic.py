"""Stopping anywhere, any number of times, and going on as if nothing had happened."""

from __future__ import annotations

import io
import random
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="deterministic runs need torch")
np = pytest.importorskip("numpy", reason="its random state is one of those that are restored")

from torch.utils.data import (  # noqa: E402
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    WeightedRandomSampler,
)

from ignite.engine import (  # noqa: E402
    DataError,
    DeterministicEngine,
    Engine,
    Events,
    StateDictError,
)
from ignite.engine.deterministic import (  # noqa: E402
    ReproducibleBatchSampler,
    keep_random_state,
    manual_seed,
    update_dataloader,
)

SAMPLES = 7


def noise():
    return random.random() + np.random.rand() + torch.rand(1).item()


class Augmented(Dataset):
    """Samples that are never twice the same."""

    def __len__(self):
        return SAMPLES

    def __getitem__(self, index):
        return torch.tensor([float(index), noise()])


class Stream(IterableDataset):
    def __iter__(self):
        return (torch.tensor([float(index), noise()]) for index in range(SAMPLES))


class Unsized:
    """Can be iterated again and again, but does not tell how often."""

    def __iter__(self):
        return (torch.tensor([[float(index), noise()]]) for index in range(SAMPLES))


class LazySampler:
    """Draws each batch only when it is asked for it."""

    def __iter__(self):
        return ([random.randrange(SAMPLES), int(torch.randint(SAMPLES, (1,)))] for _ in range(4))

    def __len__(self):
        return 4


def generator():
    return torch.Generator().manual_seed(5)


DATA = {
    "shuffled": lambda: DataLoader(Augmented(), batch_size=2, shuffle=True),
    "in order": lambda: DataLoader(Augmented(), batch_size=3, drop_last=True),
    "own generator": lambda: DataLoader(
        Augmented(), batch_size=2, shuffle=True, generator=generator()
    ),
    "with replacement": lambda: DataLoader(
        Augmented(),
        batch_size=2,
        sampler=RandomSampler(range(SAMPLES), replacement=True, generator=generator()),
    ),
    "weighted": lambda: DataLoader(
        Augmented(), batch_size=2, sampler=WeightedRandomSampler([1.0] * SAMPLES, 5)
    ),
    "lazy batch sampler": lambda: DataLoader(Augmented(), batch_sampler=LazySampler()),
    "no batches": lambda: DataLoader(Augmented(), batch_size=None, shuffle=True),
    "iterable dataset": lambda: DataLoader(Stream(), batch_size=2),
    "list": lambda: [torch.tensor([[float(index), 1.0]]) for index in range(4)],
    "unsized": Unsized,
    "iterator": lambda: iter([torch.tensor([[float(i % 4), 1.0]]) for i in range(1000)]),
    "none": lambda: None,
}


class Training:
    """A program: a model with dropout and momentum, made anew by every process that runs it."""

    def __init__(self, data, cut=()):
        with torch.random.fork_rng():
            torch.manual_seed(1)
            self.model = torch.nn.Sequential(
                torch.nn.Linear(2, 8), torch.nn.Dropout(), torch.nn.Linear(8, 1)
            )
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.engine = DeterministicEngine(self.step)
        self.data, self.cut, self.seen = data(), cut, []

    def step(self, engine, batch):
        state = engine.state
        x = torch.ones(1, 2) if batch is None else batch
        self.seen.append((state.epoch, state.iteration, x.tolist(), noise()))
        self.optimizer.zero_grad()
        self.model(x).square().mean().backward()
        self.optimizer.step()
        if state.iteration in self.cut:
            engine.terminate_epoch()

    def run(self, stop=None, **goal):
        handle = None
        if stop is not None:
            once = Events.ITERATION_COMPLETED(once=stop)
            handle = self.engine.add_event_handler(once, self.engine.terminate)
        self.engine.run(self.data, **goal)
        if handle is not None:
            handle.remove()

    def save(self):
        file = io.BytesIO()
        parts = self.model, self.optimizer, self.engine
        torch.save([part.state_dict() for part in parts], file)
        return file.getvalue()

    def load(self, saved):
        parts = self.model, self.optimizer, self.engine
        for part, state in zip(
            parts, torch.load(io.BytesIO(saved), weights_only=True), strict=True
        ):
            part.load_state_dict(state)

    def result(self):
        """Return what was seen and learnt, to the last bit; as text, in which nan is nan."""
        return repr((self.seen, [parameter.tolist() for parameter in self.model.parameters()]))


def uninterrupted(data, seed, cut, **goal):
    manual_seed(seed)
    whole = Training(data, cut)
    whole.run(**goal)
    return whole


def with_stops(data, seed, cut, stops, epoch_length, **goal):
    manual_seed(seed)
    part = Training(data, cut)
    seen = part.seen
    part.run(stop=stops[0], epoch_length=epoch_length, **goal)
    for stop in (*stops[1:], None):
        saved = part.save()
        manual_seed(random.randrange(2**40))  # another process begins in another state
        part = Training(data, cut)
        part.seen = seen
        part.load(saved)
        part.run(stop=stop)
    return part


@st.composite
def programs(draw, data):
    goal = draw(st.sampled_from(["max_epochs", "max_iters"]))
    unsized = data in ("iterator", "none", "iterable dataset", "unsized")
    length = draw(st.integers(2, 6) if unsized else st.none() | st.integers(2, 6))
    return {
        "seed": draw(st.integers(0, 2**31)),
        "cut": draw(st.sets(st.integers(1, 9), max_size=2)),
        "stops": draw(st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True).map(sorted)),
        "epoch_length": length,
        goal: draw(st.integers(2, 4) if goal == "max_epochs" else st.integers(10, 14)),
    }


@settings(max_examples=500, deadline=None)
@given(drawn=st.data())
def test_stopped_anywhere_and_resumed_equals_uninterrupted(drawn):
    data = drawn.draw(st.sampled_from(sorted(DATA)))
    program = drawn.draw(programs(data))
    stops, length = program.pop("stops"), program.pop("epoch_length")
    whole = uninterrupted(DATA[data], epoch_length=length, **program)
    end = whole.engine.state.iteration
    stops = [stop for stop in stops if stop < end] or [1]
    resumed = with_stops(DATA[data], stops=stops, epoch_length=length, **program)
    assert resumed.result() == whole.result()
    assert torch.equal(resumed.engine.state_dict()["rng_states"]["torch"], torch.get_rng_state())


@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize("stops", [[2], [4, 5]])
def test_workers_augment_as_if_uninterrupted(stops, persistent):
    def data():
        return DataLoader(
            Augmented(),
            batch_size=2,
            shuffle=True,
            num_workers=2,
            persistent_workers=persistent,
        )

    whole = uninterrupted(data, 3, (), max_epochs=2)
    resumed = with_stops(data, 3, (), stops, None, max_epochs=2)
    assert resumed.result() == whole.result()


def test_augmentation_depends_on_the_batch_and_not_on_the_worker():
    def outputs(workers):
        manual_seed(3)
        seen = []
        engine = DeterministicEngine(lambda engine, batch: seen.append(batch.tolist()))
        engine.run(DataLoader(Augmented(), batch_size=2, num_workers=workers), max_epochs=2)
        return seen

    one, two = outputs(1), outputs(2)
    assert one == two
    samples = [value for batch in one for _, value in batch]
    assert len(set(samples)) == len(samples) == 2 * SAMPLES


def test_the_seed_before_the_run_decides_it_and_every_pass_differs():
    def passes(seed):
        manual_seed(seed)
        seen = []
        engine = DeterministicEngine(lambda engine, batch: seen.append((batch.tolist(), noise())))
        engine.run(DataLoader(range(20), batch_size=20, shuffle=True), max_epochs=3)
        return seen

    assert passes(1) == passes(1)
    assert passes(1) != passes(2)
    assert len({str(batch) for batch, _ in passes(1)}) == 3


def test_epochs_that_end_early_do_not_repeat_the_pass():
    manual_seed(0)
    seen = []

    def step(engine, batch):
        seen.append(batch.tolist())
        engine.terminate_epoch()

    DeterministicEngine(step).run(DataLoader(range(99), batch_size=99, shuffle=True), max_epochs=5)
    assert len({str(batch) for batch in seen}) == 5


def test_data_may_be_exchanged_in_the_middle():
    def trained(stop=None, saved=None):
        seen = []

        def step(engine, batch):
            seen.append((batch.tolist(), noise()))
            if engine.state.iteration == 2:
                engine.set_data(DataLoader(range(10, 18), batch_size=2, shuffle=True))

        engine = DeterministicEngine(step)
        if stop:
            engine.add_event_handler(Events.ITERATION_COMPLETED(once=stop), engine.terminate)
        if saved:
            engine.load_state_dict(saved)
            engine.run(DataLoader(range(10, 18), batch_size=2, shuffle=True))
        else:
            manual_seed(4)
            engine.run(DataLoader(range(8), batch_size=2, shuffle=True), max_epochs=3)
        return seen, engine.state_dict()

    whole, _ = trained()
    for stop in (2, 3, 5, 7):
        begun, saved = trained(stop)
        manual_seed(99)
        rest, _ = trained(saved=saved)
        assert begun + rest == whole


def test_a_state_that_was_loaded_can_be_saved_again_before_it_runs():
    manual_seed(1)
    first = Training(DATA["shuffled"])
    first.run(stop=3, max_epochs=3)
    saved = first.engine.state_dict()
    second = DeterministicEngine(lambda engine, batch: None)
    second.load_state_dict(saved)
    manual_seed(8)
    again = second.state_dict()
    assert torch.equal(again.pop("rng_states")["torch"], saved.pop("rng_states")["torch"])
    assert str(again) == str(saved)


def test_beginning_anew_forgets_what_was_loaded():
    manual_seed(1)
    first = Training(DATA["shuffled"])
    first.run(max_epochs=2)
    manual_seed(2)
    expected = Training(DATA["shuffled"])
    expected.run(max_epochs=1)
    other = Training(DATA["shuffled"])
    other.engine.load_state_dict(first.engine.state_dict())
    other.engine.state.max_epochs = None
    manual_seed(2)
    other.run(max_epochs=1)
    assert other.result() == expected.result()


def test_what_is_wrong_with_a_state_is_said_before_anything_changes():
    plain = Engine(lambda engine, batch: None)
    plain.run([1, 2], max_epochs=2)
    engine = DeterministicEngine(lambda engine, batch: None)
    with pytest.raises(StateDictError, match="lacks seed, rng_states"):
        engine.load_state_dict(plain.state_dict())
    assert (engine.state.iteration, engine.state.seed) == (0, None)


def test_data_that_is_not_what_it_was_is_refused():
    first = DeterministicEngine(lambda engine, batch: None)
    first.add_event_handler(Events.ITERATION_COMPLETED(once=3), first.terminate)
    first.run(DataLoader(range(8), batch_size=2), max_epochs=2)
    for shorter in (DataLoader(range(4), batch_size=2), [1, 2]):
        second = DeterministicEngine(lambda engine, batch: None)
        second.load_state_dict(first.state_dict())
        with pytest.raises(DataError, match=r"had taken 3 batches of its data, .* has only 2"):
            second.run(shorter)
    second = DeterministicEngine(lambda engine, batch: None)
    second.load_state_dict(first.state_dict())
    with pytest.raises(StateDictError, match=r"0 random generators .* has 1"):
        second.run(DataLoader(range(8), batch_size=2, shuffle=True, generator=generator()))


def test_kept_random_state():
    @keep_random_state
    def drawing(value, *, fail=False):
        noise()
        if fail:
            raise KeyError(value)
        return value

    def after(function):
        manual_seed(1)
        noise()
        function()
        return noise()

    def failing():
        with pytest.raises(KeyError):
            drawing(1, fail=True)

    untouched = after(lambda: None)
    assert drawing(3) == 3
    assert after(lambda: drawing(3)) == untouched
    assert after(failing) == untouched
    assert after(noise) != untouched


@settings(max_examples=20, deadline=None)
@given(st.integers(-(2**63), 2**63 - 1))
def test_a_seed_is_any_integer_that_torch_takes(seed):
    manual_seed(seed)
    first = noise()
    manual_seed(seed)
    assert noise() == first


def test_a_batch_sampler_begins_where_it_is_told_once():
    batches = [[0, 1], [2, 3], [4]]
    sampler = ReproducibleBatchSampler(batches, start_iteration=2)
    assert len(sampler) == 3
    assert list(sampler) == [[4]]
    assert list(sampler) == batches
    with pytest.raises(TypeError, match=r"batch_sampler is iterated .* got 3"):
        ReproducibleBatchSampler(3)


def test_a_batch_sampler_without_end():
    class Endless:
        def __iter__(self):
            while True:
                yield [random.randrange(SAMPLES)]

    loader = DataLoader(range(SAMPLES), batch_sampler=Endless())
    seen = []
    DeterministicEngine(lambda engine, batch: seen.append(batch.tolist())).run(
        loader, max_epochs=2, epoch_length=50
    )
    assert len(seen) == 100


def test_an_updated_loader_keeps_all_but_the_batches():
    class Loader(DataLoader):
        label = None

    def collate(samples):
        return tuple(samples)

    loader = Loader(range(6), batch_size=2, collate_fn=collate, num_workers=1)
    loader.label = "mine"
    updated = update_dataloader(loader, [[5], [0, 1]])
    assert list(updated) == [(5,), (0, 1)]
    assert list(loader) == [(0, 1), (2, 3), (4, 5)]
    assert (type(updated), updated.label) == (Loader, "mine")
    assert len(updated) == 2


class Stateful:
    """Data that knows its position and draws its order from a generator of its own."""

    def __init__(self):
        self.random = random.Random(5)
        self.order, self.position, self.resumes = [], 0, False

    def __iter__(self):
        if not self.resumes:
            self.order, self.position = self.random.sample(range(4), 4), 0
        self.resumes = False
        return self

    def __next__(self):
        if self.position == len(self.order):
            raise StopIteration
        self.position += 1
        return self.order[self.position - 1]

    def state_dict(self):
        state = self.order, self.position, self.random.getstate()
        return dict(zip(("order", "position", "random"), state, strict=True))

    def load_state_dict(self, state):
        self.order, self.position = state["order"], state["position"]
        self.random.setstate(state["random"])
        self.resumes = True


@settings(deadline=None)
@given(
    stop=st.integers(1, 11),
    cut=st.sets(st.integers(1, 10), max_size=3),
    engine_type=st.sampled_from([Engine, DeterministicEngine]),
)
def test_data_with_a_state_of_its_own_goes_on_by_it(stop, cut, engine_type):
    def trained(stop=None, saved=None):
        seen, data = [], Stateful()

        def step(engine, batch):
            seen.append((engine.state.epoch, engine.state.iteration, batch))
            if engine.state.iteration in cut:
                engine.terminate_epoch()

        engine = engine_type(step)
        if stop:
            engine.add_event_handler(Events.ITERATION_COMPLETED(once=stop), engine.terminate)
        if saved is None:
            engine.run(data, max_epochs=4, epoch_length=4)
        else:
            engine.load_state_dict(saved)
            engine.run(data)
        return seen, engine.state_dict()

    whole, _ = trained()
    begun, saved = trained(stop=stop)
    rest = trained(saved=saved)[0] if begun != whole else []
    assert begun + rest == whole


@pytest.mark.filterwarnings("ignore:'set_vital' is deprecated")
@pytest.mark.parametrize("engine_type", [Engine, DeterministicEngine])
@pytest.mark.parametrize("stop", [1, 3, 4])
def test_a_stateful_data_loader_goes_on_as_in_a_loop_by_hand(engine_type, stop):
    stateful = pytest.importorskip("torchdata.stateful_dataloader", reason="needs torchdata")

    def loader():
        return stateful.StatefulDataLoader(
            range(8), batch_size=2, shuffle=True, generator=generator()
        )

    def values(batches):
        return [batch.tolist() for batch in batches]

    def engine():
        engine = engine_type(lambda engine, batch: seen.append(batch))
        engine.add_event_handler(Events.ITERATION_COMPLETED(once=stop), engine.terminate)
        return engine

    by_hand = loader()
    begun = values(islice(by_hand, stop))
    other = loader()
    other.load_state_dict(by_hand.state_dict())
    rest = values(other)

    seen = []
    first = engine()
    first.run(loader(), max_epochs=1)
    second = engine()
    second.load_state_dict(first.state_dict())
    second.state.max_epochs = 2  # for a stop at the end of the first epoch
    second.run(loader(), max_epochs=2)
    assert values(seen)[: len(begun + rest)] == begun + rest
    third = engine()
    third.load_state_dict(first.state_dict())
    with pytest.raises(StateDictError, match="list"):
        third.run([1, 2, 3, 4], max_epochs=2)
