"""The report's section on people: what it says, and that it is silent where nobody was counted."""

from dataclasses import replace

from lessonproof.evidence.headcount import FrameCount, HeadcountSeries, Passage, PassageKind, StillFigure
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.training import CountReview
from lessonproof.evidence.verdict import UnitCase
from lessonproof.service.reports.presence import MOST_TURNOVERS, presence_view
from lessonproof.service.reports.render import render_report
from tests.policy.cases import case, change_file, dossier, headcount, measured, verdict, without_people

MINUTE = 60 * NS_PER_S


def seen(*counts: int) -> UnitCase:
    """One sample a minute from the lesson's start on; the recording begins five minutes earlier."""
    samples = tuple(FrameCount((5 + k) * MINUTE, n, max(0, n - 1), n + 1) for k, n in enumerate(counts))
    return measured(case(), dossier(people=HeadcountSeries(samples, "m", MINUTE)))


def test_nobody_counted_has_no_section() -> None:
    assert presence_view(measured(case(), without_people(dossier()))) is None


def test_summary_says_minutes_staff_and_rate() -> None:
    view = presence_view(seen(11, 11))
    assert view is not None
    assert [words.en for words in view.summary] == [
        "2 of the lesson's 90 minutes have a count with an interval; 1 declared staff.",
        (
            "In person-minutes, 90 % to more than 100 % of the 10 who signed are in view; "
            "nobody outside the picture is counted."
        ),
    ]
    assert "90% 至 100% 以上" in view.summary[1].zh


def test_arrivals_and_departures_stand_at_their_time_of_day() -> None:
    view = presence_view(seen(4, 11, 11, 3))
    assert view is not None
    assert [(turn.span, turn.text.en) for turn in view.turnovers] == [
        ("08:30:00 – 08:32:00", "at least 5 came"),
        ("08:32:00 – 08:34:00", "at least 6 left"),
    ]


def test_very_many_changes_are_shortened() -> None:
    view = presence_view(seen(*[2, 12] * 10))
    assert view is not None
    assert len(view.turnovers) == MOST_TURNOVERS
    assert view.more == 19 - MOST_TURNOVERS


def test_figures_followed_people_and_corrections_are_named() -> None:
    series = replace(
        headcount(),
        still_figures=(StillFigure((0.1, 0.2, 0.3, 0.6), Interval(0, 40 * MINUTE), 200),),
        passages=(
            Passage(PassageKind.LEFT, Interval(0, 1), (0, 0, 1, 1)),
            Passage(PassageKind.HIDDEN, Interval(0, 1), (0, 0, 1, 1)),
        ),
    )
    counted = measured(case(), dossier(people=series))
    corrected = change_file(counted, counts=tuple(CountReview("a" * 64, 600.0 + k, 12, "R") for k in range(3)))
    view = presence_view(corrected)
    assert view is not None
    english = " ".join(words.en for words in view.notes)
    assert "10–30 % × 20–60 % (width × height) never moved in 40 minutes" in english
    assert "2 people who were suddenly lost were followed" in english
    assert "1 seem to have left their places and 1 to have been hidden" in english
    assert "corrected by 3 counts by eye (factor 1.09)" in english


def test_the_report_shows_the_section_in_both_languages() -> None:
    of = seen(4, 11, 11, 3)
    html = render_report(verdict(of), of, {}, "test")
    assert "到课人数" in html
    assert "People through the lesson" in html
    assert "at least 6 left" in html
