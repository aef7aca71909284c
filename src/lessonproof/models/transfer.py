"""Bringing weights into the user's cache: from the publisher's release, or from a file on an air-gapped site.

Whatever arrives is written beside its place, verified, and only then renamed into it: a broken download leaves nothing.
"""

import hashlib
import http.client
import os
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lessonproof.models.errors import (
    WeightsAlteredError,
    WeightsCacheError,
    WeightsDownloadError,
    WeightsMissingError,
    WeightsNameError,
    WeightsUnknownError,
)
from lessonproof.models.manifest import (
    Manifest,
    WeightsEntry,
    WeightsFile,
    combined_digest,
    entry_to_json,
    packaged_manifest,
)
from lessonproof.models.weights import (
    RECORD_SUFFIX,
    Origin,
    ResolvedWeights,
    imported_entries,
    measure_files,
    user_entry,
    verify_files,
)

CHUNK_BYTES = 1 << 20
TIMEOUT_S = 30.0
"""A connection that gives nothing for so long has failed."""


class Stream(Protocol):
    """What a download reads from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        ...


Opener = Callable[[str], AbstractContextManager[Stream]]
Progress = Callable[[int, int], None]
"""Called with bytes received so far and bytes expected."""


@contextmanager
def open_https(url: str) -> Iterator[Stream]:
    """Open an https address for reading, through the proxy that the environment names, if any.

    Raises:
        OSError: no network, no such address, or a redirection away from https.
    """
    director = urllib.request.OpenerDirector()
    # No handler of plain http among them: a redirection away from https has nobody to follow it and fails.
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        director.add_handler(handler)
    with director.open(url, timeout=TIMEOUT_S) as response:
        yield response


def _ignore_progress(_received: int, _expected: int) -> None:
    """No one is watching."""


def pull_weights(
    name: str,
    cache_dir: Path,
    *,
    opener: Opener = open_https,
    progress: Progress = _ignore_progress,
    manifest: Manifest | None = None,
) -> ResolvedWeights:
    """Fetch weights from their publisher into the cache; does nothing where they are there already.

    Args:
        name: name in the manifest.
        cache_dir: the user's cache; made where it is missing.
        opener: opens an https address.
        progress: told how far it is.
        manifest: known weights; ``None``: the packaged ones.

    Raises:
        WeightsNameError: the name is unknown, or the publisher does not offer these weights for download.
        WeightsDownloadError: no network, or what came is not what the manifest says.
    """
    known = packaged_manifest() if manifest is None else manifest
    entry = known.find(name)
    if entry is None or not entry.is_pullable:
        names = ", ".join(e.name for e in known.entries if e.is_pullable)
        raise WeightsNameError(
            f"weights {name!r} cannot be pulled; these can: {names}", f"权重 {name!r} 无法下载；可下载：{names}"
        )
    target = cache_dir / entry.path
    if target.exists():
        try:
            verify_files(entry, target)
        except WeightsAlteredError:
            pass  # what lies there is replaced by what the manifest says
        else:
            return ResolvedWeights(entry, target, Origin.CACHE)
    with _staged(target) as staged:
        received = 0
        for file in entry.files:
            path = staged / file.name if entry.is_folder else staged
            _download(file, path, opener, _Meter(progress, received, entry.size_bytes))
            received += file.size_bytes
    return ResolvedWeights(entry, target, Origin.CACHE)


@dataclass(frozen=True, slots=True)
class _Meter:
    """Reports the progress of one file as part of the whole."""

    progress: Progress
    before_bytes: int
    total_bytes: int

    def __call__(self, received: int) -> None:
        self.progress(self.before_bytes + received, self.total_bytes)


def _download(file: WeightsFile, path: Path, opener: Opener, meter: _Meter) -> None:
    digest, received = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with opener(str(file.url)) as stream, path.open("xb") as out:
            # One byte more than announced is read, so that an endless answer ends and an overlong one is noticed.
            while received <= file.size_bytes:
                chunk = stream.read(min(CHUNK_BYTES, file.size_bytes + 1 - received))
                if not chunk:
                    break
                received += len(chunk)
                digest.update(chunk)
                out.write(chunk)
                meter(received)
            out.flush()
            os.fsync(out.fileno())
    except (OSError, http.client.HTTPException) as error:
        raise WeightsDownloadError(
            f"{file.url} cannot be fetched: {error}. On a site without internet bring the file on a disk and run "
            "'lessonproof models import FILE'",
            f"无法下载 {file.url}：{error}。无网络的站点请用移动介质拷入文件后运行 lessonproof models import 文件",
        ) from error
    if received != file.size_bytes or digest.hexdigest() != file.sha256:
        raise WeightsDownloadError(
            f"{file.url} is not what the manifest says: {received} bytes, SHA-256 {digest.hexdigest()}; expected "
            f"{file.size_bytes} bytes, {file.sha256}. Nothing was kept",
            f"{file.url} 与清单不符：{received} 字节，SHA-256 {digest.hexdigest()}；应为 {file.size_bytes} 字节，"
            f"{file.sha256}。未保留任何内容",
        )


def import_weights(
    path: Path,
    cache_dir: Path,
    *,
    allow_unknown: bool = False,
    name: str | None = None,
    licence: str | None = None,
    manifest: Manifest | None = None,
) -> ResolvedWeights:
    """Copy weights from a file or folder into the cache, recognised by their digests whatever they are called.

    Args:
        path: file or folder.
        cache_dir: the user's cache; made where it is missing.
        allow_unknown: take weights that are in no manifest too; their digests are recorded as the user's own, and their
            counts have no interval until somebody measures them.
        name: what unknown weights are to be called; needed for them, refused for known ones of another name.
        licence: what the user declares of unknown weights.
        manifest: known weights; ``None``: the packaged ones.

    Raises:
        WeightsMissingError: there is nothing at ``path``.
        WeightsUnknownError: nobody knows the digest and ``allow_unknown`` is false.
        WeightsNameError: the name is missing, badly formed or taken.
    """
    known = packaged_manifest() if manifest is None else manifest
    if not path.exists():
        raise WeightsMissingError(f"there are no weights at {path}", f"{path} 处没有权重")
    files = measure_files(path)
    digest = combined_digest(files, is_folder=path.is_dir())
    entry = known.find_digest(digest)
    if entry is None:
        if not allow_unknown:
            raise WeightsUnknownError(
                f"{path} is in no manifest (SHA-256 {digest}); if you trust it, add --allow-unknown --name NAME",
                f"{path} 不在清单中（SHA-256 {digest}）；如确认可信，请加上 --allow-unknown --name 名称",
            )
        entry = _own_entry(path, files, name, licence)
        _refuse_taken(entry, (*known.entries, *imported_entries(cache_dir)))
    elif name is not None and name != entry.name:
        raise WeightsNameError(
            f"{path} is known as {entry.name!r} and keeps that name", f"{path} 已登记为 {entry.name!r}，不能改名"
        )
    target = cache_dir / entry.path
    if path.resolve() != target.resolve():
        with _staged(target) as staged:
            (shutil.copytree if entry.is_folder else shutil.copyfile)(path, staged)
            verify_files(entry, staged)  # the source may have changed while it was copied
    if entry.is_user_supplied:
        with _staged(cache_dir / f"{entry.name}{RECORD_SUFFIX}") as staged:
            staged.write_text(entry_to_json(entry), encoding="utf-8")
    return ResolvedWeights(entry, target, Origin.CACHE)


def _own_entry(path: Path, files: tuple[WeightsFile, ...], name: str | None, licence: str | None) -> WeightsEntry:
    if name is None:
        raise WeightsNameError(
            "weights that are in no manifest need a name of your own: --name NAME",
            "清单之外的权重需要自行命名：--name 名称",
        )
    return user_entry(name, path, files, licence=licence or "not declared", source="imported by the user")


def _refuse_taken(entry: WeightsEntry, others: Sequence[WeightsEntry]) -> None:
    for other in others:
        is_same = other.is_user_supplied and other.sha256 == entry.sha256
        if (entry.name == other.name or entry.path == other.path) and not is_same:
            raise WeightsNameError(
                f"the name {entry.name!r} is taken by other weights", f"名称 {entry.name!r} 已被其他权重占用"
            )


@contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """A path beside ``target``, of the same name, that takes its place when the block ends without an error."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".incoming-", dir=target.parent) as folder:
            staged = Path(folder) / target.name
            yield staged
            if target.is_dir() and not target.is_symlink():
                target.rename(Path(folder) / "replaced")  # a folder cannot be renamed onto one that holds files
            staged.replace(target)
    except OSError as error:
        raise WeightsCacheError(
            f"weights cannot be stored in {target.parent}: {error}", f"无法将权重存入 {target.parent}：{error}"
        ) from error
