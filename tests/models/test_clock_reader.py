import importlib.util

import numpy as np
import pytest

from benchmarks.lessons.clock_overlay import ClockOverlay
from benchmarks.lessons.spec import CLOCK_PATTERNS, ClockStyle
from lessonproof.models.clock_reader import ClockReader, ReadLine, TextBox, check_luma
from lessonproof.models.clock_reader_registry import CLOCK_READERS, open_clock_reader
from lessonproof.models.errors import ReaderUnavailableError

SIZE = (640, 360)
TEXT = "2024-09-01 08:30:57"


@pytest.fixture(scope="module", params=sorted(CLOCK_READERS))
def reader(request: pytest.FixtureRequest) -> ClockReader:
    """Every reader that is installed."""
    if importlib.util.find_spec(str(request.param)) is None:
        pytest.skip(f"{request.param} is not installed (extra 'worker')")
    return open_clock_reader(str(request.param))


def picture(text: str = TEXT) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], tuple[int, int, int, int]]:
    luma = np.random.default_rng(1).normal(110, 4, (SIZE[1], SIZE[0])).clip(0, 255).astype(np.uint8)
    chroma = np.full((SIZE[1] // 2, SIZE[0] // 2), 128, np.uint8)
    overlay = ClockOverlay(ClockStyle(CLOCK_PATTERNS[0], height_share=0.06), SIZE)
    overlay.draw((luma, chroma, chroma.copy()), text)
    return luma, overlay.box(text)


def test_a_line_is_found_and_read(reader: ClockReader) -> None:
    luma, (x0, y0, x1, y1) = picture()
    boxes = reader.find_lines(luma)
    assert len(boxes) == 1
    box = boxes[0]
    assert abs(box.x0_px - x0) < 20
    assert abs(box.x1_px - x1) < 20
    assert box.y0_px < (y0 + y1) // 2 < box.y1_px
    (line,) = reader.read_lines([box.cut_from(luma)])
    assert line.text.replace(" ", "") == TEXT.replace(" ", "")
    assert line.score > 0.8


def test_each_character_has_its_place(reader: ClockReader) -> None:
    luma, box = picture()
    (line,) = reader.read_lines([TextBox(*box).cut_from(luma)])
    assert list(line.centres) == sorted(line.centres)
    assert all(0 <= c <= 1 for c in line.centres)
    assert line.centres[0] < 0.1
    assert line.centres[-1] > 0.9


def test_what_was_read_before_changes_nothing(reader: ClockReader) -> None:
    luma, box = picture()
    crop = TextBox(*box).cut_from(luma)
    alone = reader.read_lines([crop])
    other = reader.read_lines([crop[:, : crop.shape[1] // 2], crop])
    assert other[1] == alone[0]


def test_no_text_is_no_line(reader: ClockReader) -> None:
    assert reader.find_lines(np.full((200, 300), 128, np.uint8)) == []
    assert reader.read_lines([]) == []
    (line,) = reader.read_lines([np.full((30, 200), 128, np.uint8)])
    assert line.text == ""


def test_a_colour_picture_is_refused(reader: ClockReader) -> None:
    with pytest.raises(ValueError, match="luma"):
        reader.find_lines(np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(ValueError, match="luma"):
        reader.read_lines([np.zeros((0, 20), np.uint8)])


def test_its_models_are_named_with_their_digests(reader: ClockReader) -> None:
    assert reader.stamps
    assert all(len(stamp.sha256) == 64 for stamp in reader.stamps)


def test_an_unknown_reader_is_told() -> None:
    with pytest.raises(ReaderUnavailableError, match="rapidocr"):
        open_clock_reader("nobody")


def test_a_box_has_an_inside() -> None:
    with pytest.raises(ValueError, match="inside"):
        TextBox(5, 5, 5, 9)


def test_each_character_needs_a_place() -> None:
    with pytest.raises(ValueError, match="place"):
        ReadLine("08:30", 1.0, (0.5,))


def test_a_luma_picture_is_accepted() -> None:
    check_luma(np.zeros((2, 2), np.uint8))
