"""What was measured on a finding is told in words; the details are those that the analyses give."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.file_marks import profile_fields
from lessonproof.analysis.hints import HintSource
from lessonproof.analysis.merging import FOLDS
from lessonproof.analysis.sound_continuity import Continuity
from lessonproof.analysis.speed import SpeedSource
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval, s_to_ns
from lessonproof.evidence.kind_words import KIND_WORDS, Group
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.explained_files import PROFILE_FIELDS
from lessonproof.service.reports.explained_pictures import SPEED_SOURCES
from lessonproof.service.reports.explanations import EXPLAINED, HINTS, SUPPORTING, explained
from tests.evidence.values import JSON_VALUES, file_marks

K = FindingKind

CUT: Mapping[str, JsonValue] = {
    "before_s": 78.92,
    "after_s": 78.96,
    "blocks_moved": 32,
    "blocks_in_picture": 240,
    "usual_blocks_moved": 22.0,
    "times_stronger_than_neighbours": 95.54,
    "times_stronger_needed": 2.5,
    "share_standing_after_two_frames": 1.0,
    "at_random_access_picture": True,
    "size_score": None,
    "hinted_by": ["clock", "sound"],
}
AUDIO_BREAK: Mapping[str, JsonValue] = {
    "hum_log_likelihood": 142.1,
    "hum_log_likelihood_needed": 45.0,
    "hum_misfit": 0.06,
    "hum_lines": 3,
    "hum_phase_shift_deg": 335.0,
    "hum_amplitude_change_db": 0.32,
    "mains_hz": 49.902,
    "noise_floor_change_db": 4.3,
}
CLOCK_JUMP: Mapping[str, JsonValue] = {
    "jump_s": -80.0,
    "direction": "backward",
    "shown_before": "1970-01-01 08:31:25",
    "shown_after": "1970-01-01 08:30:05",
    "readings_before": 9,
    "readings_after": 2,
    "located_on": "frames",
}
VIEW: Mapping[str, JsonValue] = {
    "agreement_before_registration": 0.412,
    "agreement_after_registration": 0.934,
    "shift_x_share_of_width": 0.0512,
    "shift_y_share_of_width": -0.0204,
    "turn_degrees": 1.24,
    "scale": 1.034,
}
CASES: list[tuple[FindingKind, Mapping[str, JsonValue], str, str]] = [
    (K.CUT, CUT, "240 块，其中 32 块", "96 times as strong"),
    (K.CUT, CUT, "关键帧", "without re-encoding"),
    (K.CUT, {"clock_jump_s": 12.02, "picture": "shows_no_jump"}, "多走了 12 秒", "12 s ahead"),
    (K.CUT, {**CUT, "sound_state": "unbroken"}, "声音在这里没有断开", "goes on unbroken"),
    (
        K.CUT,
        {**CUT, "sound_state": "unknown", "sound_reason": "no_hum"},
        "听不到电灯和电器的嗡声",
        "none of the mains hum",
    ),
    (K.CUT, {**CUT, "sound_state": "broken"}, "声音断开", "a break in the sound"),
    (
        K.CUT,
        {**CUT, "border_of": "loop", "stretch_start_s": 85.36, "stretch_end_s": 100.36},
        "“疑似重复播放”一段（0:01:25.36 – 0:01:40.36）的接缝",
        "0:01:25.36 – 0:01:40.36",
    ),
    (
        K.SPLICE,
        {"length_s": 8.64, "relation": "inserted", "jump_levels": 35.4, "outside_over_jump": 0.013},
        "疑似插入",
        "1 % of that at the seams",
    ),
    (K.SPLICE, {"relation": "laid_over", "outside_over_jump": 0.55}, "盖住了", "55 %"),
    (K.REVERSED, {"relation": "reversed", "across_mirror_of_time": 0.118}, "倒过来", "12 %"),
    (
        K.REVERSED,
        {"shown_first": "2024-09-01 08:31:24", "shown_last": "2024-09-01 08:31:12", "readings": 7},
        "从 2024-09-01 08:31:24 倒着走到",
        "(7 readings)",
    ),
    (
        K.LOOP,
        {
            "source_start_s": 5.88,
            "length_s": 15.0,
            "mirrored": True,
            "reframed": True,
            "motion_agreement": 0.436,
            "motion_agreement_beside": 0.025,
            "rest_levels": 0.856,
            "pointed_to_by": "sound",
        },
        "0:00:05.88",
        "mirrored",
    ),
    (
        K.FREEZE,
        {
            "length_s": 6.44,
            "repeat_nats": 275.1,
            "moving_share_inside": 0.0,
            "moving_share_beside": 0.12445,
            "still_share": 0.946,
            "changing_left": 0.056,
            "changing_top": 0.01,
            "changing_right": 0.575,
            "changing_bottom": 0.115,
        },
        "画面左上角",
        "at the top left",
    ),
    (K.FREEZE, {"length_s": 6.44, "same_keyframe_share": 0.99}, "画面静止", "stands still"),
    (K.BLACK, {"length_s": 4.0}, "黑屏共 12 秒", "12 s"),
    (K.COVERED, {"how": "covered", "detail_ratio": 0.03, "gone_share": 0.97}, "97%", "3 %"),
    (K.COVERED, {"how": "blurred", "detail_ratio": 0.15, "gone_share": 0.1}, "失焦", "15 %"),
    (
        K.SPEED,
        {"factor": 1.1033, "length_s": 56.0, "lesson_s": 61.786, "agree": ["clock", "hum"], "differ": ["cadence"]},
        "加快了约 10%",
        "10 % faster",
    ),
    (K.SPEED, {"factor": 0.95, "agree": ["hum"], "differ": []}, "放慢了约 5%", "5 % slower"),
    (K.GAP, {"missing_s": 5.04}, "缺少 5 秒", "5 s of picture"),
    (K.DROPPED_FRAMES, {"dropped": 87, "dropped_share": 0.348, "usual_dropped_share": 0.0196}, "87 帧", "35 %"),
    (K.SCENE_CHANGE, {**VIEW, "agreement_after_registration": 0.12}, "0.12", "0.12"),
    (K.CAMERA_MOVED, VIEW, "左右移动了画面宽度的 5%", "turned by 1.2 degrees"),
    (
        K.REUSE,
        {
            "other": "ab" * 32,
            "other_start_s": 600.0,
            "length_s": 120.0,
            "mirrored": True,
            "spreads_above_usual": 9.31,
            "codes_agreeing": 40,
            "other_duration_s": 3600.0,
            "other_class": "NK-1",
            "other_unit": "T1",
            "other_file": "recordings/T1.mp4",
        },
        "班级 NK-1 授课单元 T1 的录像 recordings/T1.mp4",
        "unit T1, class NK-1",
    ),
    (K.REUSE, {"same_bytes": True, "length_s": 90.0, "other": "ab" * 32, "other_file": "a.mp4"}, "逐字节", "a.mp4"),
    (K.REUSE, {"filed_elsewhere": True, "mirrored": False, "length_s": 60.0}, "他处", "filed elsewhere"),
    (K.REUSE, {"other": "ab" * 32, "other_start_s": 3.0}, "abababababab", "0:00:03.00"),
    (K.CLOCK_JUMP, CLOCK_JUMP, "从 08:31:25 直接变为 08:30:05", "1 min 20 s behind"),
    (K.CLOCK_JUMP, {**CLOCK_JUMP, "jump_s": 300.0}, "多走了 5 分钟", "setting the recorder's clock"),
    (K.CLOCK_JUMP, {**CLOCK_JUMP, "located_on": "keyframes"}, "两次读数之间", "somewhere between"),
    (K.CLOCK_JUMP, {"jump_s": 3.2}, "多走了 3.2 秒", "3.2 s ahead"),
    (K.CLOCK_DRIFT, {"drift_ppm": 9700, "gained_s": 1.6, "readings": 20}, "每小时 35 秒", "35 s an hour"),
    (K.CLOCK_DRIFT, {"factor": 1.05, "reason": "hum_denies_other_speed"}, "1.05 倍", "1.05 times"),
    (K.CLOCK_FROZEN, {"shown": "1970-01-01 08:31:06", "stood_at_least_s": 20.0, "readings": 11}, "08:31:06", "20 s"),
    (
        K.WRONG_DATE,
        {
            "shown": "2026-03-01 08:30:00",
            "planned_start": "2026-03-02 08:30:00",
            "off_by_s": -86400,
            "may_also_mean": ["2026-01-03 08:30:00"],
        },
        "2026-03-01 08:30:00",
        "planned to start at 2026-03-02 08:30:00",
    ),
    (K.NO_AUDIO, {"reason": "no_track"}, "没有声音轨道", "no sound track"),
    (K.NO_AUDIO, {"reason": "undecodable_track"}, "无法解码", "cannot be decoded"),
    (K.NO_AUDIO, {"reason": "silent_track"}, "完全无声", "mute from beginning to end"),
    (K.AUDIO_GAP, {"silent_s": 5.0, "share_without_samples": 1.0}, "没有这段时间的声音", "holds no sound"),
    (
        K.AUDIO_GAP,
        {"silent_s": 5.0, "share_without_samples": 0.0, "share_exact_silence": 1.0, "below_room_floor_db": 60.0},
        "全为零",
        "exactly zero",
    ),
    (K.AUDIO_GAP, {"silent_s": 5.0, "share_exact_silence": 0.1, "below_room_floor_db": 32.1}, "32 分贝", "32 dB"),
    (K.AUDIO_BREAK, AUDIO_BREAK, "错开了 25 度", "25 degrees"),
    (K.AUDIO_BREAK, {**AUDIO_BREAK, "hum_phase_shift_deg": 2.0}, "中断了原来的节奏", "falls out of its course"),
    (K.AV_DESYNC, {"sound_before_picture_s": 1.53}, "早开始 1.5 秒", "begins 1.5 s before"),
    (K.AV_DESYNC, {"sound_overlap_s": 0.4, "at_s": 33.0}, "倒退了 0.4 秒", "runs back by 0.4 s"),
    (K.REENCODED, {"encoders": ["x264 164", "Lavc62"]}, "2 种", "2 encoders: x264 164, Lavc62"),
    (K.REENCODED, {"encoders": ["x264 164"], "device": "HUAWEI P40"}, "设备 HUAWEI P40", "names the device"),
    (
        K.CONTAINER_MISMATCH,
        {
            "recordings": 5,
            "differs": {
                "muxer": {"usual": "HISI", "here": "Lavf62"},
                "picture_size": {"usual": "1920x1080", "here": "1280x720"},
                "track_0_encoder": {"usual": "", "here": "x264"},
                "profile": {"usual": "100", "here": "77"},
                "level": {"usual": "40", "here": "31"},
            },
        },
        "5 份录像不同之处：写入程序",
        "and 1 more",
    ),
    (
        K.CONCATENATED,
        {
            "encoder_signs_again": True,
            "early_keyframe_pictures": 83,
            "sound_grid_shift_ms": -8.0,
            "sound_break_s": 87.3,
        },
        "关键帧提前出现",
        "a key picture comes early",
    ),
    (K.EDIT_LIST, {"track": "video", "hidden_s": 12.0, "segments": 2}, "12 秒的画面不予播放", "12 s of picture"),
    (K.EDIT_LIST, {"track": "audio", "repeated_s": 2.0, "segments": 2}, "声音重复播放", "shown again"),
    (K.TRUNCATED, {"missing_bytes": 5_300_000, "missing_s": 75.2}, "5.3 MB，约 1 分 15 秒", "some 1 min 15 s"),
    (K.TRUNCATED, {"missing_s": 4.0, "sound_end_s": 164.0}, "比声音早结束 4 秒", "before the sound"),
    (K.TRUNCATED, {"missing_s": 4.0, "declared_end_s": 164.0}, "申报的时长", "the file declares"),
    (K.UNREADABLE, {}, "12 秒的画面损坏", "12 s of picture"),
    (K.NOBODY_PRESENT, {"people_seen_elsewhere": True}, "其他时段能看到人", "For 12 s no sampled picture"),
    (K.LOW_COUNT, {"signed": 30, "people_at_most": 12, "minutes": 25}, "签名 30 人", "25 minutes in all"),
    (K.LOW_COUNT, {"signed": 30, "people_at_most": 12}, "至多 12 人。", "at most 12 people are in view."),
    (
        K.HIGH_COUNT,
        {"enrolled": 30, "trainees_at_least": 45, "declared_staff": 2, "minutes": 9},
        "至少还有 45 人，共 9 分钟",
        "less the declared staff of 2, at least 45",
    ),
    (K.NO_ROLL_CALL, {}, "只有一人连续讲课", "first 12 s only one voice is heard"),
]


def _finding(kind: FindingKind, detail: Mapping[str, JsonValue]) -> Finding:
    return Finding(kind, Interval(s_to_ns(80), s_to_ns(92)), 0.9, Severity.WARNING, "full_decode", detail)


def _told(kind: FindingKind, detail: Mapping[str, JsonValue]) -> Bilingual:
    words = explained(_finding(kind, detail))
    assert words is not None
    return words


def _assert_readable(words: Bilingual, detail: Mapping[str, JsonValue]) -> None:
    """Full sentences without raw names, raw numbers or the other language's marks."""
    assert words.zh.endswith("。")
    assert words.en.endswith(".")
    assert not re.search(r"[㐀-鿿，。；：（）]", words.en)
    assert not re.search(r"[一-鿿] ?[,;:]|[,;:] ?[一-鿿]|[一-鿿]\(", words.zh), "Chinese marks in Chinese text"
    assert not re.search(r" [，。；：）]|[一-鿿] [一-鿿]|  ", words.zh)
    for text in (words.zh, words.en):
        assert not re.search(r"\d\.\d{4,}|None|nan|inf\b|True|False|[{}\[\]]", text)
        for name in detail:
            assert "_" not in name or name not in text


