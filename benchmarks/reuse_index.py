"""What looking for re-used footage costs against thousands of indexed hours, and what the index finds again.

``python -m benchmarks.reuse_index --hours 10000 --index faiss``: fills an index with synthesised fingerprints, asks it
with lessons that hold a planted stretch of an indexed one, and prints CPU time, memory and recall as JSON.

The codes are synthesised by a hidden state of 32 numbers for each instant: what a room's lessons share (where desks let
people be), what one lesson keeps (who sits where), and what moves. Codes are signs of fixed projections of it, as a
fingerprint's are. A planted stretch has other sampling instants and flipped bits, as another encoding gives. The shares
were chosen after real fingerprints of rendered lessons: codes of one moment in two encodings differ in some 15 bits,
0.7 s apart in 35, 2.6 s apart in 90; unrelated ones in 128, one in ten of them in less than 108, one in a hundred in
less than 89.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.fingerprint import CODE_BYTES, Fingerprint
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.storage.fingerprint_index import FingerprintIndex, IndexSpec
from lessonproof.storage.index_registry import INDEXES, open_index

METHOD: Final = "synthesised/1"
STATE: Final = 32
CODE_PERIOD_NS: Final = 2 * NS_PER_S
LESSON_S: Final = 3600
ROOM_SHARE, LESSON_SHARE, SLOW_SHARE, FAST_SHARE = 0.1, 0.1, 0.1, 0.7
"""Shares of a state's variance."""
SLOW_S: Final = 60.0
"""Time after which slow movement is another one."""
FAST_S: Final = 4.0
"""The same of what people do all the time."""
BLANK_SHARE: Final = 0.1
"""Share of codes that say nothing: nobody moves."""


