"""Which pairs of stretches count as a replay."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.sound_replay import ReplayProof, judge_replays
from lessonproof.evidence.intervals import NS_PER_S

COPY = ReplayProof(10 * NS_PER_S, 60 * NS_PER_S, 7 * NS_PER_S, bit_error_rate=0.1, overall=0.9, faint=0.7)


def test_a_copy_is_a_replay() -> None:
    (replay,) = judge_replays([COPY])
    assert (replay.source_start_ns, replay.start_ns, replay.length_ns) == (10 * NS_PER_S, 60 * NS_PER_S, 7 * NS_PER_S)
    assert replay.strength == 0.7


def test_the_same_words_over_other_noise_are_none() -> None:
    assert judge_replays([replace(COPY, faint=0.05)]) == ()


def test_a_short_echo_is_none() -> None:
    assert judge_replays([replace(COPY, length_ns=3 * NS_PER_S)]) == ()


@given(st.lists(st.floats(-1, 1), max_size=8))
def test_strength_grows_with_the_agreement(faints: list[float]) -> None:
    proofs = [replace(COPY, faint=faint, start_ns=(60 + n) * NS_PER_S) for n, faint in enumerate(sorted(faints))]
    strengths = [replay.strength for replay in judge_replays(proofs)]
    assert strengths == sorted(strengths)
    assert all(0 < strength <= 1 for strength in strengths)
