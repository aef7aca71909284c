"""The search for black and frozen stretches over a whole recording, without a file."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.keyframes import KeyframeFacts, KeyframeMeasurer
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.still_search import StillSearch, find_stills
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.array_source import ArraySource
from tests.analysis.scenes import FRAME_NS, Picture, swaying, window
from tests.analysis.tables import table

FRAMES = 900
GOP = 50
FIRST, LAST = 420, 520
"""A stretch of four seconds that is edited."""


def noisy(number: int) -> Picture:
    rng = np.random.default_rng(number)
    picture = swaying(number)
    return np.asarray(np.round(picture + rng.normal(0, 2.0, picture.shape)), np.float32)


def frozen(number: int) -> Picture:
    return noisy(FIRST if FIRST <= number <= LAST else number)


def black(number: int) -> Picture:
    return np.full((192, 320), 16, np.float32) if FIRST <= number <= LAST else noisy(number)


def without_noise(_: int) -> Picture:
    return swaying(0)


@cache
def shown(picture_at: Callable[[int], Picture]) -> FrameWindow:
    return window(FRAMES, picture_at, keys=frozenset(range(0, FRAMES, GOP)), noise=0)


def measured(picture_at: Callable[[int], Picture]) -> tuple[tuple[KeyframeFacts, ...], Thumbnails]:
    measurer = KeyframeMeasurer()
    seen = [measurer.see(i * FRAME_NS, np.clip(picture_at(i), 0, 255).astype(np.uint8)) for i in range(0, FRAMES, GOP)]
    times = np.array([fact.time_ns for fact, _ in seen], np.int64)
    return tuple(fact for fact, _ in seen), Thumbnails(times, np.stack([thumb for _, thumb in seen]))


def packets(*, still: bool) -> PacketTable:
    rng = np.random.default_rng(9)
    sizes = (900 * np.exp(rng.normal(0, 0.15, FRAMES))).astype(np.int64)
    if still:
        sizes[FIRST + 20 : LAST + 1] = 33
    sizes[::GOP] = 20_000
    return table([40 * i for i in range(FRAMES)], gop=GOP, sizes=sizes.tolist())


def search(picture_at: Callable[[int], Picture], *, still: bool = True) -> tuple[StillSearch, ArraySource]:
    source = ArraySource(shown(picture_at))
    facts, thumbs = measured(picture_at)
    return find_stills(source, packets(still=still), facts, thumbs, FRAMES * FRAME_NS), source


def test_a_frozen_stretch_gives_one_finding_with_its_figures() -> None:
    found, _ = search(frozen)
    (finding,) = found.findings
    assert finding.kind is FindingKind.FREEZE
    assert abs(finding.interval.start_ns - FIRST * FRAME_NS) <= 3 * FRAME_NS
    assert abs(finding.interval.end_ns - (LAST + 1) * FRAME_NS) <= 3 * FRAME_NS
    assert finding.confidence > 0.9
    assert finding.detail["same_keyframe_share"] == 1.0
    assert finding.detail["noise_share_inside"] == 0
    assert found.checked == {FindingKind.BLACK, FindingKind.FREEZE}
    assert found.unchecked == {}
    assert 0 < found.decoded_ns < FRAMES * FRAME_NS // 2


def test_a_living_recording_costs_nothing() -> None:
    found, source = search(noisy, still=False)
    assert found.findings == ()
    assert found.decoded_ns == 0
    assert source.asked == []
    assert FindingKind.FREEZE in found.checked


def test_sizes_alone_accuse_nobody() -> None:
    """The packets look frozen; the decoded pictures move."""
    found, source = search(noisy, still=True)
    assert source.asked
    assert found.findings == ()


def test_black_is_told_as_black_and_not_as_frozen() -> None:
    found, _ = search(black)
    (finding,) = found.findings
    assert finding.kind is FindingKind.BLACK
    assert finding.interval.start_ns == FIRST * FRAME_NS
    assert finding.interval.end_ns == (LAST + 1) * FRAME_NS


def test_black_between_two_random_access_pictures_is_found_by_its_packets() -> None:
    def short(number: int) -> Picture:
        return np.full((192, 320), 16, np.float32) if 455 <= number <= 490 else noisy(number)

    source = ArraySource(shown(short))
    facts, thumbs = measured(short)
    sizes = packets(still=False).size_bytes.copy()
    sizes[457:491] = 33
    short_table = table([40 * i for i in range(FRAMES)], gop=GOP, sizes=sizes.tolist())
    (finding,) = find_stills(source, short_table, facts, thumbs, FRAMES * FRAME_NS).findings
    assert finding.kind is FindingKind.BLACK
    assert (finding.interval.start_ns, finding.interval.end_ns) == (455 * FRAME_NS, 491 * FRAME_NS)


def test_an_empty_room_without_noise_is_not_accused_and_the_search_says_so() -> None:
    """A coder that takes the noise away: while nobody moves the picture stands, then people begin to move again."""

    def quiet(number: int) -> Picture:
        standing = min(max(number - FIRST, 0), LAST - FIRST)
        return swaying(number - standing)

    def noisy_keys(number: int) -> Picture:
        picture = quiet(number)
        return picture + np.random.default_rng(number).normal(0, 2.0, picture.shape).astype(np.float32)

    facts, thumbs = measured(noisy_keys)
    source = ArraySource(window(FRAMES, quiet, keys=frozenset(range(0, FRAMES, GOP)), noise=0))
    found = find_stills(source, packets(still=True), facts, thumbs, FRAMES * FRAME_NS)
    assert source.asked
    assert found.findings == ()
    assert found.unchecked == {FindingKind.FREEZE: "no_sensor_noise"}


def test_on_a_screen_a_standing_picture_says_nothing_and_the_search_says_so() -> None:
    found, _ = search(without_noise)
    assert found.findings == ()
    assert found.unchecked == {FindingKind.FREEZE: "screen_recording"}
    assert found.checked == {FindingKind.BLACK}


def test_one_random_access_picture_decides_nothing() -> None:
    facts, thumbs = measured(noisy)
    one = Thumbnails(thumbs.time_ns[:1], thumbs.luma[:1])
    found = find_stills(ArraySource(shown(noisy)), packets(still=False), facts[:1], one, FRAMES * FRAME_NS)
    assert found.unchecked == {FindingKind.FREEZE: "too_few_keyframes"}


@pytest.mark.parametrize("frames", [4, 30])
def test_a_short_standstill_is_no_freeze(frames: int) -> None:
    def short(number: int) -> Picture:
        return noisy(FIRST if FIRST <= number <= FIRST + frames else number)

    facts, thumbs = measured(short)
    sizes = packets(still=False).size_bytes.copy()
    sizes[FIRST + 2 : FIRST + frames] = 33
    standing = table([40 * i for i in range(FRAMES)], gop=GOP, sizes=sizes.tolist())
    assert find_stills(ArraySource(shown(short)), standing, facts, thumbs, FRAMES * FRAME_NS).findings == ()


def black_between_keyframes(number: int) -> Picture:
    return np.full((192, 320), 16, np.float32) if 455 <= number < 480 else noisy(number)


def test_a_second_of_black_between_two_random_access_pictures_is_seen_by_what_comes_behind() -> None:
    source = ArraySource(shown(black_between_keyframes))
    facts, thumbs = measured(black_between_keyframes)
    whole = packets(still=False)
    duration_ns = FRAMES * FRAME_NS
    assert find_stills(source, whole, facts, thumbs, duration_ns).findings == ()
    whole.size_bytes[455:480], whole.size_bytes[480] = 60, 15_000
    (finding,) = find_stills(source, whole, facts, thumbs, duration_ns).findings
    assert finding.kind is FindingKind.BLACK
    assert (finding.interval.start_ns, finding.interval.end_ns) == (455 * FRAME_NS, 480 * FRAME_NS)


def test_where_not_every_such_place_can_be_paid_black_is_not_called_absent() -> None:
    class Dear(ArraySource):
        def cost_ns(self, stretch: Interval) -> int:
            return 40 * NS_PER_S + stretch.length_ns

    facts, thumbs = measured(noisy)
    whole = packets(still=False)
    whole.size_bytes[455:480], whole.size_bytes[480] = 60, 15_000
    found = find_stills(Dear(shown(noisy)), whole, facts, thumbs, FRAMES * FRAME_NS)
    assert FindingKind.BLACK not in found.checked
    assert found.unchecked[FindingKind.BLACK] == "too_many_still_places"
