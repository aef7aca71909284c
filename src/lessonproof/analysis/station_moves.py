"""When a camera was turned: a lasting step between the places of its pictures on the declared reference picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.station_registration import projected
from lessonproof.analysis.station_search import Matrix
from lessonproof.evidence.intervals import NS_PER_S, Interval

MIN_WAY_SHARE: Final = 0.015
"""Share of the picture's width by which its inner half must have moved; places are exact to a third of that."""
LASTING_NS: Final = 8 * NS_PER_S
"""A new view that does not last so long is a knock."""


@dataclass(frozen=True, slots=True)
class Move:
    """One turn of a camera.

    Attributes:
        interval: from the last picture of the old view to the first of the new one, on the recording's time line.
        way_share: largest way of a point of the picture's inner half, share of the width.
        shift_x_share: way of the middle to the right, share of the width.
        shift_y_share: its way down, share of the width as well.
        turn_degrees: clockwise as one looks at it.
        scale: above 1 where things became larger.
    """

    interval: Interval
    way_share: float
    shift_x_share: float
    shift_y_share: float
    turn_degrees: float
    scale: float


def find_moves(
    time_ns: NDArray[np.int64], places: Sequence[Matrix | None], size_px: tuple[int, int]
) -> tuple[Move, ...]:
    """Follow a camera's view.

    Args:
        time_ns: shape ``(N,)``, rising.
        places: of as many pictures, each of shape ``(3, 3)`` from the reference at its working size; ``None`` where
            nothing is known of the place.
        size_px: width and height of that working size.
    """
    corners = np.array([[x * size_px[0], y * size_px[1]] for x in (0.25, 0.75) for y in (0.25, 0.75)])
    shown = [(int(t), projected(place, corners)) for t, place in zip(time_ns, places, strict=True) if place is not None]
    if not shown:
        return ()
    found: list[Move] = []
    (last_ns, view), pending = shown[0], None
    for now_ns, here in shown[1:]:
        if _way_share(view, here, size_px) < MIN_WAY_SHARE:
            last_ns, pending = now_ns, None
            continue
        if pending is None or _way_share(pending[1], here, size_px) >= MIN_WAY_SHARE:
            pending = (now_ns, here)
        if now_ns - pending[0] >= LASTING_NS:
            found.append(_move(Interval(last_ns, pending[0]), view, pending[1], size_px))
            last_ns, view, pending = now_ns, pending[1], None
    return tuple(found)


def _way_share(before: NDArray[np.float64], after: NDArray[np.float64], size_px: tuple[int, int]) -> float:
    return float(np.linalg.norm(after - before, axis=1).max()) / size_px[0]


def _move(
    interval: Interval, before: NDArray[np.float64], after: NDArray[np.float64], size_px: tuple[int, int]
) -> Move:
    """The similarity that fits best takes one view to the other; points as complex numbers."""
    old, new = (points[:, 0] + 1j * points[:, 1] for points in (before, after))
    around = old - old.mean()
    factor = complex((np.conj(around) * (new - new.mean())).sum() / (np.abs(around) ** 2).sum())
    middle = complex(size_px[0] / 2, size_px[1] / 2)
    shift = factor * (middle - complex(old.mean())) + complex(new.mean()) - middle
    return Move(
        interval,
        _way_share(before, after, size_px),
        shift.real / size_px[0],
        shift.imag / size_px[0],
        float(np.degrees(np.angle(factor))),
        abs(factor),
    )
