from pathlib import Path

import numpy as np
import pytest

from lessonproof.models.errors import TrainingDataError
from lessonproof.models.training.pictures import Part, read_pictures
from lessonproof.models.training.store import read_sample, read_store, write_store
from tests.models.training.labelled_folder import write_labelled


def test_a_store_gives_back_what_was_put_in_and_no_test_pictures(tmp_path: Path) -> None:
    pictures = [p for p in read_pictures(write_labelled(tmp_path / "data")) if p.part is not Part.HELD]
    kept = [p for p in pictures if p.part is Part.TRAIN]
    assert write_store(pictures, tmp_path / "store", 32) == len(kept) > 0
    stored = read_store(tmp_path / "store", Part.TRAIN)
    assert read_store(tmp_path / "store", Part.HELD) == []
    assert read_store(tmp_path / "store", Part.TEST) == []
    for picture, sample in zip(kept, stored, strict=True):
        direct = read_sample(picture, 32)
        assert (sample.set_name, sample.scene) == (picture.set_name, picture.scene)
        assert np.array_equal(sample.pixels, direct.pixels)
        assert np.array_equal(sample.boxes, direct.boxes)
        assert np.array_equal(sample.unlabelled, direct.unlabelled)


def test_a_sample_is_shrunk_with_its_boxes_and_says_what_is_unlabelled(tmp_path: Path) -> None:
    rooms, *_, heads = read_pictures(write_labelled(tmp_path))
    sample = read_sample(rooms, 32)
    assert sample.pixels.shape == (24, 32, 3)
    assert sample.boxes.tolist() == [[0, 8, 6, 16, 18]]
    assert sample.pixels[8:16, 10:14].mean() > 200
    assert sample.pixels[:4].mean() < 100
    assert sample.unlabelled.tolist() == [[0, 20, 6, 28, 18], [1, 0, 0, 32, 24]]
    assert read_sample(heads, 640).unlabelled.tolist() == [[0, 0, 0, 64, 48]]


def test_what_is_no_store_or_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="run 'prepare' first"):
        read_store(tmp_path, Part.TRAIN)
    (tmp_path / "pictures.bin").write_bytes(b"a")
    (tmp_path / "index.json").write_text("{}", "utf-8")
    with pytest.raises(TrainingDataError, match="run 'prepare' again"):
        read_store(tmp_path, Part.TRAIN)
    picture = read_pictures(write_labelled(tmp_path))[0]
    picture.image.write_bytes(b"no picture")
    with pytest.raises(TrainingDataError, match="cannot decode"):
        read_sample(picture, 32)
