import pytest

from lessonproof.evidence.verdict import Outcome
from lessonproof.policy.payable import Payable, payable_class_hours
from tests.policy.cases import NK, SX, at, case, change, change_class


def test_an_open_outcome_has_no_hours_and_a_failed_one_none_to_pay() -> None:
    assert payable_class_hours(SX, case(), Outcome.REVIEW) == Payable(None)
    assert payable_class_hours(SX, case(), Outcome.FAIL) == Payable(0)


@pytest.mark.parametrize(
    ("minutes", "claimed", "paid"),
    [(None, 2, 2), (None, 3, 2), (40, 2, 2), (40, 3, 2), (45, 1, 1)],
)
def test_whole_hours_that_the_lesson_can_hold(minutes: int | None, claimed: int, paid: int) -> None:
    base = change(change_class(case("NK"), minutes_per_class_hour=minutes), class_hours=claimed)
    assert payable_class_hours(NK, base, Outcome.PASS).class_hours == paid


def test_one_microsecond_short_of_an_hour_is_not_an_hour() -> None:
    short = change(case("NK"), end=at("09:59:59.999999"))
    assert payable_class_hours(NK, short, Outcome.PASS).class_hours == 1


def test_fewer_hours_than_claimed_are_explained_with_the_default() -> None:
    claimed = change(case(), class_hours=3)
    note = payable_class_hours(SX, claimed, Outcome.PASS).note
    assert note is not None
    assert "our default" in note.en
    assert "默认" in note.zh
    declared = payable_class_hours(SX, change_class(claimed, minutes_per_class_hour=40), Outcome.PASS).note
    assert declared is not None
    assert "default" not in declared.en
