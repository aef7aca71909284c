"""What may be said of a roll call."""

import pytest
from hypothesis import given

from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.roll_call import (
    NO_SPEECH,
    RollCall,
    RollCallState,
    roll_call_for_people,
    roll_call_from_json,
    roll_call_to_json,
    uncertain,
)
from tests.evidence.values import roll_calls

SPAN = Interval(10**9, 3 * 10**9)


@given(roll_calls())
def test_it_survives_json(found: RollCall) -> None:
    assert roll_call_from_json(roll_call_to_json(found)) == found


def test_only_what_is_uncertain_has_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        RollCall(RollCallState.UNCERTAIN, SPAN, 0, 0.0)
    with pytest.raises(ValueError, match="reason"):
        RollCall(RollCallState.FOUND, SPAN, 8, 0.9, NO_SPEECH)
    assert uncertain(NO_SPEECH) == RollCall(RollCallState.UNCERTAIN, None, 0, 0.0, NO_SPEECH)


def test_what_is_decided_has_a_place_and_a_confidence() -> None:
    with pytest.raises(ValueError, match="somewhere"):
        RollCall(RollCallState.NOT_FOUND, None, 0, 0.5)
    with pytest.raises(ValueError, match="confidence"):
        RollCall(RollCallState.FOUND, SPAN, 8, 1.1)
    with pytest.raises(ValueError, match="pairs"):
        RollCall(RollCallState.FOUND, SPAN, -1, 0.5)


def test_people_read_seconds() -> None:
    told = roll_call_for_people(RollCall(RollCallState.FOUND, SPAN, 8, 0.87654))
    assert (told["start_s"], told["end_s"], told["confidence"]) == (1.0, 3.0, 0.877)
    assert roll_call_for_people(uncertain(NO_SPEECH))["start_s"] is None
