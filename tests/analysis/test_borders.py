"""What is kept of both sides of a border."""

from dataclasses import replace

import numpy as np
import pytest

from lessonproof.analysis.borders import BORDER_FRAMES, border_at
from tests.analysis.scenes import FRAME_NS, swaying, window

WINDOW = window(20, swaying)


@pytest.mark.parametrize(("index", "before", "after"), [(1, 1, 8), (10, 8, 8), (18, 8, 2)])
def test_a_border_keeps_the_frames_on_both_sides_in_time_order(index: int, before: int, after: int) -> None:
    border = border_at(WINDOW, index, strength=3.0, blocks=9, is_weak=False)
    assert (border.before.shape[0], border.after.shape[0]) == (before, after)
    assert max(before, after) <= BORDER_FRAMES
    assert (border.time_before_ns, border.time_after_ns) == ((index - 1) * FRAME_NS, index * FRAME_NS)
    np.testing.assert_array_equal(border.small_before, WINDOW.small[index - 1])
    np.testing.assert_array_equal(border.small_after, WINDOW.small[index])
    assert border.step_ns == FRAME_NS


def test_the_pictures_do_not_keep_the_window_in_memory() -> None:
    border = border_at(WINDOW, 10, strength=3.0, blocks=9, is_weak=False)
    assert not np.shares_memory(border.before, WINDOW.small)
    assert not np.shares_memory(border.after, WINDOW.small)


def test_a_border_has_two_sides_and_a_place() -> None:
    border = border_at(WINDOW, 10, strength=3.0, blocks=9, is_weak=False)
    with pytest.raises(ValueError, match="each side"):
        replace(border, after=border.after[:0])
    with pytest.raises(ValueError, match="between two frames"):
        replace(border, time_after_ns=border.time_before_ns)
