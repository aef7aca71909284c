"""The one list of rules: what a pack may name, the function, and the model of its settings."""

from collections.abc import Mapping
from typing import Any, Final

from lessonproof.policy.rules import (
    as_declared,
    attendance,
    changes,
    coverage,
    filing,
    footage,
    headcount,
    integrity,
    online_logs,
    papers,
    punches,
    sheets,
    site_checks,
    stations,
    timetable,
    venues,
)
from lessonproof.policy.rules.base import NoParameters, RuleEntry

RULES: Final[Mapping[str, RuleEntry[Any]]] = {
    "attendance_rates": RuleEntry(attendance.attendance_rates, attendance.RateParameters),
    "attendance_taken": RuleEntry(sheets.attendance_taken, NoParameters),
    "attendant_named": RuleEntry(filing.attendant_named, NoParameters),
    "change_asked_ahead": RuleEntry(changes.change_asked_ahead, changes.ChangeParameters),
    "class_type_in_scope": RuleEntry(filing.class_type_in_scope, filing.ClassTypeParameters),
    "count_agrees_at_start": RuleEntry(headcount.count_agrees_at_start, headcount.CountParameters),
    "enough_rows": RuleEntry(sheets.enough_rows, NoParameters),
    "examined_throughout": RuleEntry(footage.examined_throughout, footage.ExaminedParameters),
    "given_as_declared": RuleEntry(as_declared.given_as_declared, as_declared.AsDeclaredParameters),
    "institution_kind_known": RuleEntry(filing.institution_kind_known, NoParameters),
    "off_site_papers": RuleEntry(venues.off_site_papers, venues.OffSiteParameters),
    "one_half_day_one_teacher": RuleEntry(timetable.one_half_day_one_teacher, NoParameters),
    "one_sheet": RuleEntry(sheets.one_sheet, NoParameters),
    "only_where_deviating": RuleEntry(changes.only_where_deviating, changes.SuddenEventParameters),
    "online_log_complete": RuleEntry(online_logs.online_log_complete, papers.PaperParameters),
    "pack_in_force": RuleEntry(filing.pack_in_force, NoParameters),
    "papers_listed": RuleEntry(papers.papers_listed, papers.PaperParameters),
    "practical_share_outside": RuleEntry(venues.practical_share_outside, venues.ShareParameters),
    "punched_daily": RuleEntry(punches.punched_daily, NoParameters),
    "recorded_throughout": RuleEntry(coverage.recorded_throughout, coverage.CoverageParameters),
    "recording_genuine": RuleEntry(integrity.recording_genuine, integrity.IntegrityParameters),
    "recording_joined": RuleEntry(integrity.recording_joined, NoParameters),
    "roll_call_recorded": RuleEntry(footage.roll_call_recorded, NoParameters),
    "safety_education_planned": RuleEntry(timetable.safety_education_planned, NoParameters),
    "sheet_header": RuleEntry(sheets.sheet_header, NoParameters),
    "sheet_signed_by_teacher": RuleEntry(sheets.sheet_signed_by_teacher, NoParameters),
    "signed_before_lesson": RuleEntry(sheets.signed_before_lesson, NoParameters),
    "site_check_counted": RuleEntry(site_checks.site_check_counted, NoParameters),
    "sound_present": RuleEntry(footage.sound_present, footage.SoundParameters),
    "stations_in_view": RuleEntry(stations.stations_in_view, stations.StationParameters),
    "teacher_filed": RuleEntry(filing.teacher_filed, NoParameters),
    "venue_licensed": RuleEntry(venues.venue_licensed, NoParameters),
}
