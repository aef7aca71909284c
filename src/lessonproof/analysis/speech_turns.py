"""Speech probabilities and samples in, turns with level, pitch and colour out."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.speech import SpeechSurvey, SpeechTurn
from lessonproof.models.speech_detector import SPEECH_FRAME_SAMPLES, SPEECH_RATE_HZ

Floats = NDArray[np.float64]

_ENTER: Final = 0.5
_STAY: Final = 0.35
"""Speech begins at the one and goes on down to the other, as in Silero VAD's own state machine."""
_SHORTEST_FRAMES: Final = 3
"""96 ms: the shortest answer ("到") that a voice can give."""
_BRIDGED_FRAMES: Final = 1
"""A single frame between two of speech is a consonant, not a change of speaker."""
_MUTED_DBFS: Final = -75.0
"""Quieter than any microphone in a room: the track is muted or missing there."""
_MUTED_FRAMES: Final = 31
"""1 s: a shorter silence is a recorder that closes its microphone in pauses."""
_ABOUT_AS_LOUD_DB: Final = 12.0
_TAIL_FRAMES: Final = 6
"""192 ms before and behind speech: its own beginning, and how the room rings on."""
_EMPTY_DBFS: Final = -120.0
_PITCH_SAMPLES: Final = 1024
_PITCH_HZ: Final = (70, 420)
_VOICED: Final = 0.45
"""Height of the autocorrelation's peak from which a frame has a pitch."""
_COLOUR_HZ: Final = (150.0, 4000.0)
_CHUNK_FRAMES: Final = 512


def survey_turns(samples: NDArray[np.float32], heard: NDArray[np.float32]) -> SpeechSurvey:
    """Turns of a recording's beginning.

    Args:
        samples: shape ``(N,)``, N >= 1, mono, 16 kHz, 0 where the track has none.
        heard: shape ``(M,)``, probability of speech for each 512 samples.

    Returns:
        Times in milliseconds from the first sample.

    Raises:
        ValueError: shapes that do not fit each other, or no samples.
    """
    if samples.size == 0 or heard.size != -(-samples.size // SPEECH_FRAME_SAMPLES):
        raise ValueError(f"{heard.size} probabilities do not fit {samples.size} samples")
    frames = _framed(samples)
    level_db = levels(frames)
    spans = speech_spans(heard)
    is_speech = _mask(spans, heard.size)
    pitch_hz = pitches(frames, is_speech)
    colour_hz = colours(frames, is_speech)
    between = level_db[~is_speech & (level_db >= _MUTED_DBFS)]
    length_ms = max(1, _ms(samples.size))
    muted = [(start, end) for start, end in runs(level_db < _MUTED_DBFS) if end - start >= _MUTED_FRAMES]
    return SpeechSurvey(
        length_ms=length_ms,
        turns=tuple(_turn(start, end, level_db, pitch_hz, colour_hz) for start, end in spans),
        silent=tuple((_frame_ms(start), min(_frame_ms(end), length_ms)) for start, end in muted),
        floor_db=None if between.size == 0 else round(float(np.median(between)), 1),
        other_ms=_frame_ms(_other_frames(level_db, is_speech)),
    )


def _other_frames(level_db: Floats, is_speech: NDArray[np.bool_]) -> int:
    """Number of frames that are about as loud as speech and lie away from it; 0 where there is no speech."""
    if not is_speech.any():
        return 0
    is_near = np.convolve(is_speech, np.ones(2 * _TAIL_FRAMES + 1), mode="same") > 0
    is_loud = level_db >= np.median(level_db[is_speech]) - _ABOUT_AS_LOUD_DB
    return int(np.count_nonzero(is_loud & ~is_near[: is_loud.size]))


def _framed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Frames of 512 samples, the last one filled up with zeros, shape ``(M, 512)``."""
    frames = np.zeros((-(-samples.size // SPEECH_FRAME_SAMPLES), SPEECH_FRAME_SAMPLES), np.float32)
    frames.reshape(-1)[: samples.size] = samples
    return frames


def speech_spans(heard: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Stretches of speech as half-open frame numbers, by a threshold with hysteresis.

    Args:
        heard: shape ``(M,)``, 0..1.
    """
    is_on = heard >= _STAY
    spans = [(start, end) for start, end in runs(is_on) if heard[start:end].max() >= _ENTER]
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= _BRIDGED_FRAMES:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start >= _SHORTEST_FRAMES]


