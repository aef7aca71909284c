import hashlib
from pathlib import Path

import pytest

from lessonproof.documents.class_file import parse_class_file, read_class_file
from lessonproof.documents.venue_file import read_venue_file
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.venue import VenueLayout

EXAMPLE = Path(__file__).parents[2] / "examples" / "stations"
PICTURE = b"any bytes: only their digest counts here"
VENUE = f"""\
venue: 车间
coordinates: px
cameras:
  - camera: 东侧
    reference: east.jpg
    sha256: {hashlib.sha256(PICTURE).hexdigest()}
    width_px: 1000
    height_px: 500
    stations:
      - {{name: W1, polygon: [[100, 100], [300, 100], [300, 200], [100, 200]]}}
      - {{name: W2, polygon: [[400, 100], [600, 100], [600, 200]]}}
"""


def _read(folder: Path, text: str = VENUE, recorded: frozenset[str] = frozenset({"东侧"})) -> VenueLayout:
    (folder / "east.jpg").write_bytes(PICTURE)
    (folder / "venue.yaml").write_text(text, encoding="utf-8")
    return read_venue_file(folder / "venue.yaml", "venue.yaml", folder, recorded)


def test_pixels_become_shares(tmp_path: Path) -> None:
    layout = _read(tmp_path)
    assert layout.station_names() == ("W1", "W2")
    view = layout.view_of("东侧")
    assert view is not None
    assert view.stations[0].polygon == ((0.1, 0.2), (0.3, 0.2), (0.3, 0.4), (0.1, 0.4))
    assert layout.view_of("西侧") is None
    assert layout.source_sha256 == hashlib.sha256(VENUE.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        pytest.param("[600, 200]]", "[600, 501]]", ":11: cameras[0].stations[1].polygon: got a corner outside of the picture: 600, 501, expected corners in 0..1000, 0..500", "顶点在画面之外", id="outside"),  # noqa: E501 - one case a line
        pytest.param("[300, 100], [300, 200]", "[300, 200], [300, 100]", ":10: cameras[0].stations[0].polygon: got an outline that crosses itself", "轮廓自相交", id="crosses-itself"),  # noqa: E501
        pytest.param("[[400, 100], [600, 100], [600, 200]]", "[[400, 100], [430, 100], [430, 140]]", "as a square of 24 pixels: too small to see hands", "看不清双手", id="too-small"),  # noqa: E501
        pytest.param("name: W2", "name: W1", 'cameras[0].stations[1].name: got "W1", which is cameras[0].stations[0] already', "重复", id="twice"),  # noqa: E501
        pytest.param("camera: 东侧", "camera: 南侧", 'cameras[0].camera: got "南侧", which no recording has, expected one of the recordings\' cameras: 东侧', "没有录像使用摄像头 南侧", id="no-recording"),  # noqa: E501
        pytest.param("reference: east.jpg", "reference: west.jpg", ":5: cameras[0].reference: got no file west.jpg", "没有文件", id="no-picture"),  # noqa: E501
        pytest.param("sha256: ", f"sha256: {'0' * 64} #", ":6: cameras[0].sha256: got another digest than the file's", "不一致", id="changed"),  # noqa: E501
        pytest.param("[[400, 100], [600, 100], [600, 200]]", "[[400, 100], [600, 100]]", "expected 3 to 64 corners", "3 至 64 个顶点", id="two-corners"),  # noqa: E501
        pytest.param("coordinates: px", "coordinates: px\noverlapping: [[东侧, 西侧]]", "overlapping[0]: got", "不同的两个", id="unknown-pair"),  # noqa: E501
    ],
)  # fmt: skip
def test_mistakes_name_file_line_and_field(tmp_path: Path, old: str, new: str, en: str, zh: str) -> None:
    assert old in VENUE
    with pytest.raises(DocumentError) as caught:
        _read(tmp_path, VENUE.replace(old, new, 1))
    assert caught.value.en.startswith("venue.yaml:")
    assert en in caught.value.en
    assert zh in caught.value.zh


def test_without_recordings_no_camera_is_missed(tmp_path: Path) -> None:
    assert _read(tmp_path, recorded=frozenset()).venue == "车间"


def test_a_unit_of_the_example_has_its_layout() -> None:
    unit = read_class_file(EXAMPLE / "class.yaml").training_class.units[0]
    assert unit.layout is not None
    assert len(unit.layout.station_names()) == unit.workstations


def test_an_uploaded_class_file_has_no_venue_file_beside_it() -> None:
    text = (EXAMPLE / "class.yaml").read_text(encoding="utf-8")
    with pytest.raises(DocumentError, match="venue_file: an uploaded class file has nothing beside it"):
        parse_class_file(text, "c.yaml")
