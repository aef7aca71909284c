"""From edits to output frames: which captured frame is shown when, and which sound goes with it. Pure.

The take is a sequence of captured frames, each with its capture tick (90 kHz). A plan lists, for each
output frame, the source lesson (0 the take, 1 and up foreign lessons), the captured frame shown, an
effect, the burned-in clock and the output tick; the sound is a list of pieces. Nothing is rendered here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.spec import (
    CLOCK_EDITS,
    TICKS_PER_S,
    WHOLE_FILE_EDITS,
    Edit,
    EditKind,
    LessonSpec,
    SpecError,
)

NS_PER_S: Final = 1_000_000_000
Ticks = NDArray[np.int64]
Value = float | int | str | bool | None


class Effect(IntEnum):
    """What is done to the picture of a frame after it was captured."""

    NONE = 0
    BLACK = 1
    COVERED = 2


@dataclass(frozen=True, slots=True)
class AudioPiece:
    """A stretch of output sound.

    Attributes:
        out_start, out_end: where it lies in the output, 90 kHz ticks, half-open.
        source: source lesson, 0 the take.
        src_start, src_end: which sound of that lesson is heard, ticks; another length than the output's
            means a change of speed.
        backward: heard from its end to its beginning.
        muted: digital silence.
        missing: no samples and no packets at all.
    """

    out_start: int
    out_end: int
    source: int
    src_start: int
    src_end: int
    backward: bool = False
    muted: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an edit shows in the output, by output frame.

    Attributes:
        kind: finding kind.
        first: first output frame that belongs to it; for a joint, the first frame after the seam.
        end: first output frame that does not; equal to ``first`` for a joint.
        detail: what else is exactly known (values in source seconds, factors and so on).
        nominal_ticks: for ``gap``: how long the frame before the hole would have lasted.
    """

    kind: str
    first: int
    end: int
    detail: Mapping[str, Value] = field(default_factory=dict)
    nominal_ticks: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The output, frame by frame (arrays of shape ``(N,)``) and sound by piece.

    Attributes:
        out_tick: when a frame is presented, 90 kHz ticks from the first frame.
        end_tick: when the last frame ends.
        source: source lesson of each frame.
        src_index: captured frame shown.
        effect: value of ``Effect``.
        clock_ns: burned-in clock, ns after the source lesson's wall-clock start.
        audio: pieces in order of output.
        marks: where edits show.
        joints: output frames before which the picture's own time jumps.
        part_starts: output frames at which a new encode begins (stream-copy concatenation).
    """

    out_tick: Ticks
    end_tick: int
    source: NDArray[np.uint8]
    src_index: NDArray[np.int32]
    effect: NDArray[np.uint8]
    clock_ns: NDArray[np.int64]
    audio: tuple[AudioPiece, ...]
    marks: tuple[Mark, ...]
    joints: tuple[int, ...]
    part_starts: tuple[int, ...]


def capture_ticks(spec: LessonSpec) -> Ticks:
    """Return when each frame of the undisturbed take is captured, and when the take ends.

    Args:
        spec: the lesson.

    Returns:
        Shape ``(N + 1,)``, 90 kHz ticks, strictly rising from 0; the last one is the end of the take.
        Constant rate: equal steps. Variable: steps with a spread of 3 %, about 1 % of them doubled, as
        phones write them.
    """
    nominal = TICKS_PER_S // spec.fps
    n_frames = max(1, round(spec.duration_s * spec.fps))
    if not spec.vfr:
        return np.arange(n_frames + 1, dtype=np.int64) * nominal
    rng = np.random.default_rng([spec.seed, 11])
    steps = np.round(nominal * (1 + np.clip(rng.normal(0, 0.03, n_frames), -0.12, 0.12)))
    steps[rng.random(n_frames) < 0.01] *= 2
    ticks = np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)
    wanted = round(spec.duration_s * TICKS_PER_S)
    return ticks[: int(np.searchsorted(ticks, wanted, side="left")) + 1]


def foreign_spec(spec: LessonSpec, edit: Edit) -> LessonSpec:
    """Return the lesson that a splice takes its stretch from.

    It has another seed and another day; the room too unless ``edit.same_room``.
    """
    if edit.foreign_seed is None:
        raise SpecError("splice: needs foreign_seed")
    room = spec.room_seed if spec.room_seed is not None else spec.seed
    start_s = edit.source_start_s or 0.0
    days = 1 + edit.foreign_seed % 27
    return replace(
        spec,
        seed=edit.foreign_seed,
        room_seed=room if edit.same_room else None,
        duration_s=start_s + edit.length_s + 1.0,
        absences=None,
        wall_start=spec.wall_start.replace(day=1 + (spec.wall_start.day + days - 1) % 28),
        edits=(),
        honest=(),
    )


def plan(spec: LessonSpec) -> Plan:
    """Turn a specification into its output plan.

    Args:
        spec: the lesson.

    Returns:
        Frames, sound, marks and joints of the output.

    Raises:
        SpecError: an edit that cannot be carried out here, e.g. a cut that touches an end of the take.
    """
    builder = _Builder(spec)
    local = [e for e in spec.edits if e.kind not in CLOCK_EDITS | WHOLE_FILE_EDITS]
    for edit in sorted(local, key=lambda e: e.start_s):
        builder.apply(edit)
    return builder.finish()


class _Builder:
    """Collects output frames while it walks along the take; used once."""

    def __init__(self, spec: LessonSpec) -> None:
        self._spec = spec
        self._ticks = capture_ticks(spec)
        self._n_captured = len(self._ticks) - 1
        self._nominal = TICKS_PER_S // spec.fps
        self._clock_ns = _clock_of_take(self._ticks[:-1], spec)
        self._cursor = 0
        self._out_tick = 0
        self._n_out = 0
        self._audio_lag = 0
        self._chunks: list[tuple[Ticks, int, NDArray[np.int32], int, NDArray[np.int64], bool]] = []
        self._audio: list[AudioPiece] = []
        self._marks: list[Mark] = []
        self._joints: list[int] = []
        self._parts: list[int] = []
        self._n_foreign = 0

    def apply(self, edit: Edit) -> None:
        """Emit the plain take up to the edit, then the edit itself."""
        first = self._frame_at(edit.start_s)
        end = self._frame_at(edit.start_s + edit.length_s)
        self._plain(first)
        actions = {
            EditKind.CUT: self._cut,
            EditKind.SPLICE: self._splice,
            EditKind.LOOP: self._loop,
            EditKind.FREEZE: self._freeze,
            EditKind.BLACK: self._effect,
            EditKind.COVERED: self._effect,
            EditKind.SPEED: self._speed,
            EditKind.REVERSED: self._reversed,
            EditKind.GAP: self._gap,
            EditKind.DROPPED_FRAMES: self._dropped,
            EditKind.AUDIO_GAP: self._audio_gap,
            EditKind.CONCATENATED: self._concatenated,
        }
        actions[edit.kind](edit, first, end)

    def finish(self) -> Plan:
        """Emit the rest of the take and close the plan."""
        self._plain(self._n_captured)
        if self._n_out == 0:
            raise SpecError("the edits leave no frame")
        starts = np.cumsum([0] + [int(c[0].sum()) for c in self._chunks[:-1]])
        out_tick = np.concatenate(
            [start + np.concatenate([[0], np.cumsum(c[0][:-1])]) for start, c in zip(starts, self._chunks, strict=True)]
        ).astype(np.int64)
        source = np.concatenate([np.full(len(c[0]), c[1], np.uint8) for c in self._chunks])
        src_index = np.concatenate([c[2] for c in self._chunks])
        is_plain = np.concatenate([np.full(len(c[0]), c[5], np.bool_) for c in self._chunks])
        shown = np.where(is_plain & (source == 0), src_index, -1).astype(np.int32)
        marks = [_with_loop_origin(m, shown, out_tick) for m in self._marks]
        marks += _clock_marks(self._spec, shown, self._ticks)
        marks += _whole_file_marks(self._spec, self._n_out)
        if self._audio_lag and self._spec.has_audio:
            first = next(m.first for m in self._marks if m.kind == "cut" and m.detail["audio"] == "kept")
            offset = {"offset_s": self._audio_lag / TICKS_PER_S}
            marks.append(Mark("av_desync", first, self._n_out, offset))
        return Plan(
            out_tick=out_tick,
            end_tick=self._out_tick,
            source=source,
            src_index=src_index,
            effect=np.concatenate([np.full(len(c[0]), c[3], np.uint8) for c in self._chunks]),
            clock_ns=np.concatenate([c[4] for c in self._chunks]),
            audio=tuple(_merged(self._audio)),
            marks=tuple(sorted(marks, key=lambda m: (m.first, m.kind))),
            joints=tuple(sorted({j for j in self._joints if 0 < j < self._n_out})),
            part_starts=tuple(self._parts),
        )

    def _frame_at(self, second: float) -> int:
        tick = round(second * TICKS_PER_S)
        return min(int(np.searchsorted(self._ticks, tick, side="left")), self._n_captured)

    def _emit(
        self,
        indices: NDArray[np.int64],
        durations: Ticks,
        *,
        source: int = 0,
        effect: Effect = Effect.NONE,
        clock_ns: NDArray[np.int64] | None = None,
        plain: bool = False,
    ) -> int:
        """Append frames; return how many ticks they last."""
        if len(indices) == 0:
            return 0
        clock = self._clock_ns[indices] if clock_ns is None else clock_ns
        self._chunks.append((durations.copy(), source, indices.astype(np.int32), int(effect), clock, plain))
        self._n_out += len(indices)
        length = int(durations.sum())
        self._out_tick += length
        return length

    def _sound(
        self,
        length: int,
        src_start: int,
        src_end: int,
        *,
        source: int = 0,
        backward: bool = False,
        muted: bool = False,
        missing: bool = False,
    ) -> None:
        """Append the sound that goes with the ``length`` ticks just emitted."""
        if length == 0:
            return
        start = self._out_tick - length
        self._audio.append(AudioPiece(start, self._out_tick, source, src_start, src_end, backward, muted, missing))

    def _take_sound(self, length: int, first: int, end: int, *, muted: bool = False, missing: bool = False) -> None:
        lag = self._audio_lag
        self._sound(length, int(self._ticks[first]) - lag, int(self._ticks[end]) - lag, muted=muted, missing=missing)

    def _plain(self, end: int) -> None:
        if end <= self._cursor:
            return
        first, self._cursor = self._cursor, end
        length = self._emit(np.arange(first, end), np.diff(self._ticks[first : end + 1]), plain=True)
        self._take_sound(length, first, end)

    def _mark(self, kind: str, first: int, end: int, detail: Mapping[str, Value], nominal_ticks: int = 0) -> None:
        self._marks.append(Mark(kind, first, end, dict(detail), nominal_ticks))

    def _must_be_inside(self, edit: Edit, first: int, end: int) -> None:
        if first == 0 or end >= self._n_captured:
            raise SpecError(f"{edit.kind} at {edit.start_s} s must leave frames of the take before and after it")

    def _cut(self, edit: Edit, first: int, end: int) -> None:
        self._must_be_inside(edit, first, end)
        self._cursor = end
        removed = int(self._ticks[end] - self._ticks[first])
        detail: dict[str, Value] = {
            "removed_s": removed / TICKS_PER_S,
            "audio": "kept" if edit.keep_audio else "cut",
            "flavour": edit.flavour or ("jump_cut" if edit.length_s <= 3 else "cut"),
        }
        if edit.keep_audio:
            self._audio_lag += removed
        self._mark("cut", self._n_out, self._n_out, detail)
        self._joints.append(self._n_out)

    def _splice(self, edit: Edit, first: int, end: int) -> None:
        other = foreign_spec(self._spec, edit)
        ticks = capture_ticks(other)
        start_s = edit.source_start_s or 0.0
        a = int(np.searchsorted(ticks, round(start_s * TICKS_PER_S)))
        count = end - first
        if a + count > len(ticks) - 1:
            count = len(ticks) - 1 - a
        self._n_foreign += 1
        at = self._n_out
        clock = ticks[a : a + count] * NS_PER_S // TICKS_PER_S
        indices = np.arange(a, a + count)
        length = self._emit(indices, np.diff(ticks[a : a + count + 1]), source=self._n_foreign, clock_ns=clock)
        self._sound(length, int(ticks[a]), int(ticks[a + count]), source=self._n_foreign)
        self._cursor = first if edit.insert else end
        self._mark("splice", at, self._n_out, {
            "foreign_seed": edit.foreign_seed, "foreign_start_s": start_s, "same_room": edit.same_room,
            "inserted": edit.insert,
        })  # fmt: skip
        self._joints += [at, self._n_out]

    def _loop(self, edit: Edit, first: int, end: int) -> None:
        start_s = edit.source_start_s if edit.source_start_s is not None else edit.start_s - edit.length_s
        if start_s < 0:
            raise SpecError(f"loop at {edit.start_s} s: no {edit.length_s} s before it; give source_start_s")
        a = self._frame_at(start_s)
        b = min(a + end - first, self._n_captured)
        at = self._n_out
        length = self._emit(np.arange(a, b), np.diff(self._ticks[a : b + 1]))
        self._sound(length, int(self._ticks[a]), int(self._ticks[b]))
        self._cursor = first if edit.insert else end
        self._mark("loop", at, self._n_out, {"captured_start_s": start_s, "inserted": edit.insert, "captured_index": a})
        self._joints += [at, self._n_out]

    def _freeze(self, edit: Edit, first: int, end: int) -> None:
        at = self._n_out
        first = min(first, self._n_captured - 1)
        if edit.insert:
            count = max(1, round(edit.length_s * self._spec.fps))
            length = self._emit(np.full(count, first), np.full(count, self._nominal, np.int64))
            self._sound(length, 0, length, muted=True)
            if self._spec.has_audio:
                self._mark("audio_gap", at, self._n_out, {"missing": False, "because": "freeze"})
        else:
            count = end - first
            clock = self._clock_ns[first:end] if edit.clock_runs else np.full(count, self._clock_ns[first])
            durations = np.diff(self._ticks[first : end + 1])
            length = self._emit(np.full(count, first), durations, clock_ns=clock)
            self._take_sound(length, first, end)
            self._cursor = end
            self._joints.append(self._n_out)
        self._mark("freeze", at, self._n_out, {"inserted": edit.insert, "clock_runs": edit.clock_runs})

    def _effect(self, edit: Edit, first: int, end: int) -> None:
        at = self._n_out
        effect = Effect.BLACK if edit.kind is EditKind.BLACK else Effect.COVERED
        length = self._emit(np.arange(first, end), np.diff(self._ticks[first : end + 1]), effect=effect)
        self._take_sound(length, first, end)
        self._cursor = end
        self._mark(edit.kind.value, at, self._n_out, {})

    def _speed(self, edit: Edit, first: int, end: int) -> None:
        factor = edit.factor or 1.0
        at = self._n_out
        count = max(1, int((end - first) / factor))
        shown = first + np.minimum((np.arange(count) * factor).astype(np.int64), end - first - 1)
        steps = np.diff(self._ticks[first : end + 1])
        length = self._emit(shown, steps[np.arange(count) % len(steps)])
        lag = self._audio_lag
        self._sound(length, int(self._ticks[first]) - lag, int(self._ticks[end]) - lag)
        self._cursor = end
        self._mark("speed", at, self._n_out, {"factor": factor, "captured_s": (end - first) / self._spec.fps})

    def _reversed(self, _edit: Edit, first: int, end: int) -> None:
        at = self._n_out
        steps = np.diff(self._ticks[first : end + 1])
        length = self._emit(np.arange(end - 1, first - 1, -1), steps[::-1])
        self._sound(length, int(self._ticks[first]), int(self._ticks[end]), backward=True)
        self._cursor = end
        self._mark("reversed", at, self._n_out, {})
        self._joints += [at, self._n_out]

    def _gap(self, edit: Edit, first: int, end: int) -> None:
        self._must_be_inside(edit, first, end)
        hole = int(self._ticks[end] - self._ticks[first])
        durations = self._chunks[-1][0]
        nominal = int(durations[-1])
        durations[-1] += hole
        self._out_tick += hole
        self._sound(hole, int(self._ticks[first]), int(self._ticks[end]), missing=True)
        self._cursor = end
        self._mark("gap", self._n_out, self._n_out, {"missing_s": hole / TICKS_PER_S}, nominal)

    def _dropped(self, edit: Edit, first: int, end: int) -> None:
        at = self._n_out
        every_n = edit.every_n or 2
        everything = np.arange(first, end)
        kept = everything[(everything - first) % every_n != every_n - 1]
        durations = np.diff(np.append(self._ticks[kept], self._ticks[end]))
        length = self._emit(kept, durations)
        self._take_sound(length, first, end)
        self._cursor = end
        dropped = len(everything) - len(kept)
        self._mark("dropped_frames", at, self._n_out, {"every_n": every_n, "dropped": dropped})

    def _audio_gap(self, edit: Edit, first: int, end: int) -> None:
        at = self._n_out
        length = self._emit(np.arange(first, end), np.diff(self._ticks[first : end + 1]), plain=True)
        self._take_sound(length, first, end, muted=not edit.missing, missing=edit.missing)
        self._cursor = end
        if self._spec.has_audio:
            self._mark("audio_gap", at, self._n_out, {"missing": edit.missing})

    def _concatenated(self, edit: Edit, first: int, _end: int) -> None:
        self._must_be_inside(edit, first, first)
        self._parts.append(self._n_out)
        self._mark("concatenated", self._n_out, self._n_out, {})


def _clock_of_take(ticks: Ticks, spec: LessonSpec) -> NDArray[np.int64]:
    """Burned-in clock of each captured frame, ns after the take's wall-clock start."""
    true_ns: NDArray[np.int64] = ticks * NS_PER_S // TICKS_PER_S
    shown = true_ns.copy()
    for edit in (e for e in spec.edits if e.kind in CLOCK_EDITS):
        start_ns = round(edit.start_s * NS_PER_S)
        end_ns = start_ns + round(edit.length_s * NS_PER_S) if edit.length_s else int(true_ns[-1]) + 1
        within = (true_ns >= start_ns) & (true_ns < end_ns)
        if edit.kind is EditKind.CLOCK_JUMP:
            shown[within] += round((edit.shift_s or 0.0) * NS_PER_S)
        elif edit.kind is EditKind.CLOCK_FROZEN and within.any():
            shown[within] = shown[within][0]
        elif edit.kind is EditKind.CLOCK_DRIFT:
            drift = np.round((true_ns[within] - start_ns) * (edit.factor or 0.0)).astype(np.int64)
            shown[within] += drift
    return shown


