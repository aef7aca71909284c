"""A pinhole camera in a room: metres in, pixels of the canvas out.

Room coordinates are metres: x to the right, y up from the floor, z away from the wall that carries the
camera. The canvas is the picture plus ``MARGIN_PX`` on each side, so that a knock can shift the view.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MARGIN_PX: Final = 16
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera hangs and how it looks.

    Attributes:
        x_m, height_m: position at the front wall (z = 0.1 m).
        pitch_rad: downwards.
        yaw_rad: to the right.
        focal_px: focal length.
        size: width and height of the picture without margin, pixels.
    """

    x_m: float
    height_m: float
    pitch_rad: float
    yaw_rad: float
    focal_px: float
    size: tuple[int, int]

    @property
    def canvas_size(self) -> tuple[int, int]:
        """Width and height of the canvas, pixels."""
        return self.size[0] + 2 * MARGIN_PX, self.size[1] + 2 * MARGIN_PX

    @property
    def position(self) -> Floats:
        """Shape ``(3,)``, metres."""
        return np.array([self.x_m, self.height_m, 0.1])

    def axes(self) -> tuple[Floats, Floats, Floats]:
        """Return the unit vectors right, up and forward, each of shape ``(3,)``."""
        sp, cp, sy, cy = (
            math.sin(self.pitch_rad), math.cos(self.pitch_rad), math.sin(self.yaw_rad), math.cos(self.yaw_rad),
        )  # fmt: skip
        return np.array([cy, 0.0, -sy]), np.array([sy * sp, cp, cy * sp]), np.array([sy * cp, -sp, cy * cp])

    def project(self, points_m: Floats) -> tuple[Floats, Floats]:
        """Project points.

        Args:
            points_m: shape ``(N, 3)``, metres.

        Returns:
            Canvas pixels of shape ``(N, 2)`` and depths along the view of shape ``(N,)``, metres. Points
            nearer than 0.2 m are put at 0.2 m: they lie outside of every picture used here.
        """
        right, up, forward = self.axes()
        offset = points_m - self.position
        depth = np.maximum(offset @ forward, 0.2)
        width, height = self.canvas_size
        x = width / 2 + self.focal_px * (offset @ right) / depth
        y = height / 2 - self.focal_px * (offset @ up) / depth
        return np.stack([x, y], axis=1), depth

    def px_per_m(self, depth_m: float) -> float:
        """Pixels that a metre across the view takes at this depth."""
        return self.focal_px / max(depth_m, 0.2)

    def rays(self) -> Floats:
        """Return the direction of each canvas pixel, shape ``(H, W, 3)``, not normalised."""
        width, height = self.canvas_size
        right, up, forward = self.axes()
        x = (np.arange(width) + 0.5 - width / 2)[None, :, None] / self.focal_px
        y = (height / 2 - np.arange(height) - 0.5)[:, None, None] / self.focal_px
        directions: Floats = forward + x * right + y * up
        return directions
