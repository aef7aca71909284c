from dataclasses import replace

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.reason_words import NOT_LOOKED_FOR, REASONS
from lessonproof.service.reports.checked import checked_view, plain_name
from lessonproof.service.reports.explanations import EXPLAINED


def _named(dossier: Dossier) -> list[str]:
    view = checked_view(dossier, 1)
    groups = [names.en for names, _ in view.undecided] + [names.en for _, names in view.clean]
    return [item.name.en for item in view.found] + [name for group in groups for name in group.split(", ")]


def test_every_measured_kind_stands_in_exactly_one_group(dossier: Dossier) -> None:
    undecided = {"reencoded": "only_marks_compared", "clock_jump": "no_clock", "cut": "noise_hides_jumps"}
    named = _named(replace(dossier, unchecked=undecided))
    assert sorted(named) == sorted(plain_name(kind).en for kind in EXPLAINED)


def test_what_was_found_links_to_its_findings(dossier: Dossier) -> None:
    twice = replace(dossier, findings=(*dossier.findings, dossier.findings[0]))
    cut, *_ = checked_view(twice, 3).found
    assert cut.name.zh == "剪切"
    assert cut.numbers == (3, 8)
    assert cut.unfinished is None


def test_what_was_found_may_not_be_all(dossier: Dossier) -> None:
    cut, *_ = checked_view(replace(dossier, unchecked={"cut": "budget_spent"}), 1).found
    assert cut.unfinished == REASONS["budget_spent"]


def test_kinds_with_one_reason_stand_together(dossier: Dossier) -> None:
    codes = {"clock_jump": "no_clock", "clock_drift": "no_clock", "loop": "too_few_pictures"}
    undecided = {reason: names for names, reason in checked_view(replace(dossier, unchecked=codes), 1).undecided}
    assert undecided[REASONS["no_clock"]].zh == "画面时钟跳变、画面时钟走时不准"
    assert undecided[REASONS["too_few_pictures"]].en == "loop"
    assert "splice" in undecided[NOT_LOOKED_FOR].en, "silence of what nobody looked for is no result"


def test_a_reason_outweighs_a_claim_to_have_checked(dossier: Dossier) -> None:
    view = checked_view(replace(dossier, findings=(), unchecked={"black": "undecodable"}), 1)
    clean = " ".join(names.en for _, names in view.clean)
    assert "cut" in clean
    assert "black picture" not in clean


def test_plain_names_suspect_nothing_and_are_told_apart() -> None:
    names = [plain_name(kind) for kind in FindingKind]
    assert not any("疑似" in name.zh or "uspected" in name.en or "apparently" in name.en for name in names)
    assert len({name.en for name in names}) == len({name.zh for name in names}) == len(names)
