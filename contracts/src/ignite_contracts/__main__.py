"""``python -m ignite_contracts``: the suites without a test project around them."""

from __future__ import annotations

import argparse
import sys

import pytest


def main() -> int:
    """Run the suites that the command line asks for, and return pytest's exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m ignite_contracts",
        description="Run the contract suites; what is not known here is handed to pytest.",
    )
    parser.add_argument("--backend", action="append", default=[], metavar="NAME")
    parser.add_argument("--world-size", action="append", default=[], metavar="N")
    parser.add_argument("--event-source", action="append", default=[], metavar="NAME")
    parser.add_argument("--report", default="ignite-contracts", metavar="FOLDER")
    chosen, further = parser.parse_known_args()
    if not chosen.backend and not chosen.event_source:
        parser.error("give --backend NAME, or --event-source NAME, or both")
    arguments = ["--pyargs", f"--ignite-report={chosen.report}"]
    if chosen.backend:
        arguments += ["ignite_contracts.suites.backend"]
        arguments += [f"--ignite-backend={','.join(chosen.backend)}"]
    if chosen.world_size:
        arguments += [f"--ignite-world-sizes={','.join(chosen.world_size)}"]
    if chosen.event_source:
        arguments += ["ignite_contracts.suites.event_source"]
        arguments += [f"--ignite-event-source={','.join(chosen.event_source)}"]
    return int(pytest.main([*arguments, *further]))


if __name__ == "__main__":
    sys.exit(main())
