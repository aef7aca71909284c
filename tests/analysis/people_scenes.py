"""Made-up sampled pictures: who sits where, how surely a detector sees each, and how each looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.models.calibration import CountCalibration

PERIOD_NS: Final = 10 * NS_PER_S
ROWS: Final = 90
COLUMNS: Final = 160
WIDTH: Final = 0.08
HEIGHT: Final = 0.2
CALIBRATION: Final = CountCalibration(
    score_threshold=0.4,
    low_threshold=0.6,
    low_factor=0.9,
    low_offset=0.5,
    high_threshold=0.2,
    high_factor=1.1,
    high_offset=1.0,
    coverage=0.95,
    measured_on="nothing",
    measured_at="2026-01-01",
)
THRESHOLD: Final = CALIBRATION.score_threshold


@dataclass(frozen=True, slots=True)
class Figure:
    """What a detector sees of one figure in one picture.

    Attributes:
        left: of its box, share of the picture.
        top: likewise.
        score: of the detector.
        look: seed of how it looks: equal seeds look alike to the last bit.
    """

    left: float
    top: float = 0.4
    score: float = 0.9
    look: int = 0

    @property
    def box_xyxy(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.left + WIDTH, self.top + HEIGHT


def picture(time_ns: int, figures: Sequence[Figure], *, is_capped: bool = False) -> SeenPeople:
    """A sampled picture of these figures."""
    falling = sorted(figures, key=lambda figure: -figure.score)
    boxes = np.array([figure.box_xyxy for figure in falling], np.float32).reshape(-1, 4)
    luma = np.full((ROWS, COLUMNS), 128, np.uint8)
    for figure in falling:
        left, top, right, bottom = np.multiply(figure.box_xyxy, (COLUMNS, ROWS, COLUMNS, ROWS)).round().astype(int)
        inside = luma[top:bottom, max(0, left) : right]
        inside[:] = look_of(figure.look)[: inside.shape[0], : inside.shape[1]]
    return SeenPeople(time_ns, boxes, np.array([f.score for f in falling], np.float32), luma, is_capped)


def look_of(seed: int) -> NDArray[np.uint8]:
    """A look that differs from that of every other seed."""
    return np.random.default_rng(seed).integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8)


def row_of(*samples: Sequence[Figure]) -> tuple[SeenPeople, ...]:
    """Pictures ten seconds apart."""
    return tuple(picture(number * PERIOD_NS, figures) for number, figures in enumerate(samples))


def sitting(samples: int, left: float, *, missing: Sequence[int] = (), alive: bool = True) -> list[list[Figure]]:
    """One figure at one place, for :func:`together`; one that is alive looks different each time."""
    return [[] if k in missing else [Figure(left, look=k if alive else 0)] for k in range(samples)]


def together(*rows: Sequence[Sequence[Figure]]) -> tuple[SeenPeople, ...]:
    """Pictures ten seconds apart that show all of these rows at once."""
    return row_of(*([figure for figures in at_once for figure in figures] for at_once in zip(*rows, strict=True)))


@st.composite
def rooms(draw: st.DrawFn, *, most_samples: int = 24) -> tuple[SeenPeople, ...]:
    """Random people: some sit at one of a few places, some stand anywhere, some are faint, some never move."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    places = rng.uniform(0, 0.9, (draw(st.integers(0, 6)), 2))
    still = rng.random(len(places)) < 0.3
    seen, time_ns = [], 0
    for number in range(draw(st.integers(0, most_samples))):
        there = rng.random(len(places)) < 0.8
        figures = [
            Figure(left, top, float(rng.uniform(0.05, 1)), 0 if stays else number + 1)
            for (left, top), is_there, stays in zip(
                (places + rng.normal(0, 0.002, places.shape)).tolist(), there, still, strict=True
            )
            if is_there
        ]
        strangers = rng.uniform(0, 0.9, (int(rng.integers(0, 3)), 2)).tolist()
        figures += [Figure(left, top, float(rng.uniform(0.05, 1)), number + 7) for left, top in strangers]
        seen.append(picture(time_ns, figures, is_capped=bool(rng.random() < 0.05)))
        time_ns += int(rng.choice([1, 10, 10, 10, 35, 90])) * NS_PER_S
    return tuple(seen)
