"""What a survey of speech must say."""

import pytest
from hypothesis import given

from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.speech import NO_SOUND, SpeechSurvey, SpeechTurn, survey_from_json, survey_to_json
from tests.evidence.values import speech_surveys


@given(speech_surveys())
def test_a_survey_survives_json(survey: SpeechSurvey) -> None:
    assert survey_from_json(survey_to_json(survey)) == survey


def test_it_listened_or_says_why_not() -> None:
    with pytest.raises(ValueError, match="says why"):
        SpeechSurvey(0)
    with pytest.raises(ValueError, match="says why"):
        SpeechSurvey(1000, reason=NO_SOUND)
    assert SpeechSurvey(1000).span() == Interval(0, 10**9)


@pytest.mark.parametrize(("start_ms", "end_ms"), [(5, 5), (6, 5), (-1, 5)])
def test_a_turn_has_a_length(start_ms: int, end_ms: int) -> None:
    with pytest.raises(ValueError, match="turn"):
        SpeechTurn(start_ms, end_ms, -20.0, None, 900)
    assert SpeechTurn(5, 12, -20.0, None, 900).length_ms == 7
