"""Processor time of counting people beside that of the shared decode of random-access pictures.

    python -m benchmarks.people speed --recording FILE --models DIR

One process decodes the random-access pictures and nothing else, then does the stage that looks at them without taking
pictures to count on, then the same with one picture each ten seconds that the detector looks at, and at last looks
closer and counts. Time of all threads of the process, per recorded hour.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2

from lessonproof.analysis.clock_overlay import ClockAbsent
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.decoding import RecordingDecoder
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import SegmentScan, sample_period_ns, spaced_keys
from lessonproof.service.counting import find_weights, open_counter
from lessonproof.workers.people import PeopleCounter, PeopleFound, SegmentPeople, count_recording, see_segment
from lessonproof.workers.pipeline import scan_segment
from lessonproof.workers.stamping import AnalysisSettings

S_PER_HOUR = 3600
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds per recorded hour.

    Attributes:
        decode: of the random-access pictures, and nothing else.
        without_people: of the stage that looks at them.
        with_samples: of the same with taking the regular samples and looking for people on them.
        closer: of all else: further samples, finer looks, stretches that are followed, and counting.
    """

    decode: float
    without_people: float
    with_samples: float
    closer: float

    @property
    def samples(self) -> float:
        """What the regular samples add."""
        return self.with_samples - self.without_people

    @property
    def people(self) -> float:
        """What people add in all."""
        return self.samples + self.closer

    def told(self) -> str:
        """The line that is printed."""
        return (
            f"per recorded hour: decode of random-access pictures {self.decode:.1f} CPU-s, with all that is measured on"
            f" them {self.without_people:.1f}; one picture in ten seconds adds {self.samples:.1f}"
            f" ({self.samples / self.decode:.2f} of the decode), looking closer {self.closer:.1f};"
            f" people in all {self.people:.1f} ({self.people / self.decode:.2f})"
        )


def cost_of(path: Path, counter: PeopleCounter, clock: Callable[[], float] = time.process_time) -> Cost:
    """Measure one recording.

    Args:
        path: the recording.
        counter: counts people.
        clock: processor seconds so far.
    """
    index = index_recording(path)
    per_hour = S_PER_HOUR * NS_PER_S / index.packets.duration_ns

    def spent(work: Callable[[], T]) -> tuple[float, T]:
        before = clock()
        done = work()
        return (clock() - before) * per_hour, done

    decode, _ = spent(lambda: _decode(path, index))
    without_people, scans = spent(lambda: _scan(path, index, AnalysisSettings(with_people=False)))
    facts = [fact for scan in scans for fact in scan.facts]
    with_samples, parts = spent(lambda: _looked_at(path, index, counter))
    closer, _ = spent(lambda: _counted(path, index, counter, facts, parts))
    return Cost(decode, without_people, with_samples, closer)


def _decode(path: Path, index: RecordingIndex) -> int:
    wanted = frozenset(spaced_keys(index).tolist())
    with RecordingDecoder.opened(path, index) as decoder:
        return sum(1 for _ in decoder.decode_keyframes(Interval(0, index.packets.duration_ns), wanted))


def _scan(path: Path, index: RecordingIndex, settings: AnalysisSettings) -> list[SegmentScan]:
    # The clock is read by another stage's leave and costs the same with people and without.
    return [scan_segment(path, index, one, settings, ClockAbsent("not_looked_for")) for one in index.segments]


def _looked_at(path: Path, index: RecordingIndex, counter: PeopleCounter) -> list[SegmentPeople]:
    return [see_segment(scan, counter.detector) for scan in _scan(path, index, AnalysisSettings())]


def _counted(
    path: Path,
    index: RecordingIndex,
    counter: PeopleCounter,
    facts: Sequence[KeyframeFacts],
    parts: Sequence[SegmentPeople],
) -> PeopleFound:
    settings = AnalysisSettings()
    return count_recording(
        path,
        index,
        parts,
        counter,
        facts=facts,
        findings=(),
        unseen=(),
        period_ns=sample_period_ns(index.packets.duration_ns, settings.sample_period_ns),
        long_side_px=settings.sample_long_side_px,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.people speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--recording", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True, help="folder of models")
    parser.add_argument("--name", help="weights to use (default: the first that are there)")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    weights = find_weights(options.name, options.models)
    print(f"# {weights.model_id}")
    print(cost_of(options.recording, open_counter(weights)).told())


if __name__ == "__main__":
    main()
