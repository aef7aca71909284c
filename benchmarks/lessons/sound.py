"""The sound of a room: voices, steps, doors and machines in their reverberation, a pure function of source time.

Rooms differ in reverberation, noise floor, mains hum (strong, weak or none), an air conditioner that switches, lamps
whose hum comes and goes, and a recorder with or without automatic gain. The hum is 50 Hz with harmonics and the slow
frequency drift of a mains grid; its phase is one continuous function of the take's time, so that a cut breaks it.
Speech is a rhythm of voiced syllables (a pulse train through formants, about four a second), unvoiced bursts and
pauses; no words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.lessons.sound_events import (
    TAIL_S,
    Samples,
    bang,
    bell,
    chair,
    cough,
    in_room,
    room_response,
    steady_noise,
    step,
    syllable,
)

__all__ = ["RoomSound", "Samples"]

_BLOCK_S: Final = 8
_N_SYLLABLES: Final = 36
_N_EACH: Final = 6
_SWITCH_SLOT_S: Final = 240
_BELL_SLOT_S: Final = 1500
_CONTROL_S: Final = 0.05
_GAIN_TARGET: Final = 0.09
_GAIN_MEMORY_S: Final = 1.5
_NO_HUM: Final = 0.35
_WEAK_HUM: Final = 0.7


class RoomSound:
    """Sound of one take.

    Attributes:
        rate_hz: samples per second.
        hum_rms: level of the mains hum, full scale 1; 0 in a room without.
    """

    def __init__(self, seed: int, rate_hz: int, *, room_seed: int | None = None) -> None:
        self.rate_hz = rate_hz
        self._seed = seed
        room = np.random.default_rng([seed if room_seed is None else room_seed, 43])
        take = np.random.default_rng([seed, 41])
        self._drift = _mains_drift(take)
        self.hum_rms, self._hum_lines = _hum_lines(room)
        self._lamp_lines = [(h, 0.6 * size, float(room.uniform(0, 6.3))) for h, size, _ in self._hum_lines]
        self._has_machine = bool(room.random() < 0.5)
        self._has_bell = bool(room.random() < 0.5)
        self._has_gain = bool(room.random() < 0.5)
        self._floor = float(10 ** room.uniform(-3.4, -2.3))
        self._floor_tilt = float(room.uniform(0.5, 1.8))
        self._machine_tilt = float(room.uniform(0, 1))
        self._machine_db = float(room.uniform(0, 14))
        # Whatever has a length in samples is drawn last: a room is the same at every rate.
        near, far = _responses(room, rate_hz)
        self._voices = _voices(take, rate_hz, near, far)
        self._events = _event_banks(take, rate_hz, far)
        self._bell = in_room(bell(room, rate_hz), far)
        self._dry: dict[int, tuple[Samples, Samples]] = {}
        self._air: dict[int, Samples] = {}
        self._blocks: dict[int, Samples] = {}

    def samples(self, start: int, count: int) -> Samples:
        """Return ``count`` samples from sample ``start`` of the take, float32, about -0.9 to 0.9.

        Samples before the take's beginning (``start`` below 0) are as defined as any other.
        """
        size = _BLOCK_S * self.rate_hz
        heard = np.empty(count, np.float32)
        at = 0
        while at < count:
            block, inside = divmod(start + at, size)
            n = min(count - at, size - inside)
            heard[at : at + n] = self._block(block)[inside : inside + n]
            at += n
        return heard

    def _block(self, number: int) -> Samples:
        if number not in self._blocks:
            if len(self._blocks) > 8:
                self._blocks.clear()
            self._blocks[number] = self._make_block(number)
        return self._blocks[number]

    def _make_block(self, number: int) -> Samples:
        size = _BLOCK_S * self.rate_hz
        block = self._in_air(number)
        if self._has_gain:
            block = block * self._gain(number)
        # A recorder's converter limits softly.
        return np.asarray(0.95 * np.tanh(block[:size] / 0.95), np.float32)

    def _in_air(self, number: int) -> Samples:
        """What reaches the microphone."""
        if number not in self._air:
            if len(self._air) > 8:
                self._air.clear()
            self._air[number] = self._mixed(number)
        return self._air[number]

    def _mixed(self, number: int) -> Samples:
        """Events, what rings on from the block before, noise and hum."""
        size = _BLOCK_S * self.rate_hz
        block = self._sounded(number)[0].copy()
        before = self._sounded(number - 1)[1]
        block[: len(before)] += before
        rng = np.random.default_rng([self._seed, 42, number % (1 << 31), int(number < 0)])
        block += steady_noise(rng, size, self.rate_hz, tilt=self._floor_tilt, low_hz=60) * np.float32(self._floor)
        if self._has_machine:
            machine = steady_noise(rng, size, self.rate_hz, tilt=self._machine_tilt, low_hz=200)
            loud = np.float32(self._floor * 10 ** (self._machine_db / 20))
            block += machine * loud * self._switched(number, 77, rise_s=1.5)
        if self.hum_rms > 0:
            block += self._hum(number * size, size, self._switched(number, 78, rise_s=0.01))
        return np.asarray(block, np.float32)

    def _switched(self, number: int, salt: int, *, rise_s: float) -> Samples:
        """0..1: whether something that is switched every few minutes is on; one state for each slot."""
        slot, place = divmod(number * _BLOCK_S, _SWITCH_SLOT_S)
        draws = [np.random.default_rng([self._seed, salt, (slot + k) % (1 << 31)]) for k in (-1, 0)]
        was, now = (float(draw.random() < 0.6) for draw in draws)
        when_s = float(draws[1].uniform(0, _SWITCH_SLOT_S - 12))
        t = place + np.arange(_BLOCK_S * self.rate_hz, dtype=np.float32) / self.rate_hz
        return np.asarray(was + (now - was) * np.clip((t - when_s) / rise_s, 0, 1), np.float32)

    def _hum(self, start: int, count: int, lamps: Samples) -> Samples:
        t = np.arange(start, start + count, dtype=np.float64) / self.rate_hz
        # The drift is far slower than a sample: evaluate it sparsely and interpolate.
        knots = np.linspace(t[0], t[-1] + 1e-9, max(2, count // 2000))
        drift = np.zeros_like(knots)
        for hertz, size, phase in self._drift:
            drift += size / (2 * np.pi * hertz) * np.sin(2 * np.pi * hertz * knots + phase)
        cycles = 50.0 * t + np.interp(t, knots, drift)
        base = (2 * np.pi * np.mod(cycles, 1.0)).astype(np.float32)
        hum = np.zeros(count, np.float32)
        for (harmonic, size, phase), (_, lamp, turn) in zip(self._hum_lines, self._lamp_lines, strict=True):
            hum += np.float32(size) * np.sin(np.float32(harmonic) * base + np.float32(phase))
            hum += np.float32(lamp) * lamps * np.sin(np.float32(harmonic) * base + np.float32(turn))
        return hum

    def _gain(self, number: int) -> Samples:
        """What an automatic gain makes of the loudness so far: slow, between 0.5 and 2.5."""
        step_samples = int(_CONTROL_S * self.rate_hz)
        heard = np.concatenate([self._in_air(number - 2), self._in_air(number - 1), self._in_air(number)])
        level = np.sqrt(np.square(heard).reshape(-1, step_samples).mean(axis=1))
        memory = int(5 * _GAIN_MEMORY_S / _CONTROL_S)
        kernel = np.exp(-np.arange(memory) * _CONTROL_S / _GAIN_MEMORY_S)
        steps = _BLOCK_S * self.rate_hz // step_samples
        smooth = np.convolve(level, kernel / kernel.sum())[: len(level)]
        wanted = np.clip(_GAIN_TARGET / np.maximum(smooth, 1e-6), 0.5, 2.5)[2 * steps - 1 : 3 * steps]
        at = np.arange(_BLOCK_S * self.rate_hz) / step_samples
        return np.asarray(np.interp(at, np.arange(steps + 1), wanted), np.float32)

    def _sounded(self, number: int) -> tuple[Samples, Samples]:
        """Events that begin in a block, and what of them rings on behind it."""
        if number not in self._dry:
            if len(self._dry) > 16:
                self._dry.clear()
            size = _BLOCK_S * self.rate_hz
            room = np.zeros(size + int((_BLOCK_S + 2 * TAIL_S) * self.rate_hz), np.float32)
            rng = np.random.default_rng([self._seed, 44, number % (1 << 31), int(number < 0)])
            self._speak(rng, room)
            self._happen(rng, room)
            slot, place = divmod(number * _BLOCK_S, _BELL_SLOT_S)
            if self._has_bell and place < _BLOCK_S and slot > 0:
                _lay(room, self._bell, 0, 0.12)
            self._dry[number] = room[:size], room[size : 2 * size]
        return self._dry[number]

    def _speak(self, rng: np.random.Generator, room: Samples) -> None:
        """Phrases of 3 to 12 syllables with pauses between them; sometimes several at once, sometimes nobody."""
        kind = rng.random()
        speakers = 0 if kind < 0.06 else 1 if kind < 0.9 else int(rng.integers(2, 5))
        for speaker in range(speakers):
            time_s = float(rng.uniform(0, 0.8))
            voice = 0 if speaker == 0 and rng.random() < 0.8 else 1 + int(rng.integers(len(self._voices) - 1))
            while time_s < _BLOCK_S - 0.1:
                loud = float(rng.uniform(0.12, 0.3)) * (0.5 if voice else 1.0)
                for _ in range(int(rng.integers(3, 13))):
                    if time_s >= _BLOCK_S - 0.05:
                        break
                    bank = self._voices[voice]
                    sound, length = bank[int(rng.integers(len(bank)))]
                    _lay(room, sound, int(time_s * self.rate_hz), loud * float(rng.uniform(0.6, 1.2)))
                    time_s += length / self.rate_hz * float(rng.uniform(0.75, 1.1))
                    loud *= 0.97
                time_s += float(rng.gamma(1.6, 0.4)) + 0.12
                if speaker == 0:
                    voice = 0 if rng.random() < 0.8 else 1 + int(rng.integers(len(self._voices) - 1))

    def _happen(self, rng: np.random.Generator, room: Samples) -> None:
        """Steps, doors, coughs, chairs: some every block."""
        for name, rate_per_s, size in (("bang", 0.02, 0.4), ("cough", 0.02, 0.15), ("chair", 0.04, 0.1)):
            for _ in range(int(rng.poisson(rate_per_s * _BLOCK_S))):
                bank = self._events[name]
                at = int(rng.uniform(0, _BLOCK_S) * self.rate_hz)
                _lay(room, bank[int(rng.integers(len(bank)))], at, size * float(rng.uniform(0.2, 1.0)))
        if rng.random() < 0.3:
            pace_s, at_s = float(rng.uniform(0.42, 0.62)), float(rng.uniform(0, 4))
            for k in range(int(rng.integers(3, 10))):
                bank = self._events["step"]
                at = int((at_s + k * pace_s * float(rng.uniform(0.95, 1.05))) * self.rate_hz)
                _lay(room, bank[int(rng.integers(len(bank)))], at, float(rng.uniform(0.02, 0.08)))


def _lay(room: Samples, sound: Samples, at: int, size: float) -> None:
    end = min(len(room), at + len(sound))
    room[at:end] += sound[: end - at] * np.float32(size)


def _mains_drift(rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Rate (Hz), deviation (Hz) and phase of a few slow waves: together some 0.02 Hz, at most 0.005 Hz in a second."""
    drift = []
    for period_s in np.geomspace(15, 900, 6):
        hertz = 1 / float(period_s * rng.uniform(0.8, 1.3))
        size_hz = 0.02 * min(1.0, 0.02 / hertz)
        drift.append((hertz, float(rng.uniform(0.3, 1.0)) * size_hz, float(rng.uniform(0, 6.3))))
    return drift


