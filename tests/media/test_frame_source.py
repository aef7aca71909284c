"""Stretches decoded once for everybody: the same frames as a decode of their own, and memory that does not grow."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval
from lessonproof.media.decoding import Decoded, decode_all
from lessonproof.media.frame_source import KEPT_FRAMES, open_frame_source
from lessonproof.media.index import index_recording
from tests.media.clips import CAMERA_CONTAINERS, Clip, name_of, write_clip

EARLY = Interval(1500 * NS_PER_MS, 2500 * NS_PER_MS)
LATE = Interval(4000 * NS_PER_MS, 5200 * NS_PER_MS)


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
@pytest.mark.parametrize("bframes", [0, 3])
def test_windows_in_any_order_hold_the_frames_of_their_stretch(tmp_path: Path, clip: Clip, bframes: int) -> None:
    path = write_clip(tmp_path / "a", replace(clip, bframes=bframes))
    index = index_recording(path)
    with open_frame_source(path, index) as source:
        for stretch in (LATE, EARLY, Interval(0, NS_PER_S), LATE):
            window = source.window(stretch)
            assert window is not None
            alone = [item.time_ns for item in decode_all(path, index, stretch) if isinstance(item, Decoded)]
            assert window.time_ns.tolist() == alone
        assert source.undecodable() == ()


def test_a_part_of_what_was_decoded_costs_nothing(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip())
    index = index_recording(path)
    with open_frame_source(path, index) as source:
        assert source.cost_ns(LATE) == LATE.end_ns - 3600 * NS_PER_MS  # from the random-access picture before
        whole = source.window(LATE)
        cost = source.decoded_ns
        inner = Interval(LATE.start_ns + 200 * NS_PER_MS, LATE.end_ns - 200 * NS_PER_MS)
        assert source.cost_ns(inner) == 0
        part = source.window(inner)
        assert source.decoded_ns == cost
    assert whole is not None
    assert part is not None
    rows = np.flatnonzero((whole.time_ns >= inner.start_ns) & (whole.time_ns < inner.end_ns))
    assert np.array_equal(part.small, whole.small[rows])
    assert part.equal_share[0] == 1.0
    assert np.array_equal(part.equal_share[1:], whole.equal_share[rows][1:])


def test_nothing_is_shown_behind_the_end(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip())
    index = index_recording(path)
    end_ns = index.packets.duration_ns
    with open_frame_source(path, index) as source:
        assert source.window(Interval(end_ns, end_ns + NS_PER_S)) is None


def test_only_the_last_windows_are_kept(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(times_ms=tuple(range(0, 4 * 1000 * 40, 40)), has_sound=False))
    index = index_recording(path)
    thirds = [Interval(n * 40 * NS_PER_S, (n + 1) * 40 * NS_PER_S) for n in range(4)]
    with open_frame_source(path, index) as source:
        for stretch in thirds:
            source.window(stretch)
        assert KEPT_FRAMES < 4 * 1000
        assert source.cost_ns(thirds[0]) > 0
        assert source.cost_ns(thirds[-1]) == 0
