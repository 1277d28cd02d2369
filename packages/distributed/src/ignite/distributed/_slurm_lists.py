"""The compact lists that SLURM writes: of hosts, and of a number for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, product

__all__ = ["expand_counts", "expand_hosts", "pack_counts"]

_RANGES = r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*"
_PART = rf"\[{_RANGES}\]|[^][,\s]+"
_NAME = rf"(?:{_PART})+"
_COUNT = r"(\d+)(?:\(x(\d+)\))?"


def expand_hosts(text: str) -> list[str]:
    """Return the host names of a list, in its order.

    Raises:
        ValueError: it is no such list.

    >>> expand_hosts("n[0-1,07],rack[1-2]gpu[8-9],login")
    ['n0', 'n1', 'n07', 'rack1gpu8', 'rack1gpu9', 'rack2gpu8', 'rack2gpu9', 'login']
    """
    if not re.fullmatch(rf"{_NAME}(?:,{_NAME})*", text):
        raise ValueError(f"{text!r} is no list of hosts such as 'n[0-3,7],login1'.")
    return [host for name in re.findall(_NAME, text) for host in _expand_name(name)]


def _expand_name(name: str) -> Iterator[str]:
    parts = [_expand_part(part) for part in re.findall(_PART, name)]
    return ("".join(chosen) for chosen in product(*parts))


def _expand_part(part: str) -> list[str]:
    if not part.startswith("["):
        return [part]
    found = []
    for span in part[1:-1].split(","):
        first, _, last = span.partition("-")
        if int(last or first) < int(first):
            raise ValueError(f"{span!r} in {part!r} counts downwards.")
        width = len(first)  # which is where leading zeros are kept
        found += [f"{number:0{width}}" for number in range(int(first), int(last or first) + 1)]
    return found


def expand_counts(text: str) -> list[int]:
    """Return a number for each node.

    Raises:
        ValueError: it is no such list.

    >>> expand_counts("2(x3),1")
    [2, 2, 2, 1]
    """
    if not re.fullmatch(rf"{_COUNT}(?:,{_COUNT})*", text):
        raise ValueError(f"{text!r} is no list of numbers such as '2(x3),1'.")
    pairs = re.findall(_COUNT, text)
    return [int(number) for number, times in pairs for _ in range(int(times or 1))]


def pack_counts(counts: Sequence[int]) -> str:
    """Write numbers as :func:`expand_counts` reads them.

    >>> pack_counts([2, 2, 2, 1])
    '2(x3),1'
    """
    runs = ((number, len(list(run))) for number, run in groupby(counts))
    return ",".join(f"{number}(x{times})" if times > 1 else str(number) for number, times in runs)
