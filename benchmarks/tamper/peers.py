"""What others tell of the same files, with their default thresholds, and the CPU time they take.

PySceneDetect's two detectors see the same decoded pictures, as its own scene manager hands them out (automatic
downscaling, linear); the decoding is counted to each. FFmpeg's filters run in one pass.
"""

import re
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import cv2
import imageio_ffmpeg
from scenedetect import AdaptiveDetector, ContentDetector, open_video
from scenedetect.scene_manager import compute_downscale_factor
from scenedetect.video_stream import VideoOpenFailure

from benchmarks.scoring import Edit
from benchmarks.tamper.copies import find_copies

PEERS: Final = ("scenedetect-content", "scenedetect-adaptive", "ffmpeg", "keyframe-hash")
TELLS: Final[Mapping[str, frozenset[str]]] = {
    "scenedetect-content": frozenset({"cut", "splice", "loop", "concatenated", "edit_list", "scene_change", "reuse"}),
    "scenedetect-adaptive": frozenset({"cut", "splice", "loop", "concatenated", "edit_list", "scene_change", "reuse"}),
    "ffmpeg": frozenset(
        {"cut", "splice", "loop", "concatenated", "edit_list", "scene_change", "reuse", "freeze", "black", "audio_gap"}
    ),
    "keyframe-hash": frozenset({"loop", "reuse"}),
}
"""Kinds that a peer can tell at all. Cut detectors know no kinds: a joined stretch counts as found by them where both
its borders were told."""


_SEAMS: Final = frozenset({"concatenated", "edit_list", "scene_change"})


@dataclass(frozen=True, slots=True)
class PeerResult:
    """What one peer tells of one file.

    Attributes:
        findings: kind and stretch; a cut is a point.
        cpu_s: processor time.
    """

    findings: tuple[Edit, ...]
    cpu_s: float


def run_peers(path: Path, accepted: list[Path]) -> dict[str, PeerResult]:
    """Run every peer on a file."""
    content, adaptive = run_scenedetect(path)
    copies, copies_s = _timed(lambda: find_copies(path, accepted))
    return {
        "scenedetect-content": content,
        "scenedetect-adaptive": adaptive,
        "ffmpeg": run_ffmpeg(path),
        "keyframe-hash": PeerResult(tuple(copies), copies_s),
    }


def run_scenedetect(path: Path) -> tuple[PeerResult, PeerResult]:
    """PySceneDetect's content and adaptive detectors; nothing where OpenCV cannot open the file."""
    detectors = (ContentDetector(), AdaptiveDetector())
    cuts: tuple[list[float], list[float]] = ([], [])
    own_s, started = [0.0, 0.0], time.process_time()
    try:
        video = open_video(str(path))
    except (OSError, VideoOpenFailure):
        return PeerResult((), 0.0), PeerResult((), 0.0)
    width, height = video.frame_size
    factor = compute_downscale_factor(max(width, height))
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    position = video.position
    while (frame := video.read()) is not False:
        small = cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR) if factor > 1 else frame
        position = video.position
        for number, detector in enumerate(detectors):
            before = time.process_time()
            cuts[number].extend(cut.seconds for cut in detector.process_frame(position, small))
            own_s[number] += time.process_time() - before
    for number, detector in enumerate(detectors):
        cuts[number].extend(cut.seconds for cut in detector.post_process(position))
    shared_s = time.process_time() - started - sum(own_s)
    first, second = (
        PeerResult(tuple(Edit("cut", at, at) for at in sorted(set(found))), shared_s + own)
        for found, own in zip(cuts, own_s, strict=True)
    )
    return first, second


def run_ffmpeg(path: Path) -> PeerResult:
    """``freezedetect``, ``blackdetect``, ``scdet`` and ``silencedetect`` in one pass."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-threads",
        "1",
        "-i",
        str(path),
    ]
    command += ["-map", "0:v:0", "-vf", "freezedetect,blackdetect,scdet"]
    if _has_sound(path):
        command += ["-map", "0:a:0", "-af", "silencedetect"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return PeerResult(tuple(parse_ffmpeg(done.stderr.decode(errors="replace"))), cpu_s)


_TIME = r"(-?\d+(?:\.\d+)?)"
_EVENTS: Final = (
    ("freeze", re.compile(rf"freeze_start: {_TIME}"), re.compile(rf"freeze_end: {_TIME}")),
    ("audio_gap", re.compile(rf"silence_start: {_TIME}"), re.compile(rf"silence_end: {_TIME}")),
)
_BLACK: Final = re.compile(rf"black_start:\s*{_TIME} black_end:\s*{_TIME}")
_SCENE: Final = re.compile(rf"lavfi\.scd\.time:\s*{_TIME}")
_DURATION: Final = re.compile(r"Duration: (\d+):(\d+):(\d+(?:\.\d+)?)")


def parse_ffmpeg(log: str) -> list[Edit]:
    """Findings in what the filters print; a stretch without an end lasts to the file's end."""
    duration = _DURATION.search(log)
    end_s = 0.0
    if duration is not None:
        end_s = int(duration[1]) * 3600 + int(duration[2]) * 60 + float(duration[3])
    found = [Edit("black", float(m[1]), float(m[2])) for m in _BLACK.finditer(log)]
    found += [Edit("cut", float(m[1]), float(m[1])) for m in _SCENE.finditer(log)]
    for kind, starts, ends in _EVENTS:
        begin = [float(m[1]) for m in starts.finditer(log)]
        finish = [float(m[1]) for m in ends.finditer(log)]
        finish += [max(end_s, at) for at in begin[len(finish) :]]
        found += [Edit(kind, max(0.0, a), b) for a, b in zip(begin, finish, strict=False)]
    return sorted(found, key=lambda f: (f.start_s, f.kind))


def credited(edits: Sequence[Edit], told: Sequence[Edit], kinds: frozenset[str], tolerance_s: float) -> list[Edit]:
    """Give detectors that know no kinds their due.

    Where every border of a joined stretch was told as a cut, the stretch counts as told by its own name; cuts at its
    borders count as nothing else.

    Args:
        edits: what was done.
        told: what the peer said.
        kinds: kinds that the peer can tell.
        tolerance_s: greatest distance of a border.
    """
    due: list[Edit] = []
    used: set[int] = set()
    for edit in edits:
        if edit.kind == "cut" or edit.kind not in kinds or "cut" not in kinds:
            continue
        borders_s = {edit.end_s} if edit.kind in _SEAMS else {edit.start_s, edit.end_s}
        near = [
            [n for n, f in enumerate(told) if f.kind == "cut" and abs(f.start_s - at_s) <= tolerance_s]
            for at_s in borders_s
        ]
        used.update(n for group in near for n in group)
        if all(near):
            due.append(Edit(edit.kind, edit.start_s, edit.end_s))
    return due + [f for n, f in enumerate(told) if n not in used]


def _has_sound(path: Path) -> bool:
    try:
        with av.open(str(path)) as container:
            return bool(container.streams.audio)
    except av.FFmpegError:
        return False


def _timed(run: Callable[[], list[Edit]]) -> tuple[list[Edit], float]:
    started = time.process_time()
    found = run()
    return found, time.process_time() - started
