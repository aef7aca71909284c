import numpy as np
import pytest

from lessonproof.analysis.fingerprints import fingerprint
from lessonproof.analysis.reuse import MIN_AGREEMENT, find_shared, finds_a_minute, reuse_findings
from lessonproof.analysis.thumbnails import Thumbnails, thumbnail
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S
from tests.analysis.lessons import FPS, moment

STEP_S = 2.5


def recorded(seconds: np.ndarray, seed: int, *, gain: float = 1.0, mirrored: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pictures = []
    for second in seconds.tolist():
        clean = moment(round(second * FPS), seed) * gain
        clean = clean[:, ::-1] if mirrored else clean
        noisy = np.clip(clean + rng.normal(0.0, 1.0, clean.shape), 0, 255).astype(np.uint8)
        pictures.append(thumbnail(np.ascontiguousarray(noisy)))
    return np.stack(pictures)


def lesson(seed: int, *, length_s: float = 240.0, phase_s: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    seconds = np.arange(phase_s, length_s, STEP_S)
    return seconds, recorded(seconds, seed)


def prints(seconds: np.ndarray, luma: np.ndarray, name: str) -> Fingerprint:
    return fingerprint(Thumbnails((seconds * NS_PER_S).astype(np.int64), luma), name)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_minute_of_another_lesson_is_found_brighter_and_out_of_phase(mirrored: bool) -> None:
    times, luma = lesson(1)
    inside = (times >= 100) & (times < 165)
    luma[inside] = recorded(times[inside] - 60.0, 2, gain=1.1, mirrored=mirrored)
    other = prints(*lesson(2, phase_s=0.8), "other")
    found = find_shared(prints(times, luma, "query"), other)
    assert len(found) == 1
    assert found[0].mirrored is mirrored
    assert abs(found[0].interval.start_s - 100) <= 8
    assert abs(found[0].interval.end_s - 165) <= 8
    offset_s = found[0].interval.start_s - found[0].other_start_ns / NS_PER_S
    assert offset_s == pytest.approx(60, abs=STEP_S)
    (finding,) = reuse_findings({"other": found})
    assert finding.kind.value == "reuse"
    assert finding.detail["other"] == "other"


def test_two_honest_lessons_of_one_room_share_nothing() -> None:
    assert find_shared(prints(*lesson(1), "a"), prints(*lesson(2), "b")) == ()


def test_lamps_that_go_out_in_both_lessons_are_no_shared_stretch() -> None:
    first, second = lesson(1), lesson(2)
    for times, luma in (first, second):
        dark = (times >= 60) & (times < 66)
        luma[dark] = (luma[dark] * 0.4).astype(np.uint8)
    assert find_shared(prints(*first, "a"), prints(*second, "b")) == ()


def cropped(seconds: np.ndarray, seed: int, *, share: float, mirrored: bool) -> np.ndarray:
    """Pictures of which ``share`` of each side is shown."""
    pictures = []
    for second in seconds.tolist():
        picture = np.clip(moment(round(second * FPS), seed), 0, 255).astype(np.uint8)
        rows, columns = (round((1 - share) / 2 * side) for side in picture.shape)
        part = picture[rows : picture.shape[0] - rows, columns : picture.shape[1] - columns]
        pictures.append(thumbnail(np.ascontiguousarray(part[:, ::-1] if mirrored else part)))
    return np.stack(pictures)


@pytest.mark.parametrize(("share", "mirrored"), [(0.95, False), (0.9, True), (0.85, False)])
def test_a_cropped_stretch_is_found_by_the_view_of_its_size_and_told_to_be_reframed(
    share: float, mirrored: bool
) -> None:
    times, luma = lesson(1)
    inside = (times >= 60) & (times < 150)
    luma[inside] = cropped(times[inside], 2, share=share, mirrored=mirrored)
    other, query = prints(*lesson(2), "other"), prints(times, luma, "query")
    found = {view.scale: find_shared(view, other) for view in (query, *query.views)}
    (stretch,) = found[share]
    assert stretch.mirrored is mirrored
    assert all(stretch.strength >= one.strength for stretches in found.values() for one in stretches)
    (finding,) = reuse_findings({"other": found[share]})
    assert finding.detail["reframed"] is True
    assert finding.detail["picture_scale"] == share


def coded(codes: np.ndarray, period_s: float, name: str) -> Fingerprint:
    times = (np.arange(len(codes)) * period_s * NS_PER_S).astype(np.int64)
    return Fingerprint(name, "m", times, codes, codes[:, ::-1].copy(), np.full(len(codes), 9, np.uint8))


def random_codes(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


@pytest.mark.parametrize(("agreeing", "is_found"), [(8, False), (30, True)])
def test_a_short_run_of_equal_codes_is_an_event_and_a_long_one_a_stretch(agreeing: int, is_found: bool) -> None:
    """Unrelated codes vary so little that eight equal ones of 22 stand far above what is usual."""
    query, other = random_codes(1, 300), random_codes(2, 300)
    query[100 : 100 + agreeing] = other[180 : 180 + agreeing]
    found = find_shared(coded(query, 2.0, "a"), coded(other, 2.0, "b"))
    assert bool(found) is is_found
    assert all(stretch.agreement >= MIN_AGREEMENT for stretch in found)


@pytest.mark.parametrize(("agreeing", "is_found"), [(6, False), (16, True)])
def test_with_pictures_far_apart_only_a_longer_stretch_is_told(agreeing: int, is_found: bool) -> None:
    query, other = random_codes(1, 200), random_codes(2, 200)
    query[50 : 50 + agreeing] = other[100 : 100 + agreeing]
    assert bool(find_shared(coded(query, 10.0, "a"), coded(other, 10.0, "b"))) is is_found


@pytest.mark.parametrize(("period_s", "enough"), [(1.0, True), (4.0, True), (5.0, False), (10.0, False)])
def test_a_minute_must_hold_enough_codes(period_s: float, enough: bool) -> None:
    assert finds_a_minute(coded(random_codes(1, 50), period_s, "a")) is enough
    assert not finds_a_minute(coded(random_codes(1, 1), period_s, "a"))


def test_codes_of_different_methods_are_not_compared() -> None:
    one = prints(*lesson(1, length_s=60), "a")
    other = Fingerprint("b", "another/1", one.time_ns, one.codes, one.mirrored, one.weight)
    with pytest.raises(ValueError, match="different methods"):
        find_shared(one, other)


def test_the_mirrored_code_is_that_of_the_mirrored_picture() -> None:
    luma = (np.arange(6 * 36 * 64, dtype=np.int64) * 2654435761 >> 7).astype(np.uint8).reshape(6, 36, 64)
    made = fingerprint(Thumbnails(np.arange(6, dtype=np.int64) * NS_PER_S, luma), "x")
    again = fingerprint(Thumbnails(np.arange(6, dtype=np.int64) * NS_PER_S, luma[:, :, ::-1].copy()), "x")
    np.testing.assert_array_equal(made.codes, again.mirrored)
    assert made.weight.max() > 0
