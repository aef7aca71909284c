"""Finding weights: an explicit path, then a folder of models, then the user's cache; nothing is used unverified.

The folders come in as values: reading the environment is the business of the settings at the entry point.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.detector import DetectorSpec
from lessonproof.models.errors import WeightsAlteredError, WeightsMissingError, WeightsNameError, WeightsUnknownError
from lessonproof.models.manifest import (
    MAX_NAME_CHARS,
    Manifest,
    WeightsEntry,
    WeightsFile,
    combined_digest,
    entry_from_json,
    is_weights_name,
    packaged_manifest,
)

RECORD_SUFFIX = ".weights.json"
EXPORT_FOLDER_ENDING = "_openvino_model"
"""By this ending Ultralytics tells an OpenVINO export from other folders."""
GPU_BATCH = 16
"""Frames sent to a GPU at once, as many as a segment's samples fill; not measured on one yet."""
MAX_WEIGHTS_BYTES = 4 * 2**30
"""No detector in use comes near 4 GiB; a larger file or folder was pointed at by mistake."""


class Origin(StrEnum):
    """Where weights were found."""

    EXPLICIT = "explicit"
    FOLDER = "folder"
    CACHE = "cache"


@dataclass(frozen=True, slots=True)
class WeightsPlaces:
    """Where weights are looked for.

    Attributes:
        explicit: a file or folder that the user named; nothing else is tried then.
        folder: folder of models (setting ``LESSONPROOF_MODELS``).
        cache_dir: the user's cache; see ``default_cache_dir``.
    """

    explicit: Path | None = None
    folder: Path | None = None
    cache_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class ResolvedWeights:
    """Weights whose every file was read and has the size and SHA-256 that ``entry`` says.

    Attributes:
        entry: what is known of them.
        path: the file or folder.
        origin: where they were found.
    """

    entry: WeightsEntry
    path: Path
    origin: Origin

    @property
    def model_id(self) -> str:
        """``name@sha256:digest``."""
        return f"{self.entry.name}@sha256:{self.entry.sha256}"

    @property
    def stamp(self) -> ModelStamp:
        """What a dossier records of them."""
        return ModelStamp(name=self.entry.name, sha256=self.entry.sha256)

    def detector_spec(self, *, device: str = "cpu", batch_size: int | None = None) -> DetectorSpec:
        """What ``open_detector`` needs to load them.

        Args:
            device: where they run.
            batch_size: frames sent through the network at once; ``None``: what suits device and weights.
        """
        if batch_size is None:
            # Exports are made for one frame at a time; a processor gains nothing from more.
            batch_size = GPU_BATCH if device.startswith("cuda") and self.path.suffix == ".pt" else 1
        return DetectorSpec(
            backend=self.entry.backend,
            model_id=self.model_id,
            weights_path=self.path,
            person_class=self.entry.classes.get("person"),
            image_size_px=self.entry.image_size_px,
            device=device,
            batch_size=batch_size,
            tile_side_px=self.entry.tile_side_px,
        )


def default_cache_dir(xdg_cache_home: str | None, home: Path) -> Path:
    """The user's cache of weights.

    Args:
        xdg_cache_home: value of ``XDG_CACHE_HOME``; empty, relative or ``None`` means unset (XDG Base Directory
            Specification 0.8).
        home: home folder of the user.
    """
    is_set = xdg_cache_home is not None and Path(xdg_cache_home).is_absolute()
    return (Path(xdg_cache_home) if xdg_cache_home and is_set else home / ".cache") / "lessonproof" / "models"


def resolve_weights(
    name: str | None,
    places: WeightsPlaces,
    *,
    allow_unknown: bool = False,
    manifest: Manifest | None = None,
) -> ResolvedWeights:
    """Find weights and verify every byte of them.

    Args:
        name: name in the manifest or of imported weights; ``None``: the first of the manifest that is there.
        places: where to look.
        allow_unknown: accept an explicit path whose digest nobody knows (its interval is unknown then).
        manifest: known weights; ``None``: the packaged ones.

    Raises:
        WeightsMissingError: there are none; the message says how to get them.
        WeightsAlteredError: a file of that name differs from what is known of it.
        WeightsUnknownError: the explicit path holds unknown weights and ``allow_unknown`` is false.
        WeightsNameError: no weights of that name are known.
    """
    known = packaged_manifest() if manifest is None else manifest
    if places.explicit is not None:
        return _resolve_explicit(places.explicit, known, places.cache_dir, allow_unknown=allow_unknown)
    entries = [*known.entries, *imported_entries(places.cache_dir)]
    wanted = entries if name is None else [entry for entry in entries if entry.name == name]
    if name is not None and not wanted:
        names = ", ".join(entry.name for entry in entries)
        raise WeightsNameError(
            f"no weights named {name!r} are known; known: {names}", f"没有名为 {name!r} 的权重；已知：{names}"
        )
    for entry in wanted:
        for origin, path in _candidates(entry, places):
            if path.exists():
                verify_files(entry, path)
                return ResolvedWeights(entry, path, origin)
    raise _missing(name, places)


