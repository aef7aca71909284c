import hashlib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lessonproof.models.manifest import (
    Manifest,
    WeightsEntry,
    WeightsFile,
    combined_digest,
    entry_from_json,
    entry_to_json,
    is_weights_name,
    manifest_from_yaml,
    packaged_manifest,
)

DIGEST = hashlib.sha256(b"x").hexdigest()

YAML = f"""
- name: tiny
  path: tiny.pt
  is_folder: false
  files: [{{name: tiny.pt, size_bytes: 1, sha256: {DIGEST}, url: "https://example.org/tiny.pt"}}]
  backend: ultralytics
  licence: AGPL-3.0-only
  source: a test
  classes: {{person: 0}}
"""


def _entry(name: str, path: str, files: tuple[WeightsFile, ...], *, is_folder: bool = False) -> WeightsEntry:
    return WeightsEntry(name, path, is_folder, files, "ultralytics", "MIT", "a test", {"person": 0})


def test_the_packaged_manifest_is_complete() -> None:
    manifest = packaged_manifest()
    assert {"yolov8n_int8_openvino_model", "yolov8n", "yolo11n"} <= {entry.name for entry in manifest.entries}
    for entry in manifest.entries:
        assert entry.licence
        assert entry.source
        assert entry.classes["person"] == 0
        assert not entry.is_user_supplied


def test_a_manifest_is_read() -> None:
    (entry,) = manifest_from_yaml(YAML).entries
    assert (entry.name, entry.sha256, entry.size_bytes, entry.is_pullable) == ("tiny", DIGEST, 1, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("licence:", "license:", id="unknown-key"),
        pytest.param("size_bytes: 1", "size_bytes: 1, md5: x", id="unknown-key-of-a-file"),
        pytest.param("source: a test", "source: a test\n  calibration: {coverage: 0.95}", id="half-a-calibration"),
        pytest.param("https://", "http://", id="not-https"),
        pytest.param("size_bytes: 1", "size_bytes: 0", id="no-size"),
        pytest.param(DIGEST, "0" * 63, id="short-digest"),
        pytest.param("backend: ultralytics", "backend: darknet", id="unknown-backend"),
        pytest.param("path: tiny.pt", "path: other.pt", id="another-file"),
        pytest.param("name: tiny\n", "name: ../tiny\n", id="path-as-name"),
    ],
)
def test_a_manifest_with_a_mistake_is_refused(old: str, new: str) -> None:
    assert old in YAML
    with pytest.raises(ValidationError):
        manifest_from_yaml(YAML.replace(old, new, 1))


def test_an_unknown_key_in_a_calibration_is_refused() -> None:
    packaged = (resources.files("lessonproof.models") / "weights.yaml").read_text(encoding="utf-8")
    with pytest.raises(ValidationError, match="confidence"):
        manifest_from_yaml(packaged.replace("    coverage: 0.95\n", "    coverage: 0.95\n    confidence: 0.95\n"))


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "a\\b", ""])
def test_files_lie_inside_their_folder(name: str) -> None:
    with pytest.raises(ValueError, match="inside"):
        WeightsFile(name, 1, DIGEST)


def test_names_are_unique() -> None:
    entry = manifest_from_yaml(YAML).entries[0]
    with pytest.raises(ValueError, match="unique"):
        Manifest((entry, entry))


def test_find() -> None:
    manifest = manifest_from_yaml(YAML)
    assert manifest.find("tiny") is manifest.entries[0]
    assert manifest.find("huge") is None
    assert manifest.find_digest(DIGEST) is manifest.entries[0]
    assert manifest.find_digest("0" * 64) is None


def test_the_digest_of_a_folder_is_what_sha256sum_prints_of_its_files() -> None:
    files = (WeightsFile("b.bin", 1, DIGEST), WeightsFile("a.xml", 1, "0" * 64))
    printed = f"{'0' * 64}  a.xml\n{DIGEST}  b.bin\n"
    assert combined_digest(files, is_folder=True) == hashlib.sha256(printed.encode()).hexdigest()


def test_the_digest_of_a_file_is_its_own() -> None:
    assert combined_digest((WeightsFile("a.pt", 1, DIGEST),), is_folder=False) == DIGEST


@given(st.permutations([WeightsFile(name, 1, DIGEST) for name in ("a", "b", "c/d")]))
def test_the_order_of_files_does_not_matter(files: list[WeightsFile]) -> None:
    assert combined_digest(files, is_folder=True) == combined_digest(
        sorted(files, key=lambda f: f.name), is_folder=True
    )


def test_a_record_of_imported_weights_reads_back() -> None:
    for entry in packaged_manifest().entries:
        assert entry_from_json(entry_to_json(entry)) == entry
    folder = _entry("f", "f_openvino_model", (WeightsFile("sub/a.xml", 1, DIGEST),), is_folder=True)
    assert entry_from_json(entry_to_json(folder)) == folder


@pytest.mark.parametrize("name", ["a", "yolo11n.pt", "my-model_2"])
def test_names(name: str) -> None:
    assert is_weights_name(name)


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "a b", "权重", "a" * 101])
def test_what_names_nothing(name: str) -> None:
    assert not is_weights_name(name)
