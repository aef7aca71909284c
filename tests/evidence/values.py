"""Random values of the vocabulary."""

from typing import Any

from hypothesis import strategies as st

from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp, PipelineStamp, VideoFacts
from lessonproof.evidence.file_marks import EditSegment, EncoderMark, FileMarks, StreamFacts, TrackMarks
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries, merge_samples
from lessonproof.evidence.intervals import Interval

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
    return st.builds(HeadcountSeries, samples=samples, model_id=WORDS, sample_period_ns=st.integers(1, 10**11))


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
