"""Bad input: a clear error, nothing lost, nothing guessed, nothing that hangs."""

import hashlib
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import RecordingError
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval, total_ns
from lessonproof.media.index import index_recording
from lessonproof.workers.pipeline import analyse_recording, failed_analysis
from lessonproof.workers.stamping import AnalysisSettings
from tests.media.clips import CAMERA_CONTAINERS, EVERY_CONTAINER, Clip, name_of, write_clip
from tests.media.files import joined
from tests.workers.bad_recordings import UNREADABLE

FASTSTART = (("movflags", "faststart"),)
LONGER = tuple(range(0, 12_000, 80))


def analysed(path: Path, pictures: dict[str, bytes] | None = None) -> Dossier:
    return analyse_recording(
        path, AnalysisSettings(with_people=False), None, lambda _share: None, pictures=pictures
    ).dossier


def outcome(path: Path) -> Dossier | FailedAnalysis:
    try:
        return analysed(path)
    except RecordingError as error:
        return failed_analysis(error, path)


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_what_is_no_recording_says_why(tmp_path: Path, name: str) -> None:
    make, expected = UNREADABLE[name]
    path = make(tmp_path)
    with pytest.raises(RecordingError) as caught:
        analysed(path)
    assert type(caught.value) is expected
    failed = failed_analysis(caught.value, path)
    assert failed.code == expected.code
    assert failed.en
    assert failed.zh != failed.en
    if path.is_file() and not path.is_symlink():
        data = path.read_bytes()
        assert (failed.sha256, failed.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    else:
        assert (failed.sha256, failed.size_bytes) == (None, None)


@pytest.mark.parametrize(
    "clip",
    [Clip(times_ms=LONGER, options=FASTSTART), *(replace(c, times_ms=LONGER) for c in EVERY_CONTAINER[1:4])],
    ids=name_of,
)
@pytest.mark.parametrize("kept", [0.31, 0.5, 0.87])
def test_a_file_cut_off_in_the_middle_is_analysed_up_to_there(tmp_path: Path, clip: Clip, kept: float) -> None:
    path = write_clip(tmp_path / "a", clip)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept) // 188 * 188 + 50])
    dossier = analysed(path)
    (truncated,) = dossier.of_kind(FindingKind.TRUNCATED)
    assert truncated.interval.start_ns == dossier.duration_ns
    assert kept * 12 - 1.5 < dossier.duration_ns / NS_PER_S < kept * 12 + 1.5
    if clip.ending == "mp4":
        assert abs(truncated.interval.end_ns / NS_PER_S - 12) < 0.2
    assert {f.kind for f in dossier.findings} <= {FindingKind.TRUNCATED, FindingKind.AUDIO_GAP}


@pytest.mark.parametrize("clip", [replace(c, times_ms=LONGER, seed=5) for c in CAMERA_CONTAINERS], ids=name_of)
@pytest.mark.parametrize("filling", ["zeros", "random"])
@pytest.mark.parametrize("size_bytes", [4_000, 20_000])
def test_damage_in_the_middle_is_told_and_the_rest_is_analysed(
    tmp_path: Path, clip: Clip, filling: str, size_bytes: int
) -> None:
    path = write_clip(tmp_path / "a", clip)
    packets = index_recording(path).packets
    data = bytearray(path.read_bytes())
    start = len(data) // 2
    rng = random.Random(3)  # noqa: S311 - reproducible
    data[start : start + size_bytes] = bytes(size_bytes) if filling == "zeros" else rng.randbytes(size_bytes)
    path.write_bytes(data)
    hit = packets.pts_ns[
        (packets.position_bytes < start + size_bytes) & (packets.position_bytes + packets.size_bytes > start)
    ]
    pictures: dict[str, bytes] = {}
    dossier = analysed(path, pictures)
    spans = [finding.interval for finding in dossier.of_kind(FindingKind.UNREADABLE)]
    lost = Interval(int(hit.min()), int(hit.max()) + 1)
    assert any(span.intersect(lost) for span in spans)
    assert total_ns(spans) < lost.length_ns + 3 * NS_PER_S
    assert dossier.duration_ns == packets.duration_ns
    kinds = {finding.kind for finding in dossier.findings}
    assert kinds <= {FindingKind.UNREADABLE, FindingKind.AUDIO_GAP}
    assert set(pictures) == {name for finding in dossier.findings for name in finding.evidence}


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
def test_without_sound_everything_else_is_analysed(tmp_path: Path, clip: Clip) -> None:
    dossier = analysed(write_clip(tmp_path / "a", replace(clip, has_sound=False)))
    (finding,) = dossier.findings
    assert finding.kind is FindingKind.NO_AUDIO
    assert finding.detail["reason"] == "no_track"
    assert finding.interval == dossier.span()
    assert not dossier.has_audio


