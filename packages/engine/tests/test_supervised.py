"""Supervised trainers and evaluators against a plain torch loop."""

import pytest

torch = pytest.importorskip("torch", reason="supervised engines need torch")

from ignite.engine import (  # noqa: E402
    Events,
    create_supervised_evaluator,
    create_supervised_trainer,
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


def test_batches_are_moved_however_nested():
    model, _ = make()
    evaluator = create_supervised_evaluator(
        model,
        device="meta",
        model_fn=lambda model, x: x,
        output_transform=lambda x, y, y_pred: (x, y),
    )
    t = torch.ones(2)
    x, y = evaluator.run([({"a": [t, (t, "text")], "b": None}, t)]).output
    assert x["a"][0].is_meta
    assert x["a"][1][0].is_meta
    assert x["a"][1][1] == "text"
    assert x["b"] is None
    assert y.is_meta
