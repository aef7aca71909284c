"""How well people are counted: ``python -m benchmarks.people COMMAND --help``.

score       rooms, labelled pictures and labelled clips, beside a plain ``ultralytics predict``
speed       processor time of counting beside the shared decode of random-access pictures
calibrate   fit the interval of weights to labelled pictures (see docs/models.md)
clips       every labelled moment of real clips
heads       how many heads the veil over stored pictures covers
stations    workstations: coverage, occupancy, turned cameras
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {
    "score": "benchmarks.people.table",
    "speed": "benchmarks.people.speed",
    "calibrate": "benchmarks.people.calibrate",
    "clips": "benchmarks.people.footage",
    "heads": "benchmarks.people.heads",
    "stations": "benchmarks.people.stations",
}
"""Each of these modules has a ``main`` that takes the arguments behind the command."""


def main(arguments: Sequence[str]) -> int:
    """Hand the arguments to a command; 2 for wrong usage."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    run: Callable[[Sequence[str]], None] = import_module(COMMANDS[arguments[0]]).main
    run(arguments[1:])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
