"""The list of cases: what is done to which honest lesson, drawn by the case's own name: the list never changes."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from benchmarks.lessons.spec import ClockStyle, Encoding, Filming
from benchmarks.tamper.masters import PATTERNS, masters
from benchmarks.tamper.spec import (
    Case,
    ClockEdit,
    CopyJoin,
    CopyRanges,
    HideByEditList,
    Look,
    Master,
    Motion,
    Operation,
    Piece,
    Reedit,
    Remux,
    Resound,
    Sound,
    Truncate,
    Untouched,
)

EARLIEST, LATEST = 0.22, 0.88
"""Honest events of a master lie before and after these shares of it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a recipe makes of a master.

    Attributes:
        operation: what is done.
        others: further masters.
        stratum: what the tables group by.
        accepted: earlier recordings that it is compared with.
    """

    operation: Operation
    others: tuple[Master, ...] = ()
    stratum: Mapping[str, str] | None = None
    accepted: tuple[Master, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """What a recipe may draw from.

    Attributes:
        draw: this case's own chance.
        source: the master that is tampered with.
        pool: all masters of the split.
        number: of the case among those of its recipe.
    """

    draw: random.Random
    source: Master
    pool: Sequence[Master]
    number: int

    @property
    def end_s(self) -> float:
        """Length of the source, seconds (variable rates end a little later)."""
        return self.source.spec.duration_s

    def place(self, length_s: float) -> float:
        """Where a stretch may begin."""
        low, high = EARLIEST * self.end_s, LATEST * self.end_s - length_s
        return round(self.draw.uniform(low, max(low + 0.5, high)), 2)

    def pick(self, *choices: float) -> float:
        """Choices in turn, so that each one is there."""
        return choices[self.number % len(choices)]

    def encoding(self) -> Encoding:
        """How a tamperer's program writes the file."""
        draw = self.draw
        codec = "h265" if draw.random() < 0.22 else "h264"
        return Encoding(
            codec=codec,
            gop=draw.choice([25, 50, 100, 250]),
            container=draw.choice(["mp4", "mp4", "mkv", "ts"]),
            crf=draw.choice([20, 23, 26, 29]) if codec == "h264" else draw.choice([22, 26]),
            preset="superfast" if codec == "h264" else "ultrafast",
            bframes=draw.choice([0, 2, 3]) if codec == "h264" else 0,
            scenecut=draw.random() < 0.4,
            threads=1,
        )

    def elsewhere(self, *, same_room: bool) -> Master:
        """Another master of the same size and of the same room or of another one; fixed where it can be."""
        fit = [
            m
            for m in self.pool
            if m.name != self.source.name
            and (m.room == self.source.room) == same_room
            and m.spec.size == self.source.spec.size
            and (same_room or m.spec.filming is not Filming.SCREEN)
        ]
        return self.draw.choice(fit)


Recipe = Callable[[Bench], Draft]


def cases(split: str) -> tuple[Case, ...]:
    """All cases that are made from masters, in a fixed order."""
    pool = masters(split)
    found: list[Case] = []
    for name, line in LINES.items():
        fit = [m for m in pool if line.fits(m, pool)]
        order = random.Random(f"order-{split}-{name}").sample(fit, len(fit))
        for number in range(line.count(split)):
            bench = Bench(random.Random(f"case-{split}-{name}-{number}"), order[number % len(order)], pool, number)
            draft = line.recipe(bench)
            stratum = {"filming": bench.source.spec.filming.value, "line": name, **(draft.stratum or {})}
            found.append(
                Case(
                    id=f"{split}-{name}-{number:02d}",
                    kind=line.kind,
                    source=bench.source.name,
                    operation=draft.operation,
                    others=tuple(m.name for m in draft.others),
                    stratum=tuple(sorted(stratum.items())),
                    accepted=tuple(m.name for m in draft.accepted),
                )
            )
    return tuple(found)


def _around(bench: Bench, start_s: float, end_s: float, *middle: Piece) -> tuple[Piece, ...]:
    """The source up to ``start_s``, the pieces, the source from ``end_s`` on."""
    return Piece(0.0, start_s), *middle, Piece(end_s, 1e5 if end_s < bench.end_s else end_s + 1)


