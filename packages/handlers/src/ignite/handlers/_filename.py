"""How checkpoint files are named."""

from __future__ import annotations

import string
from typing import Any

__all__ = ["check_pattern", "fill_pattern", "setup_filename_pattern"]

_FIELDS = ("filename_prefix", "name", "global_step", "score_name", "score", "ext")


def setup_filename_pattern(
    with_prefix: bool = True,
    with_score: bool = True,
    with_score_name: bool = True,
    with_global_step: bool = True,
) -> str:
    """Return the pattern for file names that have these parts.

    Raises:
        ValueError: neither a score nor a step, or a score's name without the score.

    >>> setup_filename_pattern(with_score_name=False)
    '{filename_prefix}_{name}_{global_step}_{score}.{ext}'
    """
    if not (with_score or with_global_step):
        raise ValueError("A file name needs with_score=True or with_global_step=True.")
    if with_score_name and not with_score:
        raise ValueError("with_score_name=True needs with_score=True.")
    parts = ["{filename_prefix}"] if with_prefix else []
    parts.append("{name}")
    if with_global_step:
        parts.append("{global_step}")
    if with_score:
        parts.append("{score_name}={score}" if with_score_name else "{score}")
    return "_".join(parts) + ".{ext}"


def fill_pattern(pattern: str, **components: Any) -> str:
    """Return the file name; a fractional score is written to four decimals."""
    fields = {**dict.fromkeys(_FIELDS), **components}
    if isinstance(fields["score"], float):
        fields["score"] = f"{fields['score']:.4f}"
    return pattern.format(**fields)


def check_pattern(pattern: str) -> None:
    """Return if every field of the pattern is known.

    Raises:
        ValueError: one is not.
    """
    for _, field, _, _ in string.Formatter().parse(pattern):
        if field is not None and field not in _FIELDS:
            raise ValueError(
                f"filename_pattern= has the field {field!r}; it may have {', '.join(_FIELDS)}."
            )
