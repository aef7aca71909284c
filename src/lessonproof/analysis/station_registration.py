"""Where a camera looks now: the homography from its reference picture to a picture of the recording.

Features and RANSAC propose it, the room's structure makes it exact, and that structure, block by block, must confirm
it. A place that cannot be confirmed is refused: nothing is then known of any station. A view that agrees as well as it
did is not searched for anew, so that a camera that stands costs little. One that was moved by little still agrees
somewhat: where a view agrees less than it did it is searched for too, and the place with more agreement is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.station_search import Matrix, features, homography, refined

WORK_LONG_SIDE_PX: Final = 640
BLOCK_PX: Final = 16
TEXTURED_LEVELS: Final = 3.0
"""Least local contrast of a block (standard deviation, luma levels) that says anything: above a sensor's noise."""
AGREES: Final = 0.5
"""Normalised correlation of a block with the reference from which on both show the same thing."""
MIN_SHARE: Final = 0.3
MIN_BLOCKS: Final = 24
"""Of the textured blocks so many, and this share, must agree before a place is believed; of two views that have
nothing in common one block in ten agrees by chance."""
FLAT_LEVELS: Final = 6.0
"""A picture whose 5th and 99th percentile lie closer shows nothing: darkness, or something before the lens."""
_SURROUNDINGS_SIGMA_PX: Final = 5.0
_NOISE_SIGMA_PX: Final = 3.0
_MAX_SCALE: Final = 2.5
STILL_SHARE: Final = 0.9
"""A place is searched for anew where it agrees less than this share of what it agreed at best."""
BETTER: Final = 1.05
"""Another place is taken where so many times as many blocks agree."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A reference picture, ready to be compared with.

    Attributes:
        structure: shape ``(H, W)``, float32, local contrast at the working size.
        textured: shape ``(rows, columns)`` of blocks, bool.
        points: shape ``(N, 2)``, float32, features.
        descriptors: shape ``(N, 32)``, uint8.
    """

    structure: NDArray[np.float32]
    textured: NDArray[np.bool_]
    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height at the working size."""
        return self.structure.shape[1], self.structure.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A picture that was registered.

    Attributes:
        matrix: shape ``(3, 3)``, from the reference to the picture, both at the reference's working size.
        agrees: shape ``(rows, columns)``, bool: blocks of the reference that look here as they did there.
        inside: likewise: blocks that lie in the picture.
        share: share of the textured blocks inside that agree.
        agreeing: how many these are.
    """

    matrix: Matrix
    agrees: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    share: float
    agreeing: int


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture of the recording that was registered.

    Attributes:
        points: shape ``(N, 2)``, float32, features at the working size.
        descriptors: shape ``(N, 32)``, uint8.
        matrix: shape ``(3, 3)``, from the reference to it.
    """

    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    matrix: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of the pictures before.

    Attributes:
        matrices: places to try first, the likeliest first.
        best_share: ``Placement.share`` of the first of them at its best; ``None`` where it is only a guess.
        last: a picture that was registered; ``None`` where none was.
    """

    matrices: Sequence[Matrix] = ()
    best_share: float | None = None
    last: Seen | None = None


def working_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Width and height at which pictures of that size are compared."""
    scale = min(1.0, WORK_LONG_SIDE_PX / max(width_px, height_px))
    return max(BLOCK_PX, round(width_px * scale)), max(BLOCK_PX, round(height_px * scale))


def resized(luma: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture at a working size."""
    return np.asarray(cv2.resize(luma, size_px, interpolation=cv2.INTER_AREA), np.uint8)


def prepare(luma: NDArray[np.uint8]) -> Reference:
    """Take a reference picture in.

    Args:
        luma: shape ``(H, W)``, at any size.
    """
    small = resized(luma, working_size(luma.shape[1], luma.shape[0]))
    levels = small.astype(np.float32)
    local = np.asarray(levels - cv2.GaussianBlur(levels, (0, 0), _SURROUNDINGS_SIGMA_PX), np.float32)
    spread = np.sqrt(_block_means(local * local))
    points, descriptors = features(small)
    return Reference(_structure(small), spread >= TEXTURED_LEVELS, points, descriptors)


def shows_nothing(small: NDArray[np.uint8]) -> bool:
    """Whether a picture is dark or plain all over."""
    calm = cv2.GaussianBlur(small, (0, 0), _NOISE_SIGMA_PX)  # a dark picture is full of noise
    low, high = np.percentile(calm, (5, 99)).tolist()
    return bool(high - low < FLAT_LEVELS)


def brightest(small: NDArray[np.uint8]) -> float:
    """Level above which the brightest hundredth of a picture lies, noise taken out."""
    return float(np.percentile(cv2.GaussianBlur(small, (0, 0), _NOISE_SIGMA_PX), 99))


def seen(small: NDArray[np.uint8], matrix: Matrix) -> Seen:
    """Keep a registered picture to find later ones by; ``small``: shape ``(H, W)``, at the working size."""
    return Seen(*features(small), matrix)


