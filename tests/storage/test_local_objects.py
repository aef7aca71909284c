import multiprocessing
import os
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from lessonproof.evidence.errors import IntegrityError
from lessonproof.storage.errors import StoreFullError
from lessonproof.storage.local_objects import LocalObjectStore
from lessonproof.storage.objects import StoredObject, StoreSpec, put_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> LocalObjectStore:
    return LocalObjectStore(StoreSpec("local", folder))


def file_of(folder: Path, stored: StoredObject) -> Path:
    return folder / "objects" / stored.sha256[:2] / stored.sha256[2:4] / stored.sha256


def leftovers(folder: Path) -> list[Path]:
    return list((folder / "incoming").iterdir())


@contextmanager
def disk_of(limit_bytes: int) -> Iterator[None]:
    """No file may grow beyond ``limit_bytes``: the kernel refuses the write as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_objects_are_read_only_and_private(folder: Path, store: LocalObjectStore) -> None:
    path = file_of(folder, put_bytes(store, b"evidence"))
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IRUSR
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IRWXU


def test_a_full_disk_leaves_nothing_behind(folder: Path, store: LocalObjectStore) -> None:
    with disk_of(4096), pytest.raises(StoreFullError):
        put_bytes(store, b"x" * 10_000)
    assert leftovers(folder) == []
    assert list(store.iterate()) == []


def test_altered_bytes_are_found(folder: Path, store: LocalObjectStore) -> None:
    stored = put_bytes(store, b"evidence")
    path = file_of(folder, stored)
    path.chmod(0o600)
    path.write_bytes(b"Evidence")
    with pytest.raises(IntegrityError, match="altered"):
        store.verify(stored.sha256)


def test_a_rotten_object_is_kept_aside_and_stored_anew(
    folder: Path, store: LocalObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    stored = put_bytes(store, b"evidence")
    path = file_of(folder, stored)
    path.chmod(0o600)
    path.write_bytes(b"Evidence")
    assert put_bytes(store, b"evidence") == stored
    assert store.verify(stored.sha256) == stored
    assert [item.read_bytes() for item in (folder / "damaged").iterdir()] == [b"Evidence"]
    assert "altered" in caplog.text


def test_a_link_in_place_of_an_object_is_not_followed(folder: Path, store: LocalObjectStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    stored = put_bytes(store, b"evidence")
    path = file_of(folder, stored)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(Exception, match="disk reports an error"):
        store.open(stored.sha256)


def write_and_wait(folder: Path, begun: Connection) -> None:
    with LocalObjectStore(StoreSpec("local", folder)).writer() as writer:
        writer.write(b"half of it")
        begun.send(os.getpid())
        signal.pause()


def test_a_sweep_removes_what_a_killed_writer_left_and_nothing_else(folder: Path, store: LocalObjectStore) -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=write_and_wait, args=(folder, sender))
    process.start()
    receiver.recv()
    with store.writer() as mine:
        mine.write(b"in progress")
        assert len(leftovers(folder)) == 2
        assert store.sweep() == 0
        process.kill()
        process.join()
        assert store.sweep() == 1
        assert len(leftovers(folder)) == 1
        assert mine.commit().size_bytes == len(b"in progress")
    assert leftovers(folder) == []
