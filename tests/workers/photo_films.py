"""Tiny real recordings of the drawn room of ``tests.analysis.photo_rooms``: half a second a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import av

from tests.analysis.photo_rooms import HEIGHT_PX, WIDTH_PX, Photo, photograph

FPS: Final = 2
MOMENTS: Final = range(100, 156)
"""Of the room, one a frame: 28 s."""


def film(path: Path, photos: Sequence[Photo] | None = None, *, gop: int = 4) -> Path:
    """Write a recording; of :data:`MOMENTS` where no pictures are given."""
    pictures = [photograph(moment) for moment in MOMENTS] if photos is None else photos
    with av.open(str(path), "w") as container:
        options = {"g": str(gop), "preset": "ultrafast", "crf": "18", "sc_threshold": "0"}
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture.luma, format="gray").reformat(format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def seconds_of(moment: int) -> float:
    """When a moment is shown."""
    return (moment - MOMENTS.start) / FPS