def _cut(bench: Bench) -> Draft:
    length_s = bench.pick(10, 20, 1, 10, 3, 60, 20)
    start_s = bench.place(length_s)
    keeps = bench.number % 5 == 4
    before, after = _around(bench, start_s, start_s + length_s)
    if keeps:
        after = Piece(after.start_s, after.end_s, sound=Sound.RUNNING)
    operation = Reedit((before, after), bench.encoding(), joint_kind="cut")
    return Draft(operation, stratum={"length_s": f"{length_s:g}", "sound": "kept" if keeps else "cut"})


def _splice(bench: Bench) -> Draft:
    same_room = bench.number % 2 == 0
    other = bench.elsewhere(same_room=same_room)
    length_s = bench.pick(8, 12, 20, 30)
    start_s, from_s = bench.place(length_s), round(bench.draw.uniform(25, 60), 2)
    inserted = bench.number % 3 == 2
    sound = Sound.RUNNING if bench.number % 4 == 3 and not inserted else Sound.FOLLOW
    middle = Piece(from_s, from_s + length_s, source=1, kind="splice", sound=sound)
    pieces = _around(bench, start_s, start_s if inserted else start_s + length_s, middle)
    stratum = {"room": "same" if same_room else "other", "inserted": str(inserted), "length_s": f"{length_s:g}"}
    return Draft(Reedit(pieces, bench.encoding()), (other,), stratum)


