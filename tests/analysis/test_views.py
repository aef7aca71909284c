"""The camera's view: moved, another place, or the same in spite of lamps, knocks and people."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.keyframes import KeyframeFacts, KeyframeMeasurer
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.analysis.views import ViewSearch, find_view_changes
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S

WIDTH, HEIGHT = 640, 360
SPACING_NS = 2 * NS_PER_S
Picture = NDArray[np.float32]


def wall(seed: int) -> Picture:
    """Furniture of a room, larger than the picture so that the camera can turn."""
    rng = np.random.default_rng(seed)
    room = np.full((HEIGHT + 200, WIDTH + 200), 120, np.float32)
    for _ in range(60):
        x, y = int(rng.integers(0, WIDTH + 140)), int(rng.integers(0, HEIGHT + 150))
        room[y : y + int(rng.integers(20, 120)), x : x + int(rng.integers(20, 160))] = rng.uniform(20, 230)
    return room


ROOM, OTHER_ROOM = wall(1), wall(2)


def seen(room: Picture = ROOM, dx: float = 0, dy: float = 0, turn: float = 0, gain: float = 1.0) -> Picture:
    matrix = cv2.getRotationMatrix2D(((WIDTH + 200) / 2, (HEIGHT + 200) / 2), turn, 1.0)
    matrix[:, 2] -= np.array([100 + dx, 100 + dy])
    picture = np.asarray(cv2.warpAffine(room, matrix, (WIDTH, HEIGHT)), np.float32)
    return 16 + (picture - 16) * np.float32(gain)


def search(view: Callable[[int], Picture], count: int = 60) -> ViewSearch:
    rng = np.random.default_rng(3)
    measurer = KeyframeMeasurer()
    facts: list[KeyframeFacts] = []
    thumbs: list[NDArray[np.uint8]] = []
    for number in range(count):
        picture = view(number).copy()
        for _person in range(3):  # people who walk about before the furniture
            x, y = int(rng.integers(0, WIDTH - 40)), int(rng.integers(120, HEIGHT - 80))
            picture[y : y + 80, x : x + 40] = 0.5 * picture.mean() + 8
        picture += rng.normal(0, 2, picture.shape).astype(np.float32)
        fact, thumb = measurer.see(number * SPACING_NS, np.clip(picture, 0, 255).astype(np.uint8))
        facts.append(fact)
        thumbs.append(thumb)
    times = np.arange(count, dtype=np.int64) * SPACING_NS
    return find_view_changes(Thumbnails(times, np.stack(thumbs)), facts)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(lambda _n: seen(), id="nothing"),
        pytest.param(lambda n: seen(gain=0.35 if 20 <= n < 40 else 1.0), id="lamps-off-and-on"),
        pytest.param(lambda n: seen(dx=25 if n in {20, 21} else 0), id="a-knock"),
        pytest.param(lambda n: seen(gain=0.02 if 20 <= n < 40 else 1.0), id="dark-for-a-while"),
    ],
)
def test_honest_recordings_are_silent(view: Callable[[int], Picture]) -> None:
    assert search(view) == ViewSearch((), None)


@pytest.mark.parametrize(("dx", "dy", "turn"), [(60, 0, 0), (-90, 40, 0), (0, -35, 0), (0, 0, 6), (30, 10, 3)])
def test_a_camera_that_is_turned_away_is_told_with_its_shift(dx: float, dy: float, turn: float) -> None:
    result = search(lambda n: seen(dx=dx, dy=dy, turn=turn) if n >= 30 else seen())
    (finding,) = result.findings
    assert finding.kind is FindingKind.CAMERA_MOVED
    assert (finding.interval.start_ns, finding.interval.end_ns) == (29 * SPACING_NS, 30 * SPACING_NS)
    if not turn:
        assert finding.detail["shift_x_share_of_width"] == pytest.approx(-dx / WIDTH, abs=0.01)
        assert finding.detail["shift_y_share_of_width"] == pytest.approx(-dy / WIDTH, abs=0.01)


def test_another_room_is_another_scene_there_and_back() -> None:
    result = search(lambda n: seen(OTHER_ROOM) if 20 <= n < 40 else seen())
    assert [f.kind for f in result.findings] == [FindingKind.SCENE_CHANGE] * 2
    assert [f.interval.end_ns for f in result.findings] == [20 * SPACING_NS, 40 * SPACING_NS]


def test_somebody_who_sits_down_before_the_lens_is_neither() -> None:
    def view(number: int) -> Picture:
        picture = seen()
        if number >= 20:
            picture[:, :280] = 70 + 20 * np.sin(np.arange(280) / 9, dtype=np.float32)
        return picture

    result = search(view)
    assert result.findings == ()


@pytest.mark.parametrize(("dx", "dy"), [(52, 38), (-47, 41), (88, -30)])
def test_a_camera_that_moved_both_ways_is_registered_though_the_view_is_full_of_detail(dx: float, dy: float) -> None:
    rng = np.random.default_rng(11)
    fine = np.asarray(
        cv2.resize(
            rng.uniform(20, 230, ((HEIGHT + 200) // 14, (WIDTH + 200) // 14)).astype(np.float32),
            (WIDTH + 200, HEIGHT + 200),
            interpolation=cv2.INTER_NEAREST,
        ),
        np.float32,
    )
    (finding,) = search(lambda n: seen(fine, dx=dx, dy=dy) if n >= 30 else seen(fine)).findings
    assert finding.kind is FindingKind.CAMERA_MOVED
    assert finding.detail["shift_x_share_of_width"] == pytest.approx(-dx / WIDTH, abs=0.01)
    assert finding.detail["shift_y_share_of_width"] == pytest.approx(-dy / WIDTH, abs=0.01)


def test_half_a_likeness_is_told_by_nobody_and_kept_for_the_step() -> None:
    def view(number: int) -> Picture:
        return seen() if number < 30 else np.asarray(0.43 * seen() + 0.57 * seen(OTHER_ROOM), np.float32)

    result = search(view)
    assert result.findings == ()
    assert result.reason == "view_partly_hidden"
    (hidden,) = result.hidden
    assert hidden.kind is FindingKind.SCENE_CHANGE
    assert hidden.interval.end_ns == 30 * SPACING_NS


def test_a_camera_in_somebodys_hand_cannot_be_followed() -> None:
    rng = np.random.default_rng(5)
    places = rng.uniform(-95, 95, (60, 2))
    assert search(lambda n: seen(dx=places[n, 0], dy=places[n, 1])) == ViewSearch((), "moving_camera")


def test_a_handful_of_pictures_says_nothing() -> None:
    assert search(lambda _n: seen(), count=4) == ViewSearch((), "too_few_pictures")


def test_the_dark_says_nothing() -> None:
    assert search(lambda _n: seen(gain=0.01)).reason in {"too_dark", "screen_recording"}
