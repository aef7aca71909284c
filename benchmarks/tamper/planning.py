"""From pieces to output frames: which source frame is shown when, with which sound. Pure; nothing is decoded here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.timeline import AudioPiece
from benchmarks.tamper.sources import SourceTimes
from benchmarks.tamper.spec import Motion, Piece, Reedit, Sound


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of output frames.

    Attributes:
        piece: what it shows.
        numbers: source frame of each output frame, shape ``(N,)``.
        ticks: when each is presented, 90 kHz ticks of the output.
    """

    piece: Piece
    numbers: NDArray[np.int64]
    ticks: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an event shows, by output frame; a seam has ``first == end``: the first frame after it."""

    kind: str
    first: int
    end: int
    hole_ticks: int = 0


@dataclass(frozen=True, slots=True)
class EditPlan:
    """The edited picture and sound.

    Attributes:
        shown: stretches in order.
        end_tick: when the output ends.
        audio: pieces of sound in order of output.
        marks: what was done where.
    """

    shown: tuple[Shown, ...]
    end_tick: int
    audio: tuple[AudioPiece, ...]
    marks: tuple[Mark, ...]

    @property
    def frame_count(self) -> int:
        """Output frames."""
        return sum(len(stretch.numbers) for stretch in self.shown)


def plan_edit(edit: Reedit, sources: Sequence[SourceTimes]) -> EditPlan:
    """Plan an edit.

    Args:
        edit: what is done.
        sources: time stamps of the case's source and of its others.

    Returns:
        Frames, sound and marks of the output.
    """
    shown: list[Shown] = []
    audio: list[AudioPiece] = []
    marks: list[Mark] = []
    tick = count = 0
    for before, piece in zip((None, *edit.pieces), edit.pieces, strict=False):
        times = sources[piece.source]
        first, end = times.frame_at(piece.start_s), times.frame_at(piece.end_s)
        length = _length(piece, times, first, end)
        audio.append(_sound(piece, times, (first, end), (tick, tick + length)))
        if piece.motion is Motion.HOLE:
            marks.append(Mark(piece.kind or "gap", count, count, length))
        else:
            stretch = _stretch(piece, times, first, end, tick)
            shown.append(stretch)
            if piece.kind is not None:
                marks.append(Mark(piece.kind, count, count + len(stretch.numbers)))
            elif edit.joint_kind is not None and before is not None and before.kind is None:
                marks.append(Mark(edit.joint_kind, count, count))
            count += len(stretch.numbers)
        tick += length
    if edit.whole_kind is not None:
        marks.append(Mark(edit.whole_kind, 0, count))
    return EditPlan(tuple(shown), tick, tuple(_joined(audio)), tuple(marks))


def _length(piece: Piece, times: SourceTimes, first: int, end: int) -> int:
    whole = int(times.ticks[end] - times.ticks[first])
    if piece.factor == 1.0:
        return whole
    if piece.retimed:
        return round(whole / piece.factor)
    return max(1, int((end - first) / piece.factor)) * times.nominal


def _stretch(piece: Piece, times: SourceTimes, first: int, end: int, tick: int) -> Shown:
    numbers = np.arange(first, end, dtype=np.int64)
    offsets = times.ticks[first:end] - times.ticks[first]
    if piece.motion is Motion.BACKWARD:
        numbers, offsets = numbers[::-1], times.ticks[end] - times.ticks[first + 1 : end + 1][::-1]
    elif piece.motion is Motion.STILL:
        numbers = np.full(end - first, first, dtype=np.int64)
    elif piece.factor != 1.0 and piece.retimed:
        offsets = np.round(offsets / piece.factor).astype(np.int64)
    elif piece.factor != 1.0:
        count = max(1, int((end - first) / piece.factor))
        numbers = first + np.minimum((np.arange(count) * piece.factor).astype(np.int64), end - first - 1)
        offsets = np.arange(count, dtype=np.int64) * times.nominal
    if piece.drop_every is not None:
        kept = np.arange(len(numbers)) % piece.drop_every != piece.drop_every - 1
        numbers, offsets = numbers[kept], offsets[kept]
    return Shown(piece, numbers, tick + offsets)


def _sound(piece: Piece, times: SourceTimes, frames: tuple[int, int], out: tuple[int, int]) -> AudioPiece:
    start, end = int(times.ticks[frames[0]]), int(times.ticks[frames[1]])
    if piece.motion is Motion.HOLE or piece.sound is Sound.MISSING:
        return AudioPiece(*out, piece.source, start, end, missing=True)
    if piece.sound is Sound.MUTED:
        return AudioPiece(*out, piece.source, start, end, muted=True)
    if piece.sound is Sound.RUNNING:
        return AudioPiece(*out, 0, *out)
    return AudioPiece(*out, piece.source, start, end, backward=piece.motion is Motion.BACKWARD)


def _joined(pieces: Sequence[AudioPiece]) -> list[AudioPiece]:
    """Sound that runs on over a seam is one piece, so that resampling leaves no step there."""
    joined = list(pieces[:1])
    for before, piece in pairwise(pieces):
        last = joined[-1]
        plain = all(
            not (p.muted or p.missing or p.backward) and p.out_end - p.out_start == p.src_end - p.src_start
            for p in (before, piece)
        )
        if plain and last.source == piece.source and last.src_end == piece.src_start:
            joined[-1] = AudioPiece(last.out_start, piece.out_end, last.source, last.src_start, piece.src_end)
        else:
            joined.append(piece)
    return joined
