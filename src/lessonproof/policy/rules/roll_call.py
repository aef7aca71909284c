"""The rule on the roll call before the lesson (课前点名, NK-6.1.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.reason_words import reason_words
from lessonproof.evidence.roll_call import NO_SURVEY, RollCall, RollCallState
from lessonproof.evidence.speech import NO_DETECTOR
from lessonproof.evidence.training import RecordingRef
from lessonproof.evidence.verdict import Bilingual, EvidenceRef, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import no_recording, not_read
from lessonproof.policy.rules.base import (
    Parameters,
    RuleContext,
    RuleOutcome,
    failed,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.presented import lesson_window
from lessonproof.policy.rules.suspicions import Standing, spans_en, spans_zh, touching, unread_files
from lessonproof.policy.rules.wall_clock import clock_text_ns, epoch_ns, seconds_text

_KIND: Final = frozenset({FindingKind.NO_ROLL_CALL})
_NOT_LISTENED: Final = frozenset({NO_SURVEY, NO_DETECTOR})


class RollCallParameters(Parameters):
    """Settings of :func:`roll_call_recorded`: none of its own."""

    def uses(self) -> frozenset[str]:
        """Reviewers that confirm."""
        return frozenset({"Q12.reviewers"})


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was heard in one recording of the unit."""

    ref: RecordingRef
    sha256: str
    said: RollCall


def roll_call_recorded(case: UnitCase, context: RuleContext, _parameters: RollCallParameters) -> RuleOutcome:
    """The roll call before the lesson is in the recording (NK-6.1.4).

    - Names heard to be called, with answers, in a recording that begins no later than the lesson: pass.
    - A recording that begins later cannot hold 课前点名 before that start, yet the lesson may have begun late with its
      roll call on record: for a person, whatever was heard.
    - None heard where a lecture is: suspected; two reviewers confirm it before it fails (open point Q12).
    - Whatever the sound does not tell is for a person who watches the beginning and records it.
    """
    if not case.unit.recordings:
        return no_recording(case)
    heard = _heard(case)
    found = [one for one in heard if one.said.state is RollCallState.FOUND]
    start_ns = lesson_window(case).start_ns
    begun = [epoch_ns(ref.started_at) for ref in case.unit.recordings if ref.started_at is not None]
    if len(begun) == len(case.unit.recordings) and min(begun) > start_ns:
        return _begun_late(case, min(begun), start_ns, found)
    if found:
        return _found(found, is_on_time=bool(begun) and min(begun) <= start_ns)
    if unread := unread_files(case):
        return not_read(case, unread)
    return _suspected(case, context) or _undecided(case, heard)


def _heard(case: UnitCase) -> list[_Heard]:
    dossiers = ((ref, case.dossiers.get(ref.file)) for ref in case.unit.recordings)
    return [
        _Heard(ref, one.sha256, one.roll_call)
        for ref, one in dossiers
        if isinstance(one, Dossier) and one.roll_call is not None
    ]


def _begun_late(case: UnitCase, begun_ns: int, start_ns: int, found: Sequence[_Heard]) -> RuleOutcome:
    late = seconds_text(begun_ns - start_ns)
    told = Bilingual("", "") if not found else _span_words(found[0])
    return uncertain(
        f"录像在课程开始 {late} 秒后才开始（{clock_text_ns(begun_ns)}），不可能含有开课前的点名"
        + (f"；{told.zh}" if found else "")
        + "；请人查看后记录",
        f"The recording begins {late} s after the lesson's start ({clock_text_ns(begun_ns)}): it cannot hold a "
        "roll call before that start; " + (f"{told.en}; " if found else "") + "a person looks and records",
        needs.reviewer_records(),
        (*(_reference(one) for one in found), *record(f"units[{case.unit.unit_id}].recordings")),
    )


