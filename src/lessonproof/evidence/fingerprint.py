"""The motion fingerprint (运动指纹) of a recording: what moves in it, in time order, without what stands still.

Kept for every accepted recording, so that a stretch that was filed before, under another class or by another
institution, is found again. It holds no picture and no person: 256 signs of differences from the room's usual look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

CODE_BYTES: Final = 32
SKETCH_NUMBERS: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """Codes of one recording over its time line.

    Attributes:
        sha256: digest of the recording's bytes.
        method: how the codes were made, name and version; only equal methods may be compared.
        time_ns: shape ``(N,)``, int64, rising, from the first presented frame.
        codes: shape ``(N, 32)``, uint8, 256 bits each; near in Hamming distance where the same things are in the same
            places.
        mirrored: the same of the left-right mirrored picture.
        weight: shape ``(N,)``, uint8, how much the code says; 0 where nothing differs from the room's usual look.
        scale: to what part of its size the picture was made smaller before it was coded; 1 for the picture as it is.
        views: the same recording coded with its picture made smaller, to ask with where footage may have been enlarged;
            a view has none itself. Others are always asked about as they are, never about their views.
        sketch: shape ``(N, 128)``, int8, fixed projections of the picture's structure in steps of the recording's own;
            differences of two of them are those of the pictures, whatever lies between. ``None`` in fingerprints of
            before.
        mirrored_sketch: the same of the left-right mirrored picture; ``None`` there and in a view.
    """

    sha256: str
    method: str
    time_ns: NDArray[np.int64]
    codes: NDArray[np.uint8]
    mirrored: NDArray[np.uint8]
    weight: NDArray[np.uint8]
    scale: float = 1.0
    views: tuple[Fingerprint, ...] = ()
    sketch: NDArray[np.int8] | None = None
    mirrored_sketch: NDArray[np.int8] | None = None

    def __post_init__(self) -> None:
        count = self.time_ns.size
        if self.codes.shape != (count, CODE_BYTES) or self.mirrored.shape != (count, CODE_BYTES):
            raise ValueError(f"one code of 32 bytes for each time, got {self.codes.shape=} and {self.mirrored.shape=}")
        if self.weight.shape != (count,):
            raise ValueError(f"one weight for each time, got {self.weight.shape=}")
        for sketch in (self.sketch, self.mirrored_sketch):
            if sketch is not None and sketch.shape != (count, SKETCH_NUMBERS):
                raise ValueError(f"one sketch of 128 numbers for each time, got {sketch.shape}")
        if not 0.0 < self.scale <= 1.0:
            raise ValueError(f"a scale lies above 0 and at most at 1, got {self.scale=}")
        for view in self.views:
            alike = (view.sha256, view.method, view.views) == (self.sha256, self.method, ())
            if not alike or not np.array_equal(view.time_ns, self.time_ns):
                raise ValueError(
                    f"a view is of the same recording, method and times and has no views, got {view.scale=}"
                )
