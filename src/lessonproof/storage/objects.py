"""The plug-in point of object stores: bytes kept once, under the SHA-256 of their content, and never changed."""

import io
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
COPY_BLOCK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a store says of bytes that it keeps.

    Attributes:
        sha256: digest of the content, 64 lower-case hexadecimal digits; the object's only name.
        size_bytes: how many bytes there are.
    """

    sha256: str
    size_bytes: int

    def __post_init__(self) -> None:
        check_digest(self.sha256)
        if self.size_bytes < 0:
            raise ValueError(f"size_bytes must be >= 0, got {self.size_bytes}")


@dataclass(frozen=True, slots=True)
class StoreSpec:
    """All that is needed to open a store; plain values, so it can be sent to another process.

    Attributes:
        kind: key in ``registry.STORES``.
        folder: ``local``: where the objects lie. ``s3``: local room for transfers and copies that workers read.
        endpoint: ``s3``: host and port, without a scheme.
        bucket: ``s3``: name of the bucket; it must exist.
        access_key: ``s3``: key id.
        secret_key: ``s3``: its secret.
        region: ``s3``: region that signs.
        is_secure: ``s3``: TLS.
    """

    kind: str
    folder: Path
    endpoint: str = ""
    bucket: str = ""
    access_key: str = ""
    secret_key: str = ""
    region: str = "us-east-1"
    is_secure: bool = True

    def __repr__(self) -> str:
        """Without the secret: specifications end up in logs and error messages."""
        return f"StoreSpec(kind={self.kind!r}, folder={str(self.folder)!r}, bucket={self.bucket!r})"


class ObjectWriter(Protocol):
    """Receives the bytes of one object; nothing is kept unless :meth:`commit` returns.

    A context manager: leaving the block without a commit, by whatever way, removes what was written.
    """

    def __enter__(self) -> "ObjectWriter":
        """The writer itself."""
        ...

    def __exit__(self, *details: object) -> None:
        """Remove what was not committed."""
        ...

    @property
    def size_bytes(self) -> int:
        """Bytes written so far."""
        ...

    def write(self, block: bytes) -> None:
        """Append a block.

        Raises:
            StoreFullError: there is no room for it.
        """
        ...

    def commit(self, expected_sha256: str | None = None) -> StoredObject:
        """Store what was written: durable and read back before this returns. The same content is stored once.

        Args:
            expected_sha256: digest that the content must have; ``None`` where nobody announced one.

        Raises:
            WrongDigestError: the content has another digest; nothing is kept.
            IntegrityError: what was read back is not what was written; nothing is kept.
            StoreFullError: there is no room.
            ServiceUnreachableError: the store does not answer.
        """
        ...


class ObjectStore(Protocol):
    """Keeps bytes under their SHA-256. Safe to use from several threads and processes at once.

    Every method that takes a digest raises ``ValueError`` where it is none.
    """

    def writer(self) -> ObjectWriter:
        """Begin to receive an object."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether the store has an object of this name."""
        ...

    def stat(self, sha256: str) -> StoredObject:
        """Size of an object, as the store tells it; the content is not read.

        Raises:
            ObjectMissingError: there is none.
        """
        ...

    def open(self, sha256: str, start_bytes: int = 0, length_bytes: int | None = None) -> io.BufferedIOBase:
        """Read an object, or ``length_bytes`` of it from ``start_bytes``; close the result after use.

        Raises:
            ObjectMissingError: there is none.
        """
        ...

    def local_file(self, sha256: str) -> AbstractContextManager[Path]:
        """The object as a plain file, for libraries that need one; only to be read, and only inside the block.

        Raises:
            ObjectMissingError: there is none.
            IntegrityError: the bytes that arrived are not those of this digest.
        """
        ...

    def verify(self, sha256: str) -> StoredObject:
        """Read the whole object and compare it with its name.

        Raises:
            ObjectMissingError: there is none.
            IntegrityError: its content has another digest.
        """
        ...

    def iterate(self) -> Iterator[StoredObject]:
        """Every object, in no order."""
        ...

    def sweep(self) -> int:
        """Remove what dead writers left behind; transfers in progress are left alone.

        Returns:
            How many leftovers were removed.
        """
        ...


def is_digest(text: str) -> bool:
    """Whether ``text`` is a SHA-256 in lower-case hexadecimal."""
    return _DIGEST.fullmatch(text) is not None


def check_digest(sha256: str) -> str:
    """Return ``sha256``.

    Raises:
        ValueError: it is no digest. Names are built from digests only, so this keeps foreign text out of paths.
    """
    if not is_digest(sha256):
        raise ValueError(f"expected 64 lower-case hexadecimal digits, got {sha256!r}")
    return sha256


def put_stream(store: ObjectStore, source: BinaryIO) -> StoredObject:
    """Store everything that ``source`` gives, block by block."""
    with store.writer() as writer:
        while block := source.read(COPY_BLOCK_BYTES):
            writer.write(block)
        return writer.commit()


def put_bytes(store: ObjectStore, content: bytes) -> StoredObject:
    """Store bytes that are in memory already."""
    return put_stream(store, io.BytesIO(content))


def read_bytes(store: ObjectStore, sha256: str) -> bytes:
    """The whole object; for documents and pictures, not for recordings.

    Raises:
        ObjectMissingError: there is none.
    """
    with store.open(sha256) as source:
        return source.read()
