"""Changes of view at the frame: refined, and told where only the step of the picture makes them clear."""

from dataclasses import replace

import numpy as np
import pytest

from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.thumbnails import Thumbnails, thumbnail
from lessonproof.analysis.view_steps import at_steps, elsewhere, refine_views
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.array_source import ArraySource
from tests.analysis.scenes import FRAME_NS, Picture, swaying, texture, window

FRAMES = 600
GOP = 50
STEP = 330
"""First frame of the new view; the random-access pictures around it are 300 and 350."""
SPAN = Interval(300 * FRAME_NS, 350 * FRAME_NS)


def change(kind: FindingKind = FindingKind.SCENE_CHANGE, plain: float = 0.02) -> Finding:
    detail: dict[str, JsonValue] = {"agreement_before_registration": plain, "agreement_after_registration": 0.5}
    return Finding(kind, SPAN, 0.75, Severity.WARNING, "keyframes", detail)


def cut(at: int = STEP, moved: int = 200) -> Finding:
    where = Interval((at - 1) * FRAME_NS, at * FRAME_NS)
    detail: dict[str, JsonValue] = {"blocks_moved": moved, "blocks_in_picture": 240}
    return Finding(FindingKind.CUT, where, 0.98, Severity.CRITICAL, "full_decode", detail)


def test_nearly_everything_another_from_one_frame_to_the_next_is_another_place() -> None:
    told, left = at_steps([change()], [cut(), cut(at=500)])
    (found,) = told
    assert found.interval == cut().interval
    assert found.kind is FindingKind.SCENE_CHANGE
    assert found.detail["borders_from"] == "full_decode"
    assert found.detail["share_of_blocks_that_changed_at_once"] == pytest.approx(200 / 240, abs=1e-3)
    assert left == []


@pytest.mark.parametrize(
    ("hidden", "cuts"),
    [
        pytest.param(change(), [], id="no-step"),
        pytest.param(change(), [cut(moved=110)], id="people-sit-elsewhere"),
        pytest.param(change(), [cut(), cut(at=340)], id="two-steps"),
        pytest.param(change(plain=0.6), [cut()], id="the-same-room"),
        pytest.param(change(), [cut(at=500)], id="step-elsewhere"),
    ],
)
def test_what_stays_unclear_is_left(hidden: Finding, cuts: list[Finding]) -> None:
    assert at_steps([hidden], cuts) == ([], [hidden])


def test_only_views_that_have_nothing_in_common_are_worth_a_look() -> None:
    assert elsewhere([change(plain=0.6), change(plain=0.1)]) == [change(plain=0.1)]


def other_room(number: int) -> Picture:
    return texture(991, 192, 320, cell_px=24) + 0.2 * swaying(number)


def shown(slow_frames: int) -> FrameWindow:
    """The new view comes at once, or over so many frames."""

    def picture(number: int) -> Picture:
        share = float(np.clip((number - STEP) / slow_frames if slow_frames else number >= STEP, 0, 1))
        return np.asarray((1 - share) * swaying(number) + share * other_room(number), np.float32)

    return window(FRAMES, picture, keys=frozenset(range(0, FRAMES, GOP)), noise=2)


def thumbs_of(whole: FrameWindow) -> Thumbnails:
    rows = np.flatnonzero(whole.is_key)
    return Thumbnails(whole.time_ns[rows], np.stack([thumbnail(small) for small in whole.small[rows]]))


def test_a_view_that_changes_at_once_gets_its_frame() -> None:
    whole = shown(0)
    (found,) = refine_views([change(FindingKind.CAMERA_MOVED)], ArraySource(whole), thumbs_of(whole))
    assert found.interval == Interval((STEP - 1) * FRAME_NS, STEP * FRAME_NS)
    assert found.detail["between_keyframes_start_s"] == SPAN.start_ns / NS_PER_S
    assert found.kind is FindingKind.CAMERA_MOVED


def test_a_camera_that_is_turned_slowly_keeps_its_coarse_borders() -> None:
    whole = shown(20)
    told = change(FindingKind.CAMERA_MOVED)
    assert refine_views([told], ArraySource(whole), thumbs_of(whole)) == [told]


def test_nothing_is_decoded_for_what_is_known_or_too_far_apart() -> None:
    whole = shown(0)
    source = ArraySource(whole)
    known = replace(change(), detail={"borders_from": "full_decode"})
    far = replace(change(), interval=Interval(0, FRAMES * FRAME_NS))
    assert refine_views([known, far, cut()], source, thumbs_of(whole)) == [known, far, cut()]
    assert source.asked == []
