"""``no_teacher``: told of theory lessons only, on a recording of a camera that shows the teaching area."""

from dataclasses import replace

import pytest

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_MINUTE, Interval
from lessonproof.evidence.station_coverage import StationCoverage, StationSpan, TeachingArea
from lessonproof.evidence.training import UnitKind
from lessonproof.policy.rules.wall_clock import scheduled_window
from lessonproof.workers.station_findings import with_stations
from tests.policy.cases import dossier, unit

K = FindingKind


def judged(kind: UnitKind, *, is_known: bool = True, has_area: bool = True) -> Dossier:
    taught = unit(kind)
    window = scheduled_window(taught)
    gone = Interval(window.start_ns + 30 * NS_PER_MINUTE, window.start_ns + 70 * NS_PER_MINUTE)
    area = TeachingArea((StationSpan(gone, "nobody_there", ("front",), 0.5),), is_known) if has_area else None
    coverage = StationCoverage("Room 1", "1" * 64, (), window, (), teaching=area)
    file = taught.recordings[0].file
    found = with_stations({file: replace(dossier(), checked=frozenset())}, taught, coverage)[file]
    assert isinstance(found, Dossier)
    return found


def test_an_empty_teaching_area_is_told_of_theory() -> None:
    found = judged(UnitKind.THEORY)
    (finding,) = found.findings
    assert finding.kind is K.NO_TEACHER
    # The recording begins five minutes before the lesson.
    assert (finding.interval.start_s, finding.interval.end_s) == (35 * 60, 75 * 60)
    assert 0.5 < finding.confidence < 0.95
    assert found.checked == {K.NO_TEACHER.value}


def test_a_teacher_of_practice_may_be_at_the_benches() -> None:
    found = judged(UnitKind.PRACTICAL)
    assert found.findings == ()
    assert found.checked == frozenset()


@pytest.mark.parametrize("has_area", [False, True])
def test_silence_counts_only_of_what_was_seen_throughout(has_area: bool) -> None:
    found = judged(UnitKind.THEORY, is_known=False, has_area=has_area)
    assert K.NO_TEACHER.value not in found.checked
