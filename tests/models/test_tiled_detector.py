"""Tiles: they cover the picture, are looked at only where people are small, and give one list without doubles."""

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.models.detector import Detections, check_frames
from lessonproof.models.tiled_detector import (
    OVERLAP_SHARE,
    Tile,
    TiledDetector,
    merge_tiles,
    plan_tiles,
)


def found(*boxes: tuple[float, float, float, float, float]) -> Detections:
    """Detections of ``(left, top, right, bottom, score)``."""
    values = np.array(sorted(boxes, key=lambda box: -box[4]), np.float32).reshape(-1, 5)
    return Detections(np.ascontiguousarray(values[:, :4]), np.ascontiguousarray(values[:, 4]))


class BlobDetector:
    """Finds bright blobs, but only those at least as tall as a share of what it is shown, as a small network does."""

    model_id = "blobs"

    def __init__(self, least_share: float) -> None:
        self._least_share = least_share
        self.shown: list[tuple[int, ...]] = []

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        check_frames(frames)
        self.shown += [frame.shape[:2] for frame in frames]
        return [self._blobs(frame[..., 0]) for frame in frames]

    def _blobs(self, luma: NDArray[np.uint8]) -> Detections:
        _, _, stats, _ = cv2.connectedComponentsWithStats((luma > 128).astype(np.uint8))
        tall = [s for s in stats[1:] if s[3] >= self._least_share * max(luma.shape)]
        return found(*((s[0], s[1], s[0] + s[2], s[1] + s[3], 0.9) for s in tall))


def picture(*blobs: tuple[int, int, int, int], size: tuple[int, int] = (360, 640)) -> NDArray[np.uint8]:
    pixels = np.zeros((*size, 3), np.uint8)
    for left, top, right, bottom in blobs:
        pixels[top:bottom, left:right] = 255
    return pixels


@given(width=st.integers(1, 4000), height=st.integers(1, 3000), side=st.integers(16, 1300))
def test_tiles_cover_every_pixel_and_overlap(width: int, height: int, side: int) -> None:
    tiles = plan_tiles(width, height, side)
    for length, spans in (
        (width, sorted({(t.left, t.right) for t in tiles})),
        (height, sorted({(t.top, t.bottom) for t in tiles})),
    ):
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        size = spans[0][1]
        for (_, end), (start, _) in itertools.pairwise(spans):
            assert end - start >= int(OVERLAP_SHARE * size) - 2


def test_a_picture_of_the_networks_own_size_is_not_cut() -> None:
    assert plan_tiles(320, 240, 320) == (Tile(0, 0, 320, 240),)


def test_small_people_are_found_in_tiles_and_counted_once() -> None:
    blobs = [(40, 50, 60, 90), (300, 100, 330, 150), (500, 200, 520, 240)]  # the second lies in both tiles
    plain = BlobDetector(least_share=0.1)
    detector = TiledDetector(plain, 320)
    (result,) = detector.detect([picture(*blobs)])
    assert sorted(box.tolist() for box in result.boxes_xyxy_px) == [list(map(float, blob)) for blob in blobs]
    assert plain.shown == [(360, 640), (360, 360), (360, 360)]


def test_large_people_are_not_looked_at_twice() -> None:
    plain = BlobDetector(least_share=0.1)
    (result,) = TiledDetector(plain, 320).detect([picture((40, 20, 200, 350))])
    assert len(result.scores) == 1
    assert plain.shown == [(360, 640)]


def test_only_frames_with_small_people_are_cut() -> None:
    plain = BlobDetector(least_share=0.05)
    frames = [picture((40, 20, 200, 350)), picture((40, 50, 60, 90)), picture((40, 20, 200, 340))]
    results = TiledDetector(plain, 320).detect(frames)
    assert [r.boxes_xyxy_px.tolist() for r in results] == [
        [[40, 20, 200, 350]],
        [[40, 50, 60, 90]],
        [[40, 20, 200, 340]],
    ]
    assert len(plain.shown) == 3 + 2


def test_a_half_person_at_a_tiles_edge_is_part_of_the_whole_one() -> None:
    whole = found()
    left, right = Tile(0, 0, 360, 360), Tile(280, 0, 640, 360)
    merged = merge_tiles(
        whole,
        [(left, found((300, 100, 360, 300, 0.95))), (right, found((20, 100, 120, 300, 0.6)))],  # 300..400 whole
        640,
        360,
    )
    assert merged.boxes_xyxy_px.tolist() == [[300, 100, 400, 300]]


def test_a_child_before_an_adult_is_no_part_of_the_adult() -> None:
    merged = merge_tiles(
        found((100, 100, 300, 340, 0.9)), [(Tile(0, 0, 360, 360), found((150, 220, 210, 340, 0.8)))], 640, 360
    )
    assert len(merged.scores) == 2


def test_scores_fall_and_a_capped_tile_caps_the_whole() -> None:
    capped = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), is_capped=True)
    merged = merge_tiles(
        found((0, 0, 20, 60, 0.3)),
        [(Tile(0, 0, 360, 360), capped), (Tile(280, 0, 640, 360), found((100, 10, 120, 60, 0.8)))],
        640,
        360,
    )
    assert merged.scores.tolist() == pytest.approx([0.8, 0.3])
    assert merged.is_capped


def test_no_frames_give_no_results() -> None:
    assert TiledDetector(BlobDetector(0.1), 320).detect([]) == []


def test_a_tile_has_a_side() -> None:
    with pytest.raises(ValueError, match="side_px"):
        TiledDetector(BlobDetector(0.1), 0)
