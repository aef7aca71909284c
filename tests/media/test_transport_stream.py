"""Headers of transport stream packets: counters, flags, padding, wherever the blocks are cut."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.media.index import index_recording
from lessonproof.media.transport_stream import TransportFacts, TransportScanner
from tests.media.clips import Clip, write_clip
from tests.media.files import joined

NULL = b"\x47\x1f\xff\x10" + b"\xff" * 184


def scanned(data: bytes, block_bytes: int = 1 << 16) -> TransportFacts | None:
    scanner = TransportScanner()
    for start in range(0, len(data), block_bytes):
        scanner.feed(data[start : start + block_bytes])
    return scanner.facts()


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    clip = Clip(ending="ts", times_ms=range(0, 4000, 100))
    return write_clip(tmp_path_factory.mktemp("ts") / "a.ts", clip).read_bytes()


def test_a_whole_stream_has_nothing_to_tell(stream: bytes) -> None:
    assert scanned(stream) == TransportFacts(None, (), (), None)


def test_other_files_are_no_transport_streams() -> None:
    assert scanned(b"x" * 5000) is None
    assert scanned(b"G") is None


@given(seed=st.integers(0, 99), block=st.integers(1, 5000))
def test_blocks_may_be_cut_anywhere(stream: bytes, seed: int, block: int) -> None:
    data = stream[: 188 * 60] + stream[: 188 * (20 + seed)]
    assert scanned(data, block) == scanned(data)


def test_an_appended_stream_is_told_at_its_first_packet(stream: bytes) -> None:
    facts = scanned(stream + stream)
    assert facts is not None
    (place,) = facts.restarts_bytes
    assert len(stream) <= place < len(stream) + 4 * 188


def test_padding_is_counted_where_it_lies(stream: bytes) -> None:
    half = len(stream) // 376 * 188
    facts = scanned(stream[:half] + NULL * 1000 + stream[half:])
    assert facts is not None
    padding = facts.padding
    assert padding is not None
    assert padding.between(0, len(stream) + 188_000) == 188_000
    assert padding.between(0, half) < 188 * 256
    assert padding.between(half, half + 188_000) > 188 * (1000 - 512)


def test_a_discontinuity_that_is_announced_is_told(stream: bytes) -> None:
    flagged = b"\x47\x01\x00\x20\xb7\x80" + b"\xff" * 182
    at = 188 * 40
    facts = scanned(stream[:at] + flagged + stream[at:])
    assert facts is not None
    assert facts.flagged_bytes == (at,)


def test_packets_of_192_bytes_are_read_behind_their_lead(stream: bytes) -> None:
    packets = [b"\0\0\0\0" + stream[at : at + 188] for at in range(0, len(stream), 188)]
    assert scanned(b"".join(packets)) == TransportFacts(None, (), (), None)


def test_a_place_where_bytes_are_lost_is_survived(stream: bytes) -> None:
    data = stream[: 188 * 50] + stream[188 * 50 + 77 :]
    facts = scanned(data, 188 * 50)
    assert facts is not None
    assert facts.reason == "sync_lost"


@given(st.binary(max_size=4000), st.integers(1, 600))
def test_no_bytes_make_it_fail(data: bytes, block: int) -> None:
    scanned(b"G" + bytes(187) + b"G" + bytes(187) + b"G" + data, block)


@pytest.mark.parametrize("seed", range(6))
def test_a_loss_is_no_joint(tmp_path: Path, seed: int) -> None:
    """Also one that ends exactly where the tables are repeated and a picture begins, as in the first of these."""
    path = write_clip(tmp_path / "a.ts", Clip(ending="ts", gop=1000, times_ms=range(0, 6000, 100)))
    data = path.read_bytes()
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    tables = [n for n, packet in enumerate(packets) if packet[1:3] == b"\x40\x00"]
    draw = random.Random(seed)  # noqa: S311 - reproducible
    behind = tables[5] if seed == 0 else draw.randrange(80, len(packets) - 40)
    path.write_bytes(b"".join(packets[: behind - draw.randrange(5, 40)] + packets[behind:]))
    index = index_recording(path)
    assert index.transport is not None
    assert index.transport.restarts_bytes == ()


def test_streams_joined_while_the_clock_runs_on_are_told_and_not_called_damaged(tmp_path: Path) -> None:
    first = Clip(ending="ts", times_ms=range(0, 3000, 100))
    path = joined(tmp_path / "j.ts", first, replace(first, times_ms=range(3000, 6000, 100), seed=2))
    index = index_recording(path)
    assert index.joins == ()
    assert index.transport is not None
    assert len(index.transport.restarts_bytes) == 1
    assert not index.packets.is_damaged.any()
    assert np.all(np.diff(index.packets.presented_ns()) > 0)
