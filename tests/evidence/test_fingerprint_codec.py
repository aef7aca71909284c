from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.evidence.errors import IntegrityError
from lessonproof.evidence.fingerprint import CODE_BYTES, SKETCH_NUMBERS, Fingerprint
from lessonproof.evidence.fingerprint_codec import fingerprint_from_bytes, fingerprint_to_bytes
from tests.evidence.values import DIGESTS, WORDS


@st.composite
def fingerprints(draw: st.DrawFn) -> Fingerprint:
    times = draw(st.lists(st.integers(0, 10**14), unique=True, max_size=6))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    digest, method, time_ns = draw(DIGESTS), draw(WORDS), np.array(sorted(times), np.int64)

    def coded(scale: float) -> Fingerprint:
        codes, mirrored = random.integers(0, 256, (2, len(times), CODE_BYTES), dtype=np.uint8)
        weight = random.integers(0, 256, len(times), dtype=np.uint8)
        return Fingerprint(digest, method, time_ns, codes, mirrored, weight, scale)

    scales = draw(st.lists(st.floats(0.5, 1.0, exclude_max=True), max_size=3))
    whole, views = coded(1.0), tuple(coded(scale) for scale in scales)
    if not draw(st.booleans()):
        return replace(whole, views=views)

    def sketched() -> NDArray[np.int8]:
        return random.integers(-127, 128, (len(times), SKETCH_NUMBERS)).astype(np.int8)

    seen = tuple(replace(view, sketch=sketched()) for view in views)
    return replace(whole, views=seen, sketch=sketched(), mirrored_sketch=sketched())


@given(fingerprints())
def test_nothing_is_lost(fingerprint: Fingerprint) -> None:
    content = fingerprint_to_bytes(fingerprint)
    back = fingerprint_from_bytes(content)
    assert (back.sha256, back.method) == (fingerprint.sha256, fingerprint.method)
    assert [view.scale for view in back.views] == [view.scale for view in fingerprint.views]
    for ours, theirs in zip((back, *back.views), (fingerprint, *fingerprint.views), strict=True):
        for name in ("time_ns", "codes", "mirrored", "weight"):
            assert getattr(ours, name).dtype == getattr(theirs, name).dtype
            assert np.array_equal(getattr(ours, name), getattr(theirs, name))
        for name in ("sketch", "mirrored_sketch"):
            mine, other = getattr(ours, name), getattr(theirs, name)
            assert (mine is None) is (other is None)
            assert mine is None or (mine.dtype == np.int8 and np.array_equal(mine, other))
    assert fingerprint_to_bytes(back) == content


@given(fingerprints())
def test_one_of_the_version_without_views_is_still_read(fingerprint: Fingerprint) -> None:
    plain = without_sketches(replace(fingerprint, views=()))
    head, _, rest = fingerprint_to_bytes(plain).partition(b"\n")
    line = head.replace(b"fingerprint/3", b"fingerprint/1").replace(b',"view_scales":[]', b"")
    old = line.replace(b',"sketches":0', b"") + b"\n" + rest
    assert b"view_scales" not in line
    assert fingerprint_to_bytes(fingerprint_from_bytes(old)) == fingerprint_to_bytes(plain)


@given(fingerprints())
def test_one_of_the_version_without_sketches_is_still_read(fingerprint: Fingerprint) -> None:
    plain = without_sketches(fingerprint)
    head, _, rest = fingerprint_to_bytes(plain).partition(b"\n")
    old = head.replace(b"fingerprint/3", b"fingerprint/2").replace(b',"sketches":0', b"") + b"\n" + rest
    assert fingerprint_to_bytes(fingerprint_from_bytes(old)) == fingerprint_to_bytes(plain)


def without_sketches(fingerprint: Fingerprint) -> Fingerprint:
    views = tuple(replace(view, sketch=None) for view in fingerprint.views)
    return replace(fingerprint, views=views, sketch=None, mirrored_sketch=None)


def test_a_fingerprint_with_some_of_its_sketches_cannot_be_kept() -> None:
    none = np.empty((0, CODE_BYTES), np.uint8)
    half = Fingerprint("a", "m", np.empty(0, np.int64), none, none, np.empty(0, np.uint8))
    with pytest.raises(ValueError, match="all sketches"):
        fingerprint_to_bytes(replace(half, sketch=np.empty((0, SKETCH_NUMBERS), np.int8)))
    with pytest.raises(ValueError, match="one sketch"):
        replace(half, sketch=np.empty((1, SKETCH_NUMBERS), np.int8))


@given(fingerprints(), st.data())
def test_what_is_cut_off_is_told(fingerprint: Fingerprint, data: st.DataObject) -> None:
    content = fingerprint_to_bytes(fingerprint)
    length = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(IntegrityError):
        fingerprint_from_bytes(content[:length])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"[]\n",
        b'{"schema":"lessonproof.fingerprint/4","count":0,"method":"m","sha256":"a","sketches":0,"view_scales":[]}\n',
        b'{"schema":"lessonproof.fingerprint/3","count":0,"method":"m","sha256":"a","view_scales":[]}\n',
        b'{"schema":"lessonproof.fingerprint/3","count":0,"method":"m","sha256":"a","sketches":1,"view_scales":[]}\n',
        b'{"schema":"lessonproof.fingerprint/2","count":0,"method":"m","sha256":"a"}\n',
        b'{"schema":"lessonproof.fingerprint/2","count":0,"method":"m","sha256":"a","view_scales":[2.5]}\n',
        b'{"schema":"lessonproof.fingerprint/1","count":0,"method":"m"}\n',
        b'{"schema":"lessonproof.fingerprint/1"}\n',
        b'{"schema":"lessonproof.fingerprint/1","count":-1}\n',
        b'{"schema":"lessonproof.fingerprint/1","count":1,"method":"m","sha256":"a"}\nx',
    ],
)
def test_what_is_no_fingerprint_is_told(content: bytes) -> None:
    with pytest.raises(IntegrityError):
        fingerprint_from_bytes(content)
