"""Comparing one recording with others: re-used footage, and whether its file is what its recorder usually writes.

Pure but for what the index does: what is accepted, and on which of two recordings a common stretch is told, is decided
elsewhere (``telling``). The same fingerprints and profile give the same comparison.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from lessonproof.analysis.file_marks import container_mismatch
from lessonproof.analysis.matched import can_match, find_matched
from lessonproof.analysis.reuse import SharedStretch, find_shared, finds_a_minute, reuse_findings
from lessonproof.analysis.veil import Veil
from lessonproof.evidence.comparison import Comparison, listing
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S, ns_to_s
from lessonproof.evidence.recorder_profile import RecorderProfile
from lessonproof.media.evidence_pictures import take_pictures, with_picture_names
from lessonproof.media.index import index_recording
from lessonproof.storage.fingerprint_index import FingerprintIndex
from lessonproof.storage.voting import CANDIDATES_AT_MOST

NO_FINGERPRINT: Final = "no_fingerprint"
TOO_LITTLE_MOTION: Final = "too_little_motion"
NOTHING_TO_COMPARE: Final = "nothing_to_compare_with"
KEYFRAMES_FAR_APART: Final = "keyframes_far_apart"
"""Longer stretches are still looked for, and told."""
NO_MARKS: Final = "no_file_marks"
NO_RECORDER: Final = "recorder_not_known"
LEAST_CODES: Final = 8
"""Fewer codes that say anything (some 16 to 80 s of movement) are in nobody's stretch of a minute."""
MATCHED_AT_MOST: Final = 12
"""Where so many recordings are held or fewer, none depends on being proposed where keyframes lie far apart: what a few
codes say of a minute is too little for an index."""
_MATCHED_ANYWAY: Final = 3
"""So many of the likeliest are compared picture by picture too: footage from the hand agrees little by its codes."""
_S_PER_H: Final = 3600


@dataclass(frozen=True, slots=True)
class Register:
    """What a recording may be compared with.

    Attributes:
        index: proposes candidates.
        fetch: gives the fingerprint of a recording that the index holds.
        durations_ns: presented length of every recording that the index holds.
        is_whole: whether everything that was ever accepted is in it, so that an empty one is an answer too.
    """

    index: FingerprintIndex
    fetch: Callable[[str], Fingerprint]
    durations_ns: Mapping[str, int]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Usual:
    """What is known of the recorder.

    Attributes:
        profile: what its accepted recordings have in common; ``None`` where nobody knows which recorder it is.
        digest: under which the profile is stored; ``None`` where it is not.
    """

    profile: RecorderProfile | None = None
    digest: str | None = None


@dataclass(slots=True)
class _Answer:
    """What is being gathered."""

    findings: list[Finding] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)
    unchecked: dict[str, str] = field(default_factory=dict)


def compare_recording(
    dossier: Dossier,
    fingerprint: Fingerprint | None,
    register: Register | None,
    usual: Usual,
    exclude: Collection[str] = (),
) -> Comparison:
    """Compare a recording with every other one of a register, and its file with what its recorder usually writes.

    Args:
        dossier: of the recording.
        fingerprint: of the recording; ``None`` where it has none.
        register: the others, of the same method; ``None`` where there is no fingerprint to ask with.
        usual: what its recorder usually writes.
        exclude: digests that it is not compared with.
    """
    answer = _Answer()
    held: list[str] = []
    if register is not None:
        held = sorted(register.index.held() - {dossier.sha256, *exclude})
    reason = _why_not(fingerprint, register, held)
    if fingerprint is not None and register is not None and reason is None:
        shared = _shared(fingerprint, register, held, exclude)
        answer.findings += _told(dossier, register, shared.stretches)
        reason = None if shared.is_decided else KEYFRAMES_FAR_APART
    if reason is None:
        answer.checked.add(FindingKind.REUSE.value)
    else:
        answer.unchecked[FindingKind.REUSE.value] = reason
    _compare_marks(dossier, usual, answer)
    listed, index_digest = listing(held)
    return Comparison(
        sha256=dossier.sha256,
        compared_with=listed,
        index_digest=index_digest,
        hours_compared=_hours(register, held),
        findings=with_picture_names(dossier.sha256, sorted(answer.findings, key=Finding.sort_key)),
        checked=frozenset(answer.checked),
        unchecked=answer.unchecked,
        profile_digest=usual.digest,
    )


