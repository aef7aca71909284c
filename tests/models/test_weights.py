import hashlib
from pathlib import Path

import pytest

from lessonproof.models.errors import (
    WeightsAlteredError,
    WeightsMissingError,
    WeightsNameError,
    WeightsUnknownError,
)
from lessonproof.models.manifest import Manifest, WeightsEntry, WeightsFile
from lessonproof.models.weights import (
    GPU_BATCH,
    Origin,
    ResolvedWeights,
    WeightsPlaces,
    WeightsState,
    default_cache_dir,
    list_weights,
    measure_files,
    resolve_weights,
)

ONE, TWO = b"first weights", b"second weights"
FOLDER = {"m.xml": b"<net/>", "m.bin": b"\x00\x01"}


def _file(name: str, content: bytes) -> WeightsFile:
    return WeightsFile(name, len(content), hashlib.sha256(content).hexdigest())


def _entry(name: str, path: str, files: tuple[WeightsFile, ...], *, is_folder: bool = False) -> WeightsEntry:
    return WeightsEntry(name, path, is_folder, files, "ultralytics", "MIT", "a test", {"person": 0}, 320)


MANIFEST = Manifest(
    (
        _entry("one", "one.pt", (_file("one.pt", ONE),)),
        _entry("two", "two.pt", (_file("two.pt", TWO),)),
        _entry("net", "net_openvino_model", tuple(_file(n, c) for n, c in FOLDER.items()), is_folder=True),
    )
)


@pytest.fixture
def places(tmp_path: Path) -> WeightsPlaces:
    found = WeightsPlaces(folder=tmp_path / "models", cache_dir=tmp_path / "cache")
    for path in (found.folder, found.cache_dir):
        assert path is not None
        path.mkdir()
    return found


def _put(folder: Path | None, name: str, content: bytes) -> Path:
    assert folder is not None
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def _put_net(folder: Path | None) -> Path:
    for name, content in FOLDER.items():
        path = _put(folder, f"net_openvino_model/{name}", content)
    return path.parent


def test_the_folder_of_models_comes_before_the_cache(places: WeightsPlaces) -> None:
    path = _put(places.folder, "one.pt", ONE)
    _put(places.cache_dir, "one.pt", ONE)
    found = resolve_weights("one", places, manifest=MANIFEST)
    assert (found.path, found.origin) == (path, Origin.FOLDER)


def test_the_cache_is_used_where_the_folder_has_nothing(places: WeightsPlaces) -> None:
    path = _put(places.cache_dir, "one.pt", ONE)
    found = resolve_weights("one", places, manifest=MANIFEST)
    assert (found.path, found.origin) == (path, Origin.CACHE)


def test_an_explicit_path_comes_first_and_is_recognised_whatever_it_is_called(
    places: WeightsPlaces, tmp_path: Path
) -> None:
    _put(places.folder, "one.pt", ONE)
    path = _put(tmp_path, "renamed.pt", TWO)
    found = resolve_weights(None, WeightsPlaces(path, places.folder, places.cache_dir), manifest=MANIFEST)
    assert (found.entry.name, found.path, found.origin) == ("two", path, Origin.EXPLICIT)


def test_without_a_name_the_first_of_the_manifest_that_is_there(places: WeightsPlaces) -> None:
    _put_net(places.folder)
    _put(places.cache_dir, "two.pt", TWO)
    assert resolve_weights(None, places, manifest=MANIFEST).entry.name == "two"


def test_a_folder_of_weights(places: WeightsPlaces) -> None:
    path = _put_net(places.folder)
    found = resolve_weights("net", places, manifest=MANIFEST)
    assert found.path == path
    assert found.model_id == f"net@sha256:{found.entry.sha256}"
    assert (found.stamp.name, found.stamp.sha256) == ("net", found.entry.sha256)


def test_what_a_detector_needs_to_know(places: WeightsPlaces) -> None:
    _put(places.folder, "one.pt", ONE)
    spec = resolve_weights("one", places, manifest=MANIFEST).detector_spec(device="cuda:0", batch_size=4)
    assert (spec.backend, spec.person_class, spec.image_size_px) == ("ultralytics", 0, 320)
    assert (spec.device, spec.batch_size) == ("cuda:0", 4)


def test_batches_are_for_graphics_cards(places: WeightsPlaces) -> None:
    _put(places.folder, "one.pt", ONE)
    found = resolve_weights("one", places, manifest=MANIFEST)
    assert found.detector_spec().batch_size == 1
    assert found.detector_spec(device="cuda:1").batch_size == GPU_BATCH > 1


