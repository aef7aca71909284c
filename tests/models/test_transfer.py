import hashlib
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError

import pytest

from lessonproof.evidence.errors import ServiceUnreachableError
from lessonproof.models.errors import (
    WeightsAlteredError,
    WeightsCacheError,
    WeightsDownloadError,
    WeightsMissingError,
    WeightsNameError,
    WeightsUnknownError,
)
from lessonproof.models.manifest import Manifest, WeightsEntry, WeightsFile
from lessonproof.models.transfer import Opener, Stream, import_weights, open_https, pull_weights
from lessonproof.models.weights import Origin, WeightsPlaces, imported_entries, resolve_weights

BIG = bytes(range(256)) * 10_000
PARTS = {"m.xml": b"<net/>", "sub/m.bin": b"\x00\x01"}


def _file(name: str, content: bytes) -> WeightsFile:
    return WeightsFile(name, len(content), hashlib.sha256(content).hexdigest(), f"https://example.org/{name}")


def _entry(name: str, path: str, files: tuple[WeightsFile, ...], *, is_folder: bool = False) -> WeightsEntry:
    return WeightsEntry(name, path, is_folder, files, "ultralytics", "MIT", "a test", {"person": 0})


BIG_ENTRY = _entry("big", "big.pt", (_file("big.pt", BIG),))
NET_ENTRY = _entry("net", "net_openvino_model", tuple(_file(n, c) for n, c in PARTS.items()), is_folder=True)
OFFLINE_ENTRY = _entry("offline", "offline.pt", (replace(_file("offline.pt", b"offline"), url=None),))
MANIFEST = Manifest((BIG_ENTRY, NET_ENTRY, OFFLINE_ENTRY))


class Publisher:
    """Serves bytes by address and counts what was asked of it."""

    def __init__(self, content: dict[str, bytes]) -> None:
        self.content = {f"https://example.org/{name}": data for name, data in content.items()}
        self.asked: list[str] = []
        self.served_bytes = 0

    def __call__(self, url: str) -> AbstractContextManager[Stream]:
        return self._open(url)

    @contextmanager
    def _open(self, url: str) -> Iterator[Stream]:
        self.asked.append(url)
        if url not in self.content:
            raise URLError("no route to host")
        stream = io.BytesIO(self.content[url])
        try:
            yield stream
        finally:
            self.served_bytes += stream.tell()


PUBLISHED = {"big.pt": BIG, **PARTS}


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_pulled_file_is_verified_and_found_afterwards(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    pulled = pull_weights(
        "big", tmp_path / "c", opener=Publisher(PUBLISHED), progress=lambda *p: seen.append(p), manifest=MANIFEST
    )
    assert pulled.path.read_bytes() == BIG
    assert seen[-1] == (len(BIG), len(BIG))
    assert seen == sorted(seen)
    assert resolve_weights("big", WeightsPlaces(cache_dir=tmp_path / "c"), manifest=MANIFEST) == pulled
    assert _names(tmp_path / "c") == ["big.pt"]


def test_a_folder_is_pulled_as_a_whole(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    pulled = pull_weights(
        "net", tmp_path, opener=Publisher(PUBLISHED), progress=lambda *p: seen.append(p), manifest=MANIFEST
    )
    assert _names(pulled.path) == ["m.xml", "sub/m.bin"]
    assert seen[-1] == (8, 8)


def test_what_is_there_already_is_not_fetched_again(tmp_path: Path) -> None:
    publisher = Publisher(PUBLISHED)
    pull_weights("big", tmp_path, opener=publisher, manifest=MANIFEST)
    pull_weights("big", tmp_path, opener=publisher, manifest=MANIFEST)
    assert len(publisher.asked) == 1


@pytest.mark.parametrize("name", ["big", "net"])
def test_altered_weights_in_the_cache_are_replaced(tmp_path: Path, name: str) -> None:
    pulled = pull_weights(name, tmp_path, opener=Publisher(PUBLISHED), manifest=MANIFEST)
    victim = pulled.path / "m.xml" if pulled.entry.is_folder else pulled.path
    victim.write_bytes(b"altered")
    pull_weights(name, tmp_path, opener=Publisher(PUBLISHED), manifest=MANIFEST)
    assert resolve_weights(name, WeightsPlaces(cache_dir=tmp_path), manifest=MANIFEST).origin is Origin.CACHE


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BIG[:-1], id="cut"),
        pytest.param(b"x" + BIG[1:], id="altered"),
        pytest.param(BIG + b"x", id="too-long"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_download_that_is_not_what_the_manifest_says_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(WeightsDownloadError, match="manifest"):
        pull_weights("big", tmp_path, opener=Publisher({"big.pt": content}), manifest=MANIFEST)
    assert list(tmp_path.iterdir()) == []


def test_an_endless_answer_ends(tmp_path: Path) -> None:
    publisher = Publisher({"big.pt": BIG * 20})
    with pytest.raises(WeightsDownloadError):
        pull_weights("big", tmp_path, opener=publisher, manifest=MANIFEST)
    assert publisher.served_bytes == len(BIG) + 1


def test_without_internet_the_service_is_unreachable_and_import_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServiceUnreachableError, match="models import") as caught:
        pull_weights("big", tmp_path, opener=Publisher({}), manifest=MANIFEST)
    assert "models import" in caught.value.zh
    assert list(tmp_path.iterdir()) == []


def test_a_real_connection_that_is_refused_is_reported(tmp_path: Path) -> None:
    nobody_listens = replace(_file("big.pt", BIG), url="https://127.0.0.1:1/big.pt")
    manifest = Manifest((replace(BIG_ENTRY, files=(nobody_listens,)),))
    with pytest.raises(WeightsDownloadError, match="127"):
        pull_weights("big", tmp_path, manifest=manifest)


def test_half_a_folder_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(WeightsDownloadError):
        pull_weights("net", tmp_path, opener=Publisher({"m.xml": PARTS["m.xml"]}), manifest=MANIFEST)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["offline", "nothing"])
