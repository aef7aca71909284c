"""The moments that show a head count follow from the dossier alone."""

from dataclasses import replace

import pytest

from lessonproof.evidence.count_pictures import CountMoment, count_pictures
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries, StillFigure
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.storage.support import digest, dossier

S, L, H = CountMoment.START, CountMoment.LOWEST, CountMoment.HIGHEST


def chosen(*counts: int | None) -> list[tuple[int, tuple[CountMoment, ...]]]:
    """Second and reasons of each moment that is pictured; one count a second."""
    samples = tuple(FrameCount(s * NS_PER_S, count, None, None) for s, count in enumerate(counts))
    counted = replace(dossier(digest("a")), headcount=HeadcountSeries(samples, "m", NS_PER_S), headcount_reason=None)
    return [(picture.sample.time_ns // NS_PER_S, picture.moments) for picture in count_pictures(counted)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param([5, 3, 8, 3, 8], [(0, (S,)), (1, (L,)), (2, (H,))], id="the-earliest-of-equals"),
        pytest.param([4, 4, 4], [(0, (S, L, H))], id="always-the-same"),
        pytest.param([None, 2, 9], [(1, (S, L)), (2, (H,))], id="the-first-that-was-counted"),
        pytest.param([9, 5, None, 1], [(0, (S, H)), (3, (L,))], id="emptying"),
        pytest.param([0, 0], [(0, (S, L, H))], id="nobody-is-a-count"),
        pytest.param([None, None], [], id="nothing-was-readable"),
        pytest.param([], [], id="no-sample"),
    ],
)
def test_first_fewest_most(counts: list[int | None], expected: list[tuple[int, tuple[CountMoment, ...]]]) -> None:
    assert chosen(*counts) == expected


def test_what_stands_still_is_told_where_it_is_seen() -> None:
    poster, dummy = (0.1, 0.1, 0.2, 0.4), (0.5, 0.5, 0.6, 0.9)
    figures = (StillFigure(poster, Interval(0, 9 * NS_PER_S), 9), StillFigure(dummy, Interval(NS_PER_S, NS_PER_S), 1))
    samples = tuple(FrameCount(s * NS_PER_S, count, None, None) for s, count in enumerate([5, 3]))
    series = HeadcountSeries(samples, "m", NS_PER_S, figures)
    shown = count_pictures(replace(dossier(digest("a")), headcount=series, headcount_reason=None))
    assert [picture.still_xyxy for picture in shown] == [(poster,), (poster, dummy)]


def test_where_nobody_counted_nothing_is_shown() -> None:
    assert count_pictures(dossier(digest("a"))) == ()


def test_names_are_of_the_scheme_of_findings() -> None:
    samples = (FrameCount(61_500_000_000, 3, 2, 4), FrameCount(70_000_000_000, 5, 4, 6))
    series = HeadcountSeries(samples, "m", NS_PER_S)
    names = [p.name for p in count_pictures(replace(dossier(digest("a")), headcount=series, headcount_reason=None))]
    assert names == [
        "frames/aaaaaaaaaaaa-headcount-000061500-start.jpg",
        "frames/aaaaaaaaaaaa-headcount-000070000-highest.jpg",
    ]
