"""The second sentence of a finding: what was measured here, in words and rounded numbers.

The first one (``evidence.kind_words``) says what such a finding means. This one says what this finding rests on, with
the other measurements that point at the same event. Pure; a ``detail`` of any shape is read without an error.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.kind_words import KIND_WORDS
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports import explained_clock_sound as clock_sound
from lessonproof.service.reports import explained_files as files
from lessonproof.service.reports import explained_people as people
from lessonproof.service.reports import explained_pictures as pictures
from lessonproof.service.reports import explained_roll_call as roll_call
from lessonproof.service.reports import stations
from lessonproof.service.reports.explained_cuts import cut
from lessonproof.service.reports.measured import Measured, Support, joined, listed, seconds_words, supports_of

K = FindingKind
Explain = Callable[[Measured], Iterable[Bilingual]]

EXPLAINED: Final[Mapping[FindingKind, Explain]] = {
    K.CUT: cut,
    K.SPLICE: pictures.splice,
    K.LOOP: pictures.loop,
    K.FREEZE: pictures.freeze,
    K.BLACK: pictures.black,
    K.COVERED: pictures.covered,
    K.REVERSED: pictures.reversed_,
    K.SPEED: pictures.speed,
    K.GAP: pictures.gap,
    K.DROPPED_FRAMES: pictures.dropped_frames,
    K.SCENE_CHANGE: pictures.scene_change,
    K.CAMERA_MOVED: pictures.camera_moved,
    K.REUSE: files.reuse,
    K.CLOCK_JUMP: clock_sound.clock_jump,
    K.CLOCK_DRIFT: clock_sound.clock_drift,
    K.CLOCK_FROZEN: clock_sound.clock_frozen,
    K.WRONG_DATE: clock_sound.wrong_date,
    K.NO_AUDIO: clock_sound.no_audio,
    K.AUDIO_GAP: clock_sound.audio_gap,
    K.AUDIO_BREAK: clock_sound.audio_break,
    K.AV_DESYNC: clock_sound.av_desync,
    K.REENCODED: files.reencoded,
    K.CONTAINER_MISMATCH: files.container_mismatch,
    K.CONCATENATED: files.concatenated,
    K.EDIT_LIST: files.edit_list,
    K.TRUNCATED: files.truncated,
    K.UNREADABLE: files.unreadable,
    K.NO_ROLL_CALL: roll_call.no_roll_call,
    K.NOBODY_PRESENT: people.nobody_present,
    K.LOW_COUNT: people.low_count,
    K.HIGH_COUNT: people.high_count,
}
"""Every kind that is measured on a recording; the others are told by rules, which say their numbers themselves."""

BY_LAYOUT: Final[Mapping[FindingKind, Explain]] = {
    K.STATION_UNCOVERED: stations.uncovered,
    K.STATION_IDLE: stations.idle,
    K.NO_TEACHER: people.no_teacher,
}
"""Kinds that need a venue layout: a recording of a unit without one was not searched for them."""

SUPPORTING: Final[Mapping[FindingKind, Bilingual]] = {
    K.CUT: Bilingual("画面跳变", "a jump of the picture"),
    K.SPLICE: Bilingual("画面与前后不衔接", "a stretch that does not fit what surrounds it"),
    K.LOOP: Bilingual("画面重复", "pictures shown before"),
    K.REVERSED: Bilingual("动作方向相反", "movements that run backwards"),
    K.FREEZE: Bilingual("画面静止", "a frozen picture"),
    K.BLACK: Bilingual("黑屏", "a black picture"),
    K.COVERED: Bilingual("镜头被遮挡", "a covered lens"),
    K.DROPPED_FRAMES: Bilingual("丢帧", "dropped frames"),
    K.SCENE_CHANGE: Bilingual("场景变化", "a change of scene"),
    K.CAMERA_MOVED: Bilingual("机位移动", "a moved camera"),
    K.CLOCK_FROZEN: Bilingual("画面时钟停走", "a clock that stands still"),
    K.CLOCK_DRIFT: Bilingual("画面时钟走时不准", "a clock that runs at another pace"),
    K.CLOCK_JUMP: Bilingual("画面时钟跳变", "a jump of the clock in the picture"),
    K.AUDIO_GAP: Bilingual("声音缺失", "missing sound"),
    K.AUDIO_BREAK: Bilingual("声音断开", "a break in the sound"),
}
"""How a finding is called that speaks for another one."""

HINTS: Final[Mapping[str, tuple[Bilingual, frozenset[FindingKind]]]] = {
    "packets": (Bilingual("数据包大小异常", "odd sizes of packets"), frozenset()),
    "keyframes": (Bilingual("关键帧画面突变", "key pictures that differ"), frozenset()),
    "sound": (SUPPORTING[K.AUDIO_BREAK], frozenset({K.AUDIO_BREAK, K.AUDIO_GAP})),
    "clock": (Bilingual("画面时钟异常", "an oddity of the clock in the picture"), frozenset({K.CLOCK_JUMP})),
    "file": (Bilingual("文件接合的迹象", "signs of a joint in the file"), frozenset({K.CONCATENATED})),
}
"""By the source of a hint at a cut: its words, and the kinds of finding that say the same more exactly."""


def explained(finding: Finding) -> Bilingual | None:
    """What was measured on this finding, for a reader who does not know the field.

    Returns:
        Full sentences in both languages; ``None`` where its ``detail`` says nothing that could be told.
    """
    tell = EXPLAINED.get(finding.kind) or BY_LAYOUT.get(finding.kind)
    if tell is None:
        return None
    measured = Measured(finding.detail, finding.interval.length_ns)
    return joined([*tell(measured), *_agreeing(finding, measured)])


def _agreeing(finding: Finding, measured: Measured) -> Iterable[Bilingual]:
    """Other measurements of the same event; equal ones are counted."""
    supports = supports_of(finding)
    words = [_support_words(support) for support in supports]
    told = {support.kind for support in supports}
    for name in measured.texts("hinted_by") if finding.kind is K.CUT else ():
        hint = HINTS.get(name)
        # A hint of the sound is no break: only the state at the instant says whether it breaks there.
        is_sound = name == "sound"
        if hint is not None and not told & hint[1] and not is_sound:
            words.append(hint[0])
    if measured.text("sound_state") == "broken" and K.AUDIO_BREAK not in told:
        words.append(SUPPORTING[K.AUDIO_BREAK])
    if words:
        counted = [_counted(one, times) for one, times in Counter(words).items()]
        several = listed(counted)
        yield Bilingual(
            f"同一处另有相互印证的测量：{several.zh}。", f"Other measurements point at the same event: {several.en}."
        )


def _support_words(support: Support) -> Bilingual:
    words = SUPPORTING.get(support.kind, KIND_WORDS[support.kind].name)
    jump_s = support.detail.number("jump_s", low=-1e9, high=1e9) if support.kind is K.CLOCK_JUMP else None
    if not jump_s:
        return words
    change = seconds_words(abs(jump_s))
    zh, en = ("多走", "ahead") if jump_s > 0 else ("倒退", "back")
    return Bilingual(f"{words.zh}（{zh} {change.zh}）", f"{words.en} ({change.en} {en})")


def _counted(words: Bilingual, times: int) -> Bilingual:
    return words if times == 1 else Bilingual(f"{words.zh}（{times} 处）", f"{words.en} ({times} places)")
