"""Detectors side by side on labelled pictures that none of ours learned from: average precision, counts, intervals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.models.calibration import CountCalibration, PeopleCount, count_people
from lessonproof.models.detector import Detections, PersonDetector, overlaps
from lessonproof.models.errors import TrainingDataError
from lessonproof.models.training.pictures import CLASSES, LabelledPicture, read_boxes

PERSON = CLASSES.index("person")
MATCH_IOU = 0.5
"""Overlap from which a detection has found a person: the 50 in AP50 (Everingham et al. 2010, PASCAL VOC, sec. 4.2)."""
IGNORED_SHARE = 0.5
"""A detection with so much of its area in a region whose people were not labelled is neither right nor wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureScore:
    """What a detector did with one picture.

    Attributes:
        set_name: collection the picture belongs to.
        truth: labelled persons.
        scores: shape ``(K,)``, float32, falling: of the detections outside ignored regions.
        is_hit: shape ``(K,)``, bool: whether each found a person that no more certain one had found.
        count: people by the weights' calibration.
    """

    set_name: str
    truth: int
    scores: NDArray[np.float32]
    is_hit: NDArray[np.bool_]
    count: PeopleCount


@dataclass(frozen=True, slots=True)
class Figures:
    """A detector on one set of pictures.

    Attributes:
        pictures: how many.
        people: labelled persons in a picture, mean.
        average_precision: AP50 of persons, ``[0, 1]``; ``None`` where nobody is labelled.
        absolute_error: of the count, mean over pictures, people.
        zero_error: the same for someone who always counts zero: what a detector must beat.
        covered: share of pictures whose interval holds the truth; ``None`` for weights without calibration.
    """

    pictures: int
    people: float
    average_precision: float | None
    absolute_error: float
    zero_error: float
    covered: float | None


def score_pictures(
    pictures: Iterable[LabelledPicture], detector: PersonDetector, calibration: CountCalibration | None
) -> Iterator[PictureScore]:
    """Look at every picture whose set labels persons.

    Raises:
        TrainingDataError: a picture or its labels cannot be read.
    """
    for picture in pictures:
        if PERSON not in picture.classes:
            continue
        decoded = cv2.imread(str(picture.image), cv2.IMREAD_COLOR)
        if decoded is None:
            raise TrainingDataError(f"cannot decode {picture.image}", f"无法解码图片 {picture.image}")
        height_px, width_px = decoded.shape[:2]
        (found,) = detector.detect([np.ascontiguousarray(decoded[..., ::-1], dtype=np.uint8)])
        labelled = read_boxes(picture.labels, width_px, height_px)
        people = labelled[labelled[:, 0] == PERSON, 1:]
        ignored = read_boxes(picture.ignore, width_px, height_px)[:, 1:]
        is_hit = hits(found, people)
        kept = is_hit | ~_is_ignored(found, ignored)
        seen = Detections(found.boxes_xyxy_px[kept], found.scores[kept], found.is_capped)
        yield PictureScore(picture.set_name, len(people), seen.scores, is_hit[kept], count_people(seen, calibration))


def hits(found: Detections, people: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which detections found somebody, shape ``(K,)``: each person is found once, by the most certain detection."""
    is_hit = np.zeros(len(found.scores), bool)
    iou = overlaps(found.boxes_xyxy_px, people)[0].copy()
    for index in range(len(is_hit)):  # detections come by falling score
        if iou.shape[1] and iou[index].max() >= MATCH_IOU:
            is_hit[index] = True
            iou[:, iou[index].argmax()] = 0
    return is_hit


def _is_ignored(found: Detections, ignored: NDArray[np.float32]) -> NDArray[np.bool_]:
    boxes = found.boxes_xyxy_px
    width = np.minimum(boxes[:, None, 2], ignored[None, :, 2]) - np.maximum(boxes[:, None, 0], ignored[None, :, 0])
    height = np.minimum(boxes[:, None, 3], ignored[None, :, 3]) - np.maximum(boxes[:, None, 1], ignored[None, :, 1])
    inside = np.clip(width, 0, None) * np.clip(height, 0, None)
    area = np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), np.float32(1e-9))
    return np.asarray((inside / area[:, None]).max(axis=1, initial=0) >= IGNORED_SHARE, dtype=np.bool_)


def average_precision(scores: NDArray[np.float32], is_hit: NDArray[np.bool_], truth: int) -> float | None:
    """Area under the curve of precision over recall, precision made to fall (PASCAL VOC since 2010).

    Args:
        scores: shape ``(K,)``, of the detections of all pictures together, in any order.
        is_hit: shape ``(K,)``.
        truth: labelled objects.

    Returns:
        ``[0, 1]``; ``None`` where there is nothing to be found.
    """
    if truth == 0:
        return None
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(is_hit[order])
    precision = found / np.arange(1, len(order) + 1)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(falling[is_hit[order]]) / truth)


def figures(scores: Sequence[PictureScore]) -> Figures:
    """Sum up the pictures of one set.

    Raises:
        ValueError: there are none.
    """
    if not scores:
        raise ValueError("at least one picture is needed")
    truth = np.array([score.truth for score in scores])
    counts = np.array([score.count.count for score in scores])
    held = [
        s.count.low <= s.truth <= s.count.high for s in scores if s.count.low is not None and s.count.high is not None
    ]
    return Figures(
        pictures=len(scores),
        people=float(truth.mean()),
        average_precision=average_precision(
            np.concatenate([score.scores for score in scores]),
            np.concatenate([score.is_hit for score in scores]),
            int(truth.sum()),
        ),
        absolute_error=float(np.abs(counts - truth).mean()),
        zero_error=float(truth.mean()),
        covered=float(np.mean(held)) if len(held) == len(scores) else None,
    )


def by_set(scores: Iterable[PictureScore]) -> dict[str, Figures]:
    """The figures of every set, by name."""
    groups: dict[str, list[PictureScore]] = defaultdict(list)
    for score in scores:
        groups[score.set_name].append(score)
    return {name: figures(group) for name, group in sorted(groups.items())}


def table(sets: dict[str, Figures]) -> list[str]:
    """Lines for people to read; the last one is the mean over sets, each with the same weight."""
    lines = [f"{'set':14} {'n':>4} {'people':>7} {'AP50':>6} {'error':>6} {'zero':>6} {'covered':>8}"]
    rows = [*sets.items(), ("mean of sets", _mean(list(sets.values())))]
    lines += [
        f"{name:14} {f.pictures:4} {f.people:7.2f} {_shown(f.average_precision):>6} {f.absolute_error:6.2f}"
        f" {f.zero_error:6.2f} {_shown(f.covered):>8}"
        for name, f in rows
    ]
    return lines


def _mean(sets: Sequence[Figures]) -> Figures:
    precisions = [f.average_precision for f in sets if f.average_precision is not None]
    covered = [f.covered for f in sets if f.covered is not None]
    return Figures(
        pictures=sum(f.pictures for f in sets),
        people=float(np.mean([f.people for f in sets])),
        average_precision=float(np.mean(precisions)) if precisions else None,
        absolute_error=float(np.mean([f.absolute_error for f in sets])),
        zero_error=float(np.mean([f.zero_error for f in sets])),
        covered=float(np.mean(covered)) if len(covered) == len(sets) else None,
    )


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
