"""A small editor: decodes, cuts together, encodes again; and says exactly where what was done shows in the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from benchmarks.lessons.clock_overlay import ClockOverlay, clock_text
from benchmarks.lessons.encode import Writer, open_writer
from benchmarks.lessons.spec import TICKS_PER_S
from benchmarks.lessons.track import SoundTrack
from benchmarks.tamper.planning import EditPlan, Mark, Shown, plan_edit
from benchmarks.tamper.sources import FileSound, Image, Pictures, read_times
from benchmarks.tamper.spec import ClockEdit, Look, Motion, Reedit
from benchmarks.tamper.truth import Event, Truth, honest_truth, with_facts

_WHOLE: Final = frozenset({"reencoded"})


def reedit(edit: Reedit, sources: Sequence[Path], path: Path, name: str) -> Truth:
    """Carry out an edit.

    Args:
        edit: what is done.
        sources: the case's source and its others.
        path: file to write.
        name: for the truth.

    Returns:
        What shows where in the file, read back from its own time stamps.
    """
    times = [read_times(source) for source in sources]
    plan = plan_edit(edit, times)
    width, height = (round(side * edit.scale / 2) * 2 for side in times[0].size)
    fps = max(1, round(TICKS_PER_S / times[0].nominal))
    pictures = [Pictures(source, (width, height)) for source in sources]
    with open_writer(path, edit.encoding, size=(width, height), fps=fps, audio=times[0].has_sound) as writer:
        sound = _sound_track(plan, edit, sources, times[0].has_sound)
        clock = _Clock(edit.clock, (width, height)) if edit.clock is not None else None
        for picture, tick, effects in _frames(plan, pictures):
            shown = looked_at(picture, effects)
            if clock is not None:
                shown = clock.burnt(shown, tick)
            writer.frame(np.ascontiguousarray(shown), tick)
            _write_sound(writer, sound, tick)
        _write_sound(writer, sound, plan.end_tick)
    return _truth(edit, plan, path, name)


def looked_at(picture: Image, look: Look) -> Image:
    """Apply a look to an I420 picture; the picture itself is not changed."""
    if look == Look():
        return picture
    planes = _split(picture)
    if look.black:
        return _stacked(tuple(np.full_like(p, level) for p, level in zip(planes, (16, 128, 128), strict=True)))
    if look.mirror:
        planes = tuple(np.ascontiguousarray(p[:, ::-1]) for p in planes)
    if look.window != (0.0, 0.0, 1.0):
        planes = tuple(_zoomed(p, look.window) for p in planes)
    if look.covered:
        planes = tuple(
            _cloth(p, gain, lift)
            for p, gain, lift in zip(planes, (0.14, 0.12, 0.12), (26.0, 111.0, 118.0), strict=True)
        )
    if look.gain != 1.0 or look.lift:
        levels = np.clip((np.arange(256) - 16.0) * look.gain + 16 + look.lift, 0, 255).astype(np.uint8)
        planes = (np.asarray(cv2.LUT(planes[0], levels), np.uint8), *planes[1:])
    return _stacked(planes)


def _zoomed(plane: Image, window: tuple[float, float, float]) -> Image:
    height, width = plane.shape
    left, top, side = window
    matrix = np.array([[side, 0, left * width], [0, side, top * height]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(plane, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _cloth(plane: Image, gain: float, lift: float) -> Image:
    """Dark and next to without detail; the camera's own noise stays where its sensor is."""
    small = cv2.resize(plane, (plane.shape[1] // 40 + 2, plane.shape[0] // 40 + 2), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 2.5) * gain + lift
    large = cv2.resize(soft, (plane.shape[1], plane.shape[0]), interpolation=cv2.INTER_CUBIC)
    grain = (plane.astype(np.float32) - cv2.GaussianBlur(plane, (0, 0), 1.2)) * 0.15
    return np.asarray(np.clip(large + np.clip(grain, -2, 2), 0, 255), np.uint8)


def _split(picture: Image) -> tuple[Image, ...]:
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    flat, luma, chroma = picture.reshape(-1), height * width, height * width // 4
    half = (height // 2, width // 2)
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma :].reshape(half),
    )


def _stacked(planes: tuple[Image, ...]) -> Image:
    width = planes[0].shape[1]
    return np.concatenate([np.ascontiguousarray(p).reshape(-1) for p in planes]).reshape(-1, width)


@dataclass(frozen=True, slots=True)
class _Clock:
    """The clock that is painted over the edited picture."""

    edit: ClockEdit
    size: tuple[int, int]

    def burnt(self, picture: Image, tick: int) -> Image:
        copy = picture.copy()
        text = clock_text(self.edit.style, self.edit.wall_start, shown_clock_ns(self.edit, tick))
        planes = _split(copy)
        ClockOverlay(self.edit.style, self.size).draw((planes[0], planes[1], planes[2]), text)
        return copy


def shown_clock_ns(edit: ClockEdit, tick: int) -> int:
    """What the clock shows at a moment of the output, ns after its start."""
    true_ns = tick * 1_000_000_000 // TICKS_PER_S
    start_ns = round(edit.start_s * 1e9)
    if edit.kind is None or true_ns < start_ns or (edit.end_s is not None and true_ns >= round(edit.end_s * 1e9)):
        return true_ns
    if edit.kind == "clock_frozen":
        return start_ns
    return true_ns + round(edit.shift_s * 1e9) + round((true_ns - start_ns) * edit.factor)


def _frames(plan: EditPlan, pictures: Sequence[Pictures]) -> Iterator[tuple[Image, int, Look]]:
    for stretch in plan.shown:
        source = pictures[stretch.piece.source]
        numbers = stretch.numbers
        if stretch.piece.motion is Motion.BACKWARD:
            held = source.stretch(int(numbers[-1]), int(numbers[0]) + 1)
            found: Iterator[Image] = (held[int(n - numbers[-1])] for n in numbers)
        else:
            found = (source[int(n)] for n in numbers)
        for picture, tick in zip(found, stretch.ticks, strict=True):
            yield picture, int(tick), stretch.piece.look


def _sound_track(plan: EditPlan, edit: Reedit, sources: Sequence[Path], has_sound: bool) -> SoundTrack | None:
    if not has_sound:
        return None
    rate_hz = edit.encoding.audio_rate_hz
    used = sorted({piece.source for piece in plan.audio})
    heard = {number: FileSound(sources[number], rate_hz) for number in used}
    return SoundTrack(plan, rate_hz, lambda number: heard[number])


def _write_sound(writer: Writer, sound: SoundTrack | None, tick: int) -> None:
    if sound is not None:
        for start, samples in sound.until(tick):
            writer.sound(start, samples)


def _truth(edit: Reedit, plan: EditPlan, path: Path, name: str) -> Truth:
    plain = with_facts(honest_truth(path, name), "reencoded")
    at_ns = output_times_ns(plan.shown, plan.end_tick)
    events = [_event(mark, at_ns, plan) for mark in plan.marks]
    if edit.clock is not None and edit.clock.kind is not None:
        events.append(_clock_event(edit.clock, at_ns))
    return Truth(
        plain.name, at_ns[-1], plain.frame_ns, plain.has_audio, tuple(events), plain.facts - {e.kind for e in events}
    )


def output_times_ns(shown: Sequence[Shown], end_tick: int) -> list[int]:
    """When each output frame is presented, and when the last one ends; ns from the first one."""
    ticks = np.append(np.concatenate([stretch.ticks for stretch in shown]), end_tick)
    return [round(int(t - ticks[0]) * 1_000_000_000 / TICKS_PER_S) for t in ticks]


def _event(mark: Mark, at_ns: Sequence[int], plan: EditPlan) -> Event:
    whole = mark.kind in _WHOLE or (mark.first == 0 and mark.end == plan.frame_count)
    if mark.hole_ticks:
        hole_ns = mark.hole_ticks * 1_000_000_000 // TICKS_PER_S
        return Event(mark.kind, at_ns[mark.first] - hole_ns, at_ns[mark.first])
    first = mark.first - 1 if mark.first == mark.end else mark.first
    return Event(mark.kind, at_ns[first], at_ns[mark.end], whole)


def _clock_event(clock: ClockEdit, at_ns: Sequence[int]) -> Event:
    if clock.kind is None:
        raise ValueError("a clock that is right is no event")
    times = np.array(at_ns)
    first = int(np.searchsorted(times, round(clock.start_s * 1e9)))
    end = len(times) - 1 if clock.end_s is None else int(np.searchsorted(times, round(clock.end_s * 1e9)))
    if clock.kind == "clock_jump":
        return Event(clock.kind, at_ns[first - 1], at_ns[first], detail={"shift_s": clock.shift_s})
    return Event(clock.kind, at_ns[first], at_ns[end], whole=clock.kind == "clock_drift" and first == 0)
