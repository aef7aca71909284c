from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from benchmarks.lessons import (
    Absence,
    ClockStyle,
    Edit,
    EditKind,
    Encoding,
    HonestEvent,
    HonestKind,
    LessonSpec,
    SpecError,
)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("size", (321, 180), "size", id="odd-width"),
        pytest.param("size", (32, 32), "size", id="too-small"),
        pytest.param("fps", 23, "fps", id="rate-that-90-kHz-cannot-hold"),
        pytest.param("duration_s", 0.0, "duration_s", id="no-duration"),
        pytest.param("people", 0, "people", id="nobody"),
        pytest.param("people", 61, "people", id="more-than-the-room-holds"),
        pytest.param("posters", 5, "posters", id="more-posters-than-walls"),
        pytest.param("seed", -1, "seed", id="negative-seed"),
        pytest.param("noise", 9.0, "noise", id="absurd-noise"),
        pytest.param("wall_start", datetime(2024, 9, 1), "timezone", id="naive-time"),  # noqa: DTZ001
        pytest.param("absences", (Absence(50, 1.0),), "absence", id="absence-of-nobody"),
    ],
)
def test_a_lesson_that_cannot_be_rendered_is_refused(field: str, value: object, said: str) -> None:
    given: dict[str, Any] = {"seed": 1, field: value}
    with pytest.raises(SpecError, match=said):
        LessonSpec(**given)


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        pytest.param((Edit(EditKind.CUT, 5, 4), Edit(EditKind.BLACK, 8, 2)), "overlap", id="two-edits-overlap"),
        pytest.param((Edit(EditKind.CUT, 58, 4),), "after the take", id="beyond-the-end"),
        pytest.param((Edit(EditKind.NO_AUDIO), Edit(EditKind.NO_AUDIO)), "once", id="no-audio-twice"),
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: tuple[Edit, ...], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        LessonSpec(seed=1, duration_s=60, edits=edits)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": EditKind.CUT, "start_s": 3}, "length"),
        ({"kind": EditKind.CUT, "start_s": -1, "length_s": 2}, "0 or more"),
        ({"kind": EditKind.SPEED, "length_s": 2}, "factor"),
        ({"kind": EditKind.SPEED, "length_s": 2, "factor": 11.0}, "factor"),
        ({"kind": EditKind.CLOCK_DRIFT, "factor": 0.0}, "factor"),
        ({"kind": EditKind.SPLICE, "length_s": 2}, "foreign_seed"),
        ({"kind": EditKind.DROPPED_FRAMES, "length_s": 2, "every_n": 1}, "every_n"),
        ({"kind": EditKind.CLOCK_JUMP}, "shift_s"),
        ({"kind": EditKind.FREEZE, "length_s": 2, "insert": True, "clock_runs": True}, "clock_runs"),
    ],
)
def test_an_edit_without_what_it_needs_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Edit(**values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"codec": "av1"}, "codec"),
        ({"container": "avi"}, "container"),
        ({"gop": 0}, "gop"),
        ({"crf": 60}, "crf"),
        ({"bframes": 9}, "bframes"),
        ({"audio_rate_hz": 8000}, "audio_rate_hz"),
    ],
)
def test_an_encoding_out_of_bounds_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Encoding(**values)


def test_the_small_parts_check_themselves() -> None:
    with pytest.raises(SpecError, match="corner"):
        ClockStyle(corner="middle")
    with pytest.raises(SpecError, match="height_share"):
        ClockStyle(height_share=0.5)
    with pytest.raises(SpecError, match="length"):
        HonestEvent(HonestKind.KNOCK, 1.0, 0.0)
    with pytest.raises(SpecError, match="return_s"):
        Absence(0, 5.0, 4.0)