def imported_entries(cache_dir: Path | None) -> tuple[WeightsEntry, ...]:
    """What the cache's records say of weights that the site imported itself, by name."""
    if cache_dir is None or not cache_dir.is_dir():
        return ()
    entries = []
    for record in sorted(cache_dir.glob(f"*{RECORD_SUFFIX}")):
        try:
            entries.append(entry_from_json(record.read_text(encoding="utf-8")))
        except ValueError as error:
            raise WeightsAlteredError(
                f"the record {record} of imported weights is damaged ({error}); import the weights again",
                f"导入权重的记录 {record} 已损坏（{error}）；请重新导入该权重",
            ) from error
    return tuple(entries)


class WeightsState(StrEnum):
    """What became of the search for one entry."""

    READY = "ready"
    MISSING = "missing"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class ListedWeights:
    """One line of ``lessonproof models list``.

    Attributes:
        entry: what is known.
        state: ``ready`` means found and verified.
        path: where it lies; ``None`` where it is missing.
        origin: which place that is; ``None`` likewise.
    """

    entry: WeightsEntry
    state: WeightsState
    path: Path | None
    origin: Origin | None


def list_weights(places: WeightsPlaces, *, manifest: Manifest | None = None) -> tuple[ListedWeights, ...]:
    """Every known set of weights with its state; reads and hashes all that is there."""
    known = packaged_manifest() if manifest is None else manifest
    return tuple(_listed(entry, places) for entry in (*known.entries, *imported_entries(places.cache_dir)))


def _listed(entry: WeightsEntry, places: WeightsPlaces) -> ListedWeights:
    for origin, path in _candidates(entry, places):
        if path.exists():
            try:
                verify_files(entry, path)
            except WeightsAlteredError:
                return ListedWeights(entry, WeightsState.ALTERED, path, origin)
            return ListedWeights(entry, WeightsState.READY, path, origin)
    return ListedWeights(entry, WeightsState.MISSING, None, None)


def _candidates(entry: WeightsEntry, places: WeightsPlaces) -> Iterator[tuple[Origin, Path]]:
    if places.folder is not None and not entry.is_user_supplied:
        yield Origin.FOLDER, places.folder / entry.path
    if places.cache_dir is not None:
        yield Origin.CACHE, places.cache_dir / entry.path


def verify_files(entry: WeightsEntry, path: Path) -> None:
    """Compare the size and SHA-256 of every file with what is known; a folder must hold these files and no other.

    Raises:
        WeightsAlteredError: something differs.
    """
    found = {file.name: file for file in measure_files(path)} if path.is_dir() == entry.is_folder else {}
    for expected in entry.files:
        actual = found.pop(expected.name if entry.is_folder else path.name, None)
        if actual is None or (actual.size_bytes, actual.sha256) != (expected.size_bytes, expected.sha256):
            raise _altered(entry, path, expected.name)
    if found:
        raise _altered(entry, path, next(iter(found)))


def measure_files(path: Path) -> tuple[WeightsFile, ...]:
    """Size and SHA-256 of the file, or of every file of the folder, sorted by name.

    Raises:
        WeightsMissingError: there is nothing at ``path``, or it cannot be read.
        WeightsUnknownError: it is empty, larger than any weights, or holds things other than plain files and folders.
    """
    try:
        if path.is_dir():
            paths = sorted(p for p in path.rglob("*") if not p.is_dir() or p.is_symlink())
            files = tuple(_measure(p, p.relative_to(path).as_posix()) for p in paths)
        else:
            files = (_measure(path, path.name),)
    except OSError as error:
        raise WeightsMissingError(
            f"weights at {path} cannot be read: {error.strerror}", f"无法读取位于 {path} 的权重：{error.strerror}"
        ) from error
    if not files:
        raise WeightsUnknownError(f"folder {path} holds no file", f"文件夹 {path} 中没有文件")
    return files


