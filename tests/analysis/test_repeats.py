from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.alignment import PLAIN, Alignment
from lessonproof.analysis.repeat_ends import Match
from lessonproof.analysis.repeat_overlay import Overlay
from lessonproof.analysis.repeat_pairs import Candidate, Witness
from lessonproof.analysis.repeat_probe import Probe, _moves_as_one
from lessonproof.analysis.repeats import ALONE_MOTION, ALONE_REST, _is_supported, find_repeats
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.lessons import FPS, Lesson, LessonSource, plain, with_copy
from tests.analysis.scenes import FRAME_NS

COPY = with_copy(90, at_s=60.2, source_s=20.7, length_s=6)
FIRST = round(60.2 * FPS)


@dataclass(frozen=True, slots=True)
class Heard:
    """Sound that is heard again."""

    source_start_ns: int
    start_ns: int
    length_ns: int = 6 * NS_PER_S
    strength: float = 1.0


def brighter(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(picture * 1.15 + 6.0, 0, 255), np.uint8)


def cropped(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape
    window = np.array([[0.92, 0, 0.04 * width], [0, 0.92, 0.03 * height]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(picture, window, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


def lesson_seen(look: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], shown: NDArray[np.int64]) -> Lesson:
    """A lesson whose frames from 60.2 s to 66.2 s have another look."""

    class Seen(Lesson):
        def picture(self, frame: int) -> NDArray[np.uint8]:
            plainly = super().picture(frame)
            return look(plainly) if FIRST <= frame < FIRST + 6 * FPS else plainly

    return Seen(shown)


@pytest.mark.parametrize("with_borders", [False, True])
def test_a_stretch_shown_again_is_found_to_the_frame(with_borders: bool) -> None:
    lesson = Lesson(COPY)
    first = round(60.2 * FPS)
    borders = [lesson.border(first), lesson.border(first + 6 * FPS)] if with_borders else []
    search = find_repeats(lesson.thumbs(), lesson.table(), borders, (), LessonSource(lesson))
    assert [f.kind.value for f in search.findings] == ["loop"]
    (found,) = search.findings
    assert found.interval.start_ns == first * FRAME_NS
    assert found.interval.end_ns == (first + 6 * FPS) * FRAME_NS
    assert found.detail["source_start_s"] == pytest.approx(20.7, abs=0.03)
    assert search.borders_ns[0] == ((first - 1) * FRAME_NS, first * FRAME_NS)


@pytest.mark.parametrize("every", [2, 3])
def test_a_recorder_that_writes_few_pictures_a_second_hides_no_copy(every: int) -> None:
    frame_ns = every * FRAME_NS
    shown = with_copy(90, at_s=60, source_s=18, length_s=6)[::every]
    lesson = Lesson(shown, frame_ns=frame_ns)
    borders = [lesson.border(-(-at_s * FPS // every)) for at_s in (60, 66)]
    search = find_repeats(lesson.thumbs(), lesson.table(), borders, (), LessonSource(lesson))
    assert [f.kind.value for f in search.findings] == ["loop"]
    assert search.findings[0].interval.start_ns == pytest.approx(60 * NS_PER_S, abs=frame_ns)
    assert search.findings[0].interval.end_ns == pytest.approx(66 * NS_PER_S, abs=2 * frame_ns)


def test_a_copy_seen_in_a_mirror_is_found() -> None:
    first = round(60.2 * FPS)
    lesson = Lesson(COPY, mirrored=frozenset(range(first, first + 6 * FPS)))
    search = find_repeats(lesson.thumbs(), lesson.table(), (), (), LessonSource(lesson))
    assert [f.detail["mirrored"] for f in search.findings] == [True]


@pytest.mark.parametrize(("look", "has_borders"), [(brighter, False), (brighter, True), (cropped, True)])
def test_a_copy_with_another_look_is_found_where_its_sound_is_heard_again(
    look: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], *, has_borders: bool
) -> None:
    lesson = lesson_seen(look, COPY)
    borders = [lesson.border(FIRST), lesson.border(FIRST + 6 * FPS)] if has_borders else []
    heard = Heard(round(20.7 * NS_PER_S), FIRST * FRAME_NS)
    search = find_repeats(lesson.thumbs(), lesson.table(), borders, (heard,), LessonSource(lesson))
    (found,) = search.findings
    assert found.interval == Interval(FIRST * FRAME_NS, (FIRST + 6 * FPS) * FRAME_NS)
    assert found.detail["source_start_s"] == pytest.approx(20.7, abs=0.03)
    assert found.detail["reframed"] == (look is cropped)


@pytest.mark.parametrize("look", [brighter, cropped])
def test_another_look_alone_is_no_copy(look: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]) -> None:
    lesson = lesson_seen(look, plain(90))
    borders = [lesson.border(FIRST), lesson.border(FIRST + 6 * FPS)]
    heard = Heard(round(20.7 * NS_PER_S), FIRST * FRAME_NS)
    search = find_repeats(lesson.thumbs(), lesson.table(), borders, (heard,), LessonSource(lesson))
    assert search.findings == ()


def test_an_honest_lesson_is_silent_and_costs_little() -> None:
    lesson = Lesson(plain(90))
    source = LessonSource(lesson)
    search = find_repeats(lesson.thumbs(), lesson.table(), (), (), source)
    assert search.findings == ()
    assert source.decoded_ns <= 70 * NS_PER_S


def test_sound_that_points_elsewhere_convinces_nobody() -> None:
    lesson = Lesson(plain(70))
    search = find_repeats(
        lesson.thumbs(), lesson.table(), (), (Heard(10 * NS_PER_S, 40 * NS_PER_S),), LessonSource(lesson)
    )
    assert search.findings == ()


def test_packets_of_equal_sizes_point_at_a_copy_between_random_access_pictures() -> None:
    shown = with_copy(40, at_s=24, source_s=10, length_s=4)
    sizes = np.random.default_rng(3).integers(400, 4000, 5000)[shown]
    lesson = Lesson(shown)
    search = find_repeats(lesson.thumbs(), lesson.table(sizes), (), (), LessonSource(lesson))
    assert [f.interval.start_ns for f in search.findings] == [24 * NS_PER_S]


def test_borders_round_what_nothing_else_explains_leave_no_doubt_once_they_were_looked_at() -> None:
    lesson = Lesson(plain(90))
    borders = [lesson.border(frame) for frame in (30 * FPS, 40 * FPS)]
    search = find_repeats(lesson.thumbs(), lesson.table(), borders, (), LessonSource(lesson))
    assert search.findings == ()
    assert search.complete


def test_silence_is_not_claimed_where_a_likely_place_could_not_be_afforded() -> None:
    class Dear(LessonSource):
        def cost_ns(self, stretch: Interval) -> int:
            """Random-access pictures are far apart."""
            return max(200 * NS_PER_S, stretch.length_ns)

    lesson = Lesson(COPY)
    first = round(60.2 * FPS)
    borders = [lesson.border(first), lesson.border(first + 6 * FPS)]
    search = find_repeats(lesson.thumbs(), lesson.table(), borders, (), Dear(lesson))
    assert search.findings == ()
    assert search.reason == "too_many_candidates"
    search = find_repeats(lesson.thumbs(), lesson.table(), (), (), Dear(lesson))
    assert search.complete  # nothing that a copy leaves behind was found


def test_the_stretch_between_borders_is_told_where_only_the_earlier_one_has_them() -> None:
    first, source = round(60.2 * FPS), round(20.7 * FPS)
    lesson = Lesson(COPY)
    borders = [lesson.border(source), lesson.border(source + 6 * FPS)]
    (found,) = find_repeats(lesson.thumbs(), lesson.table(), borders, (), LessonSource(lesson)).findings
    assert found.interval.start_ns == source * FRAME_NS
    assert found.detail["source_start_s"] == pytest.approx(first / FPS, abs=0.03)


def test_what_nothing_but_likeness_speaks_for_has_to_be_nearly_the_same() -> None:
    lesson = Lesson(plain(20))
    stretch = Interval(10 * NS_PER_S, 14 * NS_PER_S)

    def told(witness: Witness, motion: float, *border_frames: int, rest: float = 0.2) -> bool:
        overlay = Overlay(PLAIN, np.ones(3840, np.bool_), 1.0, None)
        probe = Probe(Match(stretch, 5 * NS_PER_S, overlay, 1.3, 4.5), Alignment(0, motion, 0.1, 1.3, 4.5), rest)
        candidate = Candidate(stretch.start_ns, stretch.start_ns - 5 * NS_PER_S, 0, 1.0, witness)
        return _is_supported(stretch, probe, candidate, [lesson.border(f, is_weak=True) for f in border_frames])

    for alone in (Witness.POSTURE, Witness.ACTIVITY):
        assert not told(alone, 0.6)
        assert not told(alone, 0.6, 12 * FPS)  # a border, but not at an end
        assert told(alone, 0.6, 14 * FPS)
        assert told(alone, ALONE_MOTION)
        assert not told(alone, ALONE_MOTION, rest=2 * ALONE_REST)  # all move alike, and sit elsewhere
        assert told(alone, 0.6, 14 * FPS, rest=2 * ALONE_REST)
    assert told(Witness.SOUND, 0.6)
    assert told(Witness.SIZES, 0.6)


@pytest.mark.parametrize(
    ("motion", "beside", "rest", "heard", "alone"),
    [
        (0.5, 0.2, 0.6, True, True),
        (0.35, 0.14, 0.6, True, False),
        (0.3, 0.0, 0.6, False, False),
        (0.5, 0.2, 0.75, False, False),
    ],
)
def test_in_another_framing_less_motion_is_enough_where_the_sound_is_heard_twice(
    motion: float, beside: float, rest: float, heard: bool, alone: bool
) -> None:
    found = Alignment(0, motion, beside, rest, 1.0)
    assert _moves_as_one(found, is_heard=True) is heard
    assert _moves_as_one(found, is_heard=False) is alone
