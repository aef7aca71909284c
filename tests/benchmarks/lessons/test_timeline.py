from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lessons import Edit, EditKind, LessonSpec, SpecError, parse_edit
from benchmarks.lessons.spec import TICKS_PER_S
from benchmarks.lessons.timeline import NS_PER_S, AudioPiece, Effect, Mark, Plan, capture_ticks, foreign_spec, plan


def spec_with(*edits: str, duration_s: float = 20.0, vfr: bool = False) -> LessonSpec:
    fps = 30 if vfr else 25
    return LessonSpec(seed=1, duration_s=duration_s, fps=fps, vfr=vfr, edits=tuple(parse_edit(e) for e in edits))


def mark_of(result: Plan, kind: str) -> Mark:
    found = [m for m in result.marks if m.kind == kind]
    assert len(found) == 1
    return found[0]


@st.composite
def edited_specs(draw: st.DrawFn) -> LessonSpec:
    """Lessons with one to four edits of any local kind in their own slots."""
    vfr = draw(st.booleans())
    kinds = draw(st.lists(st.sampled_from([k for k in EditKind if k not in {EditKind.NO_AUDIO, EditKind.REENCODED}]),
                          min_size=1, max_size=4))  # fmt: skip
    edits = []
    for slot, kind in enumerate(kinds):
        start = 2 + 5 * slot + draw(st.floats(0.5, 1.5))
        is_point = kind in {EditKind.CONCATENATED, EditKind.CLOCK_JUMP, EditKind.CLOCK_DRIFT}
        edits.append(
            Edit(
                kind, start, 0.0 if is_point else draw(st.floats(0.2, 2.0)),
                factor=draw(st.sampled_from([0.5, 1.5, 3.0])) if kind is EditKind.SPEED else 0.01,
                foreign_seed=9, every_n=draw(st.integers(2, 5)), shift_s=draw(st.sampled_from([-600.0, 30.0])),
                insert=draw(st.booleans()), missing=draw(st.booleans()),
            )
        )  # fmt: skip
    return replace(spec_with(duration_s=24, vfr=vfr), edits=tuple(edits))


@settings(max_examples=60)
@given(edited_specs())
def test_every_plan_is_a_playable_file(spec: LessonSpec) -> None:
    result = plan(spec)
    n = len(result.out_tick)
    assert result.out_tick[0] == 0
    assert np.all(np.diff(np.append(result.out_tick, result.end_tick)) > 0)
    assert {len(a) for a in (result.source, result.src_index, result.effect, result.clock_ns)} == {n}
    assert result.src_index.min() >= 0
    assert result.src_index[result.source == 0].max() < len(capture_ticks(spec)) - 1
    assert all(0 < j < n for j in (*result.joints, *result.part_starts))
    assert all(0 <= m.first <= m.end <= n for m in result.marks)


@settings(max_examples=60)
@given(edited_specs())
def test_sound_covers_the_output_without_overlap(spec: LessonSpec) -> None:
    result = plan(spec)
    assert result.audio[0].out_start == 0
    assert result.audio[-1].out_end == result.end_tick
    for before, after in zip(result.audio, result.audio[1:], strict=False):
        assert before.out_end == after.out_start


@settings(max_examples=30)
@given(edited_specs())
def test_each_edit_leaves_its_mark(spec: LessonSpec) -> None:
    kinds = [m.kind for m in plan(spec).marks]
    for edit in spec.edits:
        assert edit.kind.value in kinds


@pytest.mark.parametrize("vfr", [False, True])
def test_an_untouched_take_is_shown_as_captured(vfr: bool) -> None:
    spec = spec_with(vfr=vfr)
    result, ticks = plan(spec), capture_ticks(spec)
    np.testing.assert_array_equal(result.out_tick, ticks[:-1])
    np.testing.assert_array_equal(result.src_index, np.arange(len(ticks) - 1))
    assert result.end_tick == ticks[-1]
    assert result.marks == ()
    assert result.joints == ()
    assert len(result.audio) == 1


