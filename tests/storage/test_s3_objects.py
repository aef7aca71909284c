"""What is special about the bucket store; the contract it shares with the others is in ``test_objects``."""

import io
import os
import socket
from pathlib import Path

import pytest
from minio import Minio

from lessonproof.evidence.errors import IntegrityError
from lessonproof.storage.errors import ObjectStoreSettingsError, ObjectStoreUnreachableError
from lessonproof.storage.objects import StoreSpec, put_bytes
from lessonproof.storage.s3_objects import S3ObjectStore, _open_locked, _trim
from tests.storage.support import digest
from tests.storage.test_objects import spec_of


def copy_of(folder: Path, letter: str, size_bytes: int, age: int) -> Path:
    path = folder / digest(letter)
    path.write_bytes(b"x" * size_bytes)
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def test_a_server_that_is_away_is_our_error(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(ObjectStoreUnreachableError):
            S3ObjectStore(StoreSpec("s3", tmp_path, endpoint, "lessons", "k", "s", is_secure=False))


@pytest.mark.parametrize(
    ("endpoint", "bucket"),
    [
        pytest.param("", "lessons", id="no-endpoint"),
        pytest.param("http://host/path", "lessons", id="an-address"),
        pytest.param("127.0.0.1:1", "b", id="no-bucket-name"),
    ],
)
def test_settings_that_cannot_be_are_told(tmp_path: Path, endpoint: str, bucket: str) -> None:
    with pytest.raises(ObjectStoreSettingsError):
        S3ObjectStore(StoreSpec("s3", tmp_path, endpoint, bucket, "k", "s", is_secure=False))


def test_copies_are_trimmed_oldest_first_and_never_in_use(tmp_path: Path) -> None:
    old, used, new = (copy_of(tmp_path, letter, 100, age) for letter, age in (("a", 3), ("b", 2), ("c", 1)))
    handle = _open_locked(used)
    assert handle is not None
    _trim(tmp_path, 250)
    assert [path.exists() for path in (old, used, new)] == [False, True, True]
    _trim(tmp_path, 0)
    assert [path.exists() for path in (old, used, new)] == [False, True, False]
    os.close(handle)
    _trim(tmp_path, 0)
    assert not used.exists()


def client_of(spec: StoreSpec) -> Minio:
    return Minio(spec.endpoint, spec.access_key, spec.secret_key, secure=False)


def test_a_wrong_secret_and_a_missing_bucket_are_told(tmp_path: Path) -> None:
    spec = spec_of("s3", tmp_path)
    wrong = StoreSpec("s3", tmp_path, spec.endpoint, spec.bucket, spec.access_key, "wrong", is_secure=False)
    missing = StoreSpec(
        "s3", tmp_path, spec.endpoint, "no-such-bucket", spec.access_key, spec.secret_key, is_secure=False
    )
    for bad in (wrong, missing):
        with pytest.raises(ObjectStoreUnreachableError):
            S3ObjectStore(bad)


def test_an_object_that_was_altered_in_the_bucket_is_found_and_stored_anew(tmp_path: Path) -> None:
    spec = spec_of("s3", tmp_path)
    store = S3ObjectStore(spec)
    stored = put_bytes(store, b"evidence")
    client_of(spec).put_object(spec.bucket, f"objects/{stored.sha256[:2]}/{stored.sha256}", io.BytesIO(b"Evidence"), 8)
    with pytest.raises(IntegrityError):
        store.verify(stored.sha256)
    with pytest.raises(IntegrityError), store.local_file(stored.sha256):
        pytest.fail("an altered object was handed to a worker")
    assert put_bytes(store, b"evidence") == stored
    assert store.verify(stored.sha256) == stored
