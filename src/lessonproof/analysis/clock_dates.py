"""The date on the burned-in clock against the planned one; for the judge, who knows the timetable."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from lessonproof.analysis.clock_series import MEASURED_FROM
from lessonproof.analysis.clock_text import moment_of
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import Interval

TOLERANCE: Final = timedelta(hours=2)
"""Recording may begin before the lesson, and cameras' clocks are set by hand."""


def wrong_date(shown_start_s: Sequence[int], planned_start: datetime, planned_end: datetime) -> Finding | None:
    """Say whether the clock shows another date than the planned one.

    Args:
        shown_start_s: local time that the clock shows at the first picture, seconds since 1970-01-01; several where day
            and month may be meant either way (``Dossier.shown_start_s``).
        planned_start: start of the lesson, local time of the camera; a time zone is not looked at.
        planned_end: its end.

    Returns:
        ``None`` where the clock agrees, or shows no date.
    """
    if not shown_start_s:
        return None
    start, end = planned_start.replace(tzinfo=None), planned_end.replace(tzinfo=None)
    shown = [moment_of(wall_s) for wall_s in shown_start_s]
    if any(start - TOLERANCE <= moment <= end + TOLERANCE for moment in shown):
        return None
    nearest = min(shown, key=lambda moment: abs(moment - start))
    same_day = nearest.date() in {start.date(), end.date()}
    return Finding(
        FindingKind.WRONG_DATE,
        Interval(0, 0),
        0.6 if same_day or len(shown) > 1 else 0.95,
        Severity.WARNING,
        MEASURED_FROM,
        {
            "shown": nearest.isoformat(sep=" "),
            "planned_start": start.isoformat(sep=" "),
            "off_by_s": round((nearest - start).total_seconds()),
            "may_also_mean": [m.isoformat(sep=" ") for m in shown if m != nearest],
        },
    )
