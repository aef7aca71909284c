"""The output's sound, cut together from the rooms' sound as the plan says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from benchmarks.lessons.sound import Samples
from benchmarks.lessons.spec import TICKS_PER_S
from benchmarks.lessons.timeline import AudioPiece


class SampledSound(Protocol):
    """Sound that can be asked for by sample number."""

    def samples(self, start: int, count: int) -> Samples:
        """Return ``count`` samples from sample ``start`` on, float32."""
        ...


class SoundPlan(Protocol):
    """What the track needs of a plan."""

    @property
    def audio(self) -> tuple[AudioPiece, ...]:
        """Pieces in order of output."""
        ...

    @property
    def end_tick(self) -> int:
        """When the output ends, 90 kHz."""
        ...


class SoundTrack:
    """Hands out the output's sound in order."""

    def __init__(self, plan: SoundPlan, rate_hz: int, room_sound: Callable[[int], SampledSound]) -> None:
        self._rate_hz = rate_hz
        self._room_sound = room_sound
        self._pieces = [p for p in plan.audio if p.out_start < plan.end_tick]
        self._done = 0
        self._end = self._sample(plan.end_tick)

    def until(self, tick: int) -> Iterator[tuple[int, Samples]]:
        """Yield the sound not yet handed out up to a tick: number of the first sample, samples.

        Where the plan says that sound is missing nothing is yielded.
        """
        goal = min(self._sample(tick), self._end)
        for piece in self._pieces:
            start, end = self._sample(piece.out_start), self._sample(piece.out_end)
            a, b = max(start, self._done), min(end, goal)
            if a < b:
                if not piece.missing:
                    yield a, self._heard(piece, a - start, b - a)
                self._done = b
        self._pieces = [p for p in self._pieces if self._sample(p.out_end) > self._done]

    def skip(self, tick: int) -> None:
        """Leave out everything before a tick."""
        self._done = self._sample(tick)

    def _sample(self, tick: int) -> int:
        return round(tick * self._rate_hz / TICKS_PER_S)

    def _heard(self, piece: AudioPiece, offset: int, count: int) -> Samples:
        if piece.muted:
            return np.zeros(count, np.float32)
        sound = self._room_sound(piece.source)
        src_start, src_end = self._sample(piece.src_start), self._sample(piece.src_end)
        if piece.backward:
            first = src_end - offset - count
            return np.ascontiguousarray(sound.samples(first, count)[::-1])
        lasts = piece.out_end - piece.out_start
        if lasts == piece.src_end - piece.src_start:
            return sound.samples(src_start + offset, count)
        step = (piece.src_end - piece.src_start) / lasts
        at = src_start + (offset + np.arange(count)) * step
        low = int(np.floor(at[0]))
        raw = sound.samples(low, int(np.ceil(at[-1])) - low + 2)
        return np.asarray(np.interp(at - low, np.arange(len(raw)), raw), dtype=np.float32)
