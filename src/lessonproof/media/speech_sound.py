"""The sound of a recording's first minutes, as a speech detector hears it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.media.index import RecordingIndex
from lessonproof.media.sound import decode_sound
from lessonproof.models.speech_detector import SPEECH_RATE_HZ


def first_minutes(path: Path, index: RecordingIndex, length_ns: int) -> NDArray[np.float32] | None:
    """Mono samples at 16 kHz from the first presented frame on; ``None`` where the file has no sound there.

    Decoding stops behind the stretch. A file whose clock starts over puts its later sound behind it, so nothing of the
    stretch is lost by that. 20 minutes take 77 MB.

    Args:
        path: the recording.
        index: its index.
        length_ns: how much of the beginning; a shorter recording gives what it has.

    Returns:
        Shape ``(N,)``, full scale at 1; 0 where the track holds no sound.
    """
    if not index.has_audio:
        return None
    count = min(length_ns, index.packets.duration_ns) * SPEECH_RATE_HZ // NS_PER_S
    samples = np.zeros(count, np.float32)
    is_there = False
    for run in decode_sound(path, index, SPEECH_RATE_HZ):
        if run.start >= count:
            break
        low, high = max(0, run.start), min(count, run.start + run.samples.size)
        if low < high:
            samples[low:high] = run.samples[low - run.start : high - run.start]
            is_there = True
    return samples if is_there else None
