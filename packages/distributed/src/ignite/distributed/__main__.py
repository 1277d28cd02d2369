"""``python -m ignite.distributed doctor``: what can run here, and what mends the rest."""

from __future__ import annotations

import argparse
import sys

from ignite.distributed._doctor import examine


def main() -> int:
    """Run the command line, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ignite.distributed")
    commands = parser.add_subparsers(required=True, metavar="command")
    commands.add_parser("doctor", help="tell which backends can run here, and mend the others")
    parser.parse_args()
    lines, healthy = examine()
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main())
