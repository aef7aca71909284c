from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from benchmarks.lessons import ClockStyle
from benchmarks.lessons.clock_overlay import ClockOverlay, clock_text
from benchmarks.lessons.glyphs import GLYPHS
from benchmarks.lessons.spec import CLOCK_PATTERNS

START = datetime(2024, 9, 1, 0, 30, tzinfo=UTC)
NS = 1_000_000_000


@pytest.mark.parametrize(
    ("pattern", "after_s", "shown"),
    [
        (CLOCK_PATTERNS[0], 0, "2024-09-01 08:30:00"),
        (CLOCK_PATTERNS[2], 0, "2024年09月01日 星期日 08:30:00"),
        (CLOCK_PATTERNS[3], 5 * 3600, "2024年09月01日 下午 01:30:00"),
        (CLOCK_PATTERNS[3], 4 * 3600, "2024年09月01日 下午 12:30:00"),
        (CLOCK_PATTERNS[3], 16 * 3600, "2024年09月02日 上午 12:30:00"),
        (CLOCK_PATTERNS[4], 0.999, "01-09-2024 08:30:00"),
        (CLOCK_PATTERNS[5], 86_400, "09-02-2024 星期一 08:30:00"),
    ],
)
def test_what_the_clock_shows(pattern: str, after_s: float, shown: str) -> None:
    assert clock_text(ClockStyle(pattern), START, round(after_s * NS)) == shown


def test_every_sign_of_every_pattern_has_strokes() -> None:
    for pattern in CLOCK_PATTERNS:
        for day in range(7):
            for hour in range(0, 24, 6):
                text = clock_text(ClockStyle(pattern), START, (day * 86_400 + hour * 3600) * NS)
                assert set(text) <= set(GLYPHS)


@pytest.mark.parametrize("corner", ["tl", "tr", "bl", "br"])
@pytest.mark.parametrize("plate", [False, True])
def test_it_draws_inside_its_box_only(corner: str, plate: bool) -> None:
    overlay = ClockOverlay(ClockStyle(corner=corner, plate=plate), (640, 360))
    planes = (np.full((360, 640), 90, np.uint8), np.full((180, 320), 60, np.uint8), np.full((180, 320), 200, np.uint8))
    text = "2024-09-01 08:30:00"
    overlay.draw(planes, text)
    x0, y0, x1, y1 = overlay.box(text)
    assert 0 < x0 < x1 < 640
    assert 0 < y0 < y1 < 360
    inside = np.zeros((360, 640), np.bool_)
    inside[y0:y1, x0:x1] = True
    assert (planes[0][~inside] == 90).all()
    assert (planes[1][~inside[::2, ::2]] == 60).all()
    assert planes[0][y0:y1, x0:x1].max() > 220
    assert planes[0][y0:y1, x0:x1].min() < 70


def test_two_texts_look_different_where_they_differ() -> None:
    overlay = ClockOverlay(ClockStyle(), (640, 360))
    pictures = []
    for text in ("2024-09-01 08:30:00", "2024-09-01 08:30:01"):
        planes = (np.zeros((360, 640), np.uint8), np.zeros((180, 320), np.uint8), np.zeros((180, 320), np.uint8))
        overlay.draw(planes, text)
        pictures.append(planes[0].astype(int))
    columns = np.flatnonzero(np.abs(pictures[0] - pictures[1]).max(axis=0) > 50)
    x0, _, x1, _ = overlay.box("2024-09-01 08:30:00")
    assert columns.min() > x0 + 0.85 * (x1 - x0)


def test_a_clock_too_wide_for_the_picture_stays_inside() -> None:
    overlay = ClockOverlay(ClockStyle(CLOCK_PATTERNS[2], corner="br", height_share=0.15), (160, 90))
    planes = (np.zeros((90, 160), np.uint8), np.zeros((45, 80), np.uint8), np.zeros((45, 80), np.uint8))
    overlay.draw(planes, "2024年09月01日 星期日 08:30:00")
    assert planes[0].max() > 200