@dataclass(frozen=True, slots=True)
class World:
    """Rooms and the projections that make bits."""

    projections: NDArray[np.float32]
    mirror: NDArray[np.float32]
    rooms: NDArray[np.float32]

    @classmethod
    def of(cls, rooms: int) -> "World":
        """A world of so many rooms."""
        random = np.random.default_rng(1)
        draw = [random.standard_normal(shape, np.float32) for shape in ((STATE, 256), (STATE, 256), (rooms, STATE))]
        return cls(*draw)

    def room_of(self, lesson: int) -> int:
        """Half of all lessons are of one tenth of the rooms; the first room has most."""
        return int(len(self.rooms) * np.random.default_rng((2, lesson)).random() ** 2.5)

    def states(self, lesson: int, room: int, time_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """Hidden states of a lesson at rising times, shape ``(N, 32)``; the same for the same arguments' instants."""
        random = np.random.default_rng((3, lesson))
        own = random.standard_normal(STATE)
        knots = np.arange(0.0, LESSON_S + 2 * SLOW_S, SLOW_S / 4)
        slow = _smooth(random.standard_normal((knots.size, STATE)), 4)
        fast_knots = np.arange(0.0, LESSON_S + 60.0, FAST_S)
        fast = random.standard_normal((fast_knots.size, STATE))
        total = (
            np.sqrt(ROOM_SHARE) * self.rooms[room]
            + np.sqrt(LESSON_SHARE) * own
            + np.sqrt(SLOW_SHARE) * _at(knots, slow, time_s)
            + np.sqrt(FAST_SHARE) * _at(fast_knots, fast, time_s)
        )
        return np.asarray(total, np.float32)

    def bits(self, states: NDArray[np.float32], *, mirrored: bool = False) -> NDArray[np.uint8]:
        """Codes of states."""
        return np.packbits(states @ (self.mirror if mirrored else self.projections) > 0, axis=1)


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    kernel = np.ones(width) / np.sqrt(width)
    return np.stack([np.convolve(column, kernel, mode="same") for column in values.T], axis=1)


def _at(knots: NDArray[np.float64], values: NDArray[np.float64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear between knots."""
    left = np.minimum((time_s / knots[1]).astype(np.int64), knots.size - 2)
    share = ((time_s - knots[left]) / knots[1])[:, np.newaxis]
    return np.asarray(values[left] * (1 - share) + values[left + 1] * share)


def lesson(world: World, number: int, period_s: float) -> Fingerprint:
    """The fingerprint of an indexed lesson, with a code each ``period_s``."""
    time_s = np.arange(0.0, LESSON_S, period_s)
    states = world.states(number, world.room_of(number), time_s)
    return _fingerprint(f"{number:064x}", time_s, world, states, number)


def query(
    world: World, number: int, source: int, *, planted_s: float, flips: float
) -> tuple[Fingerprint, float, float]:
    """A new lesson in the room of an indexed one, with a stretch of that one in it.

    Returns:
        The fingerprint, where the stretch begins in it, and where it begins in the other, seconds.
    """
    random = np.random.default_rng((4, number))
    time_s = np.arange(0.7, LESSON_S - 1, CODE_PERIOD_NS / NS_PER_S)
    states = world.states(10**7 + number, world.room_of(source), time_s)
    at_s, from_s = random.uniform(0, LESSON_S - planted_s - 1, 2)
    inside = (time_s >= at_s) & (time_s < at_s + planted_s)
    states[inside] = world.states(source, world.room_of(source), time_s[inside] - at_s + from_s)
    made = _fingerprint(f"{10**9 + number:064x}", time_s, world, states, 10**7 + number)
    flipped = np.packbits(random.random((time_s.size, 256)) < flips, axis=1)
    return (
        Fingerprint(made.sha256, METHOD, made.time_ns, made.codes ^ flipped, made.mirrored, made.weight),
        float(at_s),
        float(from_s),
    )


def _fingerprint(
    name: str, time_s: NDArray[np.float64], world: World, states: NDArray[np.float32], seed: int
) -> Fingerprint:
    random = np.random.default_rng((5, seed))
    weight = np.where(random.random(time_s.size) < BLANK_SHARE, 0, random.integers(1, 255, time_s.size))
    return Fingerprint(
        sha256=name,
        method=METHOD,
        time_ns=np.rint(time_s * NS_PER_S).astype(np.int64),
        codes=world.bits(states),
        mirrored=world.bits(states, mirrored=True),
        weight=weight.astype(np.uint8),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures at one size of the index."""

    index: str
    hours: int
    codes_bytes: int
    build_cpu_s: float
    save_cpu_s: float
    resident_mb: float
    queries: int
    query_cpu_s: float
    slowest_query_cpu_s: float
    found: int
    found_first: int
    right_offset: int
    planted_s: float
    flips: float


def measure(
    world: World, index: FingerprintIndex, arguments: argparse.Namespace, *, hours: int, built_cpu_s: float
) -> Measured:
    """Ask the index with planted lessons."""
    started = time.process_time()
    index.save()
    saved = time.process_time() - started
    costs, found, first, right = [], 0, 0, 0
    random = np.random.default_rng(6)
    for number in range(arguments.queries):
        source = int(random.integers(hours))
        asked, at_s, from_s = query(world, number, source, planted_s=arguments.planted_s, flips=arguments.flips)
        started = time.process_time()
        candidates = index.candidates(asked)
        costs.append(time.process_time() - started)
        names = [candidate.sha256 for candidate in candidates]
        name = f"{source:064x}"
        if name in names:
            found += 1
            first += names[0] == name
            offset_s = candidates[names.index(name)].offset_ns / NS_PER_S
            right += abs(offset_s - (from_s - at_s)) < 8.0
    return Measured(
        index=arguments.index,
        hours=hours,
        codes_bytes=hours * LESSON_S // 4 * CODE_BYTES,
        build_cpu_s=round(built_cpu_s, 1),
        save_cpu_s=round(saved, 1),
        resident_mb=round(_resident_mb(), 1),
        queries=arguments.queries,
        query_cpu_s=round(float(np.mean(costs)), 3),
        slowest_query_cpu_s=round(max(costs), 3),
        found=found,
        found_first=first,
        right_offset=right,
        planted_s=arguments.planted_s,
        flips=arguments.flips,
    )


def run(arguments: argparse.Namespace) -> Iterator[Measured]:
    """Grow one index through the asked sizes and measure at each."""
    world = World.of(arguments.rooms)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        index = open_index(IndexSpec(arguments.index, Path(folder), METHOD))
        built, cpu_s = 0, 0.0
        for hours in sorted(arguments.hours):
            for number in range(built, hours):
                made = lesson(world, number, arguments.period_s)
                started = time.process_time()
                index.add(made)
                cpu_s += time.process_time() - started
            built = hours
            yield measure(world, index, arguments, hours=hours, built_cpu_s=cpu_s)


def _resident_mb() -> float:
    """What the process holds now, not its greatest extent."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--hours", type=int, nargs="+", default=[100, 1000, 10_000], help="sizes of the index")
    parser.add_argument("--index", choices=sorted(INDEXES), default="faiss")
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--planted-s", type=float, default=60.0, help="length of the stretch that is re-used")
    parser.add_argument("--flips", type=float, default=0.06, help="share of bits that the other encoding flips")
    parser.add_argument("--period-s", type=float, default=2.0, help="distance of the indexed lessons' codes")
    parser.add_argument("--folder", type=Path, default=None, help="where the index is kept meanwhile; up to 0.5 GB")
    for measured in run(parser.parse_args()):
        sys.stdout.write(json.dumps(asdict(measured)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
