"""The same training on every backend, with any number of ranks, ends in the same place."""

import subprocess
import sys

import pytest
import torch
from torch.nn import functional as F


@pytest.fixture(scope="session")
def alone(script):
    """What a plain loop comes to: the weights, and how they do on other images."""
    model = script.network()
    optimizer = torch.optim.SGD(model.parameters(), lr=script.LR, momentum=0.9)
    (images, labels), (held_out, their_labels) = script.data()
    for indices in script.batches(len(images)) * script.EPOCHS:
        optimizer.zero_grad()
        F.cross_entropy(model(images[indices]), labels[indices]).backward()
        optimizer.step()
    with torch.no_grad():
        logits = model(held_out)
    return {
        "weights": torch.cat([p.detach().flatten() for p in model.parameters()]),
        "accuracy": (logits.argmax(1) == their_labels).double().mean().item(),
        "loss": F.cross_entropy(logits, their_labels).item(),
    }


def test_ranks_come_to_the_weights_of_one_process(ignite_case, script, alone, tmp_path, request):
    backend, size = ignite_case
    report = tmp_path / "report.pt"
    command = [sys.executable, script.__file__, backend, str(size), str(report)]
    run = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,  # replicas of XLA that share two cores compile for minutes
    )
    assert run.returncode == 0, run.stdout
    ranks = torch.load(report, weights_only=True)
    assert len(ranks) == size
    for rank in ranks:
        assert torch.equal(rank["weights"], ranks[0]["weights"])
        assert rank["metrics"] == ranks[0]["metrics"]
    difference = (ranks[0]["weights"] - alone["weights"]).abs().max().item()
    request.node.user_properties.append(("greatest difference", difference))
    torch.testing.assert_close(ranks[0]["weights"], alone["weights"], rtol=1e-4, atol=1e-5)
    assert ranks[0]["metrics"]["accuracy"] == alone["accuracy"]
    assert ranks[0]["metrics"]["loss"] == pytest.approx(alone["loss"], rel=1e-4)
