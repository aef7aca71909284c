"""What a file's marks say: coded again, shown through an edit list, not as the recorder writes.

Marks can be written by anybody and are rewritten by honest tools. What follows from them is told for a reviewer and
never fails a unit alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lessonproof.evidence.file_marks import EditSegment, FileMarks, TrackMarks
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s
from lessonproof.evidence.recorder_profile import RecorderProfile

EDIT_MIN_NS: Final = 3 * NS_PER_S // 10
"""Shortest stretch that an edit list has to hide or repeat: delays of encoders, of bidirectional pictures and of the
sound's first packet are shorter."""
EDIT_LOUD_NS: Final = 5 * NS_PER_S
_SHOWN: Final = frozenset({"video", "audio"})
_ONLY_MARKS: Final = "only_marks_compared"
_NO_MARKS: Final = "no_marks"


def mark_findings(marks: FileMarks, duration_ns: int) -> tuple[Finding, ...]:
    """Findings that rest on the marks of one file alone.

    Args:
        marks: what the file says of itself.
        duration_ns: presented length of the recording.
    """
    coded_again = _reencoded(marks, duration_ns)
    return (*edit_findings(marks, duration_ns), *(() if coded_again is None else (coded_again,)))


def unchecked_marks(marks: FileMarks) -> Mapping[str, str]:
    """Kind of finding -> reason code, for what the marks of one file could not decide."""
    unchecked: dict[str, str] = {}
    if not marks.encoders and _device(marks) is None:
        unchecked[FindingKind.REENCODED.value] = _NO_MARKS
    else:
        unchecked[FindingKind.REENCODED.value] = _ONLY_MARKS
    reason = marks.not_examined.get("structure")
    if marks.container == "mov" and reason is not None:
        unchecked[FindingKind.EDIT_LIST.value] = reason
    return unchecked


def edit_findings(marks: FileMarks, duration_ns: int) -> tuple[Finding, ...]:
    """Edit lists that hide stretches of what was recorded, or show them again or at another speed."""
    found: list[Finding] = []
    for track in marks.tracks:
        if track.kind not in _SHOWN:
            continue
        for at_ns, what, length_ns in _edits_of(track):
            if length_ns < EDIT_MIN_NS:
                continue
            place = min(max(0, at_ns), duration_ns)
            is_loud = length_ns >= EDIT_LOUD_NS or what in {"repeated_s", "other_speed_s"}
            found.append(
                Finding(
                    FindingKind.EDIT_LIST,
                    Interval(place, place),
                    confidence=length_ns / (length_ns + EDIT_MIN_NS / 4),
                    severity=Severity.WARNING if is_loud else Severity.INFO,
                    measured_from="container",
                    detail={"track": track.kind, what: ns_to_s(length_ns), "segments": len(track.edits)},
                )
            )
    return tuple(found)


def edit_times_ns(marks: FileMarks) -> tuple[int, ...]:
    """Where the edit list of a picture or sound track leaves something out, shows it again or at another speed, rising.

    The beginning and the end of what is shown count too; short edits as well.
    """
    shown = [track for track in marks.tracks if track.kind in _SHOWN]
    return tuple(sorted({at_ns for track in shown for at_ns, _, length_ns in _edits_of(track) if length_ns}))


def _edits_of(track: TrackMarks) -> Iterator[tuple[int, str, int]]:
    """What an edit list does beside presenting the media once from end to end: where, what, for how long."""
    at_ns = 0
    behind_ns: int | None = track.media_start_ns
    is_later = False
    for number, edit in enumerate(track.edits):
        if edit.start_ns is None:
            if number > 0:
                yield at_ns, "empty_s", edit.length_ns
            at_ns += edit.length_ns
            continue
        if behind_ns is not None:
            skipped_ns = edit.start_ns - behind_ns
            if skipped_ns > 0:
                yield at_ns, "hidden_s", skipped_ns
            elif is_later:
                yield at_ns, "repeated_s", -skipped_ns
        is_later = True
        if edit.rate != 1.0:
            yield at_ns, "other_speed_s", edit.length_ns
        # A length of 0 means to the end: fragmented files are written that way.
        behind_ns = None if edit.length_ns == 0 else edit.start_ns + _media_length_ns(edit)
        at_ns += edit.length_ns
    if track.edits and behind_ns is not None and track.media_end_ns is not None:
        yield at_ns, "hidden_s", max(0, track.media_end_ns - behind_ns)


def _media_length_ns(edit: EditSegment) -> int:
    return edit.length_ns if edit.rate == 1.0 else round(edit.length_ns * edit.rate)


