from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.compared import with_comparison
from lessonproof.evidence.codec import canonical_json, dossier_to_json
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.evidence.values import findings
from tests.storage.support import digest, dossier

CUT = Finding(FindingKind.CUT, Interval(2, 3), 0.9, Severity.CRITICAL, "full_decode")


def found(kind: FindingKind, start_s: float, end_s: float, **detail: str | float) -> Finding:
    span = Interval(round(start_s * NS_PER_S), round(end_s * NS_PER_S))
    return Finding(kind, span, 0.8, Severity.CRITICAL, "full_decode", dict(detail))


SPLICE = found(FindingKind.SPLICE, 100.04, 160.12)
REUSE = found(FindingKind.REUSE, 98, 162, other=digest("c"), other_start_s=30.0, length_s=64.0)
BORDER = found(
    FindingKind.CUT, 100.0, 100.04, border_of="splice", stretch_start_s=100.04, stretch_end_s=160.12, moved_blocks=7
)


def comparison(
    *told: Finding, checked: frozenset[str] = frozenset({"reuse"}), unchecked: dict[str, str] | None = None
) -> Comparison:
    return Comparison(digest("a"), (), None, 0.0, told, checked, unchecked or {})


def joined(own: tuple[Finding, ...], *compared: Finding) -> tuple[Finding, ...]:
    return with_comparison(replace(dossier(digest("a")), findings=own), comparison(*compared)).findings


def test_without_a_comparison_the_dossier_is_as_it_was() -> None:
    assert with_comparison(dossier(digest("a")), None) == dossier(digest("a"))


def test_what_a_comparison_adds() -> None:
    before = replace(
        dossier(digest("a")), findings=(CUT,), unchecked={"reuse": "not_compared", "speed": "no_reference"}
    )
    after = with_comparison(before, comparison(REUSE, unchecked={"container_mismatch": "too_few_recordings"}))
    assert after.findings == (CUT, REUSE)
    assert after.checked == {"cut", "reuse"}
    assert after.unchecked == {"speed": "no_reference", "container_mismatch": "too_few_recordings"}
    assert replace(after, findings=before.findings, checked=before.checked, unchecked=before.unchecked) == before


def test_of_another_recording_it_is_refused() -> None:
    with pytest.raises(ValueError, match="for the dossier of"):
        with_comparison(dossier(digest("b")), comparison())


def test_a_foreign_stretch_whose_source_is_known_is_one_finding_with_the_exact_borders() -> None:
    (told,) = joined((SPLICE,), REUSE)
    assert (told.kind, told.interval) == (FindingKind.REUSE, SPLICE.interval)
    assert (told.detail["other_start_s"], told.detail["length_s"]) == (32.04, 60.08)
    also = told.detail["also"]
    assert isinstance(also, list)
    assert [(entry["kind"], entry["start_s"], entry["end_s"]) for entry in also] == [("splice", 100.04, 160.12)]
    assert told.confidence is not None
    assert told.confidence > 0.8


def test_the_stored_dossier_keeps_its_splice() -> None:
    stored = replace(dossier(digest("a")), findings=(BORDER, SPLICE))
    before = canonical_json(dossier_to_json(stored))
    with_comparison(stored, comparison(REUSE))
    assert canonical_json(dossier_to_json(stored)) == before


def test_cuts_at_its_borders_name_what_it_has_become_and_other_cuts_stay() -> None:
    elsewhere = replace(BORDER, detail={**BORDER.detail, "stretch_start_s": 10.0, "stretch_end_s": 20.0})
    told = joined((CUT, elsewhere, BORDER, SPLICE), REUSE)
    assert [f.kind.value for f in told] == ["cut", "cut", "cut", "reuse"]
    assert CUT in told
    assert elsewhere in told
    (border,) = (f for f in told if f.detail.get("border_of") == "reuse")
    assert border.detail == {**BORDER.detail, "border_of": "reuse"}


def test_a_splice_elsewhere_is_an_event_of_its_own() -> None:
    other = found(FindingKind.SPLICE, 300, 320)
    assert joined((other,), REUSE) == (REUSE, other)


def test_a_long_splice_of_which_a_part_is_known_stays_beside_it() -> None:
    long = found(FindingKind.SPLICE, 90, 400)
    assert joined((long,), REUSE) == (long, REUSE)


def test_a_splice_within_a_longer_known_stretch_leaves_its_borders_alone() -> None:
    short = found(FindingKind.SPLICE, 120, 130)
    (told,) = joined((short,), REUSE)
    assert (told.interval, told.detail["other_start_s"]) == (REUSE.interval, 30.0)


def test_of_two_sources_the_nearer_one_takes_the_splice() -> None:
    partly = replace(REUSE, interval=Interval(90 * NS_PER_S, 140 * NS_PER_S), detail={"other": digest("d")})
    told = joined((SPLICE,), partly, REUSE)
    assert [("also" in f.detail, f.detail["other"]) for f in told] == [(False, digest("d")), (True, digest("c"))]


def test_the_source_never_begins_before_its_beginning() -> None:
    (told,) = joined((found(FindingKind.SPLICE, 96, 160),), replace(REUSE, detail={"other_start_s": 1.0}))
    assert told.detail["other_start_s"] == 0.0


@given(st.lists(findings(), max_size=4))
def test_findings_stay_in_order_and_none_is_lost_but_a_splice(compared: list[Finding]) -> None:
    told = joined((CUT,), *compared)
    assert list(told) == sorted(told, key=Finding.sort_key)
    assert len(told) == len(compared) + 1


@pytest.mark.parametrize(("blur_s", "start_s", "end_s"), [(3.0, 100.04, 160.12), (1.9, 98, 160.12), (1.0, 98, 162)])
def test_without_a_splice_borders_go_to_the_cuts_that_they_may_be_at(
    blur_s: float, start_s: float, end_s: float
) -> None:
    blurred = found(FindingKind.REUSE, 98, 162, other=digest("c"), other_start_s=30.0, borders_within_s=blur_s)
    cuts = (found(FindingKind.CUT, 100.0, 100.04), found(FindingKind.CUT, 160.08, 160.12))
    *_, told = sorted(joined(cuts, blurred), key=lambda one: one.interval.length_ns)
    assert (told.interval.start_s, told.interval.end_s) == (start_s, end_s)
    assert told.detail["other_start_s"] == pytest.approx(30.0 + start_s - 98)


def test_a_cut_at_neither_border_leaves_the_stretch_as_it_is() -> None:
    blurred = found(FindingKind.REUSE, 98, 102, other_start_s=30.0, borders_within_s=10.0)
    cut = found(FindingKind.CUT, 99.96, 100.0)
    assert blurred in joined((cut,), blurred)
