"""The measure of the veil counts what is covered, and nothing else."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.people.heads import covered_shares, mask_of, measure, told, upper_parts
from lessonproof.models.scripted import ScriptedDetector


def test_a_head_is_covered_by_its_share_of_pixels() -> None:
    mask = mask_of(np.array([[-5, -5, 10, 10], [50, 0, 400, 4]], np.float32), 40, 80)
    assert mask.sum() == 100 + 30 * 4
    heads = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [60, 0, 70, 8]], np.float64)
    assert covered_shares(heads, mask).tolist() == pytest.approx([1.0, 0.5, 0.0, 0.5])


def test_upper_parts_lie_in_the_upper_middle() -> None:
    tall, wide = upper_parts(np.array([[0, 0, 40, 200], [0, 0, 100, 100]], np.float64)).tolist()
    assert tall == pytest.approx([8, 0, 32, 40])
    assert wide == pytest.approx([20, 0, 80, 45])


def test_pictures_are_measured_and_told(tmp_path: Path) -> None:
    (tmp_path / "hardhat" / "images").mkdir(parents=True)
    (tmp_path / "hardhat" / "labels").mkdir()
    with (tmp_path / "split.csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["set", "image", "scene", "split"])
        lines.writerows(["hardhat", f"{n}.jpg", "s", "test"] for n in range(3))
        lines.writerow(["corridor", "x.jpg", "s", "test"])
    for n in range(3):
        cv2.imwrite(str(tmp_path / "hardhat" / "images" / f"{n}.jpg"), np.full((200, 320, 3), 90, np.uint8))
        # One head at the top, one at the bottom.
        (tmp_path / "hardhat" / "labels" / f"{n}.txt").write_text("1 0.5 0.1 0.1 0.1\n1 0.5 0.9 0.1 0.1\n", "utf-8")
    rows = list(measure(tmp_path, ScriptedDetector(lambda frame: int(frame.shape == (200, 320, 3))), at_most=2))
    assert [(row.set_name, row.split) for row in rows] == [("hardhat", "test")] * 2
    assert [row.covered.tolist() for row in rows] == [[1.0, 0.0]] * 2
    assert rows[0].size_px.tolist() == pytest.approx([20, 20])
    assert "2 pictures,     4 heads: covered 0.500, not at all 0.500; 16 px or more (4)" in told(rows)
