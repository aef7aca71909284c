"""Joints: places where packets of one recording were appended to another's without coding them again (stream copy).

The picture itself says nothing there: every packet is as its encoder wrote it. What gives a joint away is the state
that an encoder and a muxer carry from one packet to the next, and that starts over: the clock, the parameter sets, the
encoder's signature, the numbering of IDR pictures, the grid of the sound packets, the step of the pictures. All of
them are looked for at random-access pictures only, because only there a copied stretch can begin.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.grids import GridBreak, find_grid
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.packets import PacketTable, SoundPackets, gap_threshold_ns
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval, ns_to_s

TELL_CHANCE: Final = 0.6
"""Chance from which a joint is told as a finding; below it stays a hint for the search in pictures."""
HINT_CHANCE: Final = 0.2
MAX_SOUND_HOLE_NS: Final = NS_PER_S // 4
"""A longer hole in the sound is missing sound, told as such; a joint of whole files leaves less."""
CHANCE_PARAMETER_SETS: Final = 0.95
CHANCE_SIGNED_AGAIN: Final = 0.95
CHANCE_CLOCK_RESTARTS: Final = 0.9
CHANCE_COUNTERS_RESTART: Final = 0.9
CHANCE_FLAGGED: Final = 0.5
CHANCE_KEY_RHYTHM: Final = 0.3
CHANCE_IDR_ORDER: Final = 0.8
CHANCE_SOUND_GRID: Final = 0.95
CHANCE_WHOLE_SOUND: Final = 0.7
CHANCE_BOTH_GRIDS: Final = 0.85
CHANCE_PICTURE_STEP: Final = 0.85
_MAX_COINCIDENCE: Final = 0.25
_FEW_BREAKS: Final = 2
_COINCIDENCE_WEIGHT: Final = 0.5
"""A grid of sound packets that breaks at all is rare; that it does so beside a keyframe is one mark more."""
_RARE_SHARE: Final = 0.1
_MIN_IDR: Final = 8
_MIN_KEYS: Final = 2
_USUAL_RATES_HZ: Final = (
    *range(1, 121),
    *(rate * 1000 / 1001 for rate in (24, 30, 48, 60, 120)),
    7.5,
    12.5,
    29.97,
    59.94,
)
MIN_PICTURE_SHIFT_NS: Final = NS_PER_MS
MIN_SOUND_SHIFT_NS: Final = NS_PER_MS // 5
"""Recorders trim their clocks by less; a joint leaves a random part of a packet."""
_REACH_PACKETS: Final = 3
_REACH_PICTURES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class KeyMarks:
    """What random-access packets say of their encoder's state. All arrays have shape ``(K,)``, in file order.

    Attributes:
        rows: rows of the packet table.
        sets_changed: bool, a parameter set replaces another one of the same number.
        is_signed: bool, a known encoder signs itself.
        idr_pic_id: int64, number of the IDR picture; says nothing where ``has_idr_pic_id`` is false.
        has_idr_pic_id: bool.
    """

    rows: NDArray[np.int64]
    sets_changed: NDArray[np.bool_]
    is_signed: NDArray[np.bool_]
    idr_pic_id: NDArray[np.int64]
    has_idr_pic_id: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Joint:
    """A suspected joint.

    Attributes:
        time_ns: the random-access picture with which the appended stretch begins.
        before_ns: the picture shown before it.
        has_hole: whether pictures are missing between the two.
        chance: how likely something was appended there, 0..1; grows with every independent mark.
        detail: each mark with its numbers.
    """

    time_ns: int
    before_ns: int
    has_hole: bool
    chance: float
    detail: dict[str, JsonValue] = field(default_factory=dict)

    @property
    def interval(self) -> Interval:
        """An instant, or the hole that the joint leaves."""
        return Interval(self.before_ns if self.has_hole else self.time_ns, self.time_ns)


@dataclass(frozen=True, slots=True)
class Joints:
    """Suspected joints, and which marks could not be examined.

    Attributes:
        joints: in time order.
        not_examined: mark -> reason code.
    """

    joints: tuple[Joint, ...]
    not_examined: dict[str, str]


def find_joints(
    table: PacketTable,
    keys: KeyMarks,
    sound: SoundPackets | None,
    *,
    tick_ns: float,
    restarts_ns: Sequence[int] = (),
    counter_restarts_ns: Sequence[int] = (),
    flagged_ns: Sequence[int] = (),
) -> Joints:
    """Every place that looks like the beginning of an appended stretch.

    Args:
        table: the picture packets.
        keys: what the random-access packets say.
        sound: the sound packets, ``None`` without sound.
        tick_ns: one tick of the picture track's time base.
        restarts_ns: where the file's clock starts over.
        counter_restarts_ns: where the packet counters of a transport stream start over.
        flagged_ns: where a transport stream announces a discontinuity.
    """
    search = _Search(table)
    for time_ns in restarts_ns:
        search.add(time_ns, CHANCE_CLOCK_RESTARTS, clock_restarts=True)
    for time_ns in counter_restarts_ns:
        search.add(time_ns, CHANCE_COUNTERS_RESTART, counters_restart=True)
    for time_ns in flagged_ns:
        search.add(time_ns, CHANCE_FLAGGED, discontinuity_flag=True)
    _key_state(search, table, keys)
    _key_rhythm(search, table)
    _picture_steps(search, table, tick_ns)
    if sound is None:
        search.not_examined["sound_grid"] = "no_audio"
    else:
        _sound_grid(search, sound)
    return search.result()


class _Search:
    """Gathers marks by random-access picture."""

    def __init__(self, table: PacketTable) -> None:
        self.presented_ns = table.presented_ns()
        self.key_ns = table.key_times_ns()
        self.hole_ns = gap_threshold_ns(self.presented_ns)
        self.not_examined: dict[str, str] = {}
        self.slid_ns: list[int] = []
        self._missed: dict[int, float] = {}
        self._detail: dict[int, dict[str, JsonValue]] = {}

    def add(self, time_ns: int, chance: float, **marks: JsonValue) -> None:
        """A mark at a picture; marks at one place are independent of each other."""
        self._missed[time_ns] = self._missed.get(time_ns, 1.0) * (1.0 - chance)
        self._detail.setdefault(time_ns, {}).update(marks)

    def has(self, time_ns: int) -> bool:
        """Whether there is a mark already."""
        return time_ns in self._missed

    def key_beside(self, found: GridBreak, reach_ns: int) -> int | None:
        """The random-access picture at a break of the sound's grid; ``None`` where none is within ``reach_ns``.

        Of several the one that has a mark already, else the nearest.
        """
        low = int(np.searchsorted(self.key_ns, found.start_ns - reach_ns))
        high = int(np.searchsorted(self.key_ns, found.end_ns + reach_ns, side="right"))
        near: list[int] = self.key_ns[low:high].tolist()
        middle = (found.start_ns + found.end_ns) // 2
        return min(near, key=lambda key_ns: (not self.has(key_ns), abs(key_ns - middle)), default=None)

    def has_hole(self, start_ns: int, end_ns: int) -> bool:
        """Whether pictures are missing between two that are shown."""
        first, last = np.searchsorted(self.presented_ns, [start_ns, end_ns]).tolist()
        return bool((np.diff(self.presented_ns[first : last + 1]) >= self.hole_ns).any())

    def is_first(self, time_ns: int) -> bool:
        """Whether nothing is shown before it."""
        return time_ns <= int(self.presented_ns[0])

    def result(self) -> Joints:
        """All of them in time order; nothing can be appended to nothing."""
        found: list[Joint] = []
        for time_ns in sorted(self._missed):
            before = int(np.searchsorted(self.presented_ns, time_ns)) - 1
            if before >= 0:
                before_ns, chance = int(self.presented_ns[before]), 1.0 - self._missed[time_ns]
                found.append(
                    Joint(time_ns, before_ns, time_ns - before_ns >= self.hole_ns, chance, self._detail[time_ns])
                )
        return Joints(tuple(found), self.not_examined)


def _key_state(search: _Search, table: PacketTable, keys: KeyMarks) -> None:
    """Marks of the encoder's own state."""
    times_ns = table.pts_ns[keys.rows]
    for name, chance, at in (
        ("parameter_sets_change", CHANCE_PARAMETER_SETS, keys.sets_changed),
        ("encoder_signs_again", CHANCE_SIGNED_AGAIN, keys.is_signed),
    ):
        later = np.flatnonzero(at[1:]) + 1
        if later.size > (at.size - 1) / 2:
            # An encoder that changes its sets, or signs, at most random-access pictures always does.
            search.not_examined[name] = "at_most_keyframes" if at.size > _MIN_KEYS else "too_few_keyframes"
            continue
        for row in later.tolist():
            search.add(int(times_ns[row]), chance, **{name: True})
    known = np.flatnonzero(keys.has_idr_pic_id)
    broken, reason = idr_order_breaks(keys.idr_pic_id[known])
    if reason is not None:
        search.not_examined["idr_order"] = reason
    for before, row in zip(known[broken - 1].tolist(), known[broken].tolist(), strict=True):
        # Where packets are missing an IDR picture may be among them: that is a gap or damage, told as such.
        is_whole = not table.is_damaged[keys.rows[before] : keys.rows[row] + 1].any()
        if is_whole and not search.has_hole(int(times_ns[before]), int(times_ns[row])):
            search.add(int(times_ns[row]), CHANCE_IDR_ORDER, idr_order_breaks=True)