@pytest.mark.parametrize(("kind", "detail", "zh", "en"), CASES, ids=lambda value: value if isinstance(value, K) else "")
def test_each_kind_is_told_in_both_languages(
    kind: FindingKind, detail: Mapping[str, JsonValue], zh: str, en: str
) -> None:
    words = _told(kind, detail)
    assert zh in words.zh
    assert en in words.en
    _assert_readable(words, detail)


def test_every_kind_that_is_measured_on_a_recording_is_told() -> None:
    by_rules = {Group.COVERAGE, Group.PEOPLE, Group.PRACTICE, Group.PHOTOS}
    measured = {kind for kind in K if KIND_WORDS[kind].group not in by_rules}
    measured |= {K.NOBODY_PRESENT, K.LOW_COUNT, K.HIGH_COUNT, K.NO_ROLL_CALL}
    assert set(EXPLAINED) == measured == {kind for kind, *_ in CASES}
    assert explained(_finding(K.LOW_COUNT, {"people": 3})) is None


def test_every_measurement_that_can_be_folded_in_has_words() -> None:
    assert set().union(*(fold.folded for fold in FOLDS)) <= set(SUPPORTING)
    assert set(HINTS) == set(HintSource)
    assert set(SPEED_SOURCES) == set(SpeedSource)


