"""Photographs in a class file: what is declared, and what is refused with its line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lessonproof.documents.class_file import parse_class_file, read_class_file
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.photo import PhotoRef, PhotoSide, PhotoSubject

EXAMPLE = Path(__file__).parents[2] / "examples" / "photos" / "class.yaml"


def test_the_example_declares_front_and_back() -> None:
    front, back = read_class_file(EXAMPLE).unit("P1").photos
    taken = datetime(2026, 4, 8, 1, 10, tzinfo=UTC)
    shows = (PhotoSubject.OVERVIEW, PhotoSubject.TEACHER)
    assert front == PhotoRef("photos/P1-front.jpg", taken, PhotoSide.FRONT, shows)
    assert back.side is PhotoSide.BACK


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("file: photos/P1-front.jpg", "file: ../P1.jpg", 23, "inside this file's folder"),
        ("file: photos/P1-front.jpg", "file: /etc/P1.jpg", 23, "inside this file's folder"),
        ("file: photos/P1-front.jpg", "file: http://host/P1.jpg", 23, "inside this file's folder"),
        ("side: front", "side: left", 23, "'front'"),
        ("photos/P1-back.jpg", "photos/P1-front.jpg", 24, "each photograph once per unit"),
    ],
    ids=["out-of-the-folder", "absolute", "address", "no-side", "twice"],
)
def test_mistakes_are_refused_with_their_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = tmp_path / "class.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_class_file(path)
    assert f"class.yaml:{line}:" in caught.value.en
    assert words in caught.value.en


def test_an_uploaded_class_file_has_no_photographs_beside_it() -> None:
    with pytest.raises(DocumentError, match=r"c\.yaml:22: photos: .*nothing beside it"):
        parse_class_file(EXAMPLE.read_text(encoding="utf-8"), "c.yaml")