def idr_order_breaks(numbers: NDArray[np.int64]) -> tuple[NDArray[np.intp], str | None]:
    """IDR pictures whose number does not follow the one before as everywhere else in the recording.

    Encoders number IDR pictures 0, 1, 0, 1 (x264), count them up, or leave all at 0; a joint breaks the first rule in
    one case of two and the second nearly always.

    Args:
        numbers: shape ``(N,)``, ``idr_pic_id`` in file order.

    Returns:
        Positions in ``numbers``, and the reason code where there is no order to break.
    """
    if numbers.size < _MIN_IDR:
        return np.empty(0, np.intp), "too_few_keyframes"
    before, after = numbers[:-1], numbers[1:]
    rules = (after == before, (before ^ after) == 1, after == before + 1)
    kept = max(rules, key=np.count_nonzero)
    broken = np.flatnonzero(~kept) + 1
    if broken.size > max(1.0, _RARE_SHARE * numbers.size):
        return np.empty(0, np.intp), "no_order"
    return broken, None


def _key_rhythm(search: _Search, table: PacketTable) -> None:
    """A keyframe that comes early in a recording whose keyframes are all equally far apart.

    A joint cuts the last group of pictures short; so does a camera that is asked for a keyframe when a viewer connects.
    """
    rows = np.flatnonzero(table.is_key)
    distances = np.diff(rows)
    if distances.size < _MIN_IDR:
        return
    early = np.flatnonzero(distances < np.median(distances))
    if not 0 < early.size <= _FEW_BREAKS or np.count_nonzero(distances != np.median(distances)) > early.size:
        return
    for before, row in zip(rows[early].tolist(), rows[early + 1].tolist(), strict=True):
        at_ns = int(table.pts_ns[row])
        is_whole = not table.is_damaged[before : row + 1].any()
        if is_whole and not search.has_hole(int(table.pts_ns[before]), at_ns):
            search.add(at_ns, CHANCE_KEY_RHYTHM, early_keyframe_pictures=row - before)


