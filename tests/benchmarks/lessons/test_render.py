from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.lessons import (
    Absence,
    ClockStyle,
    Encoding,
    HonestEvent,
    HonestKind,
    LessonSpec,
    LessonTruth,
    SceneKind,
    SpecError,
    parse_edit,
    render_lesson,
)
from benchmarks.lessons.lens import Lens
from benchmarks.lessons.spec import CLOCK_PATTERNS
from benchmarks.lessons.timeline import Effect

Render = Callable[..., tuple[Path, LessonTruth]]
Luma = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
S = 1_000_000_000


def decoded(path: Path) -> tuple[list[int], list[Luma]]:
    """Presentation times (ns from the first frame) and luma of every frame."""
    with av.open(str(path)) as file:
        frames = [(f.pts, f.time_base, f.to_ndarray()[: f.height]) for f in file.decode(video=0)]
    first = frames[0][0] or 0
    times = [round(((pts or 0) - first) * (base or Fraction(1)) * S) for pts, base, _ in frames]
    return times, [luma.astype(np.float64) for _, _, luma in frames]


def heard(path: Path) -> tuple[Luma, int]:
    """Decoded sound laid on the file's time line, holes as NaN, and its rate."""
    with av.open(str(path)) as file:
        rate = file.streams.audio[0].rate or 0
        chunks = [(round((f.pts or 0) * (f.time_base or 1) * rate), f.to_ndarray()[0]) for f in file.decode(audio=0)]
    out = np.full(max(start + len(c) for start, c in chunks), np.nan)
    for start, chunk in chunks:
        out[max(0, start) : start + len(chunk)] = chunk[max(0, -start) :]
    return out, rate


