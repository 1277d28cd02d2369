"""Every Python block of every README runs as a program, or as a session, of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("packages/*/*.md"), *ROOT.glob("contracts/*.md")])


BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def programs(page: Path) -> list[str]:
    """Return the page's blocks; those that are sessions go on from one to the next."""
    blocks = BLOCK.findall(page.read_text())
    session = "".join(block for block in blocks if block.startswith(">>>"))
    return [block for block in blocks if not block.startswith(">>>")] + [session] * bool(session)


BLOCKS = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}:{number}")
    for page in PAGES
    for number, block in enumerate(programs(page))
]


def test_there_are_blocks():
    assert len(BLOCKS) >= 6


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs(block, tmp_path):
    file = tmp_path / "block.txt"
    file.write_text(block)
    run = [sys.executable, *(["-m", "doctest"] if block.startswith(">>>") else []), str(file)]
    shown = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert shown.returncode == 0, shown.stderr
