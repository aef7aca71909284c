"""The commands from one end to the other on a tiny folder: what is exported is what the product loads."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from lessonproof.models.registry import open_detector
from lessonproof.models.training.__main__ import main
from lessonproof.models.weights import WeightsPlaces, resolve_weights
from tests.models.training.labelled_folder import write_labelled


def test_from_pictures_to_weights_that_the_product_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, store, run = write_labelled(tmp_path / "data"), tmp_path / "store", tmp_path / "run"
    figures, card = tmp_path / "figures.txt", tmp_path / "CARD.md"
    assert main(["prepare", "--data", str(data), "--store", str(store), "--side", "64"]) == 0
    size = ["--size", "64"]
    assert main(["train", "--store", str(store), "--run", str(run), "--minutes", "0.0001", "--batch", "1", *size]) == 0
    capsys.readouterr()
    assert main(["export", "--run", str(run), "--name", "tiny", "--out", str(tmp_path), *size]) == 0
    folder = tmp_path / "tiny_openvino_model"
    files = yaml.safe_load(capsys.readouterr().out)["files"]
    assert {file["name"]: file["size_bytes"] for file in files} == {p.name: p.stat().st_size for p in folder.iterdir()}
    assert not any(str(tmp_path).encode() in path.read_bytes() for path in folder.iterdir())
    assert main(["evaluate", "--data", str(data), "--weights", str(folder)]) == 0
    figures.write_text(capsys.readouterr().out, "utf-8")
    assert "rooms" in figures.read_text("utf-8")
    options = ["--data", str(data), "--run", str(run), "--name", "tiny", "--figures", str(figures)]
    assert main(["card", *options, "--out", str(card)]) == 0
    assert "| rooms | person | " in card.read_text("utf-8")
    assert "CC BY 4.0" in card.read_text("utf-8")
    weights = resolve_weights(None, WeightsPlaces(explicit=folder), allow_unknown=True)
    (found,) = open_detector(weights.detector_spec()).detect([np.zeros((48, 64, 3), np.uint8)])
    assert found.boxes_xyxy_px.shape == (len(found.scores), 4)


def test_an_error_of_the_input_ends_with_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", "--data", str(tmp_path), "--store", str(tmp_path / "store")]) == 1
    shown = capsys.readouterr().err
    assert "SOURCES.csv cannot be read" in shown
    assert "无法读取" in shown