def _hum_lines(room: np.random.Generator) -> tuple[float, list[tuple[int, float, float]]]:
    """Level, and harmonic, size and phase of each line; some recorders cut off below 100 Hz."""
    draw = float(room.random())
    weakest, strongest = (-3.7, -3.0) if draw < _WEAK_HUM else (-3.0, -2.0)
    level = 0.0 if draw < _NO_HUM else float(10 ** room.uniform(weakest, strongest))
    has_low = bool(room.random() < 0.6)
    lines = []
    for harmonic in (1, 2, 3, 4, 5, 6, 7):
        even = harmonic % 2 == 0
        size = float(room.uniform(0.3, 1.0)) * (1.0 if even else 0.7) / harmonic**0.7
        lines.append((harmonic, size if harmonic > 1 or has_low else 0.03 * size, float(room.uniform(0, 6.3))))
    norm = np.sqrt(sum(size * size for _, size, _ in lines) / 2)
    return level, [(h, float(level * size / norm), phase) for h, size, phase in lines]


def _responses(room: np.random.Generator, rate_hz: int) -> tuple[Samples, Samples]:
    t60_s = float(room.uniform(0.35, 0.9))
    near = room_response(room, rate_hz, t60_s=t60_s, direct_db=float(room.uniform(-4, 6)))
    return near, room_response(room, rate_hz, t60_s=t60_s, direct_db=float(room.uniform(-10, -2)))


def _voices(take: np.random.Generator, rate_hz: int, near: Samples, far: Samples) -> list[list[tuple[Samples, int]]]:
    """The teacher and two others: syllables as the room gives them back, and how long each was."""
    voices = []
    for response in (near, far, far):
        pitch_hz = float(take.uniform(105, 260))
        dry = [syllable(take, rate_hz, pitch_hz) for _ in range(_N_SYLLABLES)]
        voices.append([(in_room(sound, response), len(sound)) for sound in dry])
    return voices


def _event_banks(take: np.random.Generator, rate_hz: int, far: Samples) -> dict[str, list[Samples]]:
    makers: dict[str, Callable[[np.random.Generator, int], Samples]] = {
        "step": step, "bang": bang, "cough": cough, "chair": chair,
    }  # fmt: skip
    return {name: [in_room(make(take, rate_hz), far) for _ in range(_N_EACH)] for name, make in makers.items()}
