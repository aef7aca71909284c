"""What is suspected of being a joint of copied packets, gathered by random-access picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lessonproof.analysis.grids import GridBreak
from lessonproof.analysis.packets import PacketTable, gap_threshold_ns
from lessonproof.evidence.findings import JsonValue
from lessonproof.evidence.intervals import Interval


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


class JointSearch:
    """Gathers marks by random-access picture."""

    def __init__(self, table: PacketTable, edits_ns: Sequence[int] = ()) -> None:
        self._edits_ns = tuple(edits_ns)
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

    def is_edited(self, start_ns: int, end_ns: int) -> bool:
        """Whether an edit list leaves something out, or shows it again, between two instants.

        What it hides lies in the file unbroken: order, rhythm and grids break in what is shown and nowhere else.
        """
        return any(start_ns <= edit_ns <= end_ns for edit_ns in self._edits_ns)

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
