"""What the timetable adds to a dossier: whether the burned-in clock shows the planned date.

The stored dossier depends on the recording's bytes alone and stays as it is; a unit is judged on this one.
"""

from dataclasses import replace

from lessonproof.analysis.clock_dates import wrong_date
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.training import SHANGHAI, TeachingUnit


def with_plan(dossier: Dossier, unit: TeachingUnit) -> Dossier:
    """A dossier as a unit is judged on it: with ``wrong_date`` where the clock shows another date than the unit's.

    A recording whose clock shows no date that can be read says in ``unchecked`` why, and stays as it is.
    """
    if not dossier.shown_start_s:
        return dossier
    start, end = (moment.astimezone(SHANGHAI) for moment in (unit.start, unit.end))
    finding = wrong_date(dossier.shown_start_s, start, end)
    added = () if finding is None else (finding,)
    return replace(
        dossier,
        findings=tuple(sorted((*dossier.findings, *added), key=Finding.sort_key)),
        checked=dossier.checked | {FindingKind.WRONG_DATE.value},
    )
