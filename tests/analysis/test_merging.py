"""One event, one finding."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.merging import BORDER_NS, SAME_CUT_NS, merge_findings
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval


def found(kind: FindingKind, start_ns: int, end_ns: int, confidence: float = 0.9) -> Finding:
    return Finding(kind, Interval(start_ns, end_ns), confidence, Severity.WARNING, "full_decode")


def cut(at_ns: int, confidence: float = 0.9) -> Finding:
    return found(FindingKind.CUT, at_ns, at_ns + 40_000_000, confidence)


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
def test_only_cuts_are_ever_left_out(findings: list[Finding]) -> None:
    kept = {finding.sort_key() for finding in merge_findings(findings)}
    assert {f.sort_key() for f in findings if f.kind is not FindingKind.CUT} <= kept
    if any(f.kind is FindingKind.CUT for f in findings) and all(f.kind is FindingKind.CUT for f in findings):
        assert kept


@pytest.mark.parametrize(
    "kind",
    [FindingKind.BLACK, FindingKind.FREEZE, FindingKind.GAP, FindingKind.UNREADABLE, FindingKind.TRUNCATED],
    ids=str,
)
def test_the_border_of_a_stretch_is_no_cut_of_its_own(kind: FindingKind) -> None:
    stretch = found(kind, 10 * NS_PER_S, 20 * NS_PER_S)
    at = (10 * NS_PER_S - BORDER_NS, 15 * NS_PER_S, 20 * NS_PER_S + BORDER_NS)
    assert merge_findings([stretch, *map(cut, at)]) == (stretch,)
    beside = (cut(10 * NS_PER_S - BORDER_NS - 1), cut(20 * NS_PER_S + BORDER_NS + 1))
    assert merge_findings([stretch, *beside]) == (beside[0], stretch, beside[1])


def test_silence_explains_no_cut() -> None:
    both = (found(FindingKind.AUDIO_GAP, 0, 9 * NS_PER_S), cut(4 * NS_PER_S))
    assert merge_findings(both) == both


def test_of_two_cuts_at_one_place_the_surer_one_stands() -> None:
    weak, strong = cut(NS_PER_S, 0.7), cut(NS_PER_S + SAME_CUT_NS // 2, 0.95)
    assert merge_findings([weak, strong]) == (strong,)
    assert merge_findings([weak, cut(2 * NS_PER_S)]) == (weak, cut(2 * NS_PER_S))
