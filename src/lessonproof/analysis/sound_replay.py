"""Sound heard again: which of the stretches that seem to come back are copies of the recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lessonproof.analysis.sound_prints import REPLAY_MIN_NS

_LEAST_FAINT: Final = 0.2
_LEAST_OVERALL: Final = 0.5
_SHORT_BY_NS: Final = 300_000_000
"""Borders are found to within some 50 ms; a stretch of 5 s may measure a little less."""


@dataclass(frozen=True, slots=True)
class ReplayProof:
    """Two stretches compared sample by sample.

    Attributes:
        source_start_ns: begin of the earlier one.
        start_ns: begin of the later one.
        length_ns: how long both agree.
        bit_error_rate: share of the fingerprints' bits that differ.
        overall: correlation of the waveforms, -1..1.
        faint: mean cosine of the phases' difference in the faintest parts, -1..1: the room's own noise comes back.
    """

    source_start_ns: int
    start_ns: int
    length_ns: int
    bit_error_rate: float
    overall: float
    faint: float


@dataclass(frozen=True, slots=True)
class SoundReplay:
    """A stretch of sound that is heard again, room noise included.

    Attributes:
        source_start_ns: begin of the earlier one.
        start_ns: begin of the later one.
        length_ns: how long it is.
        strength: 0..1, how well the faint parts agree.
        proof: the numbers behind it.
    """

    source_start_ns: int
    start_ns: int
    length_ns: int
    strength: float
    proof: ReplayProof


def judge_replays(proofs: Sequence[ReplayProof]) -> tuple[SoundReplay, ...]:
    """Replays, in time order: waveforms agree, in their faintest parts too, for 5 s and more.

    A bell, a film shown twice and a standing phrase fail: the noise under them is another one.
    """
    found = [
        SoundReplay(proof.source_start_ns, proof.start_ns, proof.length_ns, max(0.0, min(1.0, proof.faint)), proof)
        for proof in proofs
        if proof.faint >= _LEAST_FAINT
        and proof.overall >= _LEAST_OVERALL
        and proof.length_ns >= REPLAY_MIN_NS - _SHORT_BY_NS
    ]
    return tuple(sorted(found, key=lambda replay: replay.start_ns))