def _loop(bench: Bench) -> Draft:
    length_s = bench.pick(5, 8, 12, 20, 30)
    start_s = round(bench.draw.uniform(0.5, 0.62) * bench.end_s, 2)
    first_s = bench.draw.uniform(0.2 * bench.end_s, start_s - length_s) if bench.number % 3 else start_s - length_s
    looks = {
        "plain": Look(),
        "mirror": Look(mirror=True),
        "crop": Look(window=(0.04, 0.03, 0.92)),
        "light": Look(gain=1.12, lift=4),
    }
    word = ("plain", "plain", "crop", "light", "mirror")[bench.number // 2 % 5]
    inserted = bench.number % 2 == 1
    middle = Piece(round(first_s, 2), round(first_s + length_s, 2), look=looks[word], kind="loop")
    pieces = _around(bench, start_s, start_s if inserted else start_s + length_s, middle)
    stratum = {"look": word, "inserted": str(inserted), "length_s": f"{length_s:g}"}
    return Draft(Reedit(pieces, bench.encoding()), (), stratum)


def _freeze(bench: Bench) -> Draft:
    length_s = bench.pick(2.5, 4, 8, 15)
    start_s = bench.place(length_s)
    sound = Sound.RUNNING if bench.number % 2 else Sound.MUTED
    middle = Piece(start_s, start_s + length_s, motion=Motion.STILL, kind="freeze", sound=sound)
    clock = _fresh_clock(bench) if bench.number % 4 == 1 and bench.source.spec.clock is None else None
    operation = Reedit(_around(bench, start_s, start_s + length_s, middle), bench.encoding(), clock)
    return Draft(operation, (), {"sound": sound.value, "clock": "runs" if clock else "no", "length_s": f"{length_s:g}"})


def _overlaid(kind: str, look: Look, *lengths_s: float) -> Recipe:
    def recipe(bench: Bench) -> Draft:
        length_s = bench.pick(*lengths_s)
        start_s = bench.place(length_s)
        middle = Piece(start_s, start_s + length_s, look=look, kind=kind)
        pieces = _around(bench, start_s, start_s + length_s, middle)
        return Draft(Reedit(pieces, bench.encoding()), (), {"length_s": f"{length_s:g}"})

    return recipe


def _reversed(bench: Bench) -> Draft:
    length_s = bench.pick(6, 10, 15)
    start_s = bench.place(length_s)
    middle = Piece(start_s, start_s + length_s, motion=Motion.BACKWARD, kind="reversed")
    pieces = _around(bench, start_s, start_s + length_s, middle)
    return Draft(Reedit(pieces, bench.encoding()), (), {"length_s": f"{length_s:g}"})


def _speed(bench: Bench) -> Draft:
    factor = bench.pick(0.95, 0.9, 0.97, 1.05, 0.75, 1.1, 1.03, 1.25)
    whole = bench.number // 2 % 2 == 0
    retimed = bench.number % 3 == 2
    if whole:
        pieces: tuple[Piece, ...] = (Piece(0.0, 1e5, factor=factor, retimed=retimed, kind="speed"),)
    else:
        start_s = round(0.25 * bench.end_s, 2)
        end_s = round(0.75 * bench.end_s, 2)
        middle = Piece(start_s, end_s, factor=factor, retimed=retimed, kind="speed")
        pieces = _around(bench, start_s, end_s, middle)
    stratum = {
        "percent": f"{abs(factor - 1) * 100:.0f}",
        "span": "whole" if whole else "stretch",
        "how": "retimed" if retimed else "resampled",
        "clock": "no" if bench.source.spec.clock is None else "yes",
    }
    return Draft(Reedit(pieces, bench.encoding()), (), stratum)


def _gap(bench: Bench) -> Draft:
    length_s = bench.pick(1, 3, 8)
    start_s = bench.place(length_s + 10)
    if bench.number % 2:
        operation: Operation = CopyRanges((start_s, start_s + length_s), False, bench.source.spec.encoding.container)
    else:
        hole = Piece(start_s, start_s + length_s, motion=Motion.HOLE, kind="gap")
        operation = Reedit(_around(bench, start_s, start_s + length_s, hole), bench.encoding())
    return Draft(operation, (), {"how": "packets" if bench.number % 2 else "encoded"})


def _dropped(bench: Bench) -> Draft:
    every, length_s = int(bench.pick(2, 3, 5)), bench.pick(10, 20)
    start_s = bench.place(length_s)
    middle = Piece(start_s, start_s + length_s, drop_every=every, kind="dropped_frames")
    pieces = _around(bench, start_s, start_s + length_s, middle)
    return Draft(Reedit(pieces, bench.encoding()), (), {"every": str(every)})


def _copy_cut(bench: Bench) -> Draft:
    length_s = bench.pick(10, 20, 30)
    start_s = bench.place(length_s + 10)
    operation = CopyRanges((start_s, start_s + length_s), True, bench.source.spec.encoding.container)
    return Draft(operation, (), {"length_s": f"{length_s:g}"})


def _copy_join(bench: Bench) -> Draft:
    same = [m for m in bench.pool if m.device == bench.source.device]
    other = bench.draw.choice([m for m in same if m.name != bench.source.name] or same)
    at_s = bench.place(20)
    operation = CopyJoin(at_s, round(bench.draw.uniform(20, 60), 2), bench.source.spec.encoding.container)
    return Draft(operation, (other,), {"room": "same" if other.room == bench.source.room else "other"})


def _truncated(bench: Bench) -> Draft:
    container = ("mp4", "mkv")[bench.number % 2]
    return Draft(Truncate(round(bench.draw.uniform(0.4, 0.9), 2), container), (), {"container": container})


def _edit_list(bench: Bench) -> Draft:
    start_s = bench.place(15)
    return Draft(HideByEditList((start_s, start_s + 12)))


def _reencoded(bench: Bench) -> Draft:
    return Draft(Reedit((Piece(0.0, 1e5),), bench.encoding(), whole_kind="reencoded"))


def _container_mismatch(bench: Bench) -> Draft:
    """The file went through an editor that changed nothing to be seen; three earlier ones of the device did not."""
    accepted = [m for m in bench.pool if m.device == bench.source.device and m.name != bench.source.name][:3]
    keep = bench.source.spec.encoding
    if bench.number % 2:
        draft: Operation = Reedit((Piece(0.0, 1e5),), bench.encoding(), whole_kind="container_mismatch")
    else:
        draft = Remux("mkv" if keep.container == "mp4" else "mp4", "container_mismatch")
    return Draft(draft, (), {"how": "encoded" if bench.number % 2 else "remuxed"}, tuple(accepted))


def _clock(kind: str) -> Recipe:
    def recipe(bench: Bench) -> Draft:
        clock = _fresh_clock(bench)
        start_s = 0.0 if kind == "clock_drift" else bench.place(30)
        edit = ClockEdit(
            clock.style,
            clock.wall_start,
            kind,
            start_s,
            start_s + bench.pick(20, 30) if kind == "clock_frozen" else None,
            shift_s=bench.pick(2, -3, 30, -600, 5, 300) if kind == "clock_jump" else 0.0,
            factor=bench.pick(0.01, -0.02, 0.05) if kind == "clock_drift" else 0.0,
        )
        stratum = {"shift_s": f"{edit.shift_s:g}", "factor": f"{edit.factor:g}"}
        return Draft(Reedit((Piece(0.0, 1e5),), bench.encoding(), edit), (), stratum)

    return recipe


def _right_clock(bench: Bench) -> Draft:
    return Draft(Reedit((Piece(0.0, 1e5),), bench.encoding(), _fresh_clock(bench)))


def _wrong_date(bench: Bench) -> Draft:
    days = int(bench.pick(-1, 7, 30, -365))
    return Draft(Untouched(bench.source.spec.wall_start + timedelta(days=days), "wrong_date"), (), {"days": str(days)})


def _right_date(bench: Bench) -> Draft:
    return Draft(Untouched(bench.source.spec.wall_start + timedelta(seconds=bench.draw.randint(-300, 300))))


def _sound(kind: str) -> Recipe:
    def recipe(bench: Bench) -> Draft:
        container = bench.source.spec.encoding.container
        length_s = bench.pick(3, 5, 10)
        start_s = bench.place(length_s)
        if kind == "no_audio":
            return Draft(Resound(kind, container))
        if kind == "audio_gap":
            missing = bench.number % 3 == 2
            operation = Resound(kind, container, start_s, start_s + length_s, missing=missing)
            return Draft(operation, (), {"missing": str(missing)})
        shift_s = bench.pick(0.8, 1.5, 3) if kind == "av_desync" else bench.draw.uniform(8, 0.2 * bench.end_s)
        operation = Resound(kind, container, start_s, other_start_s=round(start_s - shift_s, 3))
        return Draft(operation, (), {"shift_s": f"{shift_s:.1f}"})

    return recipe


def _reuse(bench: Bench) -> Draft:
    """A stretch of another day's lesson in the same room stands in for this one's; that lesson was accepted earlier."""
    other = bench.elsewhere(same_room=True)
    length_s = bench.pick(60, 75)
    start_s = round(bench.draw.uniform(0.2, 0.26) * bench.end_s, 2)
    # What is reused ends before the other lesson's knock and begins after its passer-by, at another second.
    from_s = round(bench.draw.uniform(0.2, 0.26) * other.spec.duration_s, 2)
    look = (Look(), Look(), Look(gain=1.1), Look(window=(0.03, 0.03, 0.94)))[bench.number % 4]
    middle = Piece(from_s, from_s + length_s, source=1, look=look, kind="reuse")
    pieces = _around(bench, start_s, start_s + length_s, middle)
    stratum = {"look": "plain" if look == Look() else "changed", "length_s": f"{length_s:g}"}
    return Draft(Reedit(pieces, bench.encoding()), (other,), stratum, (other,))


def _honest_pair(bench: Bench) -> Draft:
    """Two honest lessons of one room: no ``reuse``; three honest lessons of one device: no ``container_mismatch``."""
    rest = [m for m in bench.pool if m.name != bench.source.name]
    alike = [m for m in rest if m.room == bench.source.room]
    alike += [m for m in rest if m.device == bench.source.device and m.room != bench.source.room]
    return Draft(Untouched(), (), None, tuple(alike[:4]))


def _camera_moved(bench: Bench) -> Draft:
    start_s = bench.place(40)
    dx, dy = ((0.06, 0.0), (0.0, 0.05), (0.08, 0.06))[bench.number % 3]
    before = Piece(0.0, start_s, look=Look(window=(0.0, 0.02, 0.9)))
    after = Piece(start_s, 1e5, look=Look(window=(dx, 0.02 + dy, 0.9)))
    return Draft(Reedit((before, after), bench.encoding(), joint_kind="camera_moved"), (), {"shift": f"{max(dx, dy)}"})


def _scene_change(bench: Bench) -> Draft:
    other = bench.elsewhere(same_room=False)
    start_s = bench.place(30)
    pieces = (Piece(0.0, start_s), Piece(25.0, 1e5, source=1))
    return Draft(Reedit(pieces, bench.encoding(), joint_kind="scene_change"), (other,))


def _fresh_clock(bench: Bench) -> ClockEdit:
    """A right clock to paint over the picture."""
    draw = bench.draw
    style = ClockStyle(draw.choice(PATTERNS), draw.choice(["tl", "tr", "bl", "br"]), plate=draw.random() < 0.3)
    return ClockEdit(style, bench.source.spec.wall_start)


def _is_camera(master: Master, _pool: Sequence[Master]) -> bool:
    return master.spec.filming is not Filming.SCREEN


def _is_fixed(master: Master, _pool: Sequence[Master]) -> bool:
    return master.spec.filming is Filming.FIXED


def _is_mounted(master: Master, _pool: Sequence[Master]) -> bool:
    return master.spec.filming in {Filming.FIXED, Filming.TRIPOD}


def _is_any(_master: Master, _pool: Sequence[Master]) -> bool:
    return True


def _has_no_clock(master: Master, _pool: Sequence[Master]) -> bool:
    return master.spec.clock is None and master.spec.filming is not Filming.HANDHELD


def _has_clock(master: Master, _pool: Sequence[Master]) -> bool:
    return master.spec.clock is not None


def _is_mp4(master: Master, _pool: Sequence[Master]) -> bool:
    return master.spec.encoding.container == "mp4"


def _room_has_two(master: Master, pool: Sequence[Master]) -> bool:
    return master.spec.filming is not Filming.SCREEN and sum(m.room == master.room for m in pool) > 1


def _has_peers(master: Master, pool: Sequence[Master]) -> bool:
    return sum(m.device == master.device for m in pool) > 3


def _can_splice(master: Master, pool: Sequence[Master]) -> bool:
    return master.spec.filming is Filming.FIXED and _room_has_two(master, pool)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the suite: how many cases of a recipe, and on which masters.

    Attributes:
        kind: kind of finding; ``honest`` where nothing may be found.
        recipe: makes one case.
        counts: cases in dev and in test.
        fits: which masters it can be made from.
    """

    kind: str
    recipe: Recipe
    counts: tuple[int, int]
    fits: Callable[[Master, Sequence[Master]], bool]

    def count(self, split: str) -> int:
        """Cases in a split."""
        return self.counts[0] if split == "dev" else self.counts[1]


LINES: Final[Mapping[str, Line]] = {
    "cut": Line("cut", _cut, (14, 30), _is_mounted),
    "cut-handheld": Line("cut", _cut, (1, 3), lambda m, _p: m.spec.filming is Filming.HANDHELD),
    "cut-screen": Line("cut", _cut, (1, 2), lambda m, _p: m.spec.filming is Filming.SCREEN),
    "copy-cut": Line("cut", _copy_cut, (5, 8), _is_mounted),
    "splice": Line("splice", _splice, (8, 18), _can_splice),
    "loop": Line("loop", _loop, (10, 20), _is_camera),
    "freeze": Line("freeze", _freeze, (8, 12), _is_camera),
    "black": Line("black", _overlaid("black", Look(black=True), 1, 3, 8), (4, 8), _is_any),
    "covered": Line("covered", _overlaid("covered", Look(covered=True), 4, 10), (4, 8), _is_camera),
    "reversed": Line("reversed", _reversed, (5, 8), _is_camera),
    "speed": Line("speed", _speed, (8, 16), _is_camera),
    "gap": Line("gap", _gap, (4, 8), _is_any),
    "dropped_frames": Line("dropped_frames", _dropped, (4, 8), _is_camera),
    "truncated": Line("truncated", _truncated, (4, 8), lambda m, _p: m.spec.encoding.container != "ts"),
    "concatenated": Line("concatenated", _copy_join, (5, 10), _is_any),
    "edit_list": Line("edit_list", _edit_list, (3, 6), _is_mp4),
    "reencoded": Line("reencoded", _reencoded, (3, 6), _is_mounted),
    "container_mismatch": Line("container_mismatch", _container_mismatch, (4, 6), _has_peers),
    "clock_jump": Line("clock_jump", _clock("clock_jump"), (6, 10), _has_no_clock),
    "clock_drift": Line("clock_drift", _clock("clock_drift"), (3, 6), _has_no_clock),
    "clock_frozen": Line("clock_frozen", _clock("clock_frozen"), (3, 6), _has_no_clock),
    "right-clock": Line("honest", _right_clock, (2, 4), _has_no_clock),
    "wrong_date": Line("wrong_date", _wrong_date, (4, 6), _has_clock),
    "right-date": Line("honest", _right_date, (2, 4), _has_clock),
    "audio_gap": Line("audio_gap", _sound("audio_gap"), (5, 10), _is_any),
    "no_audio": Line("no_audio", _sound("no_audio"), (3, 6), _is_any),
    "audio_break": Line("audio_break", _sound("audio_break"), (4, 8), _is_camera),
    "av_desync": Line("av_desync", _sound("av_desync"), (4, 6), _is_camera),
    "reuse": Line("reuse", _reuse, (5, 12), _room_has_two),
    "honest-pair": Line("honest", _honest_pair, (5, 10), _room_has_two),
    "camera_moved": Line("camera_moved", _camera_moved, (4, 6), _is_fixed),
    "scene_change": Line("scene_change", _scene_change, (3, 6), _is_mounted),
}
