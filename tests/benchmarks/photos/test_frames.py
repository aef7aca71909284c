"""What the benchmark of recorded frames makes: photographs and recordings of the promised kind, blind seeds apart."""

from fractions import Fraction
from pathlib import Path
from random import Random

import av
import cv2
import numpy as np
import pytest

from benchmarks.photos.frames import SEEDS, Trial, encode, photographed, report
from lessonproof.workers.photo_frames import FoundFrame, FrameSearch, RecordingFile
from tests.analysis.photo_rooms import photograph

PICTURES = [np.asarray(cv2.cvtColor(photograph(n).luma, cv2.COLOR_GRAY2RGB), np.uint8) for n in range(5)]


def test_no_blind_seed_was_seen() -> None:
    assert not set(SEEDS["seen"]) & set(SEEDS["blind"])


@pytest.mark.parametrize("seed", range(4))
def test_photographs_are_cropped_and_scaled_a_little(seed: int) -> None:
    picture, quality = photographed(PICTURES[0], Random(seed))  # noqa: S311  repeatable
    assert 60 <= quality <= 95
    for side, whole in zip(picture.shape, PICTURES[0].shape[:2], strict=False):
        assert 0.94 * 0.6 * whole <= side <= whole


def test_a_recording_has_a_keyframe_each_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    encode(path, PICTURES, Fraction(1), 28)
    with av.open(str(path)) as container:
        assert [frame.key_frame for frame in container.decode(video=0)] == [True, False, True, False, True]


def test_an_accused_honest_photograph_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    found = FoundFrame(RecordingFile("P1", "a.mp4", "1" * 64, Path("a.mp4")), 0, 0.98, PICTURES[0])
    wrong = Trial("lesson 1", "later", 28, 80, True, FrameSearch(found, None), 3.0)
    report("seen", [wrong, Trial("lesson 1", "later", 28, 80, True, FrameSearch(None, None), None)])
    said = capsys.readouterr().out
    assert "later       crf 28: 2 photographs, searchable 2, told 1" in said
    assert "TOLD ON AN HONEST PHOTOGRAPH: lesson 1 later crf 28" in said
