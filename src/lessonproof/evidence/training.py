"""What was declared: institution, class, roster, timetable, sign-in sheets, recordings of a teaching unit.

These are claims of the institution. Wall-clock times are timezone-aware; rules work in Asia/Shanghai.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lessonproof.evidence.attendance import AttendanceFile
from lessonproof.evidence.photo import PhotoRef
from lessonproof.evidence.venue import VenueLayout

SHANGHAI = ZoneInfo("Asia/Shanghai")


class InstitutionKind(StrEnum):
    """The five kinds of NK-2; they select NK-5.3 and NK-6.1."""

    ENTERPRISE_CENTRE = "enterprise_centre"
    ENTERPRISE_PUBLIC_BASE = "enterprise_public_base"
    VOCATIONAL_SCHOOL = "vocational_school"
    PUBLIC_BASE = "public_base"
    PRIVATE = "private"


class ClassType(StrEnum):
    """The three kinds of SX-1."""

    EMPLOYMENT_SKILL = "employment_skill"
    SKILL_UPGRADING = "skill_upgrading"
    ENTREPRENEURSHIP = "entrepreneurship"


class UnitKind(StrEnum):
    """Form of a teaching unit."""

    THEORY = "theory"
    PRACTICAL = "practical"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Institution:
    """Who trains and uploads. ``licensed_venues``: names of the places that its licence or contract covers."""

    name: str
    kind: InstitutionKind | None
    licensed_venues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trainee:
    """One enrolled person. ``number`` is the row on roster and sign-in sheet; names stay out of logs and keys."""

    number: int
    name: str
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """The enrolled persons, by rising number, numbers unique, at least one."""

    trainees: tuple[Trainee, ...]

    def expected_at(self, moment: datetime) -> tuple[Trainee, ...]:
        """Persons enrolled at ``moment``: who was withdrawn before has left the base (open point Q10)."""
        return tuple(t for t in self.trainees if t.withdrawn_at is None or t.withdrawn_at > moment)


@dataclass(frozen=True, slots=True)
class PhotoProblem:
    """A photograph of a sheet that could not be read: its file as written in the class file, and why.

    ``en`` and ``zh`` name the file themselves.
    """

    file: str
    code: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class AlikeSignatures:
    """Two roster numbers whose signatures look alike (疑似代签): a hint for a reviewer, never a decision."""

    first: int
    second: int
    similarity: float


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """The signed attendance of one unit.

    Attributes:
        signed_numbers: roster numbers surely with a signature.
        unclear_numbers: numbers of which nobody can tell, none of them in ``signed_numbers``; of a sheet whose
            photographs nobody has read these are all. Unknown is neither signed nor absent.
        teacher_signed: whether the teacher signed; ``None`` where nobody recorded it.
        signed_at: when the sheet was completed; ``None`` where nobody recorded it.
        declared_start: lesson start printed on the sheet; ``None`` where absent.
        declared_end: lesson end printed on the sheet; ``None`` where absent.
        stamped: whether it carries the institution's stamp; ``None`` where nobody recorded it.
        class_number: class number on the sheet; ``None`` where absent.
        pages: sheets of paper.
        photos: photographs of it as written in the class file; empty where the numbers were entered by hand.
        problems: photographs that could not be read.
        alike: pairs of signatures that look alike.
        table_sha256: digest of the table that its numbers were read from; ``None`` where they stand in the class file.
    """

    signed_numbers: frozenset[int]
    teacher_signed: bool | None = None
    signed_at: datetime | None = None
    declared_start: datetime | None = None
    declared_end: datetime | None = None
    stamped: bool | None = None
    class_number: str | None = None
    pages: int = 1
    unclear_numbers: frozenset[int] = frozenset()
    photos: tuple[str, ...] = ()
    problems: tuple[PhotoProblem, ...] = ()
    alike: tuple[AlikeSignatures, ...] = ()
    table_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingRef:
    """A recording that the institution hands in for a unit.

    Attributes:
        file: path as written in the class file, relative to it, or ``sha256:<digest>`` of an uploaded one.
        camera: which camera.
        started_at: declared wall-clock time of its first frame; ``None`` where the institution does not know.
        device: which recorder wrote the file; ``None`` where the institution does not name it.
    """

    file: str
    camera: str
    started_at: datetime | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A paper of the ledger. ``kind`` is a word of the documents list; ``unit_id`` is ``None`` for class papers."""

    kind: str
    file: str | None = None
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovedChange:
    """A change of time, teacher, venue or content of one unit (工作联系单) and what became of it."""

    unit_id: str
    what: str
    applied_at: datetime
    approved: bool | None


@dataclass(frozen=True, slots=True)
class FindingReview:
    """What two people decided of one machine finding (open point Q12).

    Attributes:
        recording_sha256: digest of the recording.
        kind: finding kind.
        start_s: start of the finding in seconds, as printed.
        confirmed: whether it stands.
        reviewers: who decided; a confirmation needs two different ones.
    """

    recording_sha256: str
    kind: str
    start_s: float
    confirmed: bool
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountReview:
    """How many people a reviewer counted by eye in one picture; it corrects how that camera's counts are read.

    Attributes:
        recording_sha256: digest of the recording.
        at_s: moment of the picture, seconds from the first frame, as printed in the report.
        people: everybody in view, staff included.
        reviewer: who counted.
    """

    recording_sha256: str
    at_s: float
    people: int
    reviewer: str


