import numpy as np
import pytest

from lessonproof.analysis.alignment import MIRRORED, PLAIN, View, visible
from lessonproof.analysis.repeat_overlay import is_reframed, lay_over
from lessonproof.evidence.intervals import Interval
from tests.analysis.lessons import FPS, Lesson, LessonSource, with_copy
from tests.analysis.scenes import FRAME_NS

SHOWN = with_copy(20, at_s=12, source_s=4, length_s=4)


def frames(first: int, count: int) -> Interval:
    return Interval(first * FRAME_NS, (first + count) * FRAME_NS)


def test_a_camera_that_stands_still_is_not_reframed() -> None:
    assert not is_reframed(PLAIN)
    assert not is_reframed(MIRRORED)
    assert not is_reframed(View(False, ((1.002, 0.0, 0.3), (0.0, 0.998, -0.4))))
    assert is_reframed(View(False, ((1.087, 0.0, -6.8), (0.0, 1.087, -2.9))))
    assert is_reframed(View(True, ((1.0, 0.0, 0.0), (0.0, 1.0, 2.5))))


def test_a_cropped_copy_shows_less_than_its_source() -> None:
    assert visible(PLAIN).all()
    enlarged = visible(View(False, ((2.0, 0.0, -80.0), (0.0, 2.0, -48.0))))
    assert enlarged.mean() == pytest.approx(0.25, abs=0.07)
    assert enlarged.reshape(48, 80)[24, 40]
    assert not enlarged.reshape(48, 80)[:8].any()


@pytest.mark.parametrize("gain", [0.8, 1.0, 1.25])
def test_a_contrast_that_was_changed_is_taken_out(gain: float) -> None:
    copy = LessonSource(Lesson(SHOWN, gain=gain)).window(frames(12 * FPS + 10, 45))
    source = LessonSource(Lesson(SHOWN)).window(frames(4 * FPS, 70))
    assert copy is not None
    assert source is not None
    laid = lay_over(copy, source, PLAIN, FRAME_NS)
    assert laid is not None
    overlay, found = laid
    assert found.shift == 10
    assert overlay.gain == pytest.approx(1.0 / gain, rel=0.03)
    assert found.rest_levels < 0.7 * found.rest_beside_levels
    difference = overlay.copy_rows(copy) - overlay.source_rows(source)[10:55]
    assert float(np.sqrt(np.mean(difference**2))) == pytest.approx(found.rest_levels, rel=0.2)


def test_a_view_that_shows_next_to_nothing_of_the_source_is_not_compared() -> None:
    window = LessonSource(Lesson(SHOWN)).window(frames(0, 70))
    assert window is not None
    assert lay_over(window, window, View(False, ((5.0, 0.0, 0.0), (0.0, 5.0, 0.0))), FRAME_NS) is None