def _clock_marks(spec: LessonSpec, shown: NDArray[np.int32], ticks: Ticks) -> list[Mark]:
    """Marks of the clock edits; ``shown`` has the captured frame, -1 where the take does not run on."""
    marks: list[Mark] = []
    if spec.clock is None:
        return marks
    for edit in (e for e in spec.edits if e.kind in CLOCK_EDITS):
        first = _first_at(shown, ticks, edit.start_s)
        end = _first_at(shown, ticks, edit.start_s + edit.length_s) if edit.length_s else len(shown)
        if first >= len(shown):
            continue
        if edit.kind is EditKind.CLOCK_JUMP:
            marks.append(Mark("clock_jump", first, first, {"shift_s": edit.shift_s}))
            if end < len(shown):
                marks.append(Mark("clock_jump", end, end, {"shift_s": -(edit.shift_s or 0.0)}))
        else:
            detail = {"factor": edit.factor} if edit.kind is EditKind.CLOCK_DRIFT else {}
            marks.append(Mark(edit.kind.value, first, end, detail))
    return marks


def _first_at(shown: NDArray[np.int32], ticks: Ticks, second: float) -> int:
    captured = int(np.searchsorted(ticks[:-1], round(second * TICKS_PER_S), side="left"))
    found = np.flatnonzero(shown >= captured)
    return int(found[0]) if found.size else len(shown)