def _device(marks: FileMarks) -> str | None:
    """The recording device as the file names it; ``None`` where it names none."""
    named = [text for text in (marks.device_make, marks.device_model) if text is not None]
    return " ".join(named) or None


def _reencoded(marks: FileMarks, duration_ns: int) -> Finding | None:
    """A software encoder's signature where the recorder's own coding should stand, or signatures of several."""
    named = [mark for mark in marks.encoders if mark.name is not None]
    kinds = sorted({f"{mark.name} {mark.version or ''}".strip() for mark in named})
    device = _device(marks)
    detail: dict[str, JsonValue] = {"encoders": kinds}
    if len(kinds) > 1:
        confidence = 1.0 - 0.3 / (len(kinds) - 1)
    elif kinds and device is not None:
        confidence, detail["device"] = 0.85, device
    else:
        return None
    return Finding(
        FindingKind.REENCODED,
        Interval(0, duration_ns),
        confidence=confidence,
        severity=Severity.INFO,
        measured_from="container",
        detail=detail,
    )


def profile_fields(marks: FileMarks) -> dict[str, str]:
    """What is compared between recordings of one recorder, by name, as text; times and lengths are no part of it."""
    stream = marks.stream
    fields: dict[str, object] = {
        "container": marks.container,
        "video_codec": stream.video_codec,
        "profile": stream.profile,
        "level": stream.level,
        "picture_size": f"{stream.width_px}x{stream.height_px}",
        "gop_pictures": stream.gop_pictures,
        "frame_step_us": stream.frame_step_us,
        "is_steady": stream.is_steady,
        "has_bframes": stream.has_bframes,
        "audio": f"{stream.audio_codec} {stream.audio_rate_hz} {stream.audio_channels}",
        "major_brand": marks.major_brand,
        "brands": " ".join(marks.brands),
        "muxer": marks.muxer,
        "writer": marks.writer,
        "device_make": marks.device_make,
        "device_model": marks.device_model,
        "system": marks.system,
        "boxes": " ".join(name.split("*")[0] for name in marks.boxes[:12]),
        "has_creation_time": marks.created_s is not None,
        "encoders": "; ".join(f"{mark.name or mark.uuid} {mark.version or ''}".strip() for mark in marks.encoders),
        "encoder_settings": "; ".join(mark.settings or "" for mark in marks.encoders),
    }
    for number, track in enumerate(marks.tracks[:8]):
        fields[f"track_{number}"] = f"{track.kind} {track.codec} {track.timescale}"
        fields[f"track_{number}_handler"] = track.handler
        fields[f"track_{number}_encoder"] = track.encoder
        fields[f"track_{number}_edits"] = len(track.edits)
    return {name: "" if value is None else str(value) for name, value in fields.items()}


def learn_profile(marks: Sequence[FileMarks]) -> RecorderProfile:
    """What recordings of one recorder have in common, and what varies among them.

    Args:
        marks: of recordings that were accepted for the same venue and device.
    """
    values: defaultdict[str, set[str]] = defaultdict(set)
    rows = [profile_fields(one) for one in marks]
    names = {name for row in rows for name in row}
    for name in names:
        for row in rows:
            values[name].add(row.get(name, ""))
    return RecorderProfile(len(marks), {name: tuple(sorted(values[name])) for name in sorted(values)})


def container_mismatch(marks: FileMarks, profile: RecorderProfile, duration_ns: int) -> Finding | None:
    """Fields that never varied among a recorder's accepted recordings and differ here.

    Args:
        marks: of the recording in question.
        profile: learned from others; where ``profile.undecidable`` is set nothing can be said, and nothing is.
        duration_ns: presented length of the recording.

    Returns:
        The finding, or ``None`` where nothing differs or nothing can be said. Its confidence grows with the number of
        recordings and of fields: a field that was constant ``n`` times takes a new value with chance ``1 / (n + 2)``
        (Laplace's rule of succession).
    """
    if profile.undecidable is not None:
        return None
    here = profile_fields(marks)
    names = profile.constants()
    differs = {name: text for name, text in names.items() if here.get(name, "") != text}
    # A track that no recording had before shows as fields that the profile does not know.
    differs |= {name: "" for name in here if name not in profile.values and here[name]}
    if not differs:
        return None
    chance = 0.5 ** (len(differs) - 1) / (profile.recordings + 2)
    return Finding(
        FindingKind.CONTAINER_MISMATCH,
        Interval(0, duration_ns),
        confidence=1.0 - chance,
        severity=Severity.INFO if len(differs) == 1 else Severity.WARNING,
        measured_from="container",
        detail={
            "recordings": profile.recordings,
            "differs": {name: {"usual": text, "here": here.get(name, "")} for name, text in sorted(differs.items())},
        },
    )
