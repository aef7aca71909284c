from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.lessons.spec import ClockStyle, Encoding
from benchmarks.tamper.editor import looked_at, reedit, shown_clock_ns
from benchmarks.tamper.sources import FileSound, Image, Pictures, read_times
from benchmarks.tamper.spec import ClockEdit, Look, Motion, Piece, Reedit, Sound
from benchmarks.tamper.truth import Event, Truth, frame_times_ns

FINE = Encoding(gop=10, crf=8, preset="ultrafast", container="mkv", threads=1)
END = 1e5


def run(pieces: tuple[Piece, ...], sources: list[Path], folder: Path, **settings: object) -> tuple[Path, Truth]:
    path = folder / "edited.mkv"
    return path, reedit(Reedit(pieces, FINE, **settings), sources, path, "case")  # type: ignore[arg-type]


def pictures(path: Path) -> list[Image]:
    size = read_times(path).size
    with av.open(str(path)) as container:
        found = [f.to_ndarray(format="yuv420p")[: size[1]] for f in container.decode(video=0)]
    return [np.asarray(p, np.uint8) for p in found]


def distance(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def same(shown: list[Image], expected: list[Image]) -> None:
    assert len(shown) == len(expected)
    for number, (a, b) in enumerate(zip(shown, expected, strict=True)):
        assert distance(a, b) < 1.5, number


def only_event(truth: Truth) -> Event:
    (event,) = truth.events
    return event


def test_a_cut_removes_exactly_its_frames_and_says_where(lesson: Path, tmp_path: Path) -> None:
    path, truth = run((Piece(0, 2.0), Piece(3.5, END)), [lesson], tmp_path, joint_kind="cut")
    take = pictures(lesson)
    same(pictures(path), take[:20] + take[35:])
    event = only_event(truth)
    assert (event.kind, event.start_ns, event.end_ns) == ("cut", 1_900_000_000, 2_000_000_000)
    assert truth.duration_ns == 4_500_000_000
    assert frame_times_ns(path)[0][20] == 2_000_000_000
    assert "reencoded" in truth.facts


def test_a_loop_shows_the_same_frames_twice(lesson: Path, tmp_path: Path) -> None:
    pieces = (Piece(0, 4.0), Piece(1.0, 2.0, kind="loop"), Piece(4.0, END))
    path, truth = run(pieces, [lesson], tmp_path)
    take = pictures(lesson)
    same(pictures(path), take[:40] + take[10:20] + take[40:])
    event = only_event(truth)
    assert (event.kind, event.start_ns, event.end_ns) == ("loop", 4_000_000_000, 5_000_000_000)


def test_a_splice_shows_the_other_lesson(lesson: Path, other_lesson: Path, tmp_path: Path) -> None:
    pieces = (Piece(0, 2.0), Piece(1.0, 2.0, source=1, kind="splice"), Piece(3.0, END))
    path, truth = run(pieces, [lesson, other_lesson], tmp_path)
    take, other = pictures(lesson), pictures(other_lesson)
    same(pictures(path), take[:20] + other[10:20] + take[30:])
    assert only_event(truth).kind == "splice"


def test_a_reversed_stretch_runs_backwards_and_a_still_stands(lesson: Path, tmp_path: Path) -> None:
    pieces = (
        Piece(0, 1.0),
        Piece(1.0, 2.0, motion=Motion.BACKWARD, kind="reversed"),
        Piece(2.0, 3.0, motion=Motion.STILL, kind="freeze", sound=Sound.RUNNING),
        Piece(3.0, END),
    )
    path, truth = run(pieces, [lesson], tmp_path)
    take = pictures(lesson)
    same(pictures(path), take[:10] + take[10:20][::-1] + [take[20]] * 10 + take[30:])
    assert [(e.kind, e.start_ns // 10**8, e.end_ns // 10**8) for e in truth.events] == [
        ("reversed", 10, 20),
        ("freeze", 20, 30),
    ]


@pytest.mark.parametrize("retimed", [False, True])
def test_speed_keeps_the_stretch_and_changes_its_length(lesson: Path, tmp_path: Path, retimed: bool) -> None:
    pieces = (Piece(0, 2.0), Piece(2.0, 4.0, factor=0.8, retimed=retimed, kind="speed"), Piece(4.0, END))
    path, truth = run(pieces, [lesson], tmp_path)
    event = only_event(truth)
    assert (event.start_ns, event.end_ns) == (2_000_000_000, 4_500_000_000)
    assert len(pictures(path)) == (60 if retimed else 65)
    assert not event.whole


def test_a_whole_file_at_another_speed_has_no_borders(lesson: Path, tmp_path: Path) -> None:
    _, truth = run((Piece(0, END, factor=1.25, kind="speed"),), [lesson], tmp_path)
    assert only_event(truth).whole
    assert truth.duration_ns == 4_800_000_000


def test_dropped_frames_leave_the_others_where_they_are(lesson: Path, tmp_path: Path) -> None:
    pieces = (Piece(0, 2.0), Piece(2.0, 3.0, drop_every=2, kind="dropped_frames"), Piece(3.0, END))
    path, truth = run(pieces, [lesson], tmp_path)
    tenths = [t // 10**8 for t in frame_times_ns(path)[0]]
    assert tenths == [*range(20), 20, 22, 24, 26, 28, *range(30, 60)]
    assert only_event(truth).end_ns == 3_000_000_000


def test_a_hole_has_neither_picture_nor_sound(lesson: Path, tmp_path: Path) -> None:
    pieces = (Piece(0, 2.0), Piece(2.0, 3.0, motion=Motion.HOLE, kind="gap"), Piece(3.0, END))
    path, truth = run(pieces, [lesson], tmp_path)
    assert len(pictures(path)) == 50
    event = only_event(truth)
    assert (event.kind, event.start_ns, event.end_ns) == ("gap", 2_000_000_000, 3_000_000_000)
    heard = FileSound(path, 32_000).samples(0, 6 * 32_000)
    assert np.abs(heard[68_000:94_000]).max() < 0.01 < np.abs(heard[:60_000]).max()


def test_sound_may_be_muted_under_a_running_picture(lesson: Path, tmp_path: Path) -> None:
    pieces = (Piece(0, 2.0), Piece(2.0, 4.0, sound=Sound.MUTED), Piece(4.0, END))
    path, _ = run(pieces, [lesson], tmp_path)
    heard = FileSound(path, 32_000).samples(0, 6 * 32_000)
    assert np.abs(heard[70_000:124_000]).max() < 0.01


def test_looks_change_what_they_say(lesson: Path) -> None:
    times = read_times(lesson)
    picture = Pictures(lesson, times.size)[5]
    luma = picture[: times.size[1]]
    assert np.array_equal(looked_at(picture, Look(mirror=True))[: times.size[1]], luma[:, ::-1])
    assert looked_at(picture, Look(black=True))[: times.size[1]].max() == 16
    assert looked_at(picture, Look(covered=True))[: times.size[1]].std() < 0.3 * luma.std()
    brighter = looked_at(picture, Look(gain=1.1, lift=5))[: times.size[1]]
    assert brighter.mean() > luma.mean() + 5
    zoomed = looked_at(picture, Look(window=(0.25, 0.25, 0.5)))[: times.size[1]]
    assert distance(zoomed[::2, ::2], luma[24:72, 40:120]) < 4


def test_the_painted_clock_jumps_drifts_and_stands() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)

    def shows(second: float, **fields: float | str) -> float:
        edit = ClockEdit(ClockStyle(), start, start_s=10.0, **fields)  # type: ignore[arg-type]
        return shown_clock_ns(edit, round(second * 90_000)) / 1e9

    assert shows(9.9, kind="clock_jump", shift_s=-600.0) == pytest.approx(9.9)
    assert shows(10.0, kind="clock_jump", shift_s=-600.0) == pytest.approx(-590.0)
    assert shows(20.0, kind="clock_drift", factor=0.05) == pytest.approx(20.5)
    assert shows(14.0, kind="clock_frozen", end_s=15.0) == pytest.approx(10.0)
    assert shows(15.0, kind="clock_frozen", end_s=15.0) == pytest.approx(15.0)
    assert shows(30.0) == pytest.approx(30.0)


def test_a_jumping_clock_is_an_event_at_its_frame(lesson: Path, tmp_path: Path) -> None:
    clock = ClockEdit(ClockStyle(), datetime(2026, 3, 2, tzinfo=UTC), "clock_jump", 3.0, shift_s=60.0)
    path, truth = run((Piece(0, END),), [lesson], tmp_path, clock=clock)
    event = only_event(truth)
    assert (event.kind, event.start_ns, event.end_ns) == ("clock_jump", 2_900_000_000, 3_000_000_000)
    assert distance(pictures(path)[10][:24], pictures(lesson)[10][:24]) > 1
