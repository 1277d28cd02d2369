"""The two pictures of a run on the digits."""

from __future__ import annotations

from pathlib import Path

import torch
from matplotlib.figure import Figure


def draw_curves(path: Path, curves: dict[str, list[float]]) -> None:
    """Draw loss and accuracy over epochs."""
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    for axes, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for part in ("train", "validation"):
            values = curves[f"{part}_{quantity}"]
            axes.plot(range(1, len(values) + 1), values, label=part)
        axes.set(xlabel="epoch", title=quantity)
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=150)


def draw_confusion(path: Path, matrix: torch.Tensor) -> None:
    """Draw how often each digit (a row) was taken for which (a column)."""
    counts = matrix.long().cpu()
    total = counts.sum()
    figure = Figure(figsize=(5, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(counts.float().sqrt(), cmap="Blues")  # a single error shows beside 35 hits
    for row, column in counts.nonzero().tolist():
        color = "white" if row == column else "black"
        axes.text(
            column, row, str(counts[row, column].item()), ha="center", va="center", color=color
        )
    axes.set(
        xlabel="predicted digit",
        ylabel="true digit",
        xticks=range(len(counts)),
        yticks=range(len(counts)),
        title=f"{int(total - counts.trace())} of {int(total)} test images taken wrong",
    )
    figure.savefig(path, dpi=150)