def test_a_phone_jitters_and_a_camera_does_not() -> None:
    assert len(set(np.diff(capture_ticks(spec_with())))) == 1
    steps = np.diff(capture_ticks(spec_with(vfr=True)))
    assert len(set(steps)) > 20
    assert abs(float(np.median(steps)) - 3000) < 30
    assert steps.max() > 5000


def test_a_cut_joins_the_frames_around_it_and_the_sound_with_them() -> None:
    result = plan(spec_with("cut@4:6"))
    cut = mark_of(result, "cut")
    assert (cut.first, cut.end) == (100, 100)
    assert list(result.src_index[98:102]) == [98, 99, 250, 251]
    assert result.joints == (100,)
    assert [(p.src_start, p.src_end) for p in result.audio] == [(0, 360_000), (900_000, 1_800_000)]
    assert cut.detail["removed_s"] == 6.0
    assert result.clock_ns[100] - result.clock_ns[99] == 6 * NS_PER_S + NS_PER_S // 25


def test_kept_sound_lags_behind_the_picture() -> None:
    result = plan(spec_with("cut@4:6,keep_audio=yes"))
    assert [(p.src_start, p.src_end) for p in result.audio] == [(0, 14 * TICKS_PER_S)]
    desync = mark_of(result, "av_desync")
    assert desync.detail["offset_s"] == 6.0
    assert (desync.first, desync.end) == (100, len(result.out_tick))


def test_a_loop_shows_captured_frames_again_and_says_where_they_were_first_shown() -> None:
    result = plan(spec_with("cut@1:1", "loop@10:3,source_start_s=5"))
    loop = mark_of(result, "loop")
    assert list(result.src_index[loop.first : loop.end]) == list(range(125, 200))
    assert loop.detail["source_start_s"] == 4.0
    assert result.src_index[loop.end] == 325
    inserted = plan(spec_with("loop@10:3,insert=yes"))
    assert len(inserted.out_tick) == 23 * 25
    assert inserted.src_index[mark_of(inserted, "loop").end] == 250


def test_a_loop_whose_original_was_cut_away_has_no_origin_in_the_file() -> None:
    result = plan(spec_with("cut@5:3", "loop@10:3,source_start_s=5"))
    assert mark_of(result, "loop").detail["source_start_s"] is None


def test_a_freeze_holds_one_frame() -> None:
    result = plan(spec_with("freeze@4:2"))
    frozen = mark_of(result, "freeze")
    assert set(result.src_index[frozen.first : frozen.end]) == {100}
    assert len(set(result.clock_ns[frozen.first : frozen.end])) == 1
    assert result.src_index[frozen.end] == 150
    running = plan(spec_with("freeze@4:2,clock_runs=yes"))
    assert len(set(running.clock_ns[100:150])) == 50
    assert set(running.src_index[100:150]) == {100}


def test_an_inserted_freeze_is_silent() -> None:
    result = plan(spec_with("freeze@4:2,insert=yes"))
    assert len(result.out_tick) == 22 * 25
    assert [p.muted for p in result.audio] == [False, True, False]
    assert mark_of(result, "audio_gap").detail["because"] == "freeze"


def test_a_splice_shows_another_day() -> None:
    spec = spec_with("splice@4:2,foreign_seed=8,source_start_s=1")
    result = plan(spec)
    spliced = mark_of(result, "splice")
    assert set(result.source[spliced.first : spliced.end]) == {1}
    assert result.src_index[spliced.first] == 25
    assert result.joints == (100, 150)
    other = foreign_spec(spec, spec.edits[0])
    assert other.wall_start.date() != spec.wall_start.date()
    assert (other.seed, other.room_seed) == (8, None)
    same_room = foreign_spec(spec, replace(spec.edits[0], same_room=True))
    assert same_room.room_seed == spec.seed


