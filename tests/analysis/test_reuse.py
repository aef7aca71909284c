import numpy as np
import pytest

from lessonproof.analysis.fingerprints import fingerprint, fingerprint_views
from lessonproof.analysis.reuse import find_shared, reuse_findings
from lessonproof.analysis.thumbnails import Thumbnails, thumbnail
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S
from tests.analysis.lessons import FPS, moment
from tests.analysis.scenes import WIDTH_PX

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


def test_a_cropped_stretch_is_found_by_one_of_the_views() -> None:
    times, luma = lesson(1)
    inside = (times >= 60) & (times < 150)
    margin = round(0.04 * WIDTH_PX)
    cropped = [
        thumbnail(np.clip(moment(round(s * FPS), 2), 0, 255).astype(np.uint8)[margin:-margin, margin:-margin])
        for s in times[inside].tolist()
    ]
    luma[inside] = np.stack(cropped)
    other = prints(*lesson(2), "other")
    views = fingerprint_views(Thumbnails((times * NS_PER_S).astype(np.int64), luma), "query")
    assert any(find_shared(view, other) for view in views)


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
