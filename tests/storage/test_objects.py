"""The contract that every object store meets, run on each entry of the registry."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessonproof.storage.errors import ObjectMissingError, WrongDigestError
from lessonproof.storage.objects import ObjectStore, StoredObject, StoreSpec, put_bytes, put_stream, read_bytes
from lessonproof.storage.registry import STORES, open_store

ABSENT = "0" * 64
S3_VARIABLES = ("ENDPOINT", "BUCKET", "ACCESS_KEY", "SECRET_KEY")


def spec_of(kind: str, folder: Path) -> StoreSpec:
    if kind == "local":
        return StoreSpec("local", folder)
    values = {name.lower(): os.environ.get(f"LESSONPROOF_TEST_S3_{name}", "") for name in S3_VARIABLES}
    if not all(values.values()):
        pytest.skip(
            "THE S3 STORE IS NOT TESTED: set LESSONPROOF_TEST_S3_ENDPOINT, _BUCKET, _ACCESS_KEY and _SECRET_KEY"
        )
    return StoreSpec("s3", folder, **values, is_secure=False)


@pytest.fixture(params=sorted(STORES))
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSpec:
    return spec_of(request.param, tmp_path)


@pytest.fixture
def store(spec: StoreSpec) -> ObjectStore:
    return open_store(spec)


def test_every_store_of_the_registry_is_tested_here() -> None:
    assert set(STORES) == {"local", "s3"}


def test_what_is_put_can_be_read(store: ObjectStore) -> None:
    content = uuid4().bytes * 1000
    stored = put_bytes(store, content)
    assert stored == StoredObject(hashlib.sha256(content).hexdigest(), len(content))
    assert store.exists(stored.sha256)
    assert store.stat(stored.sha256) == stored
    assert store.verify(stored.sha256) == stored
    assert read_bytes(store, stored.sha256) == content


def test_nothing_is_an_object_too(store: ObjectStore) -> None:
    stored = put_bytes(store, b"")
    assert (stored.size_bytes, read_bytes(store, stored.sha256)) == (0, b"")
    assert store.verify(stored.sha256) == stored


def test_more_than_one_part_survives_the_transfer(store: ObjectStore) -> None:
    content = os.urandom(1 << 20) * 17 + b"end"
    stored = put_stream(store, BytesIO(content))
    with store.open(stored.sha256) as source:
        assert hashlib.file_digest(source, "sha256").hexdigest() == stored.sha256
    with store.open(stored.sha256, len(content) - 3) as source:
        assert source.read() == b"end"


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        pytest.param(0, None, b"0123456789", id="all"),
        pytest.param(3, 4, b"3456", id="middle"),
        pytest.param(8, 100, b"89", id="length-beyond-the-end"),
        pytest.param(10, None, b"", id="at-the-end"),
        pytest.param(99, 5, b"", id="behind-the-end"),
        pytest.param(2, 0, b"", id="nothing"),
    ],
)
def test_ranges(store: ObjectStore, start: int, length: int | None, expected: bytes) -> None:
    stored = put_bytes(store, b"0123456789")
    with store.open(stored.sha256, start, length) as source:
        assert source.read() == expected


def test_the_same_content_is_one_object(store: ObjectStore) -> None:
    content = uuid4().bytes
    first, second = put_bytes(store, content), put_bytes(store, content)
    assert first == second
    assert [item for item in store.iterate() if item.sha256 == first.sha256] == [first]


def test_the_same_content_from_many_at_once(store: ObjectStore) -> None:
    content = uuid4().bytes * 5000
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: put_bytes(store, content), range(16)))
    assert len(found) == 1
    stored = found.pop()
    assert store.verify(stored.sha256) == stored
    assert [item for item in store.iterate() if item.sha256 == stored.sha256] == [stored]
    assert store.sweep() == 0


def test_without_a_commit_nothing_is_kept(store: ObjectStore) -> None:
    before = set(store.iterate())
    content = uuid4().bytes
    with store.writer() as writer:
        writer.write(content)
        assert writer.size_bytes == len(content)
    assert not store.exists(hashlib.sha256(content).hexdigest())
    assert set(store.iterate()) == before
    assert store.sweep() == 0


def test_another_digest_than_announced_is_refused(store: ObjectStore) -> None:
    content = uuid4().bytes
    with store.writer() as writer:
        writer.write(content)
        with pytest.raises(WrongDigestError):
            writer.commit(expected_sha256=ABSENT)
    assert not store.exists(hashlib.sha256(content).hexdigest())


def test_the_announced_digest_is_accepted(store: ObjectStore) -> None:
    content = uuid4().bytes
    with store.writer() as writer:
        writer.write(content)
        stored = writer.commit(expected_sha256=hashlib.sha256(content).hexdigest())
    assert store.stat(stored.sha256) == stored


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda store: store.stat(ABSENT), id="stat"),
        pytest.param(lambda store: store.open(ABSENT), id="open"),
        pytest.param(lambda store: store.verify(ABSENT), id="verify"),
        pytest.param(lambda store: store.local_file(ABSENT).__enter__(), id="local-file"),
    ],
)
def test_what_is_not_there_is_said_so(store: ObjectStore, use: Callable[[ObjectStore], object]) -> None:
    assert not store.exists(ABSENT)
    with pytest.raises(ObjectMissingError):
        use(store)


@given(name=st.text(max_size=80) | st.sampled_from(["../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_that_are_no_digests_are_refused(store: ObjectStore, name: str) -> None:
    for use in (store.exists, store.stat, store.open, store.verify):
        with pytest.raises(ValueError, match="hexadecimal"):
            use(name)


def test_a_plain_file_for_libraries(store: ObjectStore) -> None:
    stored = put_bytes(store, b"moving pictures")
    with store.local_file(stored.sha256) as first, store.local_file(stored.sha256) as second:
        assert first.read_bytes() == second.read_bytes() == b"moving pictures"


def test_a_second_process_sees_the_same_objects(store: ObjectStore, spec: StoreSpec) -> None:
    stored = put_bytes(store, uuid4().bytes)
    assert open_store(spec).verify(stored.sha256) == stored


def test_secrets_do_not_show(tmp_path: Path) -> None:
    assert "hidden" not in repr(StoreSpec("s3", tmp_path, secret_key="hidden", access_key="hidden"))  # noqa: S106
