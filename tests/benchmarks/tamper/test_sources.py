from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.tamper.sources import Pictures, read_times
from tests.benchmarks.tamper.conftest import tiny_lesson


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_each_picture_is_the_one_that_was_asked_for_in_any_order(container: str, tmp_path: Path) -> None:
    path = tiny_lesson(tmp_path, 5, container=container)
    size = read_times(path).size
    with av.open(str(path)) as opened:
        take = [np.asarray(frame.to_ndarray(format="yuv420p")) for frame in opened.decode(video=0)]
    for first in (37, 12, 55, 0, 59):
        shown = Pictures(path, size)[first]  # nothing was decoded before
        assert np.array_equal(shown, take[first]), first


def test_a_picture_that_is_not_there_is_an_error(lesson: Path) -> None:
    pictures = Pictures(lesson, read_times(lesson).size)
    with pytest.raises(IndexError):
        pictures[60]
