"""Length-prefixed units must add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.media.nal import length_prefix_bytes, units_add_up

UNITS = st.lists(st.binary(max_size=20).map(lambda body: b"\x41" + body), min_size=1, max_size=5)


def joined(units: list[bytes], prefix_bytes: int) -> bytes:
    return b"".join(len(unit).to_bytes(prefix_bytes, "big") + unit for unit in units)


@given(UNITS, st.sampled_from([1, 2, 4]))
def test_a_chain_of_whole_units_adds_up(units: list[bytes], prefix_bytes: int) -> None:
    assert units_add_up(memoryview(joined(units, prefix_bytes)), prefix_bytes, "h264")


@given(UNITS, st.integers(1, 30))
def test_a_chain_that_is_cut_does_not(units: list[bytes], missing: int) -> None:
    data = joined(units, 4)
    cut = data[: max(1, len(data) - missing)]
    whole = {len(joined(units[:k], 4)) for k in range(1, len(units) + 1)}
    assert units_add_up(memoryview(cut), 4, "h264") is (len(cut) in whole)


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        pytest.param(b"\0" * 40, "h264", id="zeros"),
        pytest.param(b"\0\0\0\x02\xc1\0", "h264", id="forbidden-bit"),
        pytest.param(b"\0\0\0\x02\x40\0", "h264", id="type-0"),
        pytest.param(b"\0\0\0\x02\x5f\0", "h264", id="type-31"),
        pytest.param(b"\0\0\0\x02\xc1\0", "hevc", id="forbidden-bit-h265"),
        pytest.param(b"\0\0\0\x02\x41\0\0\0", "h264", id="a-rest"),
    ],
)
def test_implausible_units_are_damage(data: bytes, codec: str) -> None:
    assert not units_add_up(memoryview(data), 4, codec)


@given(st.binary(min_size=1, max_size=60), st.sampled_from([1, 2, 3, 4]), st.sampled_from(["h264", "hevc"]))
def test_no_bytes_make_it_fail(data: bytes, prefix_bytes: int, codec: str) -> None:
    assert units_add_up(memoryview(data), prefix_bytes, codec) in {True, False}


@pytest.mark.parametrize(
    ("codec", "extradata", "expected"),
    [
        ("h264", b"\x01\x64\0\x1f\xff", 4),
        ("h264", b"\x01\x64\0\x1f\xfd", 2),
        ("h264", b"\0\0\0\x01\x67", None),
        ("h264", b"\x01", None),
        ("h264", None, None),
        ("hevc", b"\x01" + b"\0" * 20 + b"\x0f", 4),
        ("vp9", b"\x01\x64\0\x1f\xff", None),
    ],
)
def test_prefixes_are_named_by_the_track_header(codec: str, extradata: bytes | None, expected: int | None) -> None:
    assert length_prefix_bytes(codec, extradata) == expected