def _measure(path: Path, name: str) -> WeightsFile:
    is_plain = path.is_file() and not path.is_symlink()
    size_bytes = path.stat(follow_symlinks=False).st_size
    if not is_plain or not 0 < size_bytes <= MAX_WEIGHTS_BYTES:
        raise WeightsUnknownError(
            f"{path} is no file of weights: a plain file of 1 byte to {MAX_WEIGHTS_BYTES >> 30} GiB is expected",
            f"{path} 不是权重文件：应为 1 字节至 {MAX_WEIGHTS_BYTES >> 30} GiB 的普通文件",
        )
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return WeightsFile(name, os.fstat(stream.fileno()).st_size, sha256)


def user_entry(name: str, path: Path, files: tuple[WeightsFile, ...], *, licence: str, source: str) -> WeightsEntry:
    """An entry for weights that nobody but the user vouches for: no calibration, class and size as they say.

    Args:
        name: what they are to be called.
        path: the file or folder; the ending that tells its format (``.pt``, ``_openvino_model``) is kept.
        files: what ``measure_files`` found there.
        licence: as declared.
        source: as declared.

    Raises:
        WeightsNameError: the name is badly formed.
    """
    if not is_weights_name(name):
        raise WeightsNameError(
            f"{name!r} cannot name weights: letters, digits, '.', '_' and '-' are expected, at most {MAX_NAME_CHARS}",
            f"{name!r} 不能作为权重名称：只能使用字母、数字、“.”“_”“-”，最多 {MAX_NAME_CHARS} 个字符",
        )
    ending = EXPORT_FOLDER_ENDING if path.is_dir() and path.name.endswith(EXPORT_FOLDER_ENDING) else path.suffix
    kept = name if name.endswith(ending) else name + ending
    return WeightsEntry(
        name=name,
        path=kept,
        is_folder=path.is_dir(),
        files=files if path.is_dir() else (replace(files[0], name=kept),),
        backend="ultralytics",
        licence=licence,
        source=source,
        classes={},
        is_user_supplied=True,
    )


def _resolve_explicit(path: Path, known: Manifest, cache_dir: Path | None, *, allow_unknown: bool) -> ResolvedWeights:
    if not path.exists():
        raise WeightsMissingError(f"there are no weights at {path}", f"{path} 处没有权重")
    files = measure_files(path)
    digest = combined_digest(files, is_folder=path.is_dir())
    merged = (*known.entries, *imported_entries(cache_dir))
    entry = next((e for e in merged if e.sha256 == digest and e.is_folder == path.is_dir()), None)
    if entry is not None:
        return ResolvedWeights(entry, path, Origin.EXPLICIT)
    if not allow_unknown:
        raise WeightsUnknownError(
            f"weights at {path} are in no manifest (SHA-256 {digest}); "
            f"'lessonproof models import {path} --allow-unknown --name NAME' records them as your own",
            f"位于 {path} 的权重不在清单中（SHA-256 {digest}）；"
            f"可用 lessonproof models import {path} --allow-unknown --name 名称 将其登记为自备权重",
        )
    entry = user_entry(path.name, path, files, licence="unknown", source="explicit path")
    return ResolvedWeights(entry, path, Origin.EXPLICIT)


def _missing(name: str | None, places: WeightsPlaces) -> WeightsMissingError:
    looked = [str(p) for p in (places.folder, places.cache_dir) if p is not None]
    what = "of a person detector" if name is None else repr(name)
    return WeightsMissingError(
        f"no weights {what} found (looked in: {', '.join(looked) or 'nowhere'}). With internet: 'lessonproof models "
        "pull NAME'; without: bring the file and 'lessonproof models import FILE', or set LESSONPROOF_MODELS to a "
        "folder that holds it. Without weights people are not counted and the clauses on them stay uncertain.",
        f"未找到{'人员检测' if name is None else f' {name} '}权重（已查找：{'、'.join(looked) or '无'}）。"
        "有网络时运行 lessonproof models pull 名称；无网络时拷入文件后运行 lessonproof models import 文件，"
        "或将 LESSONPROOF_MODELS 设为存放权重的文件夹。没有权重时不统计人数，相关条款结论为“无法确定”。",
    )


def _altered(entry: WeightsEntry, path: Path, file_name: str) -> WeightsAlteredError:
    return WeightsAlteredError(
        f"weights {entry.name} at {path} are not what is known by that name: {file_name} differs, is missing or is "
        "one too many; remove them and fetch or import them again",
        f"位于 {path} 的权重 {entry.name} 与清单不符：{file_name} 内容不同、缺失或多余；请删除后重新下载或导入",
    )
