from pathlib import Path

from benchmarks.people.calibrate import fitting_pictures
from benchmarks.people.labelled import LabelledPicture


def _picture(set_name: str, scene: str, split: str) -> LabelledPicture:
    return LabelledPicture(set_name, scene, split, Path("a.jpg"), Path("a.txt"), Path("b.txt"))


def test_weights_trained_here_are_fitted_to_cameras_that_they_never_learned_from() -> None:
    learned, held = _picture("office", "lobby", "train"), _picture("office", "green-office", "train")
    test = _picture("office", "meeting", "test")
    assert fitting_pictures([learned, held, test], held=False) == [learned, held]
    assert fitting_pictures([learned, held, test], held=True) == [held]