def _whole_file_marks(spec: LessonSpec, n_out: int) -> list[Mark]:
    return [Mark(e.kind.value, 0, n_out, {}) for e in spec.edits if e.kind in WHOLE_FILE_EDITS]


def _with_loop_origin(mark: Mark, shown: NDArray[np.int32], out_tick: Ticks) -> Mark:
    """Say where in the output the repeated stretch is shown for the first time, if it is."""
    if mark.kind != "loop":
        return mark
    detail = dict(mark.detail)
    found = np.flatnonzero(shown == detail.pop("captured_index"))
    detail["source_start_s"] = float(out_tick[found[0]]) / TICKS_PER_S if found.size else None
    return replace(mark, detail=detail)


def _merged(pieces: list[AudioPiece]) -> list[AudioPiece]:
    """Join pieces that run on in output and source, so that sound has no seam without a reason."""
    merged: list[AudioPiece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None and _runs_on(last, piece):
            merged[-1] = replace(last, out_end=piece.out_end, src_end=piece.src_end)
        else:
            merged.append(piece)
    return merged


def _runs_on(last: AudioPiece, piece: AudioPiece) -> bool:
    same = (last.source, last.muted, last.missing) == (piece.source, piece.muted, piece.missing)
    steady = all(p.out_end - p.out_start == p.src_end - p.src_start and not p.backward for p in (last, piece))
    return same and steady and last.src_end == piece.src_start and last.out_end == piece.out_start