@pytest.mark.parametrize(("factor", "frames"), [(2.0, 50), (0.5, 200)])
def test_speed_changes_how_long_a_stretch_lasts(factor: float, frames: int) -> None:
    result = plan(spec_with(f"speed@4:4,factor={factor}"))
    mark = mark_of(result, "speed")
    assert mark.end - mark.first == frames
    assert result.src_index[mark.end] == 200
    piece = next(p for p in result.audio if p.src_start == 4 * TICKS_PER_S)
    assert piece.src_end - piece.src_start == factor * (piece.out_end - piece.out_start)


def test_a_reversed_stretch_runs_backwards_with_its_sound() -> None:
    result = plan(spec_with("reversed@4:2"))
    assert list(result.src_index[100:150]) == list(range(149, 99, -1))
    assert [p.backward for p in result.audio] == [False, True, False]


def test_a_gap_is_a_hole_in_the_time_stamps() -> None:
    result = plan(spec_with("gap@4:2"))
    gap = mark_of(result, "gap")
    assert result.out_tick[gap.first] - result.out_tick[gap.first - 1] == 2 * TICKS_PER_S + 3600
    assert gap.nominal_ticks == 3600
    assert [p.missing for p in result.audio] == [False, True, False]
    assert result.end_tick == 20 * TICKS_PER_S


def test_dropped_frames_leave_their_time_to_the_frame_before() -> None:
    result = plan(spec_with("dropped_frames@4:2,every_n=5"))
    dropped = mark_of(result, "dropped_frames")
    assert dropped.detail["dropped"] == 10
    steps = np.diff(result.out_tick[dropped.first : dropped.end])
    assert sorted(set(steps)) == [3600, 7200]
    assert result.end_tick == 20 * TICKS_PER_S


def test_black_and_covered_frames_keep_their_time() -> None:
    result = plan(spec_with("black@2:1", "covered@5:1"))
    assert set(result.effect[50:75]) == {Effect.BLACK}
    assert set(result.effect[125:150]) == {Effect.COVERED}
    assert result.joints == ()


def test_clock_edits_move_the_overlay_alone() -> None:
    plain = plan(spec_with())
    jumped = plan(spec_with("clock_jump@4,shift_s=-600"))
    np.testing.assert_array_equal(jumped.src_index, plain.src_index)
    assert set((jumped.clock_ns - plain.clock_ns)[100:]) == {-600 * NS_PER_S}
    assert set((jumped.clock_ns - plain.clock_ns)[:100]) == {0}
    back = plan(spec_with("clock_jump@4:2,shift_s=30"))
    assert [m.detail["shift_s"] for m in back.marks] == [30.0, -30.0]
    frozen = plan(spec_with("clock_frozen@4:2"))
    assert set(frozen.clock_ns[100:150]) == {4 * NS_PER_S}
    drifted = plan(spec_with("clock_drift@4,factor=0.1"))
    assert drifted.clock_ns[350] - plain.clock_ns[350] == NS_PER_S


def test_muted_and_missing_sound() -> None:
    muted, missing = plan(spec_with("audio_gap@4:2")), plan(spec_with("audio_gap@4:2,missing=yes"))
    assert muted.audio[1] == AudioPiece(360_000, 540_000, 0, 360_000, 540_000, muted=True)
    assert missing.audio[1].missing


def test_without_a_sound_track_nothing_is_said_about_its_gaps() -> None:
    kinds = {m.kind for m in plan(spec_with("no_audio", "audio_gap@4:2", "cut@8:1,keep_audio=yes")).marks}
    assert kinds == {"no_audio", "cut"}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("cut@0:3", "before and after"),
        ("cut@17:3", "before and after"),
        ("gap@0:3", "before and after"),
        ("concatenated@0", "before and after"),
        ("loop@2:5", "source_start_s"),
    ],
)
def test_an_edit_with_nothing_to_hold_on_to_is_refused(edit: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        plan(spec_with(edit))
