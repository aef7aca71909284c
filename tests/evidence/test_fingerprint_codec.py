import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.errors import IntegrityError
from lessonproof.evidence.fingerprint import CODE_BYTES, Fingerprint
from lessonproof.evidence.fingerprint_codec import fingerprint_from_bytes, fingerprint_to_bytes
from tests.evidence.values import DIGESTS, WORDS


@st.composite
def fingerprints(draw: st.DrawFn) -> Fingerprint:
    times = draw(st.lists(st.integers(0, 10**14), unique=True, max_size=6))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    codes, mirrored = random.integers(0, 256, (2, len(times), CODE_BYTES), dtype=np.uint8)
    weight = random.integers(0, 256, len(times), dtype=np.uint8)
    return Fingerprint(draw(DIGESTS), draw(WORDS), np.array(sorted(times), np.int64), codes, mirrored, weight)


@given(fingerprints())
def test_nothing_is_lost(fingerprint: Fingerprint) -> None:
    content = fingerprint_to_bytes(fingerprint)
    back = fingerprint_from_bytes(content)
    assert (back.sha256, back.method) == (fingerprint.sha256, fingerprint.method)
    for name in ("time_ns", "codes", "mirrored", "weight"):
        ours, theirs = getattr(back, name), getattr(fingerprint, name)
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)
    assert fingerprint_to_bytes(back) == content


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
        b'{"schema":"lessonproof.fingerprint/2","count":0}\n',
        b'{"schema":"lessonproof.fingerprint/1"}\n',
        b'{"schema":"lessonproof.fingerprint/1","count":-1}\n',
        b'{"schema":"lessonproof.fingerprint/1","count":1,"method":"m","sha256":"a"}\nx',
    ],
)
def test_what_is_no_fingerprint_is_told(content: bytes) -> None:
    with pytest.raises(IntegrityError):
        fingerprint_from_bytes(content)
