"""The rule on what a class's photographs are handed in as (SX-3.2.3): declared by the institution, seen by people."""

from typing import Final

from lessonproof.evidence.photo import PhotoSubject
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import Parameters, RuleContext, RuleOutcome, missing, record, uncertain
from lessonproof.policy.rules.suspicions import photo_path

_SUBJECTS: Final = {
    PhotoSubject.OVERVIEW: ("培训全景", "overview"),
    PhotoSubject.TEACHER: ("上课老师", "teacher"),
    PhotoSubject.CONTENT: ("上课内容", "content"),
}


class SubjectParameters(Parameters):
    """Settings of :func:`photo_subjects`: what the class's photographs must show."""

    subjects: tuple[PhotoSubject, ...]


def photo_subjects(case: UnitCase, _context: RuleContext, parameters: SubjectParameters) -> RuleOutcome:
    """The class's photographs are handed in as showing each of the subjects (SX-3.2.3); whether they do, people say."""
    units = case.class_file.training_class.units
    declared = {subject for unit in units for photo in unit.photos for subject in photo.shows}
    absent = [subject for subject in parameters.subjects if subject not in declared]
    if absent:
        zh, en = "、".join(_SUBJECTS[s][0] for s in absent), ", ".join(_SUBJECTS[s][1] for s in absent)
        return missing(
            f"班级文件中没有标明以下类别的照片：{zh}",
            f"No photograph of the class file is handed in as: {en}",
            needs.declaration(f"照片类别（photos[].shows）：{zh}", f"what photographs show (photos[].shows): {en}"),
            open_to_record=True,  # photographs handed in on paper are known to people only
        )
    return uncertain(
        "班级文件已标明各类照片，照片内容须由人核对",
        "Each kind of photograph is declared; whether they show it is for a person to see",
        needs.reviewer_records(),
        tuple(
            ref
            for unit in units
            for index, photo in enumerate(unit.photos)
            if photo.shows
            for ref in record(photo_path(unit.unit_id, index))
        ),
    )