def _found(found: Sequence[_Heard], *, is_on_time: bool) -> RuleOutcome:
    told = _span_words(found[0])
    evidence = tuple(_reference(one) for one in found)
    if not is_on_time:
        return uncertain(
            f"{told.zh}；未申报录像首帧的实际时间，无法确定录像是否在课程开始前开始",
            f"{told.en}; when the recording begins is not declared, so whether it begins before the lesson is unknown",
            needs.started_at([one.ref.file for one in found]),
            evidence,
        )
    return passed(
        f"{told.zh}（按声音中一人呼、众人应的规律判断，不识别内容）",
        f"{told.en} (told from one voice calling and others answering; no words are recognised)",
        evidence,
    )


def _suspected(case: UnitCase, context: RuleContext) -> RuleOutcome | None:
    """What follows from the finding that nobody is called; ``None`` where there is no such finding."""
    items = touching(case, _KIND, context.default("Q12", "reviewers"))
    if confirmed := tuple(item for item in items if item.standing is Standing.CONFIRMED):
        return failed(
            f"经两名审核人员认定，录像开头没有点名：{spans_zh(confirmed)}",
            f"Two reviewers confirmed that no names are called at the beginning: {spans_en(confirmed)}",
            tuple(item.reference() for item in confirmed),
            ("Q12",),
        )
    if still_open := tuple(item for item in items if item.standing is Standing.OPEN):
        return uncertain(
            f"录像开头只听到讲课，疑似没有点名：{spans_zh(still_open)}；请人查看后记录",
            f"Only a lecture is heard at the beginning, apparently no roll call: {spans_en(still_open)}; a person "
            "looks and records",
            needs.reviewer_records(),
            tuple(item.reference() for item in still_open),
            ("Q12",),
        )
    return None


def _undecided(case: UnitCase, heard: Sequence[_Heard]) -> RuleOutcome:
    codes = list(dict.fromkeys(one.said.reason for one in heard if one.said.reason is not None)) or [NO_SURVEY]
    why = [reason_words(code) for code in codes]
    if all(one.said.reason is None for one in heard) and heard:
        return uncertain(
            "声音中没有听出点名，审核人员未认定没有点名；请人查看录像开头后记录",
            "No roll call is heard, and reviewers did not confirm that there is none; a person watches the beginning "
            "and records it",
            needs.reviewer_records(),
            tuple(_reference(one) for one in heard),
        )
    return uncertain(
        f"从声音中听不出是否点名（{'；'.join(one.zh for one in why)}）；请人查看录像开头后记录",
        f"The sound does not tell whether names are called ({'; '.join(one.en for one in why)}); a person watches the "
        "beginning and records it",
        needs.search([FindingKind.NO_ROLL_CALL]) if _NOT_LISTENED.issuperset(codes) else needs.reviewer_records(),
        (
            *(_reference(one) for one in heard if one.said.interval is not None),
            *record(f"units[{case.unit.unit_id}].recordings"),
        ),
    )


def _span_words(one: _Heard) -> Bilingual:
    """``录像 3:24-4:25 处听到点名，一呼一应 18 次``, on the wall clock where the recording has a place there."""
    span = one.said.interval
    if span is None:
        raise ValueError("a roll call that was found is somewhere")
    places = (_place(span.start_ns), _place(span.end_ns))
    clock = _on_the_clock(one.ref, span)
    percent = round(100 * one.said.confidence)
    return Bilingual(
        f"录像 {places[0]} 至 {places[1]}{clock.zh}听到点名，一呼一应 {one.said.pairs} 次，把握 {percent}%",
        f"A roll call is heard from {places[0]} to {places[1]} of the recording{clock.en}: {one.said.pairs} calls with "
        f"an answer, confidence {percent} %",
    )


def _on_the_clock(ref: RecordingRef, span: Interval) -> Bilingual:
    if ref.started_at is None:
        return Bilingual("", "")
    begun_ns = epoch_ns(ref.started_at)
    shown = f"{clock_text_ns(begun_ns + span.start_ns)}"
    return Bilingual(f"（{shown} 起）", f" (from {shown})")


def _place(time_ns: int) -> str:
    minutes, seconds = divmod(time_ns // 1_000_000_000, 60)
    return f"{minutes}:{seconds:02d}"


def _reference(one: _Heard) -> EvidenceRef:
    return EvidenceRef(one.sha256, one.said.interval)