@pytest.mark.parametrize(
    "content",
    [pytest.param(b"f" * len(ONE), id="same-size"), pytest.param(ONE[:-1], id="cut"), pytest.param(b"", id="empty")],
)
def test_altered_weights_are_never_used(places: WeightsPlaces, content: bytes) -> None:
    _put(places.folder, "one.pt", content)
    _put(places.cache_dir, "one.pt", ONE)  # no silent falling back on another copy
    with pytest.raises((WeightsAlteredError, WeightsUnknownError)):
        resolve_weights("one", places, manifest=MANIFEST)


def test_a_folder_with_a_file_too_many_is_altered(places: WeightsPlaces) -> None:
    (_put_net(places.folder) / "extra.xml").write_bytes(b"<net/>")
    with pytest.raises(WeightsAlteredError, match=r"extra\.xml"):
        resolve_weights("net", places, manifest=MANIFEST)


def test_a_folder_with_a_file_too_few_is_altered(places: WeightsPlaces) -> None:
    (_put_net(places.folder) / "m.bin").unlink()
    with pytest.raises(WeightsAlteredError, match=r"m\.bin"):
        resolve_weights("net", places, manifest=MANIFEST)


def test_a_file_where_a_folder_is_expected_is_altered(places: WeightsPlaces) -> None:
    _put(places.folder, "net_openvino_model", b"x")
    with pytest.raises(WeightsAlteredError):
        resolve_weights("net", places, manifest=MANIFEST)


def test_a_link_inside_a_folder_is_refused(places: WeightsPlaces, tmp_path: Path) -> None:
    folder = _put_net(places.folder)
    (folder / "m.bin").unlink()
    (folder / "m.bin").symlink_to(_put(tmp_path, "elsewhere", FOLDER["m.bin"]))
    with pytest.raises(WeightsUnknownError, match="plain file"):
        resolve_weights("net", places, manifest=MANIFEST)


def test_without_weights_the_error_says_how_to_get_them_in_both_languages(places: WeightsPlaces) -> None:
    with pytest.raises(WeightsMissingError) as caught:
        resolve_weights(None, places, manifest=MANIFEST)
    for text in (caught.value.en, caught.value.zh):
        for word in ("lessonproof models pull", "lessonproof models import", "LESSONPROOF_MODELS", str(places.folder)):
            assert word in text


def test_no_place_at_all_is_no_crash() -> None:
    with pytest.raises(WeightsMissingError):
        resolve_weights(None, WeightsPlaces(), manifest=MANIFEST)


def test_an_unknown_name_lists_the_known_ones(places: WeightsPlaces) -> None:
    with pytest.raises(WeightsNameError, match="one, two, net"):
        resolve_weights("three", places, manifest=MANIFEST)


def test_an_explicit_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissingError):
        resolve_weights(None, WeightsPlaces(explicit=tmp_path / "none.pt"), manifest=MANIFEST)


def test_unknown_weights_need_consent(tmp_path: Path) -> None:
    path = _put(tmp_path, "mine.pt", b"mine")
    places = WeightsPlaces(explicit=path)
    with pytest.raises(WeightsUnknownError, match=hashlib.sha256(b"mine").hexdigest()):
        resolve_weights(None, places, manifest=MANIFEST)
    found = resolve_weights(None, places, allow_unknown=True, manifest=MANIFEST)
    assert found.entry.is_user_supplied
    assert found.entry.calibration is None
    assert found.model_id == f"mine.pt@sha256:{hashlib.sha256(b'mine').hexdigest()}"


def test_the_list_shows_every_state(places: WeightsPlaces) -> None:
    path = _put(places.folder, "one.pt", ONE)
    _put(places.cache_dir, "two.pt", b"not the second weights")
    states = {line.entry.name: (line.state, line.origin) for line in list_weights(places, manifest=MANIFEST)}
    assert states == {
        "one": (WeightsState.READY, Origin.FOLDER),
        "two": (WeightsState.ALTERED, Origin.CACHE),
        "net": (WeightsState.MISSING, None),
    }
    assert list_weights(places, manifest=MANIFEST)[0].path == path


@pytest.mark.parametrize(
    ("xdg_cache_home", "expected"),
    [
        (None, "/home/someone/.cache/lessonproof/models"),
        ("", "/home/someone/.cache/lessonproof/models"),
        ("relative", "/home/someone/.cache/lessonproof/models"),
        ("/var/cache", "/var/cache/lessonproof/models"),
    ],
)
def test_the_cache_of_the_user(xdg_cache_home: str | None, expected: str) -> None:
    assert default_cache_dir(xdg_cache_home, Path("/home/someone")) == Path(expected)


def test_an_empty_folder_is_no_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnknownError):
        measure_files(tmp_path)


@pytest.mark.weights
def test_the_weights_for_development_are_known_and_calibrated(weights: ResolvedWeights) -> None:
    assert weights.origin is Origin.FOLDER
    assert weights.entry.calibration is not None