def _picture_steps(search: _Search, table: PacketTable, tick_ns: float) -> None:
    """Pictures that leave the grid of a steady recording, where that happens at random-access pictures."""
    grid = find_grid(search.presented_ns, tick_ns, known_steps_ns=[NS_PER_S / rate_hz for rate_hz in _USUAL_RATES_HZ])
    if grid.reason is not None:
        search.not_examined["picture_steps"] = grid.reason
        return
    keys = set(search.key_ns.tolist())
    spoilt = set(table.pts_ns[table.is_damaged].tolist())
    slid = [
        found
        for found in grid.sliding_breaks
        if abs(found.shift_ns) >= MIN_PICTURE_SHIFT_NS
        and found.start_ns not in spoilt
        and found.end_ns - found.start_ns < search.hole_ns
    ]
    search.slid_ns = [found.end_ns for found in slid]
    at_keys = [found for found in slid if found.end_ns in keys]
    share = len(keys) / table.pts_ns.size
    coincidence = tail(len(at_keys), len(slid), share)
    if coincidence > _MAX_COINCIDENCE:
        if at_keys:
            search.not_examined["picture_steps"] = "breaks_everywhere"
        return
    for found in at_keys:
        chance = CHANCE_PICTURE_STEP * (1.0 - coincidence)
        search.add(found.end_ns, chance, picture_step_ms=_ms(found.end_ns - found.start_ns))


