"""Objects as plain files on a local disk: written aside, read back, renamed; read-only from then on."""

import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from lessonproof.evidence.errors import IntegrityError
from lessonproof.storage.errors import ObjectMissingError, WrongDigestError
from lessonproof.storage.objects import ObjectWriter, StoredObject, StoreSpec, check_digest
from lessonproof.storage.staging import (
    StagedFile,
    disk_errors,
    hash_file,
    make_folder,
    sweep_staging,
    sync_folder,
)

_LOG: Final = logging.getLogger(__name__)


class LocalObjectStore:
    """An ``ObjectStore`` in a folder: ``objects/ab/cd/<digest>``, ``incoming/`` and ``damaged/``.

    Args:
        spec: ``folder`` is created where it is missing.
    """

    def __init__(self, spec: StoreSpec) -> None:
        self._objects = spec.folder / "objects"
        self._incoming = spec.folder / "incoming"
        self._damaged = spec.folder / "damaged"
        with disk_errors(f"opening the store {spec.folder}"):
            for folder in (self._objects, self._incoming):
                make_folder(folder)

    def writer(self) -> ObjectWriter:
        """Begin to receive an object."""
        return _LocalWriter(self, StagedFile(self._incoming))

    def exists(self, sha256: str) -> bool:
        """Whether there is a file of this name."""
        return self._path(sha256).is_file()

    def stat(self, sha256: str) -> StoredObject:
        """Size of the file."""
        with self._present(sha256) as path:
            return StoredObject(sha256, path.stat(follow_symlinks=False).st_size)

    def open(self, sha256: str, start_bytes: int = 0, length_bytes: int | None = None) -> io.BufferedIOBase:
        """Read the file, or a part of it."""
        with self._present(sha256) as path:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        return io.BufferedReader(_FileRange(descriptor, start_bytes, length_bytes))

    @contextmanager
    def local_file(self, sha256: str) -> Iterator[Path]:
        """The file itself."""
        self.stat(sha256)
        yield self._path(sha256)

    def verify(self, sha256: str) -> StoredObject:
        """Read the file from the disk and hash it."""
        with self._present(sha256) as path:
            found = hash_file(path)
        if found != sha256:
            raise IntegrityError(
                f"stored object {sha256} has been altered on the disk: its content hashes to {found}",
                f"存储对象 {sha256} 在磁盘上已被改动：内容的摘要为 {found}",
            )
        return self.stat(sha256)

    def iterate(self) -> Iterator[StoredObject]:
        """Every file, shard by shard."""
        for path in sorted(self._objects.glob("??/??/*")):
            yield self.stat(path.name)

    def sweep(self) -> int:
        """Remove files of dead writers."""
        with disk_errors("sweeping the store"):
            return sweep_staging(self._incoming)

    def keep(self, staged: StagedFile, stored: StoredObject) -> None:
        """Give a sealed file its name, unless a sound object of that name is there already."""
        path = self._path(stored.sha256)
        if path.is_file() and self._is_sound(path, stored.sha256):
            staged.discard()
            return
        with disk_errors("storing"):
            make_folder(path.parent)
        staged.keep_as(path)

    def _is_sound(self, path: Path, sha256: str) -> bool:
        """Read an object that is there; one that has rotted is kept aside for inspection and told of."""
        with disk_errors("reading a stored object"):
            if hash_file(path) == sha256:
                return True
            make_folder(self._damaged)
            aside = self._damaged / f"{sha256}.{path.stat().st_mtime_ns}"
            path.rename(aside)
            sync_folder(self._damaged)
        _LOG.error("stored object %s had been altered on the disk; moved to %s and stored anew", sha256, aside)
        return False

    def _path(self, sha256: str) -> Path:
        check_digest(sha256)
        return self._objects / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def _present(self, sha256: str) -> Iterator[Path]:
        path = self._path(sha256)
        with disk_errors(f"reading object {sha256}"):
            try:
                yield path
            except FileNotFoundError as error:
                raise missing(sha256) from error


class _LocalWriter:
    """Receives one object into a staged file."""

    def __init__(self, store: LocalObjectStore, staged: StagedFile) -> None:
        self._store = store
        self._staged = staged

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._staged.discard()

    @property
    def size_bytes(self) -> int:
        return self._staged.size_bytes

    def write(self, block: bytes) -> None:
        self._staged.write(block)

    def commit(self, expected_sha256: str | None = None) -> StoredObject:
        stored = self._staged.seal()
        refuse_other_digest(stored, expected_sha256)
        self._store.keep(self._staged, stored)
        return stored


class _FileRange(io.RawIOBase):
    """A stretch of an open file; owns the descriptor."""

    def __init__(self, descriptor: int, start_bytes: int, length_bytes: int | None) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._position = start_bytes
        size_bytes = os.fstat(descriptor).st_size
        self._end = size_bytes if length_bytes is None else min(size_bytes, start_bytes + length_bytes)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        block = os.pread(self._descriptor, max(0, min(len(buffer), self._end - self._position)), self._position)
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()


def missing(sha256: str) -> ObjectMissingError:
    """The error for an object that is not there."""
    return ObjectMissingError(f"the store has no object {sha256}", f"存储中没有对象 {sha256}")


def refuse_other_digest(stored: StoredObject, expected_sha256: str | None) -> None:
    """Compare what arrived with what was announced.

    Raises:
        WrongDigestError: they differ.
    """
    if expected_sha256 is not None and stored.sha256 != expected_sha256:
        raise WrongDigestError(
            f"the content that arrived has SHA-256 {stored.sha256}, announced was {expected_sha256}; send it again",
            f"收到内容的 SHA-256 为 {stored.sha256}，与声明的 {expected_sha256} 不符，请重新上传",
        )
