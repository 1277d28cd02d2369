"""The diagram in DIAGRAM.md, read as the table that the model walks."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "DIAGRAM.md"

EVENTS: dict[str, str] = {}
"""The event that is fired on entering a state."""

ARROWS: dict[str, dict[str, str]] = defaultdict(dict)
"""For each state and each label of an arrow that leaves it, the state it leads to.

An arrow that leaves a box leaves every state in it; one to a box leads to the box's first.
"""

DRAWN: dict[tuple[str, str], str] = {}
"""For each state and label, the line that draws the arrow."""

_EVENT = re.compile(r"(\w+) : \w+ \((\w+)\)")
_ARROW = re.compile(r"(\w+) --> (\w+)(?: : (.+))?")
_FIRST = re.compile(r"\[\*\] --> (\w+)")
_BOX = re.compile(r"state (\w+) \{")


def _read() -> None:
    lines = []
    states: dict[str, set[str]] = defaultdict(set)  # by box
    first: dict[str, str] = {}
    box = ""
    diagram = DOCUMENT.read_text(encoding="utf-8").split("stateDiagram-v2")[1].split("```")[0]
    for line in filter(None, map(str.strip, diagram.splitlines())):
        if match := _EVENT.fullmatch(line):
            EVENTS[match[1]] = match[2]
        elif match := _ARROW.fullmatch(line):
            lines.append((line, match[1], match[2], match[3] or ""))
            if box:
                states[box] |= {match[1], match[2]}
        elif match := _FIRST.fullmatch(line):
            first[box] = match[1]
        elif match := _BOX.fullmatch(line):
            box = match[1]
        else:
            assert line == "}", f"no state, event or arrow: {line}"
            box = ""
    for line, source, target, label in lines:
        for state in states.get(source, {source}):
            assert label not in ARROWS[state], f"{state} has two arrows {label!r}"
            ARROWS[state][label] = first.get(target, target)
            DRAWN[state, label] = line


_read()