def _sound_grid(search: _Search, sound: SoundPackets) -> None:
    """Breaks of the sound packets' grid beside random-access pictures."""
    known = () if sound.frame_ns is None else (sound.frame_ns,)
    grid = find_grid(sound.pts_ns, sound.tick_ns, known_steps_ns=known)
    if grid.reason is not None or grid.step_ns is None:
        search.not_examined["sound_grid"] = grid.reason or "uneven_times"
        return
    picture_ns = float(np.median(np.diff(search.presented_ns))) if search.presented_ns.size > 1 else 0.0
    reach_ns = int(_REACH_PACKETS * grid.step_ns + _REACH_PICTURES * picture_ns)
    fit = [
        replace(found, start_ns=min(found.start_ns, sound.timed_before_ns(found.row)))
        for found in grid.breaks
        if found.end_ns - found.start_ns - grid.step_ns <= MAX_SOUND_HOLE_NS
        and abs(found.shift_ns) >= MIN_SOUND_SHIFT_NS
    ]
    beside = {found.row: search.key_beside(found, reach_ns) for found in fit}
    span_ns = int(search.presented_ns[-1] - search.presented_ns[0]) or 1
    mean_ns = float(np.mean([found.end_ns - found.start_ns for found in fit])) if fit else 0.0
    share = min(1.0, search.key_ns.size * (2 * reach_ns + mean_ns) / span_ns)
    for found in fit:
        key_ns = beside[found.row]
        marks: dict[str, JsonValue] = {
            "sound_grid_shift_ms": _ms(found.shift_ns),
            "sound_break_s": ns_to_s(found.start_ns),
        }
        slid_ns = [at for at in search.slid_ns if found.start_ns - reach_ns <= at <= found.end_ns + reach_ns]
        if key_ns is None and slid_ns and not found.is_whole:
            # Copied without its keyframe, as some tools do: both tracks leave their grids at once.
            search.add(slid_ns[0], CHANCE_BOTH_GRIDS, **marks)
        if key_ns is None or search.is_first(key_ns):
            continue
        alike = [other for other in fit if other.is_whole == found.is_whole]
        coincidence = tail(sum(beside[other.row] is not None for other in alike), len(alike), share)
        if len(alike) > _FEW_BREAKS and coincidence > _MAX_COINCIDENCE:
            chance = HINT_CHANCE
        else:
            most = CHANCE_WHOLE_SOUND if found.is_whole else CHANCE_SOUND_GRID
            chance = most * (1.0 - _COINCIDENCE_WEIGHT * coincidence)
        search.add(key_ns, chance, **marks)


def tail(hits: int, trials: int, share: float) -> float:
    """Chance of at least ``hits`` in ``trials`` where each hits with ``share``: the binomial distribution's tail."""
    if hits == 0:
        return 1.0
    if trials > 1000:
        return 0.0 if hits > 1.5 * share * trials else 1.0
    return min(1.0, sum(comb(trials, k) * share**k * (1.0 - share) ** (trials - k) for k in range(hits, trials + 1)))


def joint_findings(joints: Sequence[Joint]) -> tuple[Finding, ...]:
    """Joints that are likely enough to be told."""
    return tuple(
        Finding(
            FindingKind.CONCATENATED,
            joint.interval,
            confidence=joint.chance,
            severity=Severity.INFO if joint.detail.get("clock_restarts") else Severity.WARNING,
            measured_from="packets",
            detail=joint.detail,
        )
        for joint in joints
        if joint.chance >= TELL_CHANCE
    )


def joint_hints(joints: Sequence[Joint]) -> tuple[Hint, ...]:
    """Where the picture should be looked at: from the picture before each suspected joint to the one behind."""
    return tuple(
        Hint(Interval(joint.before_ns, joint.time_ns + 1), HintSource.FILE, joint.chance)
        for joint in joints
        if joint.chance >= HINT_CHANCE
    )


def _ms(time_ns: float) -> float:
    return round(float(time_ns) / NS_PER_MS, 3)