def runs(is_on: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of true values, half-open."""
    steps = np.diff(np.concatenate([[False], is_on, [False]]).astype(np.int8))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def levels(frames: NDArray[np.float32]) -> Floats:
    """RMS of each frame, dB below full scale, shape ``(M,)``; -120 for no signal at all."""
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / SPEECH_FRAME_SAMPLES
    return np.asarray(10.0 * np.log10(np.maximum(power, 10.0 ** (_EMPTY_DBFS / 10.0))))


def pitches(frames: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Floats:
    """Pitch of the wanted frames, Hz, NaN elsewhere and where there is none, shape ``(M,)``.

    Autocorrelation of a frame with the next one behind it, divided by that of its window (Boersma 1993, "Accurate
    short-term analysis of the fundamental frequency"), peak between 70 and 420 Hz.
    """
    found = np.full(len(frames), np.nan)
    numbers = np.flatnonzero(wanted)
    window = np.hanning(_PITCH_SAMPLES)
    shortest, longest = SPEECH_RATE_HZ // _PITCH_HZ[1], SPEECH_RATE_HZ // _PITCH_HZ[0]
    of_window = _autocorrelation(window[None])[0, : longest + 1]
    following = np.minimum(np.arange(len(frames)) + 1, max(0, len(frames) - 1))
    for first in range(0, numbers.size, _CHUNK_FRAMES):
        some = numbers[first : first + _CHUNK_FRAMES]
        pieces = np.concatenate([frames[some], frames[following[some]]], axis=1).astype(np.float64)
        pieces -= pieces.mean(axis=1, keepdims=True)
        course = _autocorrelation(pieces * window)[:, : longest + 1] / of_window
        course /= np.maximum(course[:, :1], 1e-12)
        part = course[:, shortest:]
        # An octave below is as high a peak: of those nearly as high as the highest the first one counts.
        is_high = part >= 0.8 * part.max(axis=1, keepdims=True)
        is_peak = np.zeros_like(is_high)
        is_peak[:, 1:-1] = (part[:, 1:-1] >= part[:, :-2]) & (part[:, 1:-1] >= part[:, 2:])
        lag = np.argmax(is_high & is_peak, axis=1)
        is_voiced = (part[np.arange(some.size), lag] >= _VOICED) & (is_high & is_peak).any(axis=1)
        found[some[is_voiced]] = SPEECH_RATE_HZ / (lag[is_voiced] + shortest)
    return found


def _autocorrelation(pieces: Floats) -> Floats:
    spectrum = np.fft.rfft(pieces, 2 * pieces.shape[1], axis=1)
    return np.asarray(np.fft.irfft(np.abs(spectrum) ** 2, axis=1))


def colours(frames: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Floats:
    """Centre of the spectrum's amplitude between 150 and 4000 Hz, Hz, shape ``(M,)``; NaN for frames not wanted."""
    found = np.full(len(frames), np.nan)
    numbers = np.flatnonzero(wanted)
    hz = np.fft.rfftfreq(SPEECH_FRAME_SAMPLES, 1.0 / SPEECH_RATE_HZ)
    is_in = (hz >= _COLOUR_HZ[0]) & (hz <= _COLOUR_HZ[1])
    window = np.hanning(SPEECH_FRAME_SAMPLES)
    for first in range(0, numbers.size, _CHUNK_FRAMES):
        some = numbers[first : first + _CHUNK_FRAMES]
        size = np.abs(np.fft.rfft(frames[some] * window, axis=1))[:, is_in]
        found[some] = size @ hz[is_in] / np.maximum(size.sum(axis=1), 1e-12)
    return found


def _turn(start: int, end: int, level_db: Floats, pitch_hz: Floats, colour_hz: Floats) -> SpeechTurn:
    own = level_db[start:end]
    loud = np.flatnonzero(own >= np.median(own)) + start
    voiced = pitch_hz[start:end]
    voiced = voiced[np.isfinite(voiced)]
    return SpeechTurn(
        start_ms=_frame_ms(start),
        end_ms=_frame_ms(end),
        level_db=round(min(0.0, float(level_db[loud].mean())), 1),
        pitch_hz=round(float(np.median(voiced))) if voiced.size > 1 else None,
        colour_hz=round(float(colour_hz[loud].mean())),
    )


def _mask(spans: list[tuple[int, int]], size: int) -> NDArray[np.bool_]:
    steps = np.zeros(size + 1, np.int8)
    for start, end in spans:
        steps[start] += 1
        steps[end] -= 1
    return np.asarray(np.cumsum(steps[:-1]) > 0)


def _frame_ms(frame: int) -> int:
    return _ms(frame * SPEECH_FRAME_SAMPLES)


def _ms(samples: int) -> int:
    return samples * 1000 // SPEECH_RATE_HZ
