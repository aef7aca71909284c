"""Which fingerprint indexes there are."""

from collections.abc import Callable, Mapping
from typing import Final

from lessonproof.storage.fingerprint_index import FingerprintIndex, IndexSpec
from lessonproof.storage.numpy_index import NumpyIndex


def _open_faiss(spec: IndexSpec) -> FingerprintIndex:
    # The library is imported only where it is used: some hundred hours do without it.
    from lessonproof.storage.faiss_index import FaissIndex  # noqa: PLC0415

    return FaissIndex(spec)


INDEXES: Final[Mapping[str, Callable[[IndexSpec], FingerprintIndex]]] = {"numpy": NumpyIndex, "faiss": _open_faiss}


def open_index(spec: IndexSpec) -> FingerprintIndex:
    """Open the index that ``spec`` describes, with what was saved of it.

    Raises:
        InfrastructureError: its folder cannot be used.
        KeyError: there is no such kind of index.
    """
    return INDEXES[spec.kind](spec)
