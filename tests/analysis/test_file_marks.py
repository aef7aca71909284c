"""What marks say: edit lists, coded again, another recorder; and what they leave open."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.file_marks import (
    container_mismatch,
    edit_findings,
    edit_times_ns,
    learn_profile,
    mark_findings,
    unchecked_marks,
)
from lessonproof.evidence.file_marks import EditSegment, EncoderMark, FileMarks, StreamFacts, TrackMarks
from lessonproof.evidence.findings import FindingKind, Severity
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.recorder_profile import TOO_FEW_RECORDINGS, RecorderProfile

S = 1_000_000_000
HOUR = 3600 * S
STREAM = StreamFacts("h264", "High", 40, 1920, 1080, 50, 40_000, True, False, "aac", 48_000, 1)
X264 = EncoderMark("dc", "x264", "core 164", "cabac=1")


def marks(*tracks: TrackMarks, **fields: object) -> FileMarks:
    return replace(FileMarks("mov", STREAM, tracks=tracks), **fields)  # type: ignore[arg-type]


def video(*edits: EditSegment, start: int = 0, end: int = 100 * S) -> TrackMarks:
    return TrackMarks("video", media_start_ns=start, media_end_ns=end, edits=edits)


@pytest.mark.parametrize(
    "track",
    [
        pytest.param(video(), id="none"),
        pytest.param(video(EditSegment(0, 100 * S, 1.0)), id="whole"),
        pytest.param(video(EditSegment(80_000_000, 100 * S, 1.0), start=80_000_000, end=100 * S + 80_000_000), id="b"),
        pytest.param(video(EditSegment(None, 40_000_000, 1.0), EditSegment(0, 100 * S, 1.0)), id="late-start"),
        pytest.param(video(EditSegment(0, 0, 1.0)), id="fragmented"),
        pytest.param(
            TrackMarks(
                "audio", media_start_ns=0, media_end_ns=100 * S, edits=(EditSegment(S // 20, 99_900_000_000, 1.0),)
            ),
            id="priming",
        ),
        pytest.param(
            TrackMarks("other", media_start_ns=0, media_end_ns=9 * S, edits=(EditSegment(0, S, 1.0),)), id="data"
        ),
    ],
)
def test_an_honest_edit_list_is_silent(track: TrackMarks) -> None:
    assert edit_findings(marks(track), HOUR) == ()


@pytest.mark.parametrize(
    ("edits", "what", "seconds", "at_s"),
    [
        ([EditSegment(7 * S, 93 * S, 1.0)], "hidden_s", 7.0, 0),
        ([EditSegment(0, 60 * S, 1.0)], "hidden_s", 40.0, 60),
        ([EditSegment(0, 20 * S, 1.0), EditSegment(50 * S, 50 * S, 1.0)], "hidden_s", 30.0, 20),
        ([EditSegment(0, 60 * S, 1.0), EditSegment(40 * S, 60 * S, 1.0)], "repeated_s", 20.0, 60),
        (
            [EditSegment(0, 50 * S, 1.0), EditSegment(None, 3 * S, 1.0), EditSegment(50 * S, 50 * S, 1.0)],
            "empty_s",
            3.0,
            50,
        ),
        ([EditSegment(0, 50 * S, 2.0)], "other_speed_s", 50.0, 0),
    ],
)
def test_what_an_edit_list_hides_or_repeats_is_told_where_it_is(
    edits: list[EditSegment], what: str, seconds: float, at_s: int
) -> None:
    (finding,) = edit_findings(marks(video(*edits)), HOUR)
    assert finding.kind is FindingKind.EDIT_LIST
    assert finding.interval == Interval(at_s * S, at_s * S)
    assert finding.detail[what] == seconds
    assert finding.detail["track"] == "video"


@given(st.integers(3 * S // 10, 90 * S), st.integers(3 * S // 10, 90 * S))
def test_more_hidden_is_surer(one: int, other: int) -> None:
    found = [
        edit_findings(marks(video(EditSegment(n, 100 * S - n, 1.0))), HOUR)[0].confidence for n in sorted((one, other))
    ]
    assert 0 < found[0] <= found[1] < 1


def test_edits_of_shown_tracks_are_placed_on_what_is_presented() -> None:
    """The search for joints has to know them, short ones too."""
    edits = (EditSegment(0, 20 * S, 1.0), EditSegment(32 * S, 30 * S, 1.0), EditSegment(62 * S + S // 10, 10 * S, 1.0))
    hidden = marks(
        video(*edits), TrackMarks("other", media_start_ns=0, media_end_ns=S, edits=(EditSegment(0, S, 2.0),))
    )
    assert edit_times_ns(hidden) == (20 * S, 50 * S, 60 * S)
    assert edit_times_ns(marks(video(EditSegment(0, 100 * S, 1.0)))) == ()
    assert edit_times_ns(marks(video())) == ()


def test_a_device_does_not_sign_as_a_software_encoder() -> None:
    (finding,) = mark_findings(marks(encoders=(X264,), device_model="iPhone 12"), HOUR)
    assert (finding.kind, finding.severity) == (FindingKind.REENCODED, Severity.INFO)
    assert finding.detail == {"encoders": ["x264 core 164"], "device": "iPhone 12"}
    assert mark_findings(marks(encoders=(X264,)), HOUR) == ()
    assert mark_findings(marks(device_model="iPhone 12"), HOUR) == ()


def test_two_encoders_in_one_file_are_told_and_two_settings_of_one_are_not() -> None:
    other = EncoderMark("2c", "x265", "3.5", "crf=28")
    (finding,) = mark_findings(marks(encoders=(X264, other)), HOUR)
    assert finding.detail["encoders"] == ["x264 core 164", "x265 3.5"]
    assert mark_findings(marks(encoders=(X264, replace(X264, settings="cabac=0"))), HOUR) == ()
    assert mark_findings(marks(encoders=(EncoderMark("aa"), EncoderMark("bb"))), HOUR) == ()


def test_what_could_not_be_examined_is_said() -> None:
    assert unchecked_marks(marks()) == {"reencoded": "no_marks"}
    assert unchecked_marks(marks(encoders=(X264,))) == {"reencoded": "only_marks_compared"}
    assert unchecked_marks(marks(not_examined={"structure": "index_too_large"}))["edit_list"] == "index_too_large"


def test_a_profile_tells_what_never_varied() -> None:
    accepted = [marks(writer="FW 1.2", created_s=n, encoders=()) for n in range(3)]
    profile = learn_profile(accepted)
    assert profile.undecidable is None
    assert container_mismatch(marks(writer="FW 1.2", created_s=77), profile, HOUR) is None
    finding = container_mismatch(marks(writer="Lavf", created_s=77, encoders=(X264,)), profile, HOUR)
    assert finding is not None
    assert (finding.kind, finding.interval) == (FindingKind.CONTAINER_MISMATCH, Interval(0, HOUR))
    differs = finding.detail["differs"]
    assert isinstance(differs, dict)
    assert differs["writer"] == {"usual": "FW 1.2", "here": "Lavf"}
    assert set(differs) == {"writer", "encoders", "encoder_settings"}


def test_what_varies_among_accepted_recordings_is_not_told() -> None:
    profile = learn_profile([marks(writer=f"FW 1.{n}") for n in range(3)])
    assert container_mismatch(marks(writer="FW 9"), profile, HOUR) is None


def test_a_track_that_was_never_there_is_a_difference() -> None:
    profile = learn_profile([marks(video())] * 3)
    finding = container_mismatch(marks(video(), TrackMarks("other", codec="tmcd")), profile, HOUR)
    assert finding is not None
    differs = finding.detail["differs"]
    assert isinstance(differs, dict)
    assert "track_1" in differs


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_recordings_say_nothing_and_why(count: int) -> None:
    profile = learn_profile([marks(writer="FW 1.2")] * count)
    assert profile.undecidable == TOO_FEW_RECORDINGS
    assert container_mismatch(marks(writer="Lavf"), profile, HOUR) is None


@given(st.integers(3, 50), st.integers(3, 50))
def test_more_recordings_are_surer(one: int, other: int) -> None:
    learned = learn_profile([marks(writer="A")] * 3)
    found = [
        container_mismatch(marks(writer="B"), RecorderProfile(n, learned.values), HOUR) for n in sorted((one, other))
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].confidence <= found[1].confidence < 1
