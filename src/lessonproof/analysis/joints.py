"""Joints: places where packets of one recording were appended to another's without coding them again (stream copy).

The picture itself says nothing there: every packet is as its encoder wrote it. What gives a joint away is the state
that an encoder and a muxer carry from one packet to the next, and that starts over: the clock, the parameter sets, the
encoder's signature, the numbering of IDR pictures, the grid of the sound packets, the step of the pictures. All of
them are looked for at random-access pictures only, because only there a copied stretch can begin.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import comb
from typing import Final

import numpy as np

from lessonproof.analysis.grids import find_grid
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.joint_keys import KeyMarks, key_rhythm, key_state
from lessonproof.analysis.joint_search import Joint, Joints, JointSearch
from lessonproof.analysis.packets import PacketTable, SoundPackets
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval, ns_to_s

TELL_CHANCE: Final = 0.6
"""Chance from which a joint is told as a finding; below it stays a hint for the search in pictures."""
HINT_CHANCE: Final = 0.2
MAX_SOUND_HOLE_NS: Final = NS_PER_S // 4
"""A longer hole in the sound is missing sound, told as such; a joint of whole files leaves less."""
CHANCE_CLOCK_RESTARTS: Final = 0.9
CHANCE_COUNTERS_RESTART: Final = 0.9
CHANCE_FLAGGED: Final = 0.5
CHANCE_SOUND_GRID: Final = 0.95
CHANCE_WHOLE_SOUND: Final = 0.7
CHANCE_BOTH_GRIDS: Final = 0.85
CHANCE_PICTURE_STEP: Final = 0.85
_MAX_COINCIDENCE: Final = 0.25
_FEW_BREAKS: Final = 2
_COINCIDENCE_WEIGHT: Final = 0.5
"""A grid of sound packets that breaks at all is rare; that it does so beside a keyframe is one mark more."""
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


def find_joints(
    table: PacketTable,
    keys: KeyMarks,
    sound: SoundPackets | None,
    *,
    tick_ns: float,
    restarts_ns: Sequence[int] = (),
    counter_restarts_ns: Sequence[int] = (),
    flagged_ns: Sequence[int] = (),
    edits_ns: Sequence[int] = (),
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
        edits_ns: where an edit list leaves something out or shows it again: that is told as such.
    """
    search = JointSearch(table, edits_ns)
    for time_ns in restarts_ns:
        search.add(time_ns, CHANCE_CLOCK_RESTARTS, clock_restarts=True)
    for time_ns in counter_restarts_ns:
        search.add(time_ns, CHANCE_COUNTERS_RESTART, counters_restart=True)
    for time_ns in flagged_ns:
        search.add(time_ns, CHANCE_FLAGGED, discontinuity_flag=True)
    key_state(search, table, keys)
    key_rhythm(search, table)
    _picture_steps(search, table, tick_ns)
    if sound is None:
        search.not_examined["sound_grid"] = "no_audio"
    else:
        _sound_grid(search, sound)
    return search.result()


def _picture_steps(search: JointSearch, table: PacketTable, tick_ns: float) -> None:
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
        and not search.is_edited(found.start_ns, found.end_ns)
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


def _sound_grid(search: JointSearch, sound: SoundPackets) -> None:
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
        and not search.is_edited(found.start_ns - reach_ns, found.end_ns + reach_ns)
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
