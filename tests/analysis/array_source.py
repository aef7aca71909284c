"""A frame source over pictures in memory: what analysis asks a decoder for."""

from dataclasses import replace

import numpy as np

from lessonproof.analysis.frames import FrameWindow
from lessonproof.evidence.intervals import Interval


class ArraySource:
    """Serves stretches of one long window and counts what was asked for."""

    def __init__(self, whole: FrameWindow) -> None:
        self._whole = whole
        self.asked: list[Interval] = []

    def window(self, stretch: Interval) -> FrameWindow | None:
        """Every frame shown in a stretch."""
        self.asked.append(stretch)
        first, end = np.searchsorted(self._whole.time_ns, [stretch.start_ns, stretch.end_ns]).tolist()
        if first >= end:
            return None
        rows = slice(first, end)
        return replace(
            self._whole,
            time_ns=self._whole.time_ns[rows],
            is_key=self._whole.is_key[rows],
            small=self._whole.small[rows],
            bright_luma=self._whole.bright_luma[rows],
            spread_luma=self._whole.spread_luma[rows],
            equal_share=self._whole.equal_share[rows],
            still_share=self._whole.still_share[rows],
        )

    def cost_ns(self, stretch: Interval) -> int:
        """Its own length: every frame stands for itself here."""
        return stretch.length_ns
