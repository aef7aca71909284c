import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.training import Roster, Trainee
from lessonproof.evidence.verdict import (
    Bilingual,
    ClauseResult,
    ClauseStatus,
    EvidenceRef,
    Outcome,
    Scope,
    UnitCase,
    UnitVerdict,
)
from lessonproof.service.reports.render import render_report

VOID = {"input", "meta", "img", "br", "col", "link"}
REQUESTING = {"src", "srcset", "action", "data", "poster", "background", "formaction", "xlink:href"}


class _Page(HTMLParser):
    """Collects what a browser would act on, and checks that tags close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.requests: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), "no script in attributes"
            if name == "id":
                self.ids.append(value or "")
            elif name in REQUESTING:
                self.requests.append(value or "")
            elif name == "href":
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data


@pytest.fixture
def html(verdict: UnitVerdict, case: UnitCase, pictures: dict[str, bytes]) -> str:
    defaults = {"Q12": Bilingual("两名审核人员", "two reviewers")}
    return render_report(verdict, case, pictures, "LessonProof test", defaults)


def test_the_page_needs_nothing_else(html: str) -> None:
    page = _Page(html)
    assert page.tags["script"] == page.tags["link"] == page.tags["iframe"] == 0
    assert page.requests
    assert all(request.startswith("data:image/jpeg;base64,") for request in page.requests)
    assert all(link.startswith("#f") for link in page.links)
    assert re.search(r"url\(|@import|https?://", html) is None
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in html


def test_every_link_leads_somewhere_and_every_name_is_used_once(html: str) -> None:
    page = _Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_no_trainee_is_named(html: str, case: UnitCase) -> None:
    names = [trainee.name for trainee in case.class_file.training_class.roster.trainees]
    assert len(names) == 8
    assert [name for name in names if name in html] == []
    assert case.unit.teacher in html
    assert case.class_file.institution.name in html


def test_both_languages_stand_in_the_page_and_chinese_comes_first(html: str) -> None:
    assert html.count('class="zh" lang="zh-CN"') == html.count('class="en" lang="en"') > 100
    assert 'id="lang-zh" checked' in html
    page = _Page(html)
    for text in ("待复核", "Needs review", "疑似剪切", "Suspected cut", "两名审核人员", "two reviewers"):
        assert text in page.text


def test_everything_of_the_verdict_is_shown(html: str, verdict: UnitVerdict, dossier: Dossier) -> None:
    text = _Page(html).text
    for clause in verdict.clauses:
        assert clause.clause_id in text
        assert clause.quote in text
        assert clause.reason.zh in text
        assert clause.reason.en in text
    for need in verdict.needs:
        assert need.zh in text
        assert need.en in text
    for digest in (verdict.pack.sha256, dossier.sha256, *verdict.documents):
        assert digest in text
    assert "LessonProof test" in text


def test_what_was_measured_and_what_was_checked_is_told(verdict: UnitVerdict, case: UnitCase, dossier: Dossier) -> None:
    codes = {"clock_jump": "no_clock", "cut": "noise_hides_jumps"}
    changed = replace(case, dossiers={case.unit.recordings[0].file: replace(dossier, unchecked=codes)})
    text = _Page(render_report(verdict, changed, {}, "x")).text
    assert "文件在这里缺少 12 秒的画面。" in text
    assert "检查了什么" in text
    assert "画面上没有显示时间。" in text
    assert "No clock is shown in the picture." in text
    assert "可能还有未发现的：画面变化或噪点较多，可能掩盖剪切留下的跳变。" in text
    assert "no_clock" not in text


def test_a_picture_that_is_not_there_is_said_to_be_absent(html: str) -> None:
    page = _Page(html)
    assert page.tags["img"] == 6 + 3, "three findings with two pictures each, three moments of the head count"
    assert page.text.count("没有可用的画面") == 2, "those of the unreadable stretch"


def test_drawings_have_titles(html: str) -> None:
    page = _Page(html)
    assert page.tags["svg"] == 4
    assert page.tags["title"] >= 1 + 2 + 5 + 2, "page, charts, findings, reference lines"
    assert html.count("aria-labelledby=") == 3


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "</style>"]
)
def test_what_others_wrote_stays_text(
    hostile: str, verdict: UnitVerdict, case: UnitCase, pictures: dict[str, bytes]
) -> None:
    unit = replace(
        case.unit,
        topic=hostile,
        teacher=hostile,
        venue=hostile,
        recordings=tuple(replace(ref, camera=hostile) for ref in case.unit.recordings),
    )
    institution = replace(case.class_file.institution, name=hostile)
    spoilt = replace(case, unit=unit, class_file=replace(case.class_file, institution=institution))
    reason = Bilingual(hostile, hostile)
    clause = ClauseResult(
        hostile, hostile, Scope.UNIT, ClauseStatus.FAIL, (hostile,), reason, (), (EvidenceRef(record=hostile),)
    )
    page = _Page(render_report(replace(verdict, clauses=(clause,), needs=(reason,)), spoilt, pictures, hostile))
    assert page.tags["script"] == 0
    assert page.tags["img"] == 9
    assert page.tags["style"] == 1
    assert hostile in page.text


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_banner(outcome: Outcome, verdict: UnitVerdict, case: UnitCase) -> None:
    html = render_report(replace(verdict, outcome=outcome, payable_class_hours=4), case, {}, "x")
    assert f'class="banner {outcome.value}"' in html


def test_a_unit_without_anything_is_reported_too(verdict: UnitVerdict, case: UnitCase) -> None:
    unit = replace(case.unit, recordings=(), sheets=())
    text = _Page(render_report(verdict, replace(case, unit=unit, dossiers={}), {}, "x")).text
    assert "该授课单元没有提交录像" in text
    assert "未提供签到表" in text


def test_a_recording_without_findings_and_counts(verdict: UnitVerdict, case: UnitCase, dossier: Dossier) -> None:
    plain = replace(dossier, findings=(), headcount=None, headcount_reason="no_weights")
    text = _Page(render_report(verdict, replace(case, dossiers={case.unit.recordings[0].file: plain}), {}, "x")).text
    assert "没有发现异常" in text
    assert "未安装人数检测模型" in text


def test_equal_arguments_give_equal_bytes(
    html: str, verdict: UnitVerdict, case: UnitCase, pictures: dict[str, bytes]
) -> None:
    defaults = {"Q12": Bilingual("两名审核人员", "two reviewers")}
    assert render_report(verdict, case, pictures, "LessonProof test", defaults) == html


def test_withdrawn_trainees_are_told_apart(verdict: UnitVerdict, case: UnitCase) -> None:
    people = case.class_file.training_class.roster.trainees
    gone = Trainee(99, "学员末", withdrawn_at=case.unit.start)
    training_class = replace(case.class_file.training_class, roster=Roster((*people, gone)))
    changed = replace(case, class_file=replace(case.class_file, training_class=training_class))
    assert "另有 1 人已中断" in _Page(render_report(verdict, changed, {}, "x")).text