@dataclass(frozen=True, slots=True)
class ClauseRecord:
    """What a person recorded of a clause that no measurement decides (kinds H, W and D of the regulations page).

    Attributes:
        clause_id: clause.
        unit_id: unit it speaks of; ``None`` for the whole class.
        holds: whether the obligation is met.
        by: who recorded it.
        at: when.
        note: the reason and the evidence seen, free text.
    """

    clause_id: str
    unit_id: str | None
    holds: bool
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class TeachingUnit:
    """One half-day by one teacher (SX-3.1.5).

    Attributes:
        unit_id: short name, unique in the class; used as a folder name.
        kind: form.
        start: scheduled start, timezone-aware.
        end: scheduled end, after ``start``.
        teacher: declared teacher.
        venue: declared place.
        topic: what is taught.
        class_hours: hours that the timetable claims for payment.
        recordings: handed-in recordings.
        sheets: sign-in sheets (exactly one is expected).
        held_start: when the lesson was really begun, as the unit record says; ``None`` where it says nothing.
        held_end: when it ended, likewise.
        held_teacher: who taught, likewise.
        held_venue: where, likewise.
        declared_staff: persons other than trainees in view (teacher, attendant).
        safety_education: whether the timetable marks it as safety education.
        audio_waiver: consent of the bureau to hand in pictures without sound (NK-6.1.5); ``None`` where none is filed.
        workstations: number of training stations; ``None`` where not declared.
        layout: where the cameras see them; ``None`` where no layout is declared.
        attendance: punch exports, online logs and site-check forms that speak of this unit; may hold other days' rows.
        photos: photographs of the lesson.
    """

    unit_id: str
    kind: UnitKind
    start: datetime
    end: datetime
    teacher: str
    venue: str
    topic: str
    class_hours: int
    recordings: tuple[RecordingRef, ...] = ()
    sheets: tuple[SignInSheet, ...] = ()
    held_start: datetime | None = None
    held_end: datetime | None = None
    held_teacher: str | None = None
    held_venue: str | None = None
    declared_staff: int = 1
    safety_education: bool = False
    audio_waiver: str | None = None
    workstations: int | None = None
    layout: VenueLayout | None = None
    attendance: tuple[AttendanceFile, ...] = ()
    photos: tuple[PhotoRef, ...] = ()

    @property
    def scheduled(self) -> timedelta:
        """Scheduled length."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class TrainingClass:
    """A training class: roster, schedule, category, filed under one regulation.

    Attributes:
        class_id: class number.
        class_type: one of SX-1's three kinds; ``None`` where not declared.
        occupation: trade.
        level: level of the certificate.
        opened_on: opening date; selects the rule pack's validity.
        attendant: class attendant or manager (跟班管理人员 / 专职人员); ``None`` where nobody is named.
        filed_teachers: teachers on the filed list; ``None`` where no list was handed in.
        minutes_per_class_hour: 40 or 45, by the regulation; ``None`` lets the rule pack say.
        enterprise_staff: whether trainees are an enterprise's employees (NK-5.3c, NK-6.1.5); ``None`` if not declared.
    """

    class_id: str
    class_type: ClassType | None
    occupation: str
    level: str
    opened_on: date
    attendant: str | None
    roster: Roster
    units: tuple[TeachingUnit, ...]
    filed_teachers: tuple[str, ...] | None = None
    minutes_per_class_hour: int | None = None
    enterprise_staff: bool | None = None


@dataclass(frozen=True, slots=True)
class ClassFile:
    """Everything declared about one class, as read from a class file.

    Attributes:
        rule_pack: prefix of the regulation it is filed under (``SX``, ``NK``, ...).
        institution: who trains.
        training_class: the class.
        documents: papers of the ledger; ``None`` where the class file does not list papers at all.
        changes: change requests and their outcome.
        reviews: what reviewers decided of earlier machine findings.
        records: what people recorded of clauses that no measurement decides.
        counts: how many people reviewers counted in pictures of the recordings.
        source_sha256: digest of the class file's bytes.
        roster_sha256: digest of the roster file that it names; ``None`` where the roster stands in the class file.
    """

    rule_pack: str
    institution: Institution
    training_class: TrainingClass
    source_sha256: str
    documents: tuple[Document, ...] | None = None
    changes: tuple[ApprovedChange, ...] = ()
    reviews: tuple[FindingReview, ...] = ()
    records: tuple[ClauseRecord, ...] = ()
    counts: tuple[CountReview, ...] = ()
    roster_sha256: str | None = None

    def unit(self, unit_id: str) -> TeachingUnit:
        """The unit of that name.

        Raises:
            KeyError: there is none.
        """
        for unit in self.training_class.units:
            if unit.unit_id == unit_id:
                return unit
        raise KeyError(unit_id)
