"""Outcomes that many rules share: no recording, a recording that was not read, no sheet, no unit record."""

from collections.abc import Sequence

from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import RuleOutcome, missing, record, uncertain


def no_recording(case: UnitCase, *, open_to_record: bool = False) -> RuleOutcome:
    """The unit has no recording.

    Args:
        case: the case.
        open_to_record: whether a person's word may take its place; only where none is demanded.
    """
    return missing(
        "没有录像", "There is no recording", needs.recording(case.unit.unit_id), open_to_record=open_to_record
    )


def not_read(case: UnitCase, files: Sequence[str], *, open_to_record: bool = False) -> RuleOutcome:
    """Recordings were handed in and not analysed, or cannot be read; the failures say why."""
    failures = [failure for file in files if isinstance(failure := case.dossiers.get(file), FailedAnalysis)]
    zh, en = "；".join(failure.zh for failure in failures), "; ".join(failure.en for failure in failures)
    listed = ", ".join(files)
    return uncertain(
        f"录像未能分析或读取：{listed}" + (f"（{zh}）" if zh else ""),
        f"Not analysed or not readable: {listed}" + (f" ({en})" if en else ""),
        needs.readable_copy(files),
        record(f"units[{case.unit.unit_id}].recordings"),
        open_to_record=open_to_record,
    )


def no_sheet(case: UnitCase) -> RuleOutcome:
    """The unit has no sign-in sheet."""
    return missing("没有签到表", "There is no sign-in sheet", needs.sheet(case.unit.unit_id))
