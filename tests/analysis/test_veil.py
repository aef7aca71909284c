"""A picture leaves only with heads blurred, or coarse as a whole; and says which."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.head_blur import coarsen
from lessonproof.analysis.veil import PeopleVeil, tile_places
from lessonproof.evidence.picture_note import Privacy
from lessonproof.models.detector import Detections

SCORE = 0.3


class Lamps:
    """A ``PersonDetector`` that takes bright spots for people; as blind for small ones as a real one."""

    model_id = "lamps"

    def __init__(self, *, is_capped: bool = False, score: float = 0.9) -> None:
        self._is_capped, self._score = is_capped, score

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """One box around what is bright, where it is large enough in the frame."""
        found = []
        for frame in frames:
            rows, columns = np.nonzero((frame > 250).all(axis=2))
            is_seen = rows.size > 0 and np.ptp(rows) > frame.shape[0] / 10
            box = [[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]] if is_seen else []
            found.append(
                Detections(
                    np.array(box, np.float32).reshape(-1, 4),
                    np.full(len(box), self._score, np.float32),
                    self._is_capped,
                )
            )
        return found


def room(*spots: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """A grey room full of detail with white people in it."""
    rgb = np.random.default_rng(1).integers(60, 140, (360, 640, 3), dtype=np.uint8)
    for left, top, right, bottom in spots:
        rgb[top:bottom, left:right] = 255
    return rgb


def veiled_part(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.bool_]:
    changed: NDArray[np.bool_] = (before != after).any(axis=2)
    return changed


def test_without_a_detector_nothing_stays_recognisable() -> None:
    rgb = room((100, 100, 160, 200))
    veiled = PeopleVeil(None, SCORE)(rgb, rgb, marks_people=True)
    assert (veiled.privacy, veiled.marked) == (Privacy.WHOLE, None)
    assert np.array_equal(veiled.rgb, coarsen(rgb))


def test_a_detector_that_may_have_missed_somebody_is_not_relied_on() -> None:
    rgb = room((100, 100, 160, 200))
    veiled = PeopleVeil(Lamps(is_capped=True), SCORE)(rgb, rgb, marks_people=False)
    assert veiled.privacy is Privacy.WHOLE
    assert np.array_equal(veiled.rgb, coarsen(rgb))


def test_heads_are_blurred_and_the_rest_is_as_it_was() -> None:
    rgb = room((100, 100, 160, 280))
    veiled = PeopleVeil(Lamps(), SCORE)(rgb, rgb, marks_people=False)
    assert (veiled.privacy, veiled.marked) == (Privacy.HEADS, None)
    changed = veiled_part(rgb, veiled.rgb)
    assert not changed[:, :90].any()
    assert not changed[:, 170:].any()
    assert not changed[200:].any(), "legs stay in sight"
    assert changed[96:150, 96:164].any()


def test_a_spot_too_small_in_the_whole_picture_is_found_in_its_parts() -> None:
    rgb = room((300, 200, 312, 230))
    (whole,) = Lamps().detect([rgb])
    assert whole.scores.size == 0
    veiled = PeopleVeil(Lamps(), SCORE)(rgb, rgb, marks_people=False)
    assert veiled_part(rgb, veiled.rgb)[200:208, 298:314].any()


def test_people_found_in_more_detail_are_blurred_where_they_are_shown() -> None:
    fine = np.kron(room((300, 200, 312, 230)), np.ones((3, 3, 1), np.uint8))
    shown = fine[::3, ::3]
    veiled = PeopleVeil(Lamps(), SCORE)(shown, fine, marks_people=False)
    changed = veiled_part(shown, veiled.rgb)
    assert changed[200:208, 298:314].any()
    assert not changed[:, :290].any()
    assert not changed[:, 325:].any()


@pytest.mark.parametrize(("score", "boxes"), [(0.9, 1), (0.3, 1), (0.29, 0)])
def test_who_is_counted_is_marked_and_who_is_not_is_blurred_all_the_same(score: float, boxes: int) -> None:
    rgb = room((100, 100, 160, 280))
    veiled = PeopleVeil(Lamps(score=score), SCORE)(rgb, rgb, marks_people=True)
    assert veiled.marked == boxes
    assert veiled_part(rgb, veiled.rgb)[280, 110:150].all() == bool(boxes), "the lower edge of the box"
    assert veiled_part(rgb, veiled.rgb)[100:140, 100:160].any()


def test_a_poster_is_blurred_and_not_marked() -> None:
    rgb = room((100, 100, 160, 280))
    poster = (98 / 640, 104 / 360, 162 / 640, 280 / 360)
    elsewhere = (300 / 640, 104 / 360, 360 / 640, 280 / 360)
    for figures, boxes in (((poster,), 0), ((elsewhere, poster), 0), ((elsewhere,), 1)):
        veiled = PeopleVeil(Lamps(), SCORE)(rgb, rgb, marks_people=True, not_counted=figures)
        assert veiled.marked == boxes
        assert veiled_part(rgb, veiled.rgb)[100:140, 100:160].any()


@pytest.mark.parametrize("across", [2, 3])
@pytest.mark.parametrize(("rows", "columns"), [(360, 640), (1080, 1920), (641, 353)])
def test_parts_cover_the_picture_and_overlap(rows: int, columns: int, across: int) -> None:
    seen = np.zeros((rows, columns), int)
    places = tile_places(rows, columns, across)
    assert len({(bottom - top, right - left) for top, left, bottom, right in places}) == 1
    for top, left, bottom, right in places:
        seen[top:bottom, left:right] += 1
    assert len(places) == across * across
    assert seen.min() == 1
    assert seen.max() >= 4


def test_a_tiny_picture_is_not_cut_up() -> None:
    assert tile_places(90, 120, 2) == []