def psnr_db(a: Luma, b: Luma) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, float(((a - b) ** 2).mean()))))


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(render: Render) -> None:
    first, truth = render("cut@2:1")
    again, same = render("cut@2:1")
    assert first.read_bytes() == again.read_bytes()
    assert replace(same, path=truth.path) == truth
    other, _ = render("cut@2:1", seed=4)
    assert other.read_bytes() != first.read_bytes()


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_every_container_and_codec_shows_what_was_planned(
    render: Render, tiny: LessonSpec, codec: str, container: str
) -> None:
    encoding = Encoding(codec=codec, container=container, gop=25, crf=18, preset="ultrafast", bframes=2)
    path, truth = render("cut@2:1", duration_s=4.0, encoding=encoding)
    times, pictures = decoded(path)
    assert times == truth.frame_ns()
    assert truth.container == container
    lens = Lens(replace(tiny, duration_s=4.0))
    # Output frame 10 was captured as 10, output frame 60 as 85: a second was cut out at 2 s.
    for shown, captured in ((12, 12), (49, 49), (50, 75), (60, 85)):
        expected = lens.shoot(captured, Effect.NONE, captured * S // 25)[:180].astype(np.float64)
        assert psnr_db(pictures[shown], expected) > 33
        neighbour = lens.shoot(captured - 10, Effect.NONE, (captured - 10) * S // 25)[:180].astype(np.float64)
        assert psnr_db(pictures[shown], expected) > psnr_db(pictures[shown], neighbour)
    with av.open(str(path)) as file:
        assert file.streams.video[0].codec_context.name == {"h264": "h264", "h265": "hevc"}[codec]
        assert file.streams.audio[0].codec_context.name == "aac"


@pytest.mark.parametrize("gop", [25, 50])
def test_keyframes_come_with_the_gop(render: Render, gop: int) -> None:
    path, truth = render(encoding=Encoding(gop=gop))
    with av.open(str(path)) as file:
        keys = [k for k, p in enumerate(p for p in file.demux(video=0) if p.pts is not None) if p.is_keyframe]
    assert keys == list(range(0, len(truth.pts), gop))


def test_a_phone_writes_a_variable_frame_rate(render: Render) -> None:
    path, truth = render(vfr=True, fps=30)
    times, _ = decoded(path)
    assert times == truth.frame_ns()
    assert len(set(np.diff(truth.pts))) > 10
    assert [h.kind for h in truth.honest] == ["vfr"]


def test_times_of_a_cut_are_those_of_the_frames_around_it(render: Render) -> None:
    _, truth = render("cut@2:1")
    (cut,) = truth.of_kind("cut")
    assert (cut.start_ns, cut.end_ns) == (1_960_000_000, 2_000_000_000)
    assert cut.detail["before_s"] == 1.96
    assert truth.joint_ns == (2_000_000_000,)
    assert truth.duration_ns == 5 * S


def test_a_frozen_picture_stands_still_and_the_rest_does_not(render: Render) -> None:
    path, truth = render("freeze@2:2")
    (freeze,) = truth.of_kind("freeze")
    times, pictures = decoded(path)
    moves = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(pictures)])
    inside = [k for k in range(len(moves)) if freeze.start_ns + S // 2 <= times[k] and times[k + 1] < freeze.end_ns]
    assert moves[inside].max() < 0.1
    assert np.delete(moves, [k for k in range(len(moves)) if 45 <= k <= 102]).min() > 0.1


def test_a_black_stretch_is_black_for_as_long_as_the_truth_says(render: Render) -> None:
    path, truth = render("black@2:1")
    (black,) = truth.of_kind("black")
    times, pictures = decoded(path)
    dark = [t for t, p in zip(times, pictures, strict=True) if p.mean() < 20]
    assert (dark[0], dark[-1] + S // 25) == (black.start_ns, black.end_ns)


def test_a_loop_shows_the_same_pictures_again(render: Render) -> None:
    path, truth = render("loop@4:1.5", encoding=Encoding(crf=18))
    (loop,) = truth.of_kind("loop")
    assert loop.detail["source_start_s"] == 2.52
    _, pictures = decoded(path)
    first, origin = truth.frame_ns().index(loop.start_ns), truth.frame_ns().index(2_520_000_000)
    assert psnr_db(pictures[first + 5], pictures[origin + 5]) > 36
    assert psnr_db(pictures[first + 5], pictures[origin + 12]) < psnr_db(pictures[first + 5], pictures[origin + 5])


def test_a_gap_is_in_the_packets_of_picture_and_sound(render: Render) -> None:
    path, truth = render("gap@2:1.5")
    (gap,) = truth.of_kind("gap")
    assert (gap.start_ns, gap.end_ns) == (2_000_000_000, 3_520_000_000)
    times, _ = decoded(path)
    assert max(np.diff(times)) == 1_560_000_000
    sound, rate = heard(path)
    assert np.isnan(sound[int(2.2 * rate) : int(3.3 * rate)]).all()
    assert not np.isnan(sound[int(0.1 * rate) : int(1.9 * rate)]).any()


def test_muted_sound_is_silent_and_the_rest_is_not(render: Render) -> None:
    path, truth = render("audio_gap@2:2")
    (gap,) = truth.of_kind("audio_gap")
    sound, rate = heard(path)
    a, b = int((gap.start_ns / S + 0.1) * rate), int((gap.end_ns / S - 0.1) * rate)
    assert np.abs(sound[a:b]).max() < 1e-3
    assert np.nanmax(np.abs(sound[: a - rate // 5])) > 0.05
    assert np.nanmax(np.abs(sound[b + rate // 5 :])) > 0.05


def test_sound_starts_with_the_picture_and_lasts_as_long(render: Render) -> None:
    for container in ("mp4", "mkv", "ts"):
        path, truth = render(encoding=Encoding(container=container))
        with av.open(str(path)) as file:
            video, audio = file.streams.video[0], file.streams.audio[0]
            packets = [p for p in file.demux(video, audio) if p.pts is not None]
        starts = {s: min((p.pts or 0) * p.time_base for p in packets if p.stream == s) for s in (video, audio)}
        ends = {s: max((p.pts or 0) * p.time_base for p in packets if p.stream == s) for s in (video, audio)}
        assert abs(float(starts[video] - starts[audio])) < 0.07
        assert abs(float(ends[video] - ends[audio])) < 0.1
        assert truth.duration_s == 6.0


def test_no_audio_means_no_track(render: Render) -> None:
    path, truth = render("no_audio")
    with av.open(str(path)) as file:
        assert not file.streams.audio
    assert not truth.has_audio
    assert [(e.kind, e.start_ns, e.end_ns) for e in truth.edits] == [("no_audio", 0, 6 * S)]


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_joined_by_packet_copy_it_plays_through_and_shows_two_encodes(
    render: Render, tiny: LessonSpec, codec: str, container: str
) -> None:
    encoding = Encoding(codec=codec, container=container, gop=50, preset="ultrafast", bframes=2)
    path, truth = render("concatenated@3.4", encoding=encoding)
    (seam,) = truth.of_kind("concatenated")
    times, pictures = decoded(path)
    assert times == truth.frame_ns()
    with av.open(str(path)) as file:
        packets = [p for p in file.demux(video=0) if p.pts is not None]
        keys = [round(((p.pts or 0) - truth.pts[0]) * p.time_base * S) for p in packets if p.is_keyframe]
    # The keyframe cadence starts anew at the seam: 0, 2 s, then 3.4 s, 5.4 s.
    assert keys == [0, 2 * S, seam.end_ns, seam.end_ns + 2 * S]
    lens = Lens(tiny)
    for index in (84, 85, 140):
        expected = lens.shoot(index, Effect.NONE, index * S // 25)[:180].astype(np.float64)
        assert psnr_db(pictures[index], expected) > 28


def test_encoded_again_it_keeps_its_times(render: Render) -> None:
    path, truth = render("reencoded", duration_s=3.0, encoding=Encoding(gop=50, crf=30))
    (again,) = truth.of_kind("reencoded")
    assert again.detail["first_gop"] == 30
    assert truth.frame_ns() == [k * S // 25 for k in range(75)]
    assert (again.start_ns, again.end_ns) == (0, 3 * S)
    with pytest.raises(SpecError, match="concatenated and reencoded"):
        render("reencoded", "concatenated@3")
    assert path.stat().st_size > 10_000


def test_a_splice_from_the_same_room_keeps_the_walls_and_changes_the_day(render: Render) -> None:
    path, truth = render("splice@2:2,foreign_seed=77,same_room=yes", clock=None, teacher=False)
    (splice,) = truth.of_kind("splice")
    assert (splice.start_ns, splice.end_ns) == (2 * S, 4 * S)
    _, pictures = decoded(path)
    here, there = pictures[40], pictures[70]
    wall = np.s_[2:30, 120:200]
    assert np.abs(here[wall] - there[wall]).mean() < 8
    assert np.abs(here - there).mean() > 1.5
    assert truth.joint_ns == (2 * S, 4 * S)


def test_people_who_leave_are_missing_in_the_truth(render: Render) -> None:
    _, truth = render(duration_s=24.0, fps=10, absences=(Absence(0, 3.0, 20.0), Absence(1, 0.0, 8.0)))
    present = {p.at_ns // S: p.present for p in truth.people}
    assert (present[0], present[15], present[23]) == (3, 3, 4)
    events = [(p.person, p.event) for p in truth.passages]
    assert events == [(1, "entered"), (0, "left"), (0, "entered")]
    assert all(p.visible <= 5 for p in truth.people)
    assert any(p.teacher_visible for p in truth.people)


def test_nobody_is_visible_in_black(render: Render) -> None:
    _, truth = render("black@2:2")
    for sample in truth.people:
        assert sample.present == 4
        assert (sample.visible == 0) == (2 * S <= sample.at_ns < 4 * S)


def test_workshop_truth_names_the_stations(render: Render) -> None:
    _, truth = render(scene=SceneKind.WORKSHOP, duration_s=1.0)
    assert set(truth.station_of) == {0, 1, 2, 3}
    assert set(truth.station_of.values()) <= set(truth.stations)


def test_honest_events_are_told_apart_from_edits(render: Render) -> None:
    events = (HonestEvent(HonestKind.KNOCK, 1.0, 0.5), HonestEvent(HonestKind.LIGHTS_OFF, 3.0, 1.0))
    _, truth = render("cut@2:0.5", honest=events)
    assert [e.kind for e in truth.edits] == ["cut"]
    assert [(h.kind, h.start_ns) for h in truth.honest] == [("knock", S), ("lights_off", 2_480_000_000)]


def test_the_document_is_complete_and_in_whole_nanoseconds(render: Render) -> None:
    style = ClockStyle(CLOCK_PATTERNS[2])
    start = datetime(2024, 9, 1, 0, 30, tzinfo=UTC)
    _, truth = render("cut@2:1", "clock_jump@4,shift_s=-600", clock=style, wall_start=start)
    document = json.loads(truth.to_json())
    assert document["schema"] == "lessonproof.lesson-truth/1"
    assert [(e["kind"], e["end_ns"]) for e in document["edits"]] == [("cut", 2 * S), ("clock_jump", 3 * S)]
    assert document["clock"]["first_text"] == "2024年09月01日 星期日 08:30:00"
    assert document["clock"]["last_text"] == "2024年09月01日 星期日 08:20:05"
    assert document["frames"]["count"] == 125
    assert document["frames"]["step_runs"] == [[3600, 124]]
    assert document["frames"]["time_base"] == [1, 90_000]
    assert document["people"]["total"] == 4
    assert document["people"]["samples"][0]["boxes"]


def test_nothing_is_left_beside_the_file(tiny: LessonSpec, tmp_path: Path) -> None:
    spec = replace(tiny, duration_s=1.0, edits=(parse_edit("reencoded"),))
    calls: list[tuple[int, int]] = []
    render_lesson(spec, tmp_path / "a.mp4", progress=lambda done, total: calls.append((done, total)))
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]
    assert calls[-1] == (25, 25)
