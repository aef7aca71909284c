from dataclasses import replace

from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.training import RecordingRef, TeachingUnit
from lessonproof.workers.comparing_here import ClassShelf, compare_all
from lessonproof.workers.pipeline import Analysis
from tests.storage.fingerprints import fingerprint, holding, name_of
from tests.storage.support import class_file, dossier

THIEF = holding(fingerprint(100), fingerprint(7), at=20, start=90, count=40)


def subject(one: Fingerprint) -> Dossier:
    return replace(dossier(one.sha256), duration_ns=300 * NS_PER_S)


def kinds(comparison: Comparison) -> list[tuple[str, object]]:
    return [(finding.kind.value, finding.detail.get("other_file")) for finding in comparison.findings]


class TestCompareAll:
    """``analyse A B C``."""

    def test_a_common_stretch_is_told_on_both(self) -> None:
        given = {"a.mp4": fingerprint(7), "b.mp4": THIEF, "c.mp4": fingerprint(9)}
        found = compare_all([(file, subject(one), one) for file, one in given.items()])
        assert kinds(found["a.mp4"]) == [("reuse", "b.mp4")]
        assert kinds(found["b.mp4"]) == [("reuse", "a.mp4")]
        assert kinds(found["c.mp4"]) == []
        assert all("reuse" in one.checked for one in found.values())

    def test_the_same_bytes_are_told_on_the_second(self) -> None:
        one = fingerprint(7)
        found = compare_all([(file, subject(one), one) for file in ("a.mp4", "b.mp4")])
        assert kinds(found["a.mp4"]) == []
        assert kinds(found["b.mp4"]) == [("reuse", "a.mp4")]

    def test_without_fingerprints_nothing_is_said(self) -> None:
        found = compare_all([(file, subject(fingerprint(seed)), None) for file, seed in (("a", 1), ("b", 2))])
        assert [one.unchecked["reuse"] for one in found.values()] == ["no_fingerprint"] * 2


class TestClassShelf:
    """``verify CLASSFILE``."""

    def unit(self, *files: str) -> TeachingUnit:
        unit = class_file(("T", files)).training_class.units[0]
        return replace(unit, recordings=tuple(RecordingRef(file, "front") for file in files))

    def compare(self, shelf: ClassShelf, **files: Fingerprint) -> dict[str, Comparison]:
        results: dict[str, Analysis | FailedAnalysis] = {
            file: Analysis(subject(one), one) for file, one in files.items()
        }
        return shelf.compare_unit(self.unit(*files), results)

    def test_what_an_earlier_unit_showed_is_told_on_the_later(self) -> None:
        shelf = ClassShelf()
        assert kinds(self.compare(shelf, first=fingerprint(7))["first"]) == []
        assert kinds(self.compare(shelf, second=THIEF)["second"]) == [("reuse", "first")]

    def test_files_of_one_unit_may_overlap(self) -> None:
        shelf = ClassShelf()
        assert [kinds(one) for one in self.compare(shelf, first=fingerprint(7), second=THIEF).values()] == [[], []]

    def test_one_file_of_two_units_is_not_compared_with_itself(self) -> None:
        shelf = ClassShelf()
        self.compare(shelf, first=fingerprint(7))
        assert kinds(self.compare(shelf, first=fingerprint(7))["first"]) == []

    def test_the_seam_between_two_units_is_honest(self) -> None:
        """The last minute of one file is the first of the next."""
        shelf = ClassShelf()
        self.compare(shelf, first=fingerprint(7))
        following = holding(fingerprint(100), fingerprint(7), at=0, start=110, count=40)
        assert kinds(self.compare(shelf, second=following)["second"]) == []

    def test_what_could_not_be_read_is_passed_over(self) -> None:
        failed = FailedAnalysis(name_of(1), 10, "unknown_container", "no", "不行")
        assert ClassShelf().compare_unit(self.unit("a"), {"a": failed}) == {}
