"""Head counts go to JSON and back without loss, and speak in seconds to people."""

import json
from dataclasses import replace

import pytest
from hypothesis import given

from lessonproof.evidence.codec import canonical_json
from lessonproof.evidence.headcount import (
    FrameCount,
    HeadcountSeries,
    Passage,
    PassageKind,
    StillFigure,
    per_minute,
)
from lessonproof.evidence.headcount_codec import headcount_for_people, headcount_from_json, headcount_to_json
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.evidence.values import headcounts

SERIES = HeadcountSeries(
    (FrameCount(0, 5, 4, 7), FrameCount(10 * NS_PER_S, None, None, None), FrameCount(70 * NS_PER_S, 6, None, None)),
    "m@sha256:0",
    10 * NS_PER_S,
    (StillFigure((0.123456, 0.25, 0.5, 0.75), Interval(0, 60 * NS_PER_S), 7),),
    (Passage(PassageKind.HIDDEN, Interval(0, 10 * NS_PER_S), (0.1, 0.2, 0.3, 0.4)),),
    0.87654,
)


@given(headcounts())
def test_a_series_survives_the_way_through_bytes(series: HeadcountSeries) -> None:
    stored = canonical_json(headcount_to_json(series))
    assert headcount_from_json(json.loads(stored)) == series


@given(headcounts())
def test_a_series_of_a_version_that_did_not_follow_people_is_read(series: HeadcountSeries) -> None:
    stored = json.loads(canonical_json(headcount_to_json(series)))
    for name in ("still_figures", "passages", "refound_share"):
        del stored[name]
    assert headcount_from_json(stored) == replace(series, still_figures=(), passages=(), refound_share=None)


@pytest.mark.parametrize("name", ["samples", "model_id", "sample_period_ns"])
def test_a_series_without_what_every_version_wrote_is_refused(name: str) -> None:
    stored = headcount_to_json(SERIES)
    del stored[name]
    with pytest.raises(KeyError, match=name):
        headcount_from_json(stored)


def test_a_passage_of_an_unknown_kind_is_refused() -> None:
    stored = json.loads(canonical_json(headcount_to_json(SERIES)))
    stored["passages"][0]["kind"] = "flew"
    with pytest.raises(ValueError, match="flew"):
        headcount_from_json(stored)


def test_people_read_seconds_and_minutes() -> None:
    told = json.loads(canonical_json(headcount_for_people(SERIES)))
    assert told == {
        "t_s": [0.0, 10.0, 70.0],
        "count": [5, None, 6],
        "low": [4, None, None],
        "high": [7, None, None],
        "minutes": [
            {"start_s": 0.0, "count": 5, "low": 4, "high": 7, "samples": 1},
            {"start_s": 60.0, "count": 6, "low": None, "high": None, "samples": 1},
        ],
        "still_figures": [{"box": [0.1235, 0.25, 0.5, 0.75], "start_s": 0.0, "end_s": 60.0}],
        "passages": [{"kind": "hidden", "start_s": 0.0, "end_s": 10.0}],
        "refound_share": 0.877,
        "model": "m@sha256:0",
    }


@given(headcounts())
def test_every_column_is_as_long_as_the_series(series: HeadcountSeries) -> None:
    told = json.loads(canonical_json(headcount_for_people(series)))
    assert {len(told[name]) for name in ("t_s", "count", "low", "high")} == {len(series.samples)}
    assert len(told["minutes"]) == len(per_minute(series))
