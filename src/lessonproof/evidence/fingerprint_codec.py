"""Motion fingerprints to bytes and back without loss: the form in which the object store keeps them.

One line of canonical JSON that says what follows, then the arrays, little-endian, one behind the other. Equal
fingerprints give equal bytes, so that the store keeps each once.
"""

import json
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.codec import canonical_json
from lessonproof.evidence.errors import IntegrityError
from lessonproof.evidence.fingerprint import CODE_BYTES, Fingerprint

FINGERPRINT_SCHEMA: Final = "lessonproof.fingerprint/2"
_WITHOUT_VIEWS: Final = "lessonproof.fingerprint/1"
"""Still read: such a fingerprint is compared as it is, and finds no enlarged footage."""
_TIME: Final = np.dtype("<i8")
_BYTES_PER_CODE: Final = 2 * CODE_BYTES + 1


def fingerprint_to_bytes(fingerprint: Fingerprint) -> bytes:
    """A fingerprint as bytes; with three views some 480 kB for an hour with a code each two seconds."""
    head = {
        "schema": FINGERPRINT_SCHEMA,
        "sha256": fingerprint.sha256,
        "method": fingerprint.method,
        "count": int(fingerprint.time_ns.size),
        "view_scales": [view.scale for view in fingerprint.views],
    }
    codings = [part for one in (fingerprint, *fingerprint.views) for part in (one.codes, one.mirrored, one.weight)]
    times = fingerprint.time_ns.astype(_TIME).tobytes()
    return b"".join([canonical_json(head), b"\n", times, *(coding.tobytes() for coding in codings)])


def fingerprint_from_bytes(content: bytes) -> Fingerprint:
    """Read back what :func:`fingerprint_to_bytes` wrote.

    Raises:
        IntegrityError: the bytes are no fingerprint, are of another version, or some are missing.
    """
    line, newline, rest = content.partition(b"\n")
    head = _head(line) if newline else None
    if head is None or len(rest) != head.count * (_TIME.itemsize + _BYTES_PER_CODE * len(head.scales)):
        raise IntegrityError(
            f"a stored fingerprint is no {FINGERPRINT_SCHEMA} or is incomplete", "存储的运动指纹已损坏或版本不符"
        )
    time_ns = np.frombuffer(rest, _TIME, head.count).astype(np.int64)
    codings = np.frombuffer(rest, np.uint8, offset=time_ns.nbytes).reshape(len(head.scales), -1)
    whole, *views = (_coded(head, scale, time_ns, part) for scale, part in zip(head.scales, codings, strict=True))
    return replace(whole, views=tuple(views))


@dataclass(frozen=True, slots=True)
class _Head:
    """What the first line says; ``scales`` are those of the picture as it is and of the views."""

    sha256: str
    method: str
    count: int
    scales: tuple[float, ...]


def _head(line: bytes) -> _Head | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("schema") not in {FINGERPRINT_SCHEMA, _WITHOUT_VIEWS}:
        return None
    sha256, method, count = value.get("sha256"), value.get("method"), value.get("count")
    views = value.get("view_scales") if value["schema"] == FINGERPRINT_SCHEMA else []
    if not isinstance(sha256, str) or not isinstance(method, str) or not isinstance(count, int) or count < 0:
        return None
    if not isinstance(views, list) or not all(isinstance(scale, float) and 0.0 < scale <= 1.0 for scale in views):
        return None
    return _Head(sha256, method, count, (1.0, *views))


def _coded(head: _Head, scale: float, time_ns: NDArray[np.int64], part: NDArray[np.uint8]) -> Fingerprint:
    codes, mirrored, weight = np.split(part.copy(), [head.count * CODE_BYTES, 2 * head.count * CODE_BYTES])
    shape = (head.count, CODE_BYTES)
    return Fingerprint(head.sha256, head.method, time_ns, codes.reshape(shape), mirrored.reshape(shape), weight, scale)
