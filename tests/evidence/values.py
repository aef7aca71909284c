"""Random values of the vocabulary."""

from typing import Any

from hypothesis import strategies as st

from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp, PipelineStamp, VideoFacts
from lessonproof.evidence.file_marks import EditSegment, EncoderMark, FileMarks, StreamFacts, TrackMarks
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import (
    FrameCount,
    HeadcountSeries,
    Passage,
    PassageKind,
    StillFigure,
    merge_samples,
)
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.roll_call import RollCall, RollCallState, uncertain
from lessonproof.evidence.speech import NO_DETECTOR, NO_SOUND, SpeechSurvey, SpeechTurn

TIMES_NS = st.integers(0, 4 * 3600 * 10**9)
WORDS = st.text(min_size=1, max_size=8)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
_SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


def intervals() -> st.SearchStrategy[Interval]:
    return st.builds(lambda start, length: Interval(start, start + length), TIMES_NS, st.integers(0, 10**12))


def findings() -> st.SearchStrategy[Finding]:
    return st.builds(
        Finding,
        kind=st.sampled_from(FindingKind),
        interval=intervals(),
        confidence=st.floats(0, 1),
        severity=st.sampled_from(Severity),
        measured_from=WORDS,
        detail=st.dictionaries(WORDS, JSON_VALUES, max_size=3),
        evidence=st.lists(WORDS, max_size=2).map(tuple),
    )


@st.composite
def frame_counts(draw: st.DrawFn) -> FrameCount:
    time_ns = draw(st.integers(0, 100))
    if draw(st.booleans()):
        return FrameCount(time_ns, None, None, None)
    count = draw(st.integers(0, 60))
    if draw(st.booleans()):
        return FrameCount(time_ns, count, None, None)
    return FrameCount(time_ns, count, draw(st.integers(0, count)), draw(st.integers(count, 99)))


def headcounts() -> st.SearchStrategy[HeadcountSeries]:
    samples = st.lists(frame_counts(), max_size=5).map(lambda found: merge_samples([found]))
    boxes = st.tuples(*[st.floats(0, 1)] * 4)
    return st.builds(
        HeadcountSeries,
        samples=samples,
        model_id=WORDS,
        sample_period_ns=st.integers(1, 10**11),
        still_figures=st.lists(st.builds(StillFigure, boxes, intervals(), st.integers(1, 999)), max_size=2).map(tuple),
        passages=st.lists(st.builds(Passage, st.sampled_from(PassageKind), intervals(), boxes), max_size=2).map(tuple),
        refound_share=st.none() | st.floats(0, 1),
    )


def stamps() -> st.SearchStrategy[PipelineStamp]:
    return st.builds(
        PipelineStamp,
        version=WORDS,
        stages=st.dictionaries(WORDS, WORDS, max_size=3),
        models=st.lists(st.builds(ModelStamp, name=WORDS, sha256=DIGESTS), max_size=2).map(tuple),
        settings=st.dictionaries(WORDS, st.booleans() | st.integers() | WORDS, max_size=3),
        tools=st.dictionaries(WORDS, WORDS, max_size=2),
    )


def video_facts() -> st.SearchStrategy[VideoFacts]:
    sizes = st.integers(1, 8000)
    return st.builds(
        VideoFacts,
        container=WORDS,
        codec=WORDS,
        width_px=sizes,
        height_px=sizes,
        packets=sizes,
        keyframes=sizes,
        declared_duration_ns=st.none() | TIMES_NS,
        muxer=st.none() | WORDS,
    )


def file_marks() -> st.SearchStrategy[FileMarks]:
    texts, numbers = st.none() | WORDS, st.none() | st.integers(-(2**40), 2**40)
    edits = st.builds(EditSegment, numbers, st.integers(0, 2**50), st.floats(0, 4))
    tracks = st.builds(
        TrackMarks, st.sampled_from(["video", "audio", "other"]), texts, texts, texts, edits=st.lists(edits).map(tuple)
    )
    stream = st.builds(
        StreamFacts,
        *(WORDS, texts, numbers, st.integers(1, 8000), st.integers(1, 8000)),
        *(numbers, numbers, st.booleans(), st.booleans(), texts, numbers, numbers),
    )
    return st.builds(
        FileMarks,
        container=WORDS,
        stream=stream,
        brands=st.lists(WORDS, max_size=2).map(tuple),
        created_s=numbers,
        tracks=st.lists(tracks, max_size=2).map(tuple),
        encoders=st.lists(st.builds(EncoderMark, WORDS, texts, texts, texts), max_size=2).map(tuple),
        not_examined=st.dictionaries(WORDS, WORDS, max_size=2),
    )


@st.composite
def speech_surveys(draw: st.DrawFn) -> SpeechSurvey:
    reason = draw(st.none() | st.sampled_from([NO_SOUND, NO_DETECTOR]))
    if reason is not None:
        return SpeechSurvey(0, reason=reason)
    starts = sorted(draw(st.sets(st.integers(0, 1000), max_size=4)))
    turns = tuple(
        SpeechTurn(
            start,
            start + 1,
            draw(st.floats(-90, 0)),
            draw(st.none() | st.integers(70, 420)),
            draw(st.integers(150, 4000)),
        )
        for start in starts
    )
    silent = ((5, 9),) if draw(st.booleans()) else ()
    return SpeechSurvey(
        draw(st.integers(1, 10**6)), turns, silent, draw(st.none() | st.floats(-90, 0)), draw(st.integers(0, 99))
    )


@st.composite
def roll_calls(draw: st.DrawFn) -> RollCall:
    state = draw(st.sampled_from(RollCallState))
    if state is RollCallState.UNCERTAIN:
        return uncertain(draw(WORDS), draw(st.none() | intervals()), draw(st.integers(0, 60)))
    return RollCall(state, draw(intervals()), draw(st.integers(0, 60)), draw(st.floats(0, 1)))


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    headcount = draw(st.none() | headcounts())
    return Dossier(
        sha256=draw(DIGESTS),
        size_bytes=draw(st.integers(1, 10**12)),
        duration_ns=draw(TIMES_NS),
        video=draw(video_facts()),
        has_audio=draw(st.booleans()),
        findings=tuple(draw(st.lists(findings(), max_size=4))),
        headcount=headcount,
        headcount_reason="no_weights" if headcount is None else None,
        checked=frozenset(draw(st.lists(WORDS, max_size=3))),
        pipeline=draw(stamps()),
        marks=draw(st.none() | file_marks()),
        speech=draw(st.none() | speech_surveys()),
        roll_call=draw(st.none() | roll_calls()),
    )


def failures() -> st.SearchStrategy[FailedAnalysis]:
    return st.builds(
        FailedAnalysis,
        sha256=st.none() | DIGESTS,
        size_bytes=st.none() | st.integers(0, 10**12),
        code=WORDS,
        en=WORDS,
        zh=WORDS,
    )
