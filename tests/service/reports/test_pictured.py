"""Pictures in reports: none without its note, each with its words, and what was done to people is told."""

from dataclasses import replace

import pytest

from lessonproof.evidence.count_pictures import CountMoment, count_pictures
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.picture_note import Privacy
from lessonproof.evidence.verdict import UnitCase, UnitVerdict
from lessonproof.service.reports.pictured import (
    COUNT_CAPTIONS,
    PRIVACY_NOTES,
    finding_pictures,
    pictures_of_counts,
    privacy_notes,
)
from lessonproof.service.reports.render import render_report
from tests.evidence.veiled import veiled_jpeg


def counted(dossier: Dossier, *samples: FrameCount) -> Dossier:
    return replace(dossier, headcount=HeadcountSeries(samples, "m", NS_PER_S), headcount_reason=None)


def test_every_moment_and_every_way_has_words() -> None:
    assert set(COUNT_CAPTIONS) == set(CountMoment)
    assert set(PRIVACY_NOTES) == set(Privacy)


def test_a_count_is_captioned_with_time_number_and_interval(dossier: Dossier) -> None:
    one = counted(dossier, FrameCount(5 * NS_PER_S, 9, 8, 12), FrameCount(70 * NS_PER_S, 4, None, None))
    names = [picture.name for picture in count_pictures(one)]
    first, fewest = pictures_of_counts(one, {names[0]: veiled_jpeg(marked=9), names[1]: veiled_jpeg()})
    assert first.caption.zh == "首次计数、人数最多 0:00:05：9 人（区间 8–12），框出 9 人"
    assert first.caption.en == "first count, most people 0:00:05: 9 people (interval 8 to 12), 9 boxed"
    assert fewest.caption.zh == "人数最少 0:01:10：4 人"


def test_a_picture_without_a_note_is_not_shown(dossier: Dossier) -> None:
    bare = b"\xff\xd8 kept by an earlier version"
    finding = dossier.findings[0]
    assert {p.data for p in finding_pictures(finding, dict.fromkeys(finding.evidence, bare))} == {None}
    assert pictures_of_counts(dossier, {p.name: bare for p in count_pictures(dossier)}) == ()


@pytest.mark.parametrize("privacy", Privacy)
def test_the_report_says_what_was_done(
    verdict: UnitVerdict, case: UnitCase, dossier: Dossier, privacy: Privacy
) -> None:
    name = dossier.findings[0].evidence[0]
    html = render_report(verdict, case, {name: veiled_jpeg(privacy=privacy)}, "x")
    for way, words in PRIVACY_NOTES.items():
        assert (words.zh in html, words.en in html) == (way is privacy, way is privacy)


def test_a_report_without_pictures_says_nothing_of_them(verdict: UnitVerdict, case: UnitCase) -> None:
    html = render_report(verdict, case, {}, "x")
    assert not any(words.zh in html for words in PRIVACY_NOTES.values())
    assert privacy_notes([]) == ()


def test_counted_moments_stand_in_the_report(verdict: UnitVerdict, case: UnitCase, pictures: dict[str, bytes]) -> None:
    html = render_report(verdict, case, pictures, "x")
    assert "框出 8 人" in html
    assert "8 boxed" in html
    assert "nobody is identified" in html
