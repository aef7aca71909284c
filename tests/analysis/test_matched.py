from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from lessonproof.analysis.fingerprints import fingerprint
from lessonproof.analysis.matched import (
    LEAST_PICTURES,
    MIN_AGREEMENT,
    MIN_APART,
    can_match,
    find_matched,
    measured_agreement,
)
from lessonproof.analysis.reuse import find_shared, reuse_findings
from lessonproof.analysis.thumbnails import Thumbnails, thumbnail
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S
from tests.analysis.lessons import FPS, moment

START_S, END_S, SOURCE_S = 80.0, 145.0, 61.3
SPARSE_S, DENSE_S = 10.0, 2.0


def pictures(seconds: np.ndarray, seed: int, *, share: float = 1.0, mirrored: bool = False) -> np.ndarray:
    """Small pictures of a lesson with an encoder's noise; ``share`` of each side is shown."""
    random = np.random.default_rng(seed)
    made = []
    for second in seconds.tolist():
        clean = moment(round(second * FPS), seed)
        rows, columns = (round((1 - share) / 2 * side) for side in clean.shape)
        part = clean[rows : clean.shape[0] - rows, columns : clean.shape[1] - columns]
        part = part[:, ::-1] if mirrored else part
        noisy = np.clip(part + random.normal(0.0, 1.0, part.shape), 0, 255).astype(np.uint8)
        made.append(thumbnail(np.ascontiguousarray(noisy)))
    return np.stack(made)


@cache
def lesson(
    seed: int, period_s: float, *, source: int | None = None, share: float = 1.0, mirrored: bool = False
) -> Fingerprint:
    """Of four minutes; from ``START_S`` to ``END_S`` a stretch of another one stands in it."""
    seconds = np.arange(0.0, 240.0, period_s)
    luma = pictures(seconds, seed)
    if source is not None:
        inside = (seconds >= START_S) & (seconds < END_S)
        shown = seconds[inside] - START_S + SOURCE_S
        luma[inside] = pictures(shown, source, share=share, mirrored=mirrored)
    return fingerprint(Thumbnails((seconds * NS_PER_S).astype(np.int64), luma), f"{seed}-{period_s}")


@pytest.mark.parametrize(("query_s", "other_s"), [(SPARSE_S, DENSE_S), (DENSE_S, SPARSE_S)])
def test_a_minute_is_found_whichever_recording_has_its_pictures_far_apart(query_s: float, other_s: float) -> None:
    query, other = lesson(1, query_s, source=2), lesson(2, other_s)
    assert find_shared(query, other) == ()
    (stretch,) = find_matched(query, other)
    blur_s = stretch.blur_ns / NS_PER_S
    assert blur_s == SPARSE_S
    assert abs(stretch.interval.start_s - START_S) <= blur_s
    assert abs(stretch.interval.end_s - END_S) <= blur_s
    lag_s = stretch.interval.start_s - stretch.other_start_ns / NS_PER_S
    assert lag_s == pytest.approx(START_S - SOURCE_S, abs=DENSE_S)
    assert (stretch.mirrored, stretch.scale, stretch.is_matched) == (False, 1.0, True)


def test_it_is_found_mirrored_and_enlarged() -> None:
    (stretch,) = find_matched(lesson(1, SPARSE_S, source=2, share=0.9, mirrored=True), lesson(2, DENSE_S))
    assert (stretch.mirrored, stretch.scale) == (True, 0.9)
    (finding,) = reuse_findings({"o": [stretch]})
    assert finding.detail["reframed"] is True
    assert finding.detail["pictures_agreeing"] == stretch.codes
    assert "spreads_above_usual" not in finding.detail
    assert 0.8 <= finding.confidence <= 0.99


@pytest.mark.parametrize("period_s", [DENSE_S, SPARSE_S])
def test_honest_lessons_of_one_room_share_nothing(period_s: float) -> None:
    assert find_matched(lesson(1, period_s), lesson(3, DENSE_S)) == ()


def test_what_cannot_be_decided_is_said() -> None:
    dense, sparse = lesson(2, DENSE_S), lesson(1, SPARSE_S, source=2)
    assert can_match(sparse, dense)
    assert can_match(dense, sparse)
    assert not can_match(sparse, sparse)
    slower = replace(sparse, time_ns=sparse.time_ns * 3 // 2, views=())
    assert not can_match(slower, dense)
    for one, other in ((replace(sparse, sketch=None), dense), (sparse, replace(dense, mirrored_sketch=None))):
        assert not can_match(one, other)
        assert find_matched(one, other) == ()


def test_lamps_that_go_out_in_both_lessons_agree_with_everything_and_are_no_copy() -> None:
    random = np.random.default_rng(1)
    lamps = random.normal(0.0, 30.0, 128).astype(np.float32)
    is_on = np.array([0, 0, 1, 1, 1, 0], np.float32)[:, None]
    left, right = (is_on * lamps + random.normal(0.0, 1.0, (6, 128)).astype(np.float32) for _ in range(2))
    measured = measured_agreement(left, right)
    assert measured is not None
    agreement, apart = measured
    assert agreement >= MIN_AGREEMENT
    assert apart < MIN_APART


def test_pictures_agree_with_their_partners_alone_in_a_copy() -> None:
    random = np.random.default_rng(2)
    moved = random.normal(0.0, 10.0, (LEAST_PICTURES, 128)).astype(np.float32)
    room = random.normal(0.0, 90.0, 128).astype(np.float32)
    measured = measured_agreement(moved, moved + room)
    assert measured is not None
    assert measured[0] == pytest.approx(1.0, abs=1e-3)
    assert measured[1] > 2 * MIN_APART
    assert measured_agreement(moved[1:], moved[1:]) is None
