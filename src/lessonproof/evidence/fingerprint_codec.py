"""Motion fingerprints to bytes and back without loss: the form in which the object store keeps them.

One line of canonical JSON that says what follows, then the arrays, little-endian, one behind the other. Equal
fingerprints give equal bytes, so that the store keeps each once.
"""

import json
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.codec import canonical_json
from lessonproof.evidence.errors import IntegrityError
from lessonproof.evidence.fingerprint import CODE_BYTES, Fingerprint

FINGERPRINT_SCHEMA: Final = "lessonproof.fingerprint/1"
_TIME: Final = np.dtype("<i8")
_BYTES_PER_CODE: Final = _TIME.itemsize + 2 * CODE_BYTES + 1


def fingerprint_to_bytes(fingerprint: Fingerprint) -> bytes:
    """A fingerprint as bytes; some 130 kB for an hour with a code each two seconds."""
    head = {
        "schema": FINGERPRINT_SCHEMA,
        "sha256": fingerprint.sha256,
        "method": fingerprint.method,
        "count": int(fingerprint.time_ns.size),
    }
    arrays = (
        fingerprint.time_ns.astype(_TIME),
        fingerprint.codes.astype(np.uint8),
        fingerprint.mirrored.astype(np.uint8),
        fingerprint.weight.astype(np.uint8),
    )
    return b"".join([canonical_json(head), b"\n", *(np.ascontiguousarray(array).tobytes() for array in arrays)])


def fingerprint_from_bytes(content: bytes) -> Fingerprint:
    """Read back what :func:`fingerprint_to_bytes` wrote.

    Raises:
        IntegrityError: the bytes are no fingerprint, are of another version, or some are missing.
    """
    first, newline, rest = content.partition(b"\n")
    head = _head(first) if newline else None
    if head is None or head.get("schema") != FINGERPRINT_SCHEMA or len(rest) != head["count"] * _BYTES_PER_CODE:
        raise IntegrityError(
            f"a stored fingerprint is no {FINGERPRINT_SCHEMA} or is incomplete", "存储的运动指纹已损坏或版本不符"
        )
    count = head["count"]
    sizes = (count * _TIME.itemsize, count * CODE_BYTES, count * CODE_BYTES)
    time_end, codes_end, mirrored_end = np.cumsum(sizes).tolist()
    return Fingerprint(
        sha256=head["sha256"],
        method=head["method"],
        time_ns=np.frombuffer(rest[:time_end], _TIME).astype(np.int64),
        codes=_codes(rest[time_end:codes_end]),
        mirrored=_codes(rest[codes_end:mirrored_end]),
        weight=np.frombuffer(rest[mirrored_end:], np.uint8).copy(),
    )


def _head(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("count"), int) and value["count"] >= 0 else None


def _codes(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(content, np.uint8).reshape(-1, CODE_BYTES).copy()
