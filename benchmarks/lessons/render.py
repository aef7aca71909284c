"""Renders a lesson: plan, pictures, sound, file, truth."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.lessons.actors import TEACHER, passages
from benchmarks.lessons.encode import Writer, encode_again, join_by_copy, open_writer, presented_pts
from benchmarks.lessons.lens import Lens
from benchmarks.lessons.motion import Doing
from benchmarks.lessons.slides import ScreenLens
from benchmarks.lessons.sound import RoomSound
from benchmarks.lessons.spec import TICKS_PER_S, EditKind, Encoding, Filming, HonestKind, LessonSpec, SpecError
from benchmarks.lessons.sprites import Image
from benchmarks.lessons.timeline import Effect, Mark, Plan, capture_ticks, foreign_spec, plan
from benchmarks.lessons.track import SoundTrack
from benchmarks.lessons.truth import (
    ClockTruth,
    EditTruth,
    HonestTruth,
    LessonTruth,
    Passage,
    PeopleSample,
    PersonBox,
    pts_to_ns,
)

HEAD_SHARE_VISIBLE: Final = 0.5
Progress = Callable[[int, int], None]


def render_lesson(spec: LessonSpec, path: Path, *, progress: Progress | None = None) -> LessonTruth:
    """Render a lesson to a file.

    Args:
        spec: the lesson.
        path: file to write; its folder must exist. The container is the specification's, whatever the
            name's ending.
        progress: called with frames done and frames in all.

    Returns:
        The exact truth about the file.

    Raises:
        SpecError: edits that cannot be carried out.
        OSError: the file cannot be written.
    """
    lesson = _Lesson(spec, progress)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".lesson-") as folder:
        _write(lesson, path, Path(folder))
    return lesson.truth(path)


def first_generation(encoding: Encoding) -> Encoding:
    """Return how a take that will be encoded again was written the first time: finer, other GOP."""
    gop = max(2, round(encoding.gop * 0.6))
    return replace(encoding, gop=gop, crf=max(16, encoding.crf - 4), container="mp4")


def _write(lesson: _Lesson, path: Path, folder: Path) -> None:
    spec = lesson.spec
    kinds = {e.kind for e in spec.edits}
    starts = [0, *lesson.plan.part_starts]
    if EditKind.REENCODED in kinds and len(starts) > 1:
        raise SpecError("concatenated and reencoded: encoding again would hide the seam; ask for one of them")
    if EditKind.REENCODED in kinds:
        first = folder / "first.mp4"
        lesson.encode(first, first_generation(spec.encoding), 0, lesson.n_frames)
        encode_again(first, path, spec.encoding, fps=spec.fps)
    elif len(starts) > 1:
        parts = [folder / f"part{k}.mp4" for k in range(len(starts))]
        for number, (part, start) in enumerate(zip(parts, starts, strict=True)):
            end = starts[number + 1] if number + 1 < len(starts) else lesson.n_frames
            lesson.encode(part, replace(spec.encoding, container="mp4"), start, end)
        join_by_copy(parts, [int(lesson.plan.out_tick[s]) for s in starts], path, spec.encoding.container)
    else:
        lesson.encode(path, spec.encoding, 0, lesson.n_frames)


class _Lesson:
    """One rendering: plan, lenses and what was noted on the way."""

    def __init__(self, spec: LessonSpec, progress: Progress | None) -> None:
        self.spec = spec
        self.plan: Plan = plan(spec)
        self.n_frames = len(self.plan.out_tick)
        splices = sorted((e for e in spec.edits if e.kind is EditKind.SPLICE), key=lambda e: e.start_s)
        self._specs = [spec, *(foreign_spec(spec, e) for e in splices)]
        self._lenses: dict[int, Lens] = {}
        self._sounds: dict[int, RoomSound] = {}
        self._progress = progress
        self._samples: list[tuple[int, PeopleSample]] = []
        self._next_sample_tick = 0
        self._last: tuple[tuple[int, ...], Image] | None = None

    def encode(self, path: Path, encoding: Encoding, start: int, end: int) -> None:
        """Encode output frames ``[start, end)`` to a file whose time begins with the first of them."""
        spec, ticks = self.spec, self.plan.out_tick
        begin = int(ticks[start])
        finish = int(ticks[end]) if end < self.n_frames else self.plan.end_tick
        track = SoundTrack(self.plan, encoding.audio_rate_hz, self._sound)
        skip = round(begin * encoding.audio_rate_hz / TICKS_PER_S)
        if begin:
            track.skip(begin)
        with open_writer(path, encoding, size=spec.size, fps=spec.fps, audio=spec.has_audio) as writer:
            for number in range(start, end):
                writer.frame(self._picture(number), int(ticks[number]) - begin)
                # A third of a second of sound at a time keeps the packets interleaved.
                if spec.has_audio and number % max(1, spec.fps // 3) == 0:
                    _write_sound(writer, track, int(ticks[number]), skip)
                if self._progress is not None:
                    self._progress(number + 1, self.n_frames)
            if spec.has_audio:
                _write_sound(writer, track, finish, skip)

    def truth(self, path: Path) -> LessonTruth:
        """Read the file's time stamps and put the truth together."""
        spec, encoding = self.spec, self.spec.encoding
        pts, time_base = presented_pts(path)
        if len(pts) != self.n_frames:
            raise RuntimeError(f"wrote {self.n_frames} frames but {path} has {len(pts)}")
        last = int(self.plan.end_tick - self.plan.out_tick[-1])
        duration_ns = pts_to_ns(pts[-1] - pts[0], time_base) + pts_to_ns(last, Fraction(1, TICKS_PER_S))
        at_ns = [pts_to_ns(p - pts[0], time_base) for p in pts] + [duration_ns]
        lens = self._lens(0)
        return LessonTruth(
            path=path.name,
            seed=spec.seed,
            scene=spec.scene.value,
            container=encoding.container,
            codec=encoding.codec,
            gop=encoding.gop,
            fps=spec.fps,
            vfr=spec.vfr,
            size=spec.size,
            has_audio=spec.has_audio,
            time_base=time_base,
            pts=pts,
            duration_ns=duration_ns,
            edits=tuple(self._edit_truth(m, at_ns) for m in self.plan.marks),
            honest=tuple(self._honest(at_ns)),
            joint_ns=tuple(at_ns[j] for j in self.plan.joints),
            people=tuple(replace(s, at_ns=at_ns[k]) for k, s in self._samples),
            passages=tuple(self._passages(at_ns)),
            posters=tuple(poster.box_xyxy_px for poster in lens.painter.posters),
            people_total=spec.people,
            teacher=spec.teacher,
            stations={s.id: s.polygon_px for s in lens.painter.room.stations},
            station_of={
                k: lens.painter.room.stations[p.station].id
                for k, p in enumerate(lens.painter.cast.places)
                if p.station is not None
            },
            clock=self._clock_truth(),
        )

    def _picture(self, number: int) -> Image:
        plan_, tick = self.plan, int(self.plan.out_tick[number])
        source, index = int(plan_.source[number]), int(plan_.src_index[number])
        effect, clock_ns = Effect(int(plan_.effect[number])), int(plan_.clock_ns[number])
        lens = self._lens(source)
        key = (source, index, int(effect), clock_ns)
        if self._last is None or self._last[0] != key:
            self._last = key, lens.shoot(index, effect, clock_ns)
        if tick >= self._next_sample_tick:
            step = round(self.spec.truth_step_s * TICKS_PER_S)
            self._next_sample_tick = (tick // step + 1) * step
            self._samples.append((number, self._people(lens, index, effect)))
        return self._last[1]

    def _people(self, lens: Lens, index: int, effect: Effect) -> PeopleSample:
        time_s = lens.captured_s(index)
        scripts = lens.painter.cast.scripts
        present = sum(s.at(time_s).doing is not Doing.AWAY for person, s in scripts.items() if person >= 0)
        seen = lens.seen() if effect is Effect.NONE else []
        visible = [s for s in seen if s.head_share >= HEAD_SHARE_VISIBLE]
        return PeopleSample(
            at_ns=0,
            present=present,
            visible=len(visible),
            teacher_visible=any(s.person == TEACHER for s in visible),
            boxes=tuple(PersonBox(s.person, s.box_xyxy_px, s.head_xyxy_px, s.head_share) for s in seen),
        )

    def _edit_truth(self, mark: Mark, at_ns: list[int]) -> EditTruth:
        detail = dict(mark.detail)
        start_ns, end_ns = at_ns[mark.first], at_ns[mark.end]
        if mark.first == mark.end:
            start_ns = at_ns[mark.first - 1]
            detail |= {"before_s": start_ns / 1e9, "after_s": end_ns / 1e9}
        if mark.kind == "gap":
            start_ns += pts_to_ns(mark.nominal_ticks, Fraction(1, TICKS_PER_S))
        if mark.kind == "reencoded":
            first = first_generation(self.spec.encoding)
            detail |= {"first_gop": first.gop, "first_crf": first.crf, "first_codec": first.codec}
        return EditTruth(mark.kind, start_ns, end_ns, detail)

    def _honest(self, at_ns: list[int]) -> list[HonestTruth]:
        found = [HonestTruth("vfr", 0, at_ns[-1])] if self.spec.vfr else []
        seconds = capture_ticks(self.spec)[:-1] / TICKS_PER_S
        for event in self.spec.honest:
            # Tubes take a moment to come back.
            tail = 0.6 if event.kind is HonestKind.LIGHTS_OFF else 0.0
            inside = (seconds >= event.start_s) & (seconds < event.start_s + event.length_s + tail)
            shown = (self.plan.source == 0) & inside[self.plan.src_index * (self.plan.source == 0)]
            found += [HonestTruth(event.kind.value, at_ns[a], at_ns[b]) for a, b in _stretches(shown)]
        return sorted(found, key=lambda h: h.start_ns)

    def _passages(self, at_ns: list[int]) -> list[Passage]:
        ticks = capture_ticks(self.spec)
        shown = np.where(self.plan.source == 0, self.plan.src_index, -1)
        found = []
        for person, script in self._lens(0).painter.cast.scripts.items():
            for second, event in passages(script) if person >= 0 else []:
                index = int(np.searchsorted(ticks[:-1], second * TICKS_PER_S))
                found += [Passage(person, event, at_ns[int(k)]) for k in np.flatnonzero(shown == index)[:1]]
        return sorted(found, key=lambda p: p.at_ns)

    def _clock_truth(self) -> ClockTruth | None:
        lens = self._lens(0)
        box = lens.clock_box()
        if self.spec.clock is None or box is None:
            return None
        texts = [self._lens(int(self.plan.source[k])).text(int(self.plan.clock_ns[k])) for k in (0, -1)]
        return ClockTruth(self.spec.clock.pattern, box, self.spec.wall_start.isoformat(), texts[0], texts[1])

    def _lens(self, source: int) -> Lens:
        if source not in self._lenses:
            spec = self._specs[source]
            self._lenses[source] = ScreenLens(spec) if spec.filming is Filming.SCREEN else Lens(spec)
        return self._lenses[source]

    def _sound(self, source: int) -> RoomSound:
        if source not in self._sounds:
            spec = self._specs[source]
            rate_hz = self.spec.encoding.audio_rate_hz
            self._sounds[source] = RoomSound(spec.seed, rate_hz, room_seed=spec.room_seed)
        return self._sounds[source]


def _write_sound(writer: Writer, track: SoundTrack, tick: int, skip: int) -> None:
    for start, samples in track.until(tick):
        writer.sound(start - skip, samples)


def _stretches(flags: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Half-open runs of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
