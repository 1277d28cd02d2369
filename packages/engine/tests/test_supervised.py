"""Supervised trainers and evaluators against a plain torch loop."""

import inspect
from collections import OrderedDict, defaultdict, namedtuple
from types import MappingProxyType

import pytest

torch = pytest.importorskip("torch", reason="supervised engines need torch")

import ignite.engine  # noqa: E402
from ignite.engine import (  # noqa: E402
    DeterministicEngine,
    Engine,
    Events,
    create_supervised_evaluator,
    create_supervised_trainer,
    supervised_evaluation_step,
    supervised_training_step,
)


def make(seed=0):
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 3))
    return model, torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def make_data(batches=5):
    generator = torch.Generator().manual_seed(1)
    return [
        (torch.randn(6, 4, generator=generator), torch.randint(3, (6,), generator=generator))
        for _ in range(batches)
    ]


cross_entropy = torch.nn.functional.cross_entropy


def test_training_equals_a_plain_loop_bit_for_bit():
    data = make_data()
    model, optimizer = make()
    losses = []
    torch.manual_seed(7)
    for _ in range(2):
        for x, y in data:
            optimizer.zero_grad()
            loss = cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    ours, optimizer = make()
    ours.eval()  # the step puts it into training mode
    trainer = create_supervised_trainer(ours, optimizer, cross_entropy)
    outputs = []
    trainer.add_event_handler(Events.ITERATION_COMPLETED, lambda e: outputs.append(e.state.output))
    torch.manual_seed(7)
    trainer.run(data, max_epochs=2)
    assert outputs == losses
    for expected, got in zip(model.parameters(), ours.parameters(), strict=True):
        assert torch.equal(expected, got)


def test_evaluation_is_without_gradients_dropout_or_change():
    model, _ = make()
    before = [p.clone() for p in model.parameters()]
    evaluator = create_supervised_evaluator(model)
    data = make_data(1)
    state = evaluator.run(data)
    y_pred, y = state.output
    assert not y_pred.requires_grad
    assert torch.equal(y, data[0][1])
    assert torch.equal(y_pred, model.eval()(data[0][0]))
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_metrics_are_attached_by_name():
    class Count:
        def attach(self, engine, name):
            engine.add_event_handler(
                Events.COMPLETED, lambda e: e.state.metrics.update({name: e.state.iteration})
            )

    evaluator = create_supervised_evaluator(make()[0], metrics={"count": Count()})
    assert evaluator.run(make_data()).metrics == {"count": 5}


def test_the_parts_of_a_step_can_be_replaced():
    model, optimizer = make()
    seen = []
    trainer = create_supervised_trainer(
        model,
        optimizer,
        lambda y_pred, y: y_pred.sum() + y.sum(),
        prepare_batch=lambda batch, device, non_blocking: (batch["x"], batch["y"]),
        model_transform=lambda output: output["logits"],
        model_fn=lambda model, x: {"logits": model(x)},
        output_transform=lambda x, y, y_pred, loss: seen.append(
            (x.shape, y.shape, y_pred.shape, loss.shape)
        ),
    )
    x, y = make_data(1)[0]
    trainer.run([{"x": x, "y": y}])
    assert seen == [((6, 4), (6,), (6, 3), ())]


def test_modules_that_are_kept_in_evaluation_mode_stay_so():
    model, optimizer = make()
    trainer = create_supervised_trainer(model, optimizer, cross_entropy)
    model[1].eval()
    trainer.run(make_data(2))
    assert model.training
    assert not model[1].training


@pytest.mark.parametrize("deterministic", [False, True])
def test_the_kind_of_engine(deterministic):
    trainer = create_supervised_trainer(*make(), cross_entropy, deterministic=deterministic)
    assert type(trainer) is (DeterministicEngine if deterministic else Engine)


def test_the_bare_steps_are_what_the_engines_run():
    data = make_data()
    model, optimizer = make()
    Engine(supervised_training_step(model, optimizer, cross_entropy)).run(data)
    expected, optimizer = make()
    create_supervised_trainer(expected, optimizer, cross_entropy).run(data)
    assert not torch.equal(model[0].weight, make()[0][0].weight)
    assert all(map(torch.equal, model.parameters(), expected.parameters()))

    y_pred, y = supervised_evaluation_step(model)(None, data[0])
    assert torch.equal(y_pred, model.eval()(data[0][0]))
    assert torch.equal(y, data[0][1])


COMMON = "device non_blocking prepare_batch model_transform output_transform"
TRAINING = f"model optimizer loss_fn {COMMON}"
ACCUMULATION = "gradient_accumulation_steps model_fn"


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("create_supervised_trainer", f"{TRAINING} deterministic amp_mode scaler {ACCUMULATION}"),
        ("create_supervised_evaluator", f"model metrics {COMMON} amp_mode model_fn"),
        ("supervised_training_step", f"{TRAINING} {ACCUMULATION}"),
        ("supervised_training_step_amp", f"{TRAINING} scaler {ACCUMULATION}"),
        ("supervised_training_step_apex", f"{TRAINING} {ACCUMULATION}"),
        ("supervised_training_step_tpu", f"{TRAINING} {ACCUMULATION}"),
        ("supervised_evaluation_step", f"model {COMMON} model_fn"),
        ("supervised_evaluation_step_amp", f"model {COMMON} model_fn"),
    ],
)
def test_arguments_can_be_given_by_position(name, order):
    parameters = inspect.signature(getattr(ignite.engine, name)).parameters
    assert list(parameters) == order.split()
    assert all(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters.values())


def test_a_compiled_model_is_compiled_once_for_training_and_once_for_evaluation():
    compiled = []

    def backend(graph, inputs):
        compiled.append(graph)
        return graph

    torch.compiler.reset()
    model, optimizer = make()
    model = torch.compile(model, backend=backend)
    trainer = create_supervised_trainer(model, optimizer, cross_entropy)
    evaluator = create_supervised_evaluator(model)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, lambda e: evaluator.run(make_data(2)))
    trainer.run(make_data(), max_epochs=1)
    assert len(compiled) == 2
    with torch.compiler.set_stance("fail_on_recompile"):
        trainer.run(max_epochs=3)
    assert trainer.state.iteration == 15
    assert len(compiled) == 2


def test_batches_are_moved_however_nested():
    model, _ = make()
    evaluator = create_supervised_evaluator(
        model,
        device="meta",
        model_fn=lambda model, x: x,
        output_transform=lambda x, y, y_pred: (x, y),
    )
    t, pair = torch.ones(2), namedtuple("Pair", "a b")
    nested = {
        "list": [t, (t, "text", range(2))],
        "named": pair(t, 1),
        "ordered": OrderedDict(k=t),
        "default": defaultdict(list, k=t),
        "frozen": MappingProxyType({"k": t}),
        "none": None,
    }
    x, y = evaluator.run([(nested, t)]).output
    assert y.is_meta
    assert x["list"][0].is_meta
    first, text, numbers = x["list"][1]
    assert first.is_meta
    assert (text, numbers) == ("text", range(2))
    assert type(x["named"]) is pair
    assert x["named"].a.is_meta
    assert x["named"].b == 1
    for kind in "ordered", "default", "frozen":
        assert type(x[kind]) is type(nested[kind])
        assert x[kind]["k"].is_meta
        assert nested[kind]["k"] is t
    assert x["default"]["new"] == []
    assert x["none"] is None
