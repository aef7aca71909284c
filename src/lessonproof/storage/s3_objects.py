"""Objects in an S3 bucket (MinIO, Ceph RGW, a cloud's object storage), by the ``minio`` client.

A transfer is staged on the local disk first: its digest, which is its name, is known only at its end.
"""

import fcntl
import hashlib
import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from lessonproof.evidence.errors import IntegrityError
from lessonproof.storage.errors import (
    ObjectMissingError,
    ObjectStoreSettingsError,
    ObjectStoreUnreachableError,
    StoreFullError,
)
from lessonproof.storage.local_objects import missing, refuse_other_digest
from lessonproof.storage.objects import (
    COPY_BLOCK_BYTES,
    ObjectWriter,
    StoredObject,
    StoreSpec,
    check_digest,
    is_digest,
)
from lessonproof.storage.staging import StagedFile, disk_errors, make_folder, sweep_staging

_LOG: Final = logging.getLogger(__name__)
PART_BYTES: Final = 16 << 20
"""Size of one part of a multipart transfer; S3 allows 10,000 parts, so objects of up to 160 GB."""
COPIES_LIMIT_BYTES: Final = 64 << 30
"""Local copies for workers are trimmed to this, the oldest first; copies in use stay."""
_PREFIX: Final = "objects/"
_ABSENT: Final = frozenset({"NoSuchKey", "NoSuchObject"})
_FULL: Final = frozenset(
    {"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage"}
)
_TIMEOUT: Final = urllib3.Timeout(connect=5.0, read=60.0)
_RETRIES: Final = urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])


class S3ObjectStore:
    """An ``ObjectStore`` in a bucket, keys ``objects/ab/<digest>``.

    Args:
        spec: the bucket has to exist; ``folder`` is created where it is missing.
    """

    def __init__(self, spec: StoreSpec) -> None:
        self._bucket = spec.bucket
        self._incoming = spec.folder / "incoming"
        self._copies = spec.folder / "copies"
        with disk_errors(f"opening {spec.folder}"):
            for folder in (self._incoming, self._copies):
                make_folder(folder)
        try:
            self._client = _client(spec)
            with self._answers():
                exists = self._client.bucket_exists(self._bucket)
        except ValueError as error:
            raise ObjectStoreSettingsError(f"S3 settings: {error}", f"S3 设置有误：{error}") from error
        if not exists:
            raise ObjectStoreUnreachableError(
                f"the object store has no bucket {self._bucket!r}; create it first",
                f"对象存储中没有存储桶 {self._bucket!r}，请先创建",
            )

    def writer(self) -> ObjectWriter:
        """Begin to receive an object on the local disk."""
        return _S3Writer(self, StagedFile(self._incoming))

    def exists(self, sha256: str) -> bool:
        """Whether the bucket has an object of this name."""
        try:
            self.stat(sha256)
        except ObjectMissingError:
            return False
        return True

    def stat(self, sha256: str) -> StoredObject:
        """Size as the bucket tells it."""
        with self._answers(sha256):
            size_bytes = self._client.stat_object(self._bucket, _key(sha256)).size
        return StoredObject(sha256, int(size_bytes or 0))

    def open(self, sha256: str, start_bytes: int = 0, length_bytes: int | None = None) -> io.BufferedIOBase:
        """Read the object, or a part of it, over one connection."""
        size_bytes = self.stat(sha256).size_bytes
        wanted = min(size_bytes - start_bytes, size_bytes if length_bytes is None else length_bytes)
        if wanted <= 0:
            return io.BytesIO()
        with self._answers(sha256):
            response = self._client.get_object(self._bucket, _key(sha256), offset=start_bytes, length=wanted)
        return io.BufferedReader(_Response(response, wanted), COPY_BLOCK_BYTES)

    @contextmanager
    def local_file(self, sha256: str) -> Iterator[Path]:
        """A local copy, shared by the workers of this machine and locked while one of them reads it."""
        path = self._copies / check_digest(sha256)
        descriptor = _open_locked(path)
        while descriptor is None:
            self._fetch(sha256, path)
            descriptor = _open_locked(path)
        try:
            yield path
        finally:
            os.close(descriptor)

    def verify(self, sha256: str) -> StoredObject:
        """Read the whole object back and hash it."""
        with self.open(sha256) as source:
            found = hashlib.file_digest(source, "sha256").hexdigest()
        if found != sha256:
            raise IntegrityError(
                f"stored object {sha256} has been altered in the bucket: its content hashes to {found}",
                f"存储对象 {sha256} 在存储桶中已被改动：内容的摘要为 {found}",
            )
        return self.stat(sha256)

    def iterate(self) -> Iterator[StoredObject]:
        """Every object, page by page."""
        with self._answers():
            for item in self._client.list_objects(self._bucket, prefix=_PREFIX, recursive=True):
                name = (item.object_name or "").rpartition("/")[2]
                if is_digest(name):
                    yield StoredObject(name, int(item.size or 0))

    def sweep(self) -> int:
        """Remove local files of dead writers; copies stay, they are verified objects."""
        with disk_errors("sweeping the store"):
            return sweep_staging(self._incoming)

    def keep(self, staged: StagedFile, stored: StoredObject) -> None:
        """Send a sealed file to the bucket and read it back, unless a sound object is there already."""
        if self._has_sound(stored.sha256):
            return
        with self._answers(), staged.path.open("rb") as source:
            self._client.put_object(self._bucket, _key(stored.sha256), source, stored.size_bytes, part_size=PART_BYTES)
        self.verify(stored.sha256)

    def _has_sound(self, sha256: str) -> bool:
        try:
            self.verify(sha256)
        except ObjectMissingError:
            return False
        except IntegrityError as error:
            _LOG.error("%s; stored anew", error)
            return False
        return True

    def _fetch(self, sha256: str, path: Path) -> None:
        size_bytes = self.stat(sha256).size_bytes
        with disk_errors("making room for a copy"):
            _trim(self._copies, COPIES_LIMIT_BYTES - size_bytes)
        with StagedFile(self._incoming) as staged, self.open(sha256) as source:
            while block := source.read(COPY_BLOCK_BYTES):
                staged.write(block)
            if staged.seal().sha256 != sha256:
                raise IntegrityError(
                    f"object {sha256} arrived altered from the bucket", f"对象 {sha256} 从存储桶取回时内容已改变"
                )
            staged.keep_as(path)

    @contextmanager
    def _answers(self, sha256: str | None = None) -> Iterator[None]:
        """Turn what the client raises into our errors."""
        try:
            yield
        except S3Error as error:
            if error.code in _ABSENT and sha256 is not None:
                raise missing(sha256) from error
            if error.code in _FULL:
                raise StoreFullError(
                    f"the bucket has no room left ({error.code})", f"存储桶空间不足（{error.code}）"
                ) from error
            raise _unreachable(f"{error.code}: {error.message}") from error
        except urllib3.exceptions.LocationValueError:
            raise  # a ValueError: no server was asked yet
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _unreachable(str(error)) from error


