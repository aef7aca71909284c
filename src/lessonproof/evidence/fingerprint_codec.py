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
from lessonproof.evidence.fingerprint import CODE_BYTES, SKETCH_NUMBERS, Fingerprint

FINGERPRINT_SCHEMA: Final = "lessonproof.fingerprint/3"
_WITHOUT_SKETCHES: Final = "lessonproof.fingerprint/2"
"""Still read: where pictures lie far apart, a shared minute is not found with such a one."""
_WITHOUT_VIEWS: Final = "lessonproof.fingerprint/1"
"""Still read: such a fingerprint is compared as it is, and finds no enlarged footage."""
_SCHEMAS: Final = frozenset({FINGERPRINT_SCHEMA, _WITHOUT_SKETCHES, _WITHOUT_VIEWS})
_TIME: Final = np.dtype("<i8")
_BYTES_PER_CODE: Final = 2 * CODE_BYTES + 1


def fingerprint_to_bytes(fingerprint: Fingerprint) -> bytes:
    """A fingerprint as bytes; with three views some 1.6 MB for an hour with a code each two seconds."""
    every = (fingerprint, *fingerprint.views)
    sketches = [one for one in (fingerprint.mirrored_sketch, *(view.sketch for view in every)) if one is not None]
    if len(sketches) not in {0, len(every) + 1}:
        raise ValueError("a fingerprint has all sketches, of itself, its mirror and its views, or none")
    head = {
        "schema": FINGERPRINT_SCHEMA,
        "sha256": fingerprint.sha256,
        "method": fingerprint.method,
        "count": int(fingerprint.time_ns.size),
        "view_scales": [view.scale for view in fingerprint.views],
        "sketches": len(sketches),
    }
    codings = [part for one in every for part in (one.codes, one.mirrored, one.weight)]
    times = fingerprint.time_ns.astype(_TIME).tobytes()
    return b"".join([canonical_json(head), b"\n", times, *(coding.tobytes() for coding in (*codings, *sketches))])


def fingerprint_from_bytes(content: bytes) -> Fingerprint:
    """Read back what :func:`fingerprint_to_bytes` wrote.

    Raises:
        IntegrityError: the bytes are no fingerprint, are of another version, or some are missing.
    """
    line, newline, rest = content.partition(b"\n")
    head = _head(line) if newline else None
    if head is None or len(rest) != head.count * head.bytes_per_code:
        raise IntegrityError(
            f"a stored fingerprint is no {FINGERPRINT_SCHEMA} or is incomplete", "存储的运动指纹已损坏或版本不符"
        )
    time_ns = np.frombuffer(rest, _TIME, head.count).astype(np.int64)
    size = head.count * _BYTES_PER_CODE * len(head.scales)
    codings = np.frombuffer(rest, np.uint8, size, offset=time_ns.nbytes).reshape(len(head.scales), -1)
    whole, *views = (_coded(head, scale, time_ns, part) for scale, part in zip(head.scales, codings, strict=True))
    if not head.sketches:
        return replace(whole, views=tuple(views))
    sketches = np.frombuffer(rest, np.int8, offset=time_ns.nbytes + size).copy()
    mirrored, own, *others = sketches.reshape(head.sketches, head.count, SKETCH_NUMBERS)
    seen = tuple(replace(view, sketch=sketch) for view, sketch in zip(views, others, strict=True))
    return replace(whole, views=seen, sketch=own, mirrored_sketch=mirrored)


@dataclass(frozen=True, slots=True)
class _Head:
    """What the first line says.

    Attributes:
        sha256, method, count: as in the fingerprint.
        scales: of the picture as it is and of the views.
        sketches: how many there are: of the mirror, of the picture as it is and of each view; or 0.
    """

    sha256: str
    method: str
    count: int
    scales: tuple[float, ...]
    sketches: int

    @property
    def bytes_per_code(self) -> int:
        """Bytes behind the first line for each instant."""
        return _TIME.itemsize + _BYTES_PER_CODE * len(self.scales) + SKETCH_NUMBERS * self.sketches


def _head(line: bytes) -> _Head | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("schema") not in _SCHEMAS:
        return None
    sha256, method, count = value.get("sha256"), value.get("method"), value.get("count")
    views = [] if value["schema"] == _WITHOUT_VIEWS else value.get("view_scales")
    sketches = value.get("sketches") if value["schema"] == FINGERPRINT_SCHEMA else 0
    if not isinstance(sha256, str) or not isinstance(method, str) or not isinstance(count, int) or count < 0:
        return None
    if not isinstance(views, list) or not all(isinstance(scale, float) and 0.0 < scale <= 1.0 for scale in views):
        return None
    if not isinstance(sketches, int) or sketches not in {0, len(views) + 2}:
        return None
    return _Head(sha256, method, count, (1.0, *views), sketches)


def _coded(head: _Head, scale: float, time_ns: NDArray[np.int64], part: NDArray[np.uint8]) -> Fingerprint:
    codes, mirrored, weight = np.split(part.copy(), [head.count * CODE_BYTES, 2 * head.count * CODE_BYTES])
    shape = (head.count, CODE_BYTES)
    return Fingerprint(head.sha256, head.method, time_ns, codes.reshape(shape), mirrored.reshape(shape), weight, scale)