def register(
    reference: Reference, small: NDArray[np.uint8], known: Known, people_px: NDArray[np.float32] | None = None
) -> Placement | None:
    """Find a picture's place.

    Args:
        reference: of the same camera.
        small: shape ``(H, W)``, the picture at the reference's working size.
        known: what is known of the pictures before.
        people_px: shape ``(K, 4)``, boxes of people at the working size: what they hide is no sign against a place.

    Returns:
        ``None`` where no place is certain.
    """
    structure = _structure(small)
    found = (_confirm(reference, structure, matrix, people_px) for matrix in known.matrices)
    kept = next((one for one in found if one is not None), None)
    if kept is not None and known.best_share is not None and kept.share >= STILL_SHARE * known.best_share:
        return kept
    for start in (None if kept is None else kept.matrix, *_proposed(reference, small, known.last)):
        exact = None if start is None else refined(reference.structure, structure, start, people_px)
        for matrix in (exact, start):
            other = None if matrix is None else _confirm(reference, structure, matrix, people_px)
            if other is not None and (kept is None or other.agreeing > BETTER * kept.agreeing):
                kept = other
    return kept


def projected(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of shape ``(N, 2)`` through a homography."""
    homogeneous = np.column_stack((points, np.ones(len(points)))) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)


def block_centres(shape: tuple[int, int]) -> NDArray[np.float64]:
    """Centres of all blocks, shape ``(rows * columns, 2)``, working pixels; ``shape``: rows and columns."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    return np.column_stack((columns.ravel() + 0.5, rows.ravel() + 0.5)) * float(BLOCK_PX)


def covered_by_people(points: NDArray[np.float64], people_px: NDArray[np.float32] | None) -> NDArray[np.bool_]:
    """Which points lie in a person's box.

    Args:
        points: shape ``(N, 2)``.
        people_px: shape ``(K, 4)``; ``None`` where nobody looked for people.
    """
    hidden = np.zeros(len(points), np.bool_)
    margin = BLOCK_PX / 2
    x, y = points[:, 0], points[:, 1]
    for left, top, right, bottom in [] if people_px is None else people_px.tolist():
        hidden |= (x >= left - margin) & (x <= right + margin) & (y >= top - margin) & (y <= bottom + margin)
    return hidden


def _confirm(
    reference: Reference, structure: NDArray[np.float32], matrix: Matrix, people_px: NDArray[np.float32] | None
) -> Placement | None:
    width, height = reference.size_px
    if not _is_plausible(matrix, width, height):
        return None
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = np.asarray(cv2.warpPerspective(structure, matrix, (width, height), flags=flags), np.float32)
    shape = reference.textured.shape
    both = _block_means(seen * reference.structure)
    scale = np.sqrt(_block_means(seen * seen) * _block_means(reference.structure * reference.structure))
    agrees = both >= AGREES * np.maximum(scale, 1e-6)
    places = projected(matrix, block_centres(shape))
    margin = BLOCK_PX / 2
    is_inside = (
        (places[:, 0] >= margin)
        & (places[:, 0] <= structure.shape[1] - margin)
        & (places[:, 1] >= margin)
        & (places[:, 1] <= structure.shape[0] - margin)
    )
    inside = is_inside.reshape(shape)
    asked = inside & reference.textured & ~covered_by_people(places, people_px).reshape(shape)
    count, agreeing = int(asked.sum()), int((asked & agrees).sum())
    if agreeing < MIN_BLOCKS or agreeing < MIN_SHARE * count:
        return None
    return Placement(matrix, agrees, inside, agreeing / count, agreeing)


def _is_plausible(matrix: Matrix, width: int, height: int) -> bool:
    """Whether the picture's frame stays a frame: convex, not turned over, neither huge nor tiny."""
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    if (np.column_stack((corners, np.ones(4))) @ matrix[2] <= 0).any():
        return False
    shown = projected(matrix, corners)
    sides = np.roll(shown, -1, axis=0) - shown
    after = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    lengths = np.linalg.norm(sides, axis=1) / (width, height, width, height)
    return bool((turns > 0).all() and (lengths > 1 / _MAX_SCALE).all() and (lengths < _MAX_SCALE).all())


def _proposed(reference: Reference, small: NDArray[np.uint8], last: Seen | None) -> Iterator[Matrix]:
    """By the features of the reference picture, and by those of a picture whose people and lamps are today's."""
    points, descriptors = features(small)
    own = homography(reference.points, reference.descriptors, points, descriptors)
    if own is not None:
        yield own
    since = None if last is None else homography(last.points, last.descriptors, points, descriptors)
    if last is not None and since is not None:
        yield np.asarray(since @ last.matrix, np.float64)


def _structure(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Local contrast, with its strength taken out: what lamps and exposure change."""
    levels = np.asarray(cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0), np.float32)
    local = np.asarray(levels - cv2.GaussianBlur(levels, (0, 0), _SURROUNDINGS_SIGMA_PX), np.float32)
    strength = cv2.sqrt(cv2.GaussianBlur(local * local, (0, 0), _SURROUNDINGS_SIGMA_PX))
    return np.asarray(local / (strength + 1.0), np.float32)


def _block_means(values: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = values.shape[0] // BLOCK_PX, values.shape[1] // BLOCK_PX
    blocks = values[: rows * BLOCK_PX, : columns * BLOCK_PX].reshape(rows, BLOCK_PX, columns, BLOCK_PX)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)