@pytest.mark.parametrize("state", Continuity)
def test_every_state_of_the_sound_is_told(state: Continuity) -> None:
    assert _told(K.CUT, {**CUT, "hinted_by": [], "sound_state": state.value}) != _told(K.CUT, {**CUT, "hinted_by": []})


@given(file_marks())
def test_every_field_of_a_recorder_has_words(marks: Any) -> None:
    names = {name for name in profile_fields(marks) if not name.startswith("track_")}
    assert names == set(PROFILE_FIELDS)


class TestAlso:
    """Other measurements of the same event."""

    def also(self, *entries: tuple[FindingKind, Mapping[str, JsonValue]]) -> Mapping[str, JsonValue]:
        return {
            "also": [
                {"kind": kind.value, "start_s": 1.0, "end_s": 1.2, "measured_from": "audio", "detail": dict(detail)}
                for kind, detail in entries
            ]
        }

    def test_they_are_named_with_their_numbers_and_equal_ones_counted(self) -> None:
        found = self.also((K.AUDIO_BREAK, AUDIO_BREAK), (K.AUDIO_BREAK, AUDIO_BREAK), (K.CLOCK_JUMP, CLOCK_JUMP))
        words = _told(K.LOOP, {"source_start_s": 5.88, **found})
        assert "声音断开（2 处）、画面时钟跳变（倒退 1 分 20 秒）" in words.zh
        assert "a break in the sound (2 places), a jump of the clock in the picture (1 min 20 s back)" in words.en
        _assert_readable(words, {})

    def test_a_cut_tells_a_hint_only_where_no_measurement_says_it_better(self) -> None:
        assert "画面时钟异常" in _told(K.CUT, CUT).zh
        words = _told(K.CUT, {**CUT, **self.also((K.CLOCK_JUMP, CLOCK_JUMP))})
        assert "画面时钟异常" not in words.zh
        assert "倒退 1 分 20 秒" in words.zh

    def test_a_break_of_the_sound_is_told_once(self) -> None:
        words = _told(K.CUT, {**CUT, "sound_state": "broken", **self.also((K.AUDIO_BREAK, AUDIO_BREAK))})
        assert words.zh.count("声音断开") == 1

    def test_a_hint_of_the_sound_is_no_break(self) -> None:
        assert "声音断开" not in _told(K.CUT, CUT).zh


_KEYS = sorted({name for _, detail, *_ in CASES for name in detail} | {"also", "sound_state", "sound_reason"})


@given(st.sampled_from(list(K)), st.dictionaries(st.sampled_from(_KEYS), JSON_VALUES, max_size=8))
def test_odd_details_never_raise_and_print_nothing_unknown(kind: FindingKind, detail: dict[str, Any]) -> None:
    words = explained(_finding(kind, detail))
    if words is not None:
        assert words.zh.endswith("。")
        assert words.en.endswith(".")
        assert not re.search(r"None|\bnan\b", words.en)


@pytest.mark.parametrize(("kind", "detail"), [(kind, detail) for kind, detail, *_ in CASES if detail])
def test_any_one_value_may_be_missing(kind: FindingKind, detail: Mapping[str, JsonValue]) -> None:
    for name in detail:
        odd: tuple[JsonValue, ...] = (None, "", -1.0, [], {})
        for value in odd:
            words = explained(_finding(kind, {**detail, name: value}))
            if words is not None:
                _assert_readable(words, {})
