"""One event, one finding."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.merging import BORDER_NS, FOLDS, SAME_CUT_NS, merge_findings
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval

K = FindingKind
FRAME_NS = 40_000_000


def also(finding: Finding) -> Sequence[Mapping[str, Any]]:
    """What speaks for a finding."""
    listed = finding.detail.get("also", [])
    assert isinstance(listed, list)
    return listed


def found(kind: FindingKind, start_ns: int, end_ns: int, confidence: float = 0.9) -> Finding:
    return Finding(kind, Interval(start_ns, end_ns), confidence, Severity.WARNING, "full_decode")


def cut(at_ns: int, confidence: float = 0.9) -> Finding:
    return found(K.CUT, at_ns, at_ns + FRAME_NS, confidence)


SOME = st.lists(
    st.builds(
        lambda kind, start, length, confidence: found(kind, start * 10**8, (start + length) * 10**8, confidence),
        st.sampled_from([FindingKind.CUT, FindingKind.BLACK, FindingKind.GAP, FindingKind.AUDIO_GAP]),
        st.integers(0, 100),
        st.integers(0, 20),
        st.sampled_from([0.5, 0.7, 0.9]),
    ),
    max_size=10,
)


@given(SOME)
def test_merging_twice_changes_nothing(findings: list[Finding]) -> None:
    once = merge_findings(findings)
    assert merge_findings(once) == once
    assert list(once) == sorted(once, key=Finding.sort_key)


@given(SOME, st.randoms(use_true_random=False))
def test_the_order_in_which_workers_finish_does_not_matter(findings: list[Finding], random: Random) -> None:
    distinct = list({finding.sort_key(): finding for finding in findings}.values())
    shuffled = list(distinct)
    random.shuffle(shuffled)
    assert merge_findings(shuffled) == merge_findings(distinct)


@given(SOME)
def test_nothing_is_lost_without_a_word(findings: list[Finding]) -> None:
    """Whatever kind went in stands in the result, as a finding or as what speaks for one."""
    told = merge_findings(findings)
    spoken = {f.kind.value for f in told} | {entry["kind"] for f in told for entry in also(f)}
    assert {f.kind.value for f in findings} == spoken


@pytest.mark.parametrize("kind", [K.BLACK, K.FREEZE, K.GAP, K.UNREADABLE, K.TRUNCATED, K.COVERED], ids=str)
def test_the_border_of_a_stretch_is_no_cut_of_its_own(kind: FindingKind) -> None:
    stretch = found(kind, 10 * NS_PER_S, 20 * NS_PER_S, 0.8)
    at = (10 * NS_PER_S - BORDER_NS, 15 * NS_PER_S, 20 * NS_PER_S + BORDER_NS)
    (told,) = merge_findings([stretch, *map(cut, at)])
    assert (told.kind, told.interval) == (kind, stretch.interval)
    assert [entry["kind"] for entry in also(told)] == ["cut"] * 3
    assert told.confidence > stretch.confidence
    beside = (cut(10 * NS_PER_S - BORDER_NS - FRAME_NS - 1), cut(20 * NS_PER_S + BORDER_NS + 1))
    assert merge_findings([stretch, *beside]) == (beside[0], stretch, beside[1])


def test_a_covered_lens_stands_still_as_well() -> None:
    covered = found(K.COVERED, 10 * NS_PER_S, 20 * NS_PER_S)
    (told,) = merge_findings([covered, found(K.FREEZE, 11 * NS_PER_S, 19 * NS_PER_S)])
    assert (told.kind, told.interval) == (K.COVERED, covered.interval)
    assert len(merge_findings([covered, found(K.FREEZE, 30 * NS_PER_S, 40 * NS_PER_S)])) == 2


def test_silence_explains_no_cut() -> None:
    both = (found(K.AUDIO_GAP, 0, 9 * NS_PER_S), cut(4 * NS_PER_S))
    assert merge_findings(both) == both


def test_of_two_cuts_at_one_place_the_surer_one_stands() -> None:
    weak, strong = cut(NS_PER_S, 0.7), cut(NS_PER_S + SAME_CUT_NS // 2, 0.95)
    assert merge_findings([weak, strong]) == (strong,)
    assert merge_findings([weak, cut(2 * NS_PER_S)]) == (weak, cut(2 * NS_PER_S))


def test_two_parts_of_one_stretch_are_one() -> None:
    parts = (found(K.BLACK, 0, 2 * NS_PER_S), found(K.BLACK, 2 * NS_PER_S + BORDER_NS, 5 * NS_PER_S))
    (whole,) = merge_findings(parts)
    assert whole.interval == Interval(0, 5 * NS_PER_S)


def test_a_cut_takes_in_the_jump_of_the_clock_and_the_break_of_the_sound() -> None:
    jump = found(K.CLOCK_JUMP, 9 * NS_PER_S, 11 * NS_PER_S, 0.95)
    sound = found(K.AUDIO_BREAK, 10 * NS_PER_S, 10 * NS_PER_S + FRAME_NS, 0.6)
    picture = cut(10 * NS_PER_S, 0.6)
    (told,) = merge_findings([jump, sound, picture])
    assert (told.kind, told.interval) == (K.CUT, picture.interval)
    assert {entry["kind"] for entry in also(told)} == {"clock_jump", "audio_break"}
    assert told.confidence > 0.9


def test_a_clock_that_jumps_ahead_where_the_sound_breaks_is_a_cut_that_the_picture_hides() -> None:
    jump = replace(found(K.CLOCK_JUMP, 9 * NS_PER_S, 11 * NS_PER_S), detail={"jump_s": 20.0})
    sound = found(K.AUDIO_BREAK, 10 * NS_PER_S, 10 * NS_PER_S + FRAME_NS, 0.6)
    (told,) = merge_findings([jump, sound])
    assert (told.kind, told.interval, told.measured_from) == (K.CUT, sound.interval, "clock_and_sound")
    back = replace(jump, detail={"jump_s": -20.0})
    assert [f.kind for f in merge_findings([back, sound])] == [K.CLOCK_JUMP]


@pytest.mark.parametrize("kind", [K.LOOP, K.SPLICE, K.REVERSED], ids=str)
def test_an_insert_is_told_with_its_two_borders(kind: FindingKind) -> None:
    stretch = found(kind, 10 * NS_PER_S, 20 * NS_PER_S)
    told = merge_findings([stretch, cut(10 * NS_PER_S), cut(20 * NS_PER_S), cut(40 * NS_PER_S)])
    assert [f.kind for f in told] == [K.CUT, kind, K.CUT, K.CUT] or [f.kind for f in told] == [
        kind,
        K.CUT,
        K.CUT,
        K.CUT,
    ]
    borders = [f for f in told if "border_of" in f.detail]
    assert [f.interval.start_ns for f in borders] == [10 * NS_PER_S, 20 * NS_PER_S]
    assert {f.detail["border_of"] for f in borders} == {kind.value}


def test_a_cut_says_what_the_sound_does_there() -> None:
    asked: list[int] = []

    def sound_at(time_ns: int) -> dict[str, JsonValue]:
        asked.append(time_ns)
        return {"sound": "goes_on"}

    told = merge_findings([cut(10 * NS_PER_S), found(K.BLACK, 0, NS_PER_S)], sound_at)
    assert [f.detail.get("sound") for f in told] == [None, "goes_on"]
    assert asked == [10 * NS_PER_S + FRAME_NS // 2]


def test_a_rule_never_folds_a_kind_into_itself() -> None:
    assert all(rule.kept not in rule.folded for rule in FOLDS)


def test_a_stretch_that_clock_and_picture_tell_is_one_with_the_borders_of_the_picture() -> None:
    seen = found(K.REVERSED, 10 * NS_PER_S, 22 * NS_PER_S, 0.8)
    read = replace(found(K.REVERSED, 11 * NS_PER_S, 21 * NS_PER_S, 0.99), measured_from="clock")
    (told,) = merge_findings([seen, read])
    assert (told.interval, told.measured_from) == (seen.interval, "full_decode")
    assert [entry["measured_from"] for entry in also(told)] == ["clock"]
    apart = replace(read, interval=Interval(21 * NS_PER_S, 31 * NS_PER_S))
    assert len(merge_findings([seen, apart])) == 2
