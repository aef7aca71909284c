"""Joints of copied packets: each mark alone, together, and what must stay silent."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from lessonproof.analysis.joint_keys import KeyMarks, idr_order_breaks
from lessonproof.analysis.joint_search import Joints
from lessonproof.analysis.joints import (
    HINT_CHANCE,
    TELL_CHANCE,
    find_joints,
    joint_findings,
    joint_hints,
    tail,
)
from lessonproof.analysis.packets import PacketTable, SoundPackets
from lessonproof.evidence.findings import FindingKind, Severity
from lessonproof.evidence.intervals import Interval
from tests.analysis.tables import MS, table

TICK_NS = 1e9 / 90_000
PICTURES = list(range(0, 40_000, 40))
GOP = 50
AT = 10
"""The key at which something is appended in these tests: picture 500, 20 s."""


def key_marks(
    packets: PacketTable, *, changed: Sequence[int] = (), signed: Sequence[int] = (), idr: Sequence[int] | None = None
) -> KeyMarks:
    rows = np.flatnonzero(packets.is_key)
    sets, signs = np.zeros(rows.size, np.bool_), np.zeros(rows.size, np.bool_)
    sets[list(changed)] = True
    signs[list(signed)] = True
    numbers = np.array(idr if idr is not None else [0] * rows.size, np.int64)
    return KeyMarks(rows, sets, signs, numbers, np.full(rows.size, idr is not None))


def sound_until(end_ms: int, *, breaks: Sequence[tuple[int, float]] = (), step_ms: float = 32.0) -> SoundPackets:
    """Packets of 32 ms; behind each ``(row, shift_ms)`` the grid lies elsewhere."""
    times = step_ms * np.arange(int(end_ms / step_ms))
    for row, shift_ms in breaks:
        times[row:] += shift_ms
    pts = np.rint(times * MS).astype(np.int64)
    return SoundPackets(pts, np.full(pts.size, 200, np.int32), np.ones(pts.size, np.bool_), 1e9 / 32_000, None, 32 * MS)


def joints(packets: PacketTable, keys: KeyMarks, sound: SoundPackets | None) -> Joints:
    return find_joints(packets, keys, sound, tick_ns=TICK_NS)


def test_an_honest_recording_is_silent() -> None:
    packets = table(PICTURES, gop=GOP)
    found = joints(packets, key_marks(packets, signed=[0], idr=[0, 1] * 10), sound_until(40_000))
    assert found.joints == ()
    assert found.not_examined == {}


@pytest.mark.parametrize(
    ("changed", "signed", "mark"), [([AT], [], "parameter_sets_change"), ([], [0, AT], "encoder_signs_again")]
)
def test_an_encoder_that_starts_over_is_told_at_its_keyframe(changed: list[int], signed: list[int], mark: str) -> None:
    packets = table(PICTURES, gop=GOP)
    (joint,) = joints(packets, key_marks(packets, changed=changed, signed=signed), None).joints
    assert joint.time_ns == 20_000 * MS
    assert joint.detail == {mark: True}
    (finding,) = joint_findings([joint])
    assert (finding.kind, finding.severity) == (FindingKind.CONCATENATED, Severity.WARNING)
    assert finding.interval == Interval(20_000 * MS, 20_000 * MS)


def test_an_encoder_that_always_signs_says_nothing() -> None:
    packets = table(PICTURES, gop=GOP)
    found = joints(packets, key_marks(packets, signed=range(20)), None)
    assert found.joints == ()
    assert found.not_examined["encoder_signs_again"] == "at_most_keyframes"


def test_the_order_of_idr_pictures_breaks_in_one_case_of_two() -> None:
    odd = np.array([0, 1] * 5 + [1, 0] * 5)
    assert idr_order_breaks(odd)[0].tolist() == [10]
    assert idr_order_breaks(np.array([0, 1] * 10))[0].size == 0
    assert idr_order_breaks(np.arange(20))[0].size == 0
    assert idr_order_breaks(np.concatenate([np.arange(10), np.arange(10)]))[0].tolist() == [10]
    assert idr_order_breaks(np.zeros(20, np.int64))[0].size == 0
    assert idr_order_breaks(np.random.default_rng(2).integers(0, 9, 40))[1] == "no_order"
    assert idr_order_breaks(np.zeros(3, np.int64))[1] == "too_few_keyframes"


def test_a_damaged_keyframe_does_not_break_the_order() -> None:
    packets = table(PICTURES, gop=GOP, damaged=[500])
    keys = key_marks(packets, idr=[0, 1] * 5 + [1, 0] * 5)
    assert joints(packets, keys, None).joints == ()


@pytest.mark.parametrize("shift_ms", [-20.0, -3.0, 3.0, 14.5])
def test_sound_that_leaves_its_grid_beside_a_keyframe_is_a_joint(shift_ms: float) -> None:
    packets = table(PICTURES, gop=GOP)
    (joint,) = joints(packets, key_marks(packets), sound_until(40_000, breaks=[(625, shift_ms)])).joints
    assert joint.time_ns == 20_000 * MS
    assert joint.detail["sound_grid_shift_ms"] == pytest.approx(shift_ms)
    assert joint.chance >= TELL_CHANCE


def test_sound_that_leaves_its_grid_elsewhere_is_not() -> None:
    packets = table(PICTURES, gop=GOP)
    assert joints(packets, key_marks(packets), sound_until(40_000, breaks=[(655, 9.0)])).joints == ()


def test_sound_that_breaks_everywhere_says_nothing_of_keyframes() -> None:
    packets = table(PICTURES, gop=GOP)
    breaks = [(row, 9.0) for row in range(100, 1200, 70)]
    found = joints(packets, key_marks(packets), sound_until(40_000, breaks=breaks))
    assert joint_findings(found.joints) == ()


def test_missing_sound_is_not_taken_for_a_joint() -> None:
    packets = table(PICTURES, gop=GOP)
    assert joints(packets, key_marks(packets), sound_until(40_000, breaks=[(625, 3000.0)])).joints == ()


def test_a_joint_in_a_transport_stream_lies_anywhere_in_the_group_that_is_timed_together() -> None:
    packets = table(PICTURES, gop=GOP)
    sound = sound_until(40_000, breaks=[(636, 9.0)])
    own = np.zeros(sound.pts_ns.size, np.bool_)
    own[::12] = True
    grouped = SoundPackets(sound.pts_ns, sound.size_bytes, own, sound.tick_ns, None, sound.last_duration_ns)
    assert joints(packets, key_marks(packets), sound).joints == ()
    (joint,) = joints(packets, key_marks(packets), grouped).joints
    assert joint.time_ns == 20_000 * MS


def test_pictures_that_leave_their_grid_at_a_keyframe_are_a_joint() -> None:
    times = [*PICTURES[:500], *(time + 21 for time in PICTURES[500:])]
    packets = table(times, gop=GOP)
    (joint,) = joints(packets, key_marks(packets), None).joints
    assert joint.time_ns == 20_021 * MS
    assert joint.detail == {"picture_step_ms": 61.0}


@pytest.mark.parametrize("shift_ms", [21, 80])
def test_pictures_that_pause_between_keyframes_are_none(shift_ms: int) -> None:
    """A phone that refocuses, a recorder that drops two pictures."""
    times = [*PICTURES[:520], *(time + shift_ms for time in PICTURES[520:])]
    packets = table(times, gop=GOP)
    assert joints(packets, key_marks(packets), sound_until(40_000)).joints == ()


def test_both_tracks_leaving_their_grids_at_once_is_a_joint_without_a_keyframe() -> None:
    times = [*PICTURES[:520], *(time + 13 for time in PICTURES[520:])]
    packets = table(times, gop=GOP)
    (joint,) = joints(packets, key_marks(packets), sound_until(40_000, breaks=[(650, 13.0)])).joints
    assert joint.time_ns == 20_813 * MS
    assert joint.chance >= TELL_CHANCE


def test_marks_at_one_place_make_it_surer_and_a_hole_belongs_to_the_joint() -> None:
    times = [*PICTURES[:500], *(time + 5_013 for time in PICTURES[500:])]
    packets = table(times, gop=GOP)
    (one,) = joints(packets, key_marks(packets, changed=[AT]), None).joints
    (two,) = joints(packets, key_marks(packets, changed=[AT], signed=[0, AT]), None).joints
    assert 0 < one.chance < two.chance < 1
    assert two.interval == Interval(19_960 * MS, 25_013 * MS)


def test_a_recorder_that_lost_its_camera_and_went_on_is_a_gap_and_no_joint() -> None:
    times = [*PICTURES[:500], *(time + 5_013 for time in PICTURES[500:])]
    packets = table(times, gop=GOP)
    assert joints(packets, key_marks(packets, idr=[0, 1] * 5 + [1, 0] * 5), None).joints == ()


def test_a_keyframe_off_an_even_rhythm_is_a_hint_and_no_finding() -> None:
    packets = table(PICTURES, gop=GOP)
    is_key = packets.is_key.copy()
    is_key[500:] = False
    is_key[480::GOP] = True
    early = replace(packets, is_key=is_key)
    found = joints(early, key_marks(early), sound_until(40_000))
    assert joint_findings(found.joints) == ()
    (hint,) = joint_hints(found.joints)
    assert hint.within.end_ns == 19_200 * MS + 1
    is_key[[123, 222, 333]] = True
    uneven = replace(packets, is_key=is_key)
    assert joints(uneven, key_marks(uneven), sound_until(40_000)).joints == ()


def test_nothing_is_appended_to_nothing() -> None:
    packets = table(PICTURES, gop=GOP)
    assert find_joints(packets, key_marks(packets), None, tick_ns=TICK_NS, restarts_ns=[0]).joints == ()


def test_hints_hold_the_pictures_on_both_sides() -> None:
    packets = table(PICTURES, gop=GOP)
    found = find_joints(packets, key_marks(packets), None, tick_ns=TICK_NS, flagged_ns=[20_000 * MS])
    assert joint_findings(found.joints) == ()
    (hint,) = joint_hints(found.joints)
    assert hint.within == Interval(19_960 * MS, 20_000 * MS + 1)
    assert hint.chance >= HINT_CHANCE


EDIT_NS = 19_900 * MS


def test_what_an_edit_list_hides_is_no_joint() -> None:
    """The order of the key pictures, their rhythm and the sound's grid break where it leaves something out."""
    times = [40 * i for i in range(480)] + [19_200 + 40 * i for i in range(500)]
    packets = table(times, gop=GOP)
    is_key = np.zeros(980, np.bool_)
    is_key[:480:GOP] = is_key[500::GOP] = True
    packets = replace(packets, is_key=is_key)
    keys = key_marks(packets, idr=[0, 1] * 5 + [1, 0] * 5)
    sound = sound_until(39_000, breaks=[(622, 11.0)])
    assert {joint.time_ns for joint in joints(packets, keys, sound).joints} == {20_000 * MS}
    found = find_joints(packets, keys, sound, tick_ns=TICK_NS, edits_ns=[EDIT_NS])
    assert found.joints == ()
    elsewhere = find_joints(packets, keys, sound, tick_ns=TICK_NS, edits_ns=[EDIT_NS + 5000 * MS])
    assert joint_findings(elsewhere.joints)


def test_pictures_that_leave_their_grid_where_an_edit_list_cuts_are_no_joint() -> None:
    times = [40 * i for i in range(500)] + [20_000 + 23 + 40 * i for i in range(500)]
    packets = table(times, gop=GOP)
    keys = key_marks(packets)
    assert joint_findings(joints(packets, keys, None).joints)
    assert not find_joints(packets, keys, None, tick_ns=TICK_NS, edits_ns=[20_023 * MS]).joints


def test_what_cannot_be_examined_is_said() -> None:
    packets = table([0, 40, 90], gop=GOP)
    assert set(joints(packets, key_marks(packets), None).not_examined) == {
        "parameter_sets_change",
        "encoder_signs_again",
        "idr_order",
        "picture_steps",
        "sound_grid",
    } - {"parameter_sets_change", "encoder_signs_again"}


@pytest.mark.parametrize(
    ("hits", "trials", "share", "expected"), [(0, 5, 0.1, 1.0), (1, 1, 0.1, 0.1), (2, 2, 0.1, 0.01)]
)
def test_chance_coincidence(hits: int, trials: int, share: float, expected: float) -> None:
    assert tail(hits, trials, share) == pytest.approx(expected)