def test_what_cannot_be_pulled(tmp_path: Path, name: str) -> None:
    with pytest.raises(WeightsNameError, match="big, net"):
        pull_weights(name, tmp_path, opener=Publisher(PUBLISHED), manifest=MANIFEST)


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(WeightsCacheError):
        pull_weights("big", tmp_path / "cache", opener=Publisher(PUBLISHED), manifest=MANIFEST)


@pytest.mark.parametrize("url", ["http://example.org/a", "file:///etc/hostname", "ftp://example.org/a"])
def test_only_https_is_opened(url: str) -> None:
    opener: Opener = open_https
    with pytest.raises(URLError, match="unknown url type"), opener(url):
        pass


def test_known_weights_are_recognised_by_their_digest(tmp_path: Path) -> None:
    source = tmp_path / "from-a-stick.bin"
    source.write_bytes(BIG)
    imported = import_weights(source, tmp_path / "cache", manifest=MANIFEST)
    assert imported.entry == BIG_ENTRY
    assert resolve_weights("big", WeightsPlaces(cache_dir=tmp_path / "cache"), manifest=MANIFEST) == imported
    assert source.exists()


def _folder(path: Path) -> Path:
    for name, content in PARTS.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def test_a_known_folder_is_imported_whatever_it_is_called(tmp_path: Path) -> None:
    imported = import_weights(_folder(tmp_path / "renamed"), tmp_path / "cache", manifest=MANIFEST)
    assert imported.path == tmp_path / "cache" / "net_openvino_model"


def test_importing_twice_is_harmless(tmp_path: Path) -> None:
    for _ in range(2):
        imported = import_weights(_folder(tmp_path / "n"), tmp_path / "cache", manifest=MANIFEST)
    assert import_weights(imported.path, tmp_path / "cache", manifest=MANIFEST) == imported


def test_known_weights_keep_their_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsNameError, match="'net'"):
        import_weights(_folder(tmp_path / "n"), tmp_path / "cache", name="other", manifest=MANIFEST)


def _own(tmp_path: Path, content: bytes = b"trained here") -> Path:
    source = tmp_path / "best.pt"
    source.write_bytes(content)
    return source


def test_unknown_weights_need_consent_and_a_name(tmp_path: Path) -> None:
    source = _own(tmp_path)
    with pytest.raises(WeightsUnknownError, match="--allow-unknown"):
        import_weights(source, tmp_path / "cache", manifest=MANIFEST)
    with pytest.raises(WeightsNameError, match="--name"):
        import_weights(source, tmp_path / "cache", allow_unknown=True, manifest=MANIFEST)
    assert not (tmp_path / "cache").exists()


def test_unknown_weights_are_recorded_as_the_users_own(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    imported = import_weights(
        _own(tmp_path), cache, allow_unknown=True, name="hall-3", licence="in-house", manifest=MANIFEST
    )
    assert imported.entry.is_user_supplied
    assert imported.entry.calibration is None
    assert (imported.entry.licence, imported.path.name) == ("in-house", "hall-3.pt")
    assert imported_entries(cache) == (imported.entry,)
    assert resolve_weights("hall-3", WeightsPlaces(cache_dir=cache), manifest=MANIFEST) == imported
    imported.path.write_bytes(b"changed later")
    with pytest.raises(WeightsAlteredError):
        resolve_weights("hall-3", WeightsPlaces(cache_dir=cache), manifest=MANIFEST)


def test_an_unknown_export_keeps_the_ending_that_tells_its_format(tmp_path: Path) -> None:
    folder = tmp_path / "best_openvino_model"
    folder.mkdir()
    (folder / "best.xml").write_bytes(b"<own/>")
    imported = import_weights(folder, tmp_path / "cache", allow_unknown=True, name="hall-3", manifest=MANIFEST)
    assert imported.path.name == "hall-3_openvino_model"


def test_a_name_belongs_to_one_set_of_weights(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    import_weights(_own(tmp_path), cache, allow_unknown=True, name="hall-3", manifest=MANIFEST)
    import_weights(_own(tmp_path), cache, allow_unknown=True, name="hall-3", manifest=MANIFEST)
    other = _own(tmp_path, b"trained elsewhere")
    for name in ("hall-3", "big"):
        with pytest.raises(WeightsNameError, match="taken"):
            import_weights(other, cache, allow_unknown=True, name=name, manifest=MANIFEST)


def test_a_badly_formed_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsNameError, match="letters"):
        import_weights(_own(tmp_path), tmp_path / "cache", allow_unknown=True, name="../x", manifest=MANIFEST)


def test_importing_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissingError):
        import_weights(tmp_path / "none.pt", tmp_path / "cache", manifest=MANIFEST)


def test_a_damaged_record_is_reported(tmp_path: Path) -> None:
    (tmp_path / "x.weights.json").write_text("{", encoding="utf-8")
    with pytest.raises(WeightsAlteredError, match=r"x\.weights\.json"):
        imported_entries(tmp_path)
