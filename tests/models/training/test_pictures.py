from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.models.errors import TrainingDataError
from lessonproof.models.training.pictures import HELD_SCENES, Part, part_of, read_boxes, read_pictures
from tests.models.training.labelled_folder import write_labelled


def test_sets_label_their_own_classes_only(tmp_path: Path) -> None:
    pictures = read_pictures(write_labelled(tmp_path))
    assert {(p.set_name, p.classes) for p in pictures} == {("rooms", frozenset({0})), ("heads", frozenset({1}))}
    assert all(p.image.is_file() and p.labels.is_file() for p in pictures)
    assert [p.scene for p in pictures if p.part is Part.TEST] == ["scene3", "scene3"]


@given(st.sampled_from([*HELD_SCENES, "coco"]), st.text(max_size=8))
def test_a_scene_is_in_one_part_and_test_scenes_are_never_learned(set_name: str, scene: str) -> None:
    assert part_of(set_name, scene, "test") is Part.TEST
    part = part_of(set_name, scene, "train")
    assert part in {Part.TRAIN, Part.HELD}
    assert part is part_of(set_name, scene, "train")


def test_named_cameras_are_held_back_whole_and_a_tenth_of_single_photographs() -> None:
    assert part_of("office", "green-office", "train") is Part.HELD
    assert part_of("office", "lobby", "train") is Part.TRAIN
    parts = [part_of("coco-c2", f"photo{number}", "train") for number in range(1000)]
    assert 70 < parts.count(Part.HELD) < 130


def test_boxes_are_corners_in_pixels_cut_to_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("0 0.5 0.5 0.5 0.5\n\n1 0 0 1 1\n", "utf-8")
    assert read_boxes(path, 200, 100).tolist() == [[0, 50, 25, 150, 75], [1, 0, 0, 100, 50]]
    assert read_boxes(tmp_path / "none.txt", 200, 100).shape == (0, 5)


@pytest.mark.parametrize("text", ["0 0.5 0.5 0.5", "x 0.5 0.5 0.5 0.5", "2 0.5 0.5 0.5 0.5", "0 nan 0.5 0.5 0.5"])
def test_wrong_labels_are_refused_with_their_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text + "\n", "utf-8")
    with pytest.raises(TrainingDataError, match=r"a\.txt"):
        read_boxes(path, 10, 10)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param("split.csv", "set,image\n", "split.csv lacks the columns scene, split", id="columns"),
        pytest.param("split.csv", "set,image,scene,split\nx,1.jpg,a,train\n", "names the set 'x'", id="set"),
        pytest.param("SOURCES.csv", "set,classes_labelled\nrooms,cat\n", "labels \\['cat'\\]", id="class"),
    ],
)
def test_lists_that_do_not_fit_are_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    write_labelled(tmp_path)
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(TrainingDataError, match=message):
        read_pictures(tmp_path)


def test_a_missing_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match=r"SOURCES\.csv cannot be read"):
        read_pictures(tmp_path)


def test_boxes_are_single_precision(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("0 0.5 0.5 0.5 0.5\n", "utf-8")
    assert read_boxes(path, 3, 3).dtype == np.float32