def comparison_pictures(path: Path, findings: tuple[Finding, ...], veil: Veil) -> dict[str, bytes]:
    """Veiled pictures of a comparison's findings, by the names in their ``evidence``; JPEG.

    The file is not read without need.

    Raises:
        RecordingError: the file cannot be read as a recording.
    """
    return take_pictures(path, index_recording(path), findings, veil) if findings else {}


def _why_not(fingerprint: Fingerprint | None, register: Register | None, held: list[str]) -> str | None:
    """Reason code why silence about re-use would mean nothing."""
    if fingerprint is None or register is None:
        return NO_FINGERPRINT
    if int((fingerprint.weight > 0).sum()) < LEAST_CODES:
        return TOO_LITTLE_MOTION
    return NOTHING_TO_COMPARE if not held and not register.is_whole else None


@dataclass(frozen=True, slots=True)
class _Shared:
    """What was found in the others.

    Attributes:
        stretches: by digest.
        is_decided: whether a minute would have been found in each that was looked at.
    """

    stretches: Mapping[str, tuple[SharedStretch, ...]]
    is_decided: bool


def _shared(fingerprint: Fingerprint, register: Register, held: list[str], exclude: Collection[str]) -> _Shared:
    """By codes with what the index proposes, picture by picture where keyframes of either lie far apart."""
    proposed = dict(_proposed(fingerprint, register.index, exclude))
    looked_at = (
        [*proposed, *(one for one in held if one not in proposed)] if len(held) <= MATCHED_AT_MOST else [*proposed]
    )
    likeliest = looked_at[:_MATCHED_ANYWAY]
    is_dense = finds_a_minute(fingerprint)
    is_decided = is_dense or len(held) <= MATCHED_AT_MOST
    stretches: dict[str, tuple[SharedStretch, ...]] = {}
    for sha256 in looked_at:
        other = register.fetch(sha256)
        by_codes = find_shared(proposed[sha256], other) if sha256 in proposed else ()
        is_sparse = not (is_dense and finds_a_minute(other))
        by_pictures = find_matched(fingerprint, other) if is_sparse or sha256 in likeliest else ()
        stretches[sha256] = (*by_codes, *_not_yet(by_codes, by_pictures))
        is_decided &= not is_sparse or can_match(fingerprint, other)
    return _Shared(stretches, is_decided)


def _not_yet(known: Collection[SharedStretch], more: Collection[SharedStretch]) -> tuple[SharedStretch, ...]:
    """Those that no known one covers a part of."""
    return tuple(one for one in more if all(one.interval.intersect(other.interval) is None for other in known))


def _told(dossier: Dossier, register: Register, stretches: Mapping[str, tuple[SharedStretch, ...]]) -> list[Finding]:
    found: list[Finding] = []
    for finding in reuse_findings(stretches):
        within = finding.interval.intersect(dossier.span())
        if within is not None:
            other_s = ns_to_s(register.durations_ns[str(finding.detail["other"])])
            found.append(replace(finding, interval=within, detail={**finding.detail, "other_duration_s": other_s}))
    return found


def _proposed(
    fingerprint: Fingerprint, index: FingerprintIndex, exclude: Collection[str]
) -> list[tuple[str, Fingerprint]]:
    """Recordings worth a comparison, best first, each with the view of this one that is nearest to it.

    However many views there are, no more recordings are compared code by code than for one.
    """
    best: dict[str, tuple[float, Fingerprint]] = {}
    for view in (fingerprint, *fingerprint.views):
        for one in index.candidates(view, exclude):
            if one.sha256 not in best or one.score > best[one.sha256][0]:
                best[one.sha256] = (one.score, view)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
    return [(sha256, view) for sha256, (_, view) in ranked[:CANDIDATES_AT_MOST]]


def _compare_marks(dossier: Dossier, usual: Usual, answer: _Answer) -> None:
    kind = FindingKind.CONTAINER_MISMATCH.value
    if dossier.marks is None:
        answer.unchecked[kind] = NO_MARKS
    elif usual.profile is None:
        answer.unchecked[kind] = NO_RECORDER
    elif usual.profile.undecidable is not None:
        answer.unchecked[kind] = usual.profile.undecidable
    else:
        differing = container_mismatch(dossier.marks, usual.profile, dossier.duration_ns)
        answer.findings += [] if differing is None else [differing]
        answer.checked.add(kind)


def _hours(register: Register | None, held: list[str]) -> float:
    total_ns = 0 if register is None else sum(register.durations_ns[sha256] for sha256 in held)
    return round(total_ns / NS_PER_S / _S_PER_H, 6)
