from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.comparison import LISTED_AT_MOST, Comparison, listing, set_digest
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import Interval
from tests.evidence.values import DIGESTS
from tests.storage.support import digest

REUSE = Finding(FindingKind.REUSE, Interval(1, 5), 0.9, Severity.CRITICAL, "fingerprint")
CUT = Finding(FindingKind.CUT, Interval(2, 3), 0.9, Severity.CRITICAL, "full_decode")


def comparison(
    *found: Finding, checked: frozenset[str] = frozenset({"reuse"}), unchecked: dict[str, str] | None = None
) -> Comparison:
    return Comparison(digest("a"), (), None, 0.0, found, checked, unchecked or {})


def test_a_short_list_is_a_list_and_a_long_one_a_digest() -> None:
    assert listing([digest("b"), digest("a"), digest("b")]) == ((digest("a"), digest("b")), None)
    many = [f"{number:064x}" for number in range(LISTED_AT_MOST + 1)]
    assert listing(many) == ((), set_digest(many))
    assert listing(many[:-1])[1] is None


@given(st.lists(DIGESTS, max_size=5), st.randoms())
def test_a_set_has_one_digest_whatever_its_order(digests: list[str], random: Random) -> None:
    shuffled = [*digests, *digests]
    random.shuffle(shuffled)
    assert set_digest(shuffled) == set_digest(digests)


def test_sets_are_told_apart() -> None:
    assert len({set_digest([]), set_digest([digest("a")]), set_digest([digest("a"), digest("b")])}) == 3
