"""Pictures, drawn by matplotlib, which is imported when the first one is asked for."""

from __future__ import annotations

from typing import Any

__all__ = ["axes_or_new"]


def axes_or_new(axes: Any | None = None) -> Any:
    """Return ``axes``, or those of a new figure.

    Raises:
        ImportError: matplotlib is not installed.
    """
    if axes is not None:
        return axes
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f'matplotlib is not installed ({error}); run: pip install "ignite-metrics[plot]"'
        ) from error
    return pyplot.subplots()[1]
