"""A tiny real recording of a workshop against its layout."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp, PipelineStamp, VideoFacts
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.station_coverage import Coverage, StationCoverage, Why
from lessonproof.evidence.training import RecordingRef, TeachingUnit, UnitKind
from lessonproof.evidence.venue import CameraView, StationArea, VenueLayout
from lessonproof.models.detector import Detections
from lessonproof.policy.rules.wall_clock import epoch_ns
from lessonproof.workers.people import PeopleCounter
from lessonproof.workers.station_findings import LEAST_CONFIDENCE, MOST_CONFIDENCE, confidence_of, with_stations
from lessonproof.workers.stations import (
    StationTools,
    measure_stations,
)
from tests.analysis.station_rooms import HEIGHT_PX, STATIONS, WIDTH_PX, room, taken, turned
from tests.policy.cases import at, unit

SECONDS = 160


def _write(path: Path, pictures: Sequence[NDArray[np.uint8]]) -> None:
    """Each picture for five seconds, all of them random-access pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=1, options={"g": "1", "preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
            frame.pts = number * 5
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of the time both stations are in view; then the camera is turned to the right-hand one."""
    where = tmp_path_factory.mktemp("stations")
    cv2.imwrite(str(where / "ref.png"), room())
    pictures = [taken(room(), seed) for seed in range(SECONDS // 10)]
    pictures += [taken(turned(room(), -110), seed) for seed in range(SECONDS // 10)]
    _write(where / "a.mp4", pictures)
    return where


def _layout(folder: Path) -> VenueLayout:
    areas = tuple(StationArea(f"W{k + 1}", polygon) for k, polygon in enumerate(STATIONS))
    digest = hashlib.sha256((folder / "ref.png").read_bytes()).hexdigest()
    view = CameraView("东侧", "ref.png", digest, WIDTH_PX, HEIGHT_PX, areas)
    return VenueLayout("车间", (view,), (), "1" * 64)


def _unit(folder: Path) -> TeachingUnit:
    start = at("08:30:00")
    return replace(
        unit(UnitKind.PRACTICAL),
        start=start,
        end=start + timedelta(seconds=SECONDS),
        recordings=(RecordingRef("a.mp4", "东侧", start),),
        layout=_layout(folder),
    )


def _dossier() -> Dossier:
    facts = VideoFacts("mp4", "h264", WIDTH_PX, HEIGHT_PX, 32, 32)
    stamp = PipelineStamp("0", {})
    return Dossier("ab" * 32, 1, SECONDS * NS_PER_S, facts, False, (), None, "switched_off", frozenset(), stamp)


def _measured(
    taught: TeachingUnit, folder: Path, counter: PeopleCounter | None = None, read: bool = True
) -> StationCoverage:
    window = Interval(epoch_ns(taught.start), epoch_ns(taught.end))
    result = _dossier() if read else FailedAnalysis(None, None, "x", "x", "x")
    tools = StationTools(lambda file: folder / file, folder, counter, None if counter else "switched_off")
    found = measure_stations(taught, window, {"a.mp4": result}, tools)
    assert found is not None
    return found


def test_a_turned_camera_is_followed_and_told(folder: Path) -> None:
    taught = _unit(folder)
    left, right = _measured(taught, folder).rows
    assert right.time_ns[Coverage.COVERED] == SECONDS * NS_PER_S
    assert abs(left.time_ns[Coverage.COVERED] - SECONDS // 2 * NS_PER_S) <= 10 * NS_PER_S
    assert left.time_ns[Coverage.UNKNOWN] == 0
    assert left.uncovered[0].reason == Why.OUT_OF_VIEW
    judged = with_stations({"a.mp4": _dossier()}, taught, _measured(taught, folder))["a.mp4"]
    assert isinstance(judged, Dossier)
    (found,) = judged.of_kind(FindingKind.STATION_UNCOVERED)
    assert found.detail["station"] == "W1"
    assert LEAST_CONFIDENCE < found.confidence < MOST_CONFIDENCE
    assert abs(found.interval.start_ns - SECONDS // 2 * NS_PER_S) <= 10 * NS_PER_S
    assert "station_uncovered" in judged.checked
    assert "station_idle" not in judged.checked, "nobody looked for people"


def test_a_turn_is_told_once_and_within_ten_seconds(folder: Path) -> None:
    taught, dossier = _unit(folder), _dossier()
    coverage = _measured(taught, folder)
    judged = with_stations({"a.mp4": dossier}, taught, coverage)["a.mp4"]
    assert isinstance(judged, Dossier)
    (found,) = judged.of_kind(FindingKind.CAMERA_MOVED)
    assert abs(found.interval.start_ns - SECONDS // 2 * NS_PER_S) <= 10 * NS_PER_S
    assert found.detail["shift_x_share_of_width"] == pytest.approx(-110 / WIDTH_PX, abs=0.01)
    told = replace(dossier, findings=(replace(found, measured_from="keyframes"),))
    again = with_stations({"a.mp4": told}, taught, coverage)["a.mp4"]
    assert isinstance(again, Dossier)
    assert [one.measured_from for one in again.of_kind(FindingKind.CAMERA_MOVED)] == ["keyframes"]


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_stronger_measure_is_never_less_sure(one: float, other: float) -> None:
    assert LEAST_CONFIDENCE <= confidence_of(min(one, other)) <= confidence_of(max(one, other)) <= MOST_CONFIDENCE


class _OnePerson:
    """Finds one person, always at the left-hand station."""

    model_id = "one-person"

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        box, score = np.array([[60, 108, 120, 225]], np.float32), np.array([0.9], np.float32)
        return [Detections(box, score) for _ in frames]


def test_people_at_stations(folder: Path) -> None:
    counter = PeopleCounter(_OnePerson(), None, ModelStamp("scripted", "0" * 64))
    left, right = _measured(_unit(folder), folder, counter).rows
    assert left.minutes[0].occupied is True
    assert right.minutes[0].occupied is False


@pytest.mark.parametrize(
    ("case", "why"),
    [("no-start", Why.NOT_PLACED), ("not-read", Why.NOT_READ), ("reference-resized", Why.BAD_REFERENCE)],
)
def test_what_cannot_be_measured_is_unknown(folder: Path, case: str, why: Why) -> None:
    taught = _unit(folder)
    if case == "no-start":
        taught = replace(taught, recordings=(RecordingRef("a.mp4", "东侧"),))
    if case == "reference-resized":
        view = replace(_layout(folder).cameras[0], width_px=999)
        taught = replace(taught, layout=replace(_layout(folder), cameras=(view,)))
    for row in _measured(taught, folder, read=case != "not-read").rows:
        assert row.time_ns[Coverage.UNKNOWN] == SECONDS * NS_PER_S
        assert row.minutes[0].reason == why
    judged = with_stations({"a.mp4": _dossier()}, taught, _measured(taught, folder, read=case != "not-read"))["a.mp4"]
    assert isinstance(judged, Dossier)
    assert judged.checked == _dossier().checked, "silence about what nobody could judge means nothing"


def test_a_unit_without_a_layout_is_left_alone(folder: Path) -> None:
    taught = replace(_unit(folder), layout=None)
    tools = StationTools(lambda file: folder / file, folder, None, None)
    assert measure_stations(taught, Interval(0, 1), {}, tools) is None
    assert with_stations({"a.mp4": _dossier()}, taught, None) == {"a.mp4": _dossier()}