@pytest.mark.parametrize("base", EVERY_CONTAINER, ids=name_of)
def test_one_frame_is_a_recording_of_which_little_can_be_said(tmp_path: Path, base: Clip) -> None:
    dossier = analysed(write_clip(tmp_path / "a", replace(base, times_ms=[0], has_sound=False)))
    assert dossier.video.packets == 1
    assert {f.kind for f in dossier.findings} == {FindingKind.NO_AUDIO}
    assert not {FindingKind.CUT, FindingKind.FREEZE} & set(dossier.checked)


def test_a_recording_trimmed_to_the_middle_of_its_only_group_is_analysed(tmp_path: Path) -> None:
    clip = Clip(times_ms=range(-450, 4000, 100), gop=1000, options=(("avoid_negative_ts", "disabled"),))
    dossier = analysed(write_clip(tmp_path / "a.mp4", replace(clip, has_sound=False)))
    assert (dossier.video.packets, dossier.video.keyframes) == (40, 0)


def test_joined_transport_streams_are_told_and_nothing_else_is(tmp_path: Path) -> None:
    first = Clip(ending="ts", times_ms=range(0, 4000, 100))
    path = joined(tmp_path / "j.ts", first, replace(first, rate_hz=44_100, layout="stereo"))
    dossier = analysed(path)
    # Both parts show the same, to the byte: that is told as well.
    others = {FindingKind.CUT, FindingKind.LOOP}
    (finding,) = [f for f in dossier.findings if f.kind not in others]
    assert finding.kind is FindingKind.CONCATENATED
    assert finding.interval.start_ns == 4 * NS_PER_S


def test_a_hole_of_hours_costs_no_hours(tmp_path: Path) -> None:
    times = [*range(0, 3000, 100), *range(40_000_000, 40_003_000, 100)]
    path = write_clip(tmp_path / "a.mkv", Clip(ending="mkv", times_ms=times, has_sound=False))
    dossier = analysed(path)
    (gap,) = dossier.of_kind(FindingKind.GAP)
    assert gap.interval == Interval(3 * NS_PER_S, 40_000 * NS_PER_S)


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    folder = tmp_path_factory.mktemp("whole")
    clips = [replace(c, times_ms=range(0, 2000, 100), noise=1.0) for c in EVERY_CONTAINER]
    clips.append(Clip(codec="libx265", times_ms=range(0, 2000, 100), options=FASTSTART, bframes=2))
    return [(c.ending, write_clip(folder / str(n), c).read_bytes()) for n, c in enumerate(clips)]


DAMAGE = st.tuples(
    st.one_of(st.just(1.0), st.floats(0.01, 1.0)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=40),
    st.booleans(),
)
"""Share of the file that is kept, bytes that are overwritten, and whether all of them lie in front."""


@settings(max_examples=120)
@given(st.integers(0, 5), DAMAGE)
def test_no_bytes_crash_or_hang_the_analysis(
    tmp_path_factory: pytest.TempPathFactory,
    whole_files: list[tuple[str, bytes]],
    number: int,
    damage: tuple[float, list[tuple[float, int]], bool],
) -> None:
    ending, whole = whole_files[number]
    kept, flips, in_front = damage
    data = bytearray(whole[: max(1, int(len(whole) * kept))])
    reach = min(len(data), 3000) if in_front else len(data)
    for where, value in flips:
        data[int(where * reach)] = value
    path = tmp_path_factory.mktemp("bytes") / f"a.{ending}"
    path.write_bytes(data)
    result = outcome(path)
    assert result.sha256 == hashlib.sha256(data).hexdigest()
    assert result.size_bytes == len(data)
    if isinstance(result, Dossier):
        assert all(0 <= f.interval.start_ns <= f.interval.end_ns for f in result.findings)
        assert np.isfinite(result.duration_ns)
