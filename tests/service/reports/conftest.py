"""A judged case with every part that a report can show: findings, pictures, counts with gaps, an unreadable file."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from lessonproof.documents.class_file import parse_class_file
from lessonproof.evidence.count_pictures import count_pictures
from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp, PipelineStamp, VideoFacts
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S, Interval, s_to_ns
from lessonproof.evidence.verdict import UnitCase, UnitVerdict
from lessonproof.policy.judge import judge
from lessonproof.policy.packs import load_packs, select_pack
from tests.evidence.veiled import veiled_jpeg

SHA = "ab" * 32
PERIOD_S = 10
DURATION_S = 3 * 3600 + 95
"""A morning, with the minutes before and after it."""
EXAMPLE = Path(__file__).parents[3] / "examples" / "practical" / "class.yaml"


def _finding(
    kind: FindingKind, start_s: float, end_s: float, confidence: float, severity: Severity, **detail: float
) -> Finding:
    stem = f"frames/{SHA[:12]}-{kind.value}-{round(start_s * 1000):09d}"
    has_pictures = kind is not FindingKind.AUDIO_GAP
    return Finding(
        kind,
        Interval(s_to_ns(start_s), s_to_ns(end_s)),
        confidence,
        severity,
        "full_decode",
        detail,
        (f"{stem}-before.jpg", f"{stem}-after.jpg") if has_pictures else (),
    )


def _counts() -> HeadcountSeries:
    """Seven trainees and a teacher, a coffee break, an unreadable stretch, a lost minute."""
    rng = np.random.default_rng(7)
    samples = []
    for time_s in range(0, DURATION_S, PERIOD_S):
        share = time_s / DURATION_S
        present = 3 if 0.49 < share < 0.53 else min(8, 2 + time_s // 60)
        count = max(0, present + int(rng.integers(-1, 2)))
        if 0.7 < share < 0.73:
            samples.append(FrameCount(time_s * NS_PER_S, None, None, None))
        elif not 0.3 < share < 0.306:
            samples.append(FrameCount(time_s * NS_PER_S, count, max(0, count - 1), count + 2))
    return HeadcountSeries(tuple(samples), "person-small@sha256:" + "cd" * 32, PERIOD_S * NS_PER_S)


@pytest.fixture
def dossier() -> Dossier:
    findings = (
        _finding(FindingKind.CUT, 1201.24, 1201.28, 0.97, Severity.CRITICAL, before_s=1201.24, after_s=1201.28),
        _finding(FindingKind.FREEZE, 3000.0, 3045.5, 0.95, Severity.CRITICAL, length_s=45.5),
        _finding(FindingKind.AUDIO_GAP, 3600.0, 3900.0, 0.9, Severity.WARNING, length_s=300.0),
        _finding(FindingKind.GAP, 7300.0, 7312.0, 0.99, Severity.CRITICAL, missing_s=12.0),
        _finding(FindingKind.UNREADABLE, 7600.0, 7900.0, 0.99, Severity.WARNING),
    )
    return Dossier(
        sha256=SHA,
        size_bytes=1_234_567_890,
        duration_ns=DURATION_S * NS_PER_S,
        video=VideoFacts("mp4", "h264", 1280, 720, 270_000, 3_600, None, "Lavf62.1"),
        has_audio=True,
        findings=findings,
        headcount=_counts(),
        headcount_reason=None,
        checked=frozenset({"cut", "gap", "freeze", "black", "no_audio", "audio_gap", "truncated", "unreadable"}),
        pipeline=PipelineStamp(
            "0.1.0", {"index": "1"}, (ModelStamp("person-small", "cd" * 32),), {"with_people": True}
        ),
    )


@pytest.fixture
def case(dossier: Dossier) -> UnitCase:
    class_file = parse_class_file(EXAMPLE.read_text(encoding="utf-8"), "class.yaml")
    unit = class_file.unit("P1")
    failed = FailedAnalysis(
        None, None, "not_a_regular_file", "recordings/P1-west.mp4: cannot be opened", "recordings/P1-west.mp4：无法打开"
    )
    return UnitCase(class_file, unit, {unit.recordings[0].file: dossier, unit.recordings[1].file: failed})


@pytest.fixture
def verdict(case: UnitCase) -> UnitVerdict:
    return judge(select_pack(load_packs(), "NK", case.class_file.training_class.opened_on), case)


@pytest.fixture
def pictures(dossier: Dossier) -> dict[str, bytes]:
    """A small room, drawn; the last finding's pictures are not handed in."""
    found: dict[str, bytes] = {}
    for index, finding in enumerate(dossier.findings[:-1]):
        for side, name in enumerate(finding.evidence):
            rgb = np.full((180, 320, 3), (200 - 20 * index, 195, 180), np.uint8)
            cv2.rectangle(rgb, (20, 20), (300, 80), (60, 90, 80), -1)
            for seat in range(6):
                cv2.circle(rgb, (40 + 48 * seat, 120 + 20 * side), 12, (90, 60, 50), -1)
            found[name] = veiled_jpeg(rgb)
    found |= {count.name: veiled_jpeg(rgb, count.sample.time_ns, marked=8) for count in count_pictures(dossier)}
    return found