class _S3Writer:
    """Receives one object into a staged file and sends it on when it is complete."""

    def __init__(self, store: S3ObjectStore, staged: StagedFile) -> None:
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
        self._staged.discard()
        return stored


class _Response(io.RawIOBase):
    """The body of an answer as a file; a connection that breaks in the middle is an error, not an end."""

    def __init__(self, response: urllib3.BaseHTTPResponse, length_bytes: int) -> None:
        super().__init__()
        self._response = response
        self._rest_bytes = length_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        try:
            block = self._response.read(min(len(buffer), self._rest_bytes))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _unreachable(str(error)) from error
        if not block and self._rest_bytes:
            raise _unreachable(f"the answer ended {self._rest_bytes} bytes too early")
        buffer[: len(block)] = block
        self._rest_bytes -= len(block)
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._response.close()
            self._response.release_conn()
        super().close()


def _client(spec: StoreSpec) -> Minio:
    return Minio(
        spec.endpoint,
        access_key=spec.access_key,
        secret_key=spec.secret_key,
        region=spec.region,
        secure=spec.is_secure,
        http_client=urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES, maxsize=8),
    )


def _key(sha256: str) -> str:
    check_digest(sha256)
    return f"{_PREFIX}{sha256[:2]}/{sha256}"


def _unreachable(what: str) -> ObjectStoreUnreachableError:
    return ObjectStoreUnreachableError(f"the object store does not answer: {what}", f"对象存储无响应：{what}")


def _open_locked(path: Path) -> int | None:
    """Open a copy under a shared lock; ``None`` where it is not there or is being removed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if os.fstat(descriptor).st_nlink == 0:
        os.close(descriptor)
        return None
    return descriptor


def _trim(folder: Path, limit_bytes: int) -> None:
    """Remove the copies that were fetched longest ago until the rest fits; copies in use stay."""
    copies = sorted((path for path in folder.iterdir() if is_digest(path.name)), key=lambda p: p.stat().st_mtime_ns)
    total_bytes = sum(path.stat().st_size for path in copies)
    for path in copies:
        if total_bytes <= limit_bytes:
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            total_bytes -= path.stat().st_size
            path.unlink()
        finally:
            os.close(descriptor)
