from pathlib import Path

import pytest
from pydantic_core import PydanticCustomError

from lessonproof.documents.paths import check_inner_path, first_link, is_stored


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("T1.mp4", "T1.mp4"),
        ("recordings/T1.mp4", "recordings/T1.mp4"),
        ("./a//b.mp4", "a/b.mp4"),
        ("录像/一.mp4", "录像/一.mp4"),
    ],
)
def test_paths_inside(written: str, normal: str) -> None:
    assert check_inner_path(written) == normal


@pytest.mark.parametrize(
    "written",
    [
        "../T1.mp4",
        "a/../../T1.mp4",
        "/etc/passwd",
        "//server/share",
        "C:/video.mp4",
        "C:\\video.mp4",
        "a\\b.mp4",
        "http://host/T1.mp4",
        "file:T1.mp4",
        "concat:a|b",
        "sha256:abc",
        "a\0b",
        "",
        ".",
    ],
)
def test_ways_out_and_addresses_are_refused(written: str) -> None:
    with pytest.raises(PydanticCustomError):
        check_inner_path(written)


def test_an_uploaded_recording_is_named_by_its_digest() -> None:
    assert is_stored("sha256:" + "0" * 64)
    assert not is_stored("sha256:" + "0" * 63)
    assert not is_stored("recordings/T1.mp4")


def test_links_on_the_way_are_found(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "T1.mp4").write_bytes(b"x")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "T2.mp4").symlink_to(tmp_path / "real" / "T1.mp4")
    assert first_link(tmp_path, "real/T1.mp4") is None
    assert first_link(tmp_path, "linked/T1.mp4") == tmp_path / "linked"
    assert first_link(tmp_path, "real/T2.mp4") == tmp_path / "real" / "T2.mp4"
    assert first_link(tmp_path, "absent/T1.mp4") is None
