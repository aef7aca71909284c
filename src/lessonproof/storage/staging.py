"""A file that is being received: written, hashed, flushed to the disk and read back before anybody relies on it.

The writer holds a lock on its file. The kernel drops the lock when the process dies, however it dies, so a sweep can
tell leftovers of a crash from a transfer in progress without any bookkeeping.
"""

import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from lessonproof.evidence.errors import InfrastructureError, IntegrityError
from lessonproof.storage.errors import StoreFullError
from lessonproof.storage.objects import StoredObject

READ_BLOCK_BYTES: Final = 1 << 20
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TEMPORARY_SUFFIX: Final = ".part"


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn the operating system's complaints into ours.

    Raises:
        StoreFullError: no room, quota or file size limit reached.
        InfrastructureError: anything else that the disk complains of.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFullError(
                f"{what}: the disk is full ({error.strerror}); make room and send it again",
                f"{what}：磁盘空间不足（{error.strerror}），请清理后重新上传",
            ) from error
        raise InfrastructureError(
            f"{what}: the disk reports an error ({error.strerror})", f"{what}：磁盘报错（{error.strerror}）"
        ) from error


class StagedFile:
    """A temporary file under its own lock; gone when the ``with`` block ends unless :meth:`keep_as` took it.

    Args:
        folder: where it lies; on the same file system as its final place.
    """

    def __init__(self, folder: Path) -> None:
        self._hash = hashlib.sha256()
        self._size_bytes = 0
        self._is_open = True
        with disk_errors("receiving"):
            self.path, self._descriptor = _create_locked(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    @property
    def size_bytes(self) -> int:
        """Bytes written so far."""
        return self._size_bytes

    def write(self, block: bytes) -> None:
        """Append a block.

        Raises:
            StoreFullError: there is no room for it.
        """
        rest = memoryview(block)
        with disk_errors("receiving"):
            while rest:
                written = os.write(self._descriptor, rest)
                self._hash.update(rest[:written])
                self._size_bytes += written
                rest = rest[written:]

    def seal(self) -> StoredObject:
        """Flush to the disk and read every byte back from it.

        Raises:
            IntegrityError: the disk gave other bytes back than were written.
        """
        with disk_errors("receiving"):
            os.fsync(self._descriptor)
            # Flushed pages can be dropped, so that the next read asks the disk and not the memory.
            os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            back = _hash_descriptor(self._descriptor)
            os.fchmod(self._descriptor, 0o400)
        if back != self._hash.hexdigest():
            raise IntegrityError(
                "the disk returned other bytes than were written to it; the transfer was not accepted",
                "磁盘读回的内容与写入的不一致，本次接收无效",
            )
        return StoredObject(sha256=back, size_bytes=self._size_bytes)

    def keep_as(self, target: Path) -> None:
        """Move the sealed file to its final name, replacing what is there, and make the name durable."""
        with disk_errors("storing"):
            self.path.rename(target)
            sync_folder(target.parent)
        self._close()

    def discard(self) -> None:
        """Remove the file unless it was kept; idempotent."""
        if self._is_open:
            self.path.unlink(missing_ok=True)
            self._close()

    def _close(self) -> None:
        os.close(self._descriptor)
        self._is_open = False


def sweep_staging(folder: Path) -> int:
    """Remove temporary files whose writer is dead.

    Returns:
        How many were removed.
    """
    removed = 0
    for path in folder.glob(f"*{_TEMPORARY_SUFFIX}"):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            path.unlink(missing_ok=True)
            removed += 1
        finally:
            os.close(descriptor)
    return removed


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal, as the disk gives it now."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        return _hash_descriptor(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create a folder and its parents, each one durable, readable by this user only."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make names inside a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _hash_descriptor(descriptor: int) -> str:
    digest = hashlib.sha256()
    position = 0
    while block := os.pread(descriptor, READ_BLOCK_BYTES, position):
        digest.update(block)
        position += len(block)
    return digest.hexdigest()


def _create_locked(folder: Path) -> tuple[Path, int]:
    """Create a file and lock it; where a sweep came in between, begin again."""
    while True:
        path = folder / f"{secrets.token_hex(16)}{_TEMPORARY_SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        if os.fstat(descriptor).st_nlink == 0:
            os.close(descriptor)
            continue
        return path, descriptor
