"""Decisions on classes: honest ones, whose signatures equal the truth, and ones with signatures of nobody.

The rules are those of the product, by the pack of Shaoxing. A decision is *wrong* where an honest class fails or is
told to have too few or too many people, and where a class with invented signatures passes. Rooms are filmed for minutes
and lessons last for longer: the counts of a room are repeated until the lesson is over.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from benchmarks.people.rooms import RoomTruth
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.headcount import FrameCount
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.training import (
    SHANGHAI,
    ClassFile,
    ClassType,
    Institution,
    InstitutionKind,
    RecordingRef,
    Roster,
    SignInSheet,
    TeachingUnit,
    Trainee,
    TrainingClass,
    UnitKind,
)
from lessonproof.evidence.verdict import ClauseStatus, UnitCase
from lessonproof.policy.judge import judge
from lessonproof.policy.packs import load_packs, select_pack
from lessonproof.workers.presence import with_presence

INVENTED_SHARES: Final = (1.3, 1.5)
"""Signatures for each trainee who is there, in classes that invent some."""
DAY: Final = date(2024, 9, 2)
COUNT_CLAUSE: Final = "SX-3.1.6b"
LESSON_S: Final = 45 * 60
COUNT_KINDS: Final = (FindingKind.LOW_COUNT, FindingKind.HIGH_COUNT)
WINDOW_NS: Final = 300 * NS_PER_S
"""Who comes within the first five minutes signs; the clause's own window in the pack."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the clause said about one class.

    Attributes:
        signed: signatures.
        came: trainees who were there.
        status: of the clause.
        told: kinds of findings on the number of people.
    """

    signed: int
    came: int
    status: ClauseStatus
    told: tuple[str, ...]

    @property
    def is_honest(self) -> bool:
        """Whether every signature is of somebody who was there."""
        return self.signed == self.came

    @property
    def is_wrong(self) -> bool:
        """Whether an honest class is blamed, or one with invented signatures passes."""
        if self.is_honest:
            return self.status is ClauseStatus.FAIL or bool(self.told)
        return self.status is ClauseStatus.PASS

    @property
    def is_caught(self) -> bool:
        """Whether invented signatures were told of."""
        return not self.is_honest and (self.status is ClauseStatus.FAIL or bool(self.told))


def signature_numbers(came: int) -> tuple[int, ...]:
    """Numbers of signatures to try: the true one, and more."""
    return (came, *sorted({max(came + 1, math.ceil(share * came)) for share in INVENTED_SHARES}))


def decide(truth: RoomTruth, dossier: Dossier) -> list[Decision]:
    """Judge the honest class of a room and those with invented signatures."""
    came = truth.came_within(WINDOW_NS)
    return [_decision(truth, dossier, signed, came) for signed in signature_numbers(came)]


def _decision(truth: RoomTruth, dossier: Dossier, signed: int, came: int) -> Decision:
    case = with_presence(class_case(truth, repeated(dossier), signed))
    pack = select_pack(load_packs(), "SX", DAY, frozenset({"SX"}))
    (clause,) = [one for one in judge(pack, case).clauses if one.clause_id == COUNT_CLAUSE]
    judged = [one for one in case.dossiers.values() if isinstance(one, Dossier)]
    told = tuple(kind.value for kind in COUNT_KINDS for one in judged if one.of_kind(kind))
    return Decision(signed, came, clause.status, told)


def repeated(dossier: Dossier) -> Dossier:
    """The dossier of a lesson of ``LESSON_S`` in which the counts of a shorter recording come again and again."""
    series = dossier.headcount
    if series is None:
        return dossier
    end_ns = LESSON_S * NS_PER_S
    samples: list[FrameCount] = []
    for start_ns in itertools.takewhile(lambda at_ns: at_ns < end_ns, itertools.count(0, dossier.duration_ns)):
        samples += [replace(sample, time_ns=sample.time_ns + start_ns) for sample in series.samples]
    inside = tuple(sample for sample in samples if sample.time_ns < end_ns)
    return replace(dossier, duration_ns=end_ns, headcount=replace(series, samples=inside))


def class_case(truth: RoomTruth, dossier: Dossier, signed: int) -> UnitCase:
    """A class of one unit of ``LESSON_S``, signed by the first ``signed`` of its trainees."""
    start = datetime(DAY.year, DAY.month, DAY.day, 8, 30, tzinfo=SHANGHAI)
    end = start + timedelta(seconds=LESSON_S)
    unit = TeachingUnit(
        unit_id="U1",
        kind=UnitKind.THEORY,
        start=start,
        end=end,
        teacher="Teacher A",
        venue="Room 1",
        topic="Welding",
        class_hours=1,
        recordings=(RecordingRef("room.mp4", "front", start),),
        sheets=(
            SignInSheet(
                frozenset(range(1, signed + 1)),
                teacher_signed=True,
                signed_at=start,
                declared_start=start,
                declared_end=end,
                stamped=True,
                class_number="C1",
            ),
        ),
        held_start=start,
        held_end=end,
        held_teacher="Teacher A",
        held_venue="Room 1",
        declared_staff=1,
    )
    trainees = tuple(Trainee(number, f"Trainee {number}") for number in range(1, max(signed, truth.roster) + 1))
    file = ClassFile(
        rule_pack="SX",
        institution=Institution("A school", InstitutionKind.PRIVATE, ("Room 1",)),
        training_class=TrainingClass(
            class_id="C1",
            class_type=ClassType.SKILL_UPGRADING,
            occupation="Welder",
            level="4",
            opened_on=DAY,
            attendant="An attendant",
            roster=Roster(trainees),
            units=(unit,),
            filed_teachers=("Teacher A",),
            enterprise_staff=True,
        ),
        source_sha256="c" * 64,
    )
    return UnitCase(file, unit, {"room.mp4": dossier})


def decision_line(decisions: Sequence[Decision]) -> str:
    """Shares of statuses and the number of wrong decisions, for classes of one kind."""
    shares = ", ".join(
        f"{status.value} {sum(d.status is status for d in decisions) / len(decisions):.2f}"
        for status in ClauseStatus
        if any(d.status is status for d in decisions)
    )
    return f"{len(decisions):4d} classes, wrong {sum(d.is_wrong for d in decisions)}: {shares}"
